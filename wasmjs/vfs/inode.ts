// The inode: a file, a directory, a symbolic link or a device, without a name.
// Twin of vfs/inode.go.

import type { Device } from "./device.ts";
import type { Directory } from "./directory.ts";
import type { Errno } from "./errno.ts";
import type { Path } from "./path.ts";
import type { Tree } from "./tree.ts";

/** Kind numbers are WASI's file types. */
export const Kind = {
  CharacterDevice: 2,
  Directory: 3,
  RegularFile: 4,
  SymbolicLink: 7,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Stat is what a guest may know about an inode. Times are ns since 1970. */
export interface Stat {
  readonly ino: number;
  readonly kind: Kind;
  readonly nlink: number;
  readonly size: number;
  readonly atim: bigint;
  readonly mtim: bigint;
  readonly ctim: bigint;
}


/** Loader fetches a frozen file's bytes at their first reading, synchronously. */
export type Loader = () => Uint8Array | Errno;

export const noBytes: Uint8Array = new Uint8Array(0);

/** dirtyPage is the grain in which a file remembers where it was written. */
export const dirtyPage = 4096;

/** Inode is also a Stat of itself. Only this folder writes to its fields. */
export class Inode implements Stat {
  readonly tree: Tree;
  readonly ino: number;
  readonly kind: Kind;
  /** lower is the frozen inode this one shadows in an overlay. */
  readonly lower: Inode | null;
  nlink = 1;
  size = 0;
  atim = 0n;
  mtim = 0n;
  ctim = 0n;

  /** data holds at least size bytes once loaded; those beyond size are zero. */
  data: Uint8Array = noBytes;
  /** shared: data belongs to someone else and is copied before a write. */
  shared = false;
  load: Loader | null = null;
  /** charged is how much of the tree's bytes this inode uses. */
  charged = 0;
  /** opens counts handles: an unlinked inode lives until it is zero. */
  opens = 0;
  /** dirtyPages are the pages written since the last takeDirty. */
  dirtyPages: Set<number> | null = null;

  /** directory: shared with lower's until the first change, see Tree. */
  directory: Directory | null = null;
  /** parent is a directory's parent; the root's is the root. */
  parent: Inode | null = null;

  target = "";
  targetPath: Path | Errno | null = null;

  device: Device | null = null;
  /** builtin marks what addDevices made: it is no change of the visitor's. */
  builtin = false;

  constructor(tree: Tree, ino: number, kind: Kind, lower: Inode | null) {
    this.tree = tree;
    this.ino = ino;
    this.kind = kind;
    this.lower = lower;
  }
}
