// A Tree is a file system in memory: inodes, the names that lead to them, and
// limits. Every operation takes a directory inode and a path below it, answers
// with an Errno, and changes nothing when it fails.
//
// A Tree over a frozen lower Tree is an Overlay: see overlay.ts.

import { Directory } from "./directory.ts";
import {
  Errno, BUSY, EXIST, FBIG, INVAL, IO, ISDIR, LOOP, MLINK, NOENT, NOSPC, NOTDIR, NOTEMPTY, PERM, ROFS, SUCCESS,
} from "./errno.ts";
import { Handle } from "./handle.ts";
import type { NewEntry } from "./host.ts";
import { type Device, dirtyPage, Inode, Kind, noBytes } from "./inode.ts";
import { byteLen, maxPathLen, type Path } from "./path.ts";
import { resolve, Resolved } from "./resolve.ts";

/** Limits bound what is written to a Tree, above what its lower holds. */
export interface Limits {
  readonly bytes: number;
  readonly inodes: number;
}

export const defaultLimits: Limits = { bytes: 512 * 1024 * 1024, inodes: 200_000 };

/** maxFileSize is the largest size of one file. */
export const maxFileSize = 1024 * 1024 * 1024;

const maxNlink = 65_535;

/** Now gives nanoseconds since 1970. */
export type Now = () => bigint;

export interface TreeOptions {
  readonly limits?: Limits;
  readonly now?: Now;
  /** random fills bytes when a guest reads /dev/urandom. */
  readonly random?: (bytes: Uint8Array) => void;
  /** track remembers what changed, for takeDirty. */
  readonly track?: boolean;
}

/** TimeChange is what setTimes does to one time; null leaves it. */
export type TimeChange = bigint | "now" | null;

/** OpenFlags say what open may do to the name it finds. */
export interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly follow?: boolean;
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
}

/** Change is a path that differs from the lower tree. */
export interface Change {
  readonly path: string;
  readonly change: "created" | "changed" | "removed";
}

/** Dirty is what changed since the last takeDirty. */
export interface Dirty {
  readonly inodes: readonly Inode[];
  readonly removed: readonly number[];
}

function wallClock(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

export class Tree {
  readonly root: Inode;
  readonly limits: Limits;
  readonly random: (bytes: Uint8Array) => void;
  readonly lower: Tree | null;
  #now: Now;
  #frozen = false;
  #nextIno: number;
  // upper holds, by number, the inodes of a lower tree that were looked at.
  #upper: (Inode | undefined)[] = [];
  #bytes = 0;
  #inodes = 0;
  #dirty: Set<Inode> | null;
  #removed: Set<number> = new Set();
  #a = new Resolved();
  #b = new Resolved();

  constructor(options: TreeOptions = {}, lower: Tree | null = null) {
    this.limits = options.limits ?? defaultLimits;
    this.random = options.random ?? ((bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>));
    this.#now = options.now ?? wallClock;
    this.#dirty = options.track === true ? new Set() : null;
    this.lower = lower;
    if (lower === null) {
      this.root = new Inode(this, 1, Kind.Directory, null);
      this.root.directory = new Directory();
      this.root.nlink = 2;
      const now = this.#now();
      this.root.atim = this.root.mtim = this.root.ctim = now;
      this.#nextIno = 2;
    } else {
      lower.freeze();
      this.#nextIno = lower.#nextIno;
      this.root = this.#raise(lower.root);
    }
    this.root.parent = this.root;
  }

  /** frozen trees answer every change with ROFS and may be a lower. */
  get frozen(): boolean {
    return this.#frozen;
  }

  freeze(): void {
    this.#frozen = true;
  }

  /** usedBytes is what was written above the lower tree. */
  get usedBytes(): number {
    return this.#bytes;
  }

  get usedInodes(): number {
    return this.#inodes;
  }

  get nextIno(): number {
    return this.#nextIno;
  }

  now(): bigint {
    return this.#now();
  }

  // ---- looking ----

  /** lookup returns what a name in a directory leads to. */
  lookup(directory: Inode, name: string): Inode | null {
    const entry = (directory.directory as Directory).lookup(name);
    if (entry === undefined) return null;
    const inode = entry.inode;
    if (inode.tree === this) return inode;
    const upper = this.#upper[inode.ino];
    if (upper !== undefined) return upper;
    const raised = this.#raise(inode);
    if (raised.kind === Kind.Directory) raised.parent = directory;
    return raised;
  }

  /** peek is lookup that makes no inode: null when it was never looked at. */
  peek(inode: Inode): Inode | null {
    if (inode.tree === this) return inode;
    return this.#upper[inode.ino] ?? null;
  }

  #raise(lower: Inode): Inode {
    const inode = new Inode(this, lower.ino, lower.kind, lower);
    inode.nlink = lower.nlink;
    inode.size = lower.size;
    inode.atim = lower.atim;
    inode.mtim = lower.mtim;
    inode.ctim = lower.ctim;
    inode.directory = lower.directory;
    inode.target = lower.target;
    inode.targetPath = lower.targetPath;
    inode.device = lower.device;
    if (lower.kind === Kind.RegularFile) {
      inode.shared = true;
      inode.data = lower.data;
      inode.load = lower.load === null ? null : () => loadLower(lower);
    }
    this.#upper[lower.ino] = inode;
    return inode;
  }

  /** stat returns the inode a path leads to, which is its own Stat. */
  stat(base: Inode, path: Path, follow: boolean): Inode | Errno {
    const at = this.#a;
    const errno = resolve(base, path, follow, at);
    if (errno !== SUCCESS) return errno;
    return at.inode ?? NOENT;
  }

  readlink(base: Inode, path: Path): string | Errno {
    const inode = this.stat(base, path, false);
    if (inode instanceof Errno) return inode;
    return inode.kind === Kind.SymbolicLink ? inode.target : INVAL;
  }

  // ---- opening ----

  /** open returns a Handle. Like openat(2). */
  open(base: Inode, path: Path, flags: OpenFlags): Handle | Errno {
    const at = this.#a;
    const follow = flags.follow === true && !(flags.create === true && flags.exclusive === true);
    const errno = resolve(base, path, follow, at);
    if (errno !== SUCCESS) return errno;
    let inode = at.inode;
    if (inode === null) {
      if (flags.create !== true) return NOENT;
      if (at.directory) return ISDIR;
      if (flags.directory === true) return INVAL;
      const made = this.#make(at.parent as Inode, at.name, Kind.RegularFile);
      if (made instanceof Errno) return made;
      inode = made;
    } else {
      if (flags.create === true && flags.exclusive === true) return EXIST;
      if (inode.kind === Kind.SymbolicLink) return LOOP;
      if (inode.kind === Kind.Directory) {
        if (flags.write === true || flags.truncate === true || flags.create === true) return ISDIR;
      } else {
        if (flags.directory === true) return NOTDIR;
        if (this.#frozen && (flags.write === true || flags.truncate === true)) return ROFS;
        if (flags.truncate === true && inode.kind === Kind.RegularFile) {
          const truncated = this.setSize(inode, 0);
          if (truncated !== SUCCESS) return truncated;
        }
      }
    }
    return new Handle(inode, flags);
  }

  // ---- changing names ----

  #refuse(directory: Inode): Errno {
    if (this.#frozen) return ROFS;
    return directory.nlink === 0 ? NOENT : SUCCESS;
  }

  #make(parent: Inode, name: string, kind: Kind): Inode | Errno {
    const refused = this.#refuse(parent);
    if (refused !== SUCCESS) return refused;
    if (this.#inodes >= this.limits.inodes) return NOSPC;
    const inode = new Inode(this, this.#nextIno++, kind, null);
    this.#inodes++;
    const now = this.#now();
    inode.atim = inode.mtim = inode.ctim = now;
    if (kind === Kind.Directory) {
      inode.directory = new Directory();
      inode.nlink = 2;
      inode.parent = parent;
      parent.nlink++;
    }
    this.#link(parent, name, inode, now);
    this.#mark(inode);
    return inode;
  }

  #ownDirectory(inode: Inode): Directory {
    const directory = inode.directory as Directory;
    if (inode.lower === null || directory !== inode.lower.directory) return directory;
    return (inode.directory = directory.copy());
  }

  #link(parent: Inode, name: string, inode: Inode, now: bigint): void {
    this.#ownDirectory(parent).add(name, inode);
    parent.mtim = parent.ctim = now;
    this.#mark(parent);
  }

  #unlink(parent: Inode, name: string, now: bigint): void {
    this.#ownDirectory(parent).remove(name);
    parent.mtim = parent.ctim = now;
    this.#mark(parent);
  }

  #drop(inode: Inode, now: bigint): void {
    inode.nlink--;
    inode.ctim = now;
    this.#mark(inode);
    if (inode.nlink === 0) this.release(inode);
  }

  /** release gives back what an inode took once nothing leads to it. */
  release(inode: Inode): void {
    if (inode.nlink > 0 || inode.opens > 0) return;
    if (inode.lower === null) this.#inodes--;
    if (!inode.shared) this.#bytes -= inode.size;
    inode.data = noBytes;
    inode.shared = true;
    inode.load = null;
    inode.size = 0;
    if (this.#dirty !== null) {
      this.#dirty.delete(inode);
      this.#removed.add(inode.ino);
    }
  }

  mkdir(base: Inode, path: Path): Errno {
    const at = this.#a;
    const errno = resolve(base, path, false, at);
    if (errno !== SUCCESS) return errno === NOTDIR && at.inode !== null && at.name !== "" ? EXIST : errno;
    if (at.inode !== null) return EXIST;
    const made = this.#make(at.parent as Inode, at.name, Kind.Directory);
    return made instanceof Errno ? made : SUCCESS;
  }

  symlink(target: string, base: Inode, path: Path): Errno {
    if (target === "") return NOENT;
    if (byteLen(target) > maxPathLen) return INVAL;
    if (target.includes("\0")) return INVAL;
    const at = this.#a;
    const errno = resolve(base, path, false, at);
    if (errno !== SUCCESS) return errno;
    if (at.inode !== null) return EXIST;
    if (at.directory) return NOENT;
    const made = this.#make(at.parent as Inode, at.name, Kind.SymbolicLink);
    if (made instanceof Errno) return made;
    made.target = target;
    made.size = byteLen(target);
    return SUCCESS;
  }

  unlink(base: Inode, path: Path): Errno {
    const at = this.#a;
    const errno = resolve(base, path, false, at);
    if (errno !== SUCCESS) return errno;
    const inode = at.inode;
    if (inode === null) return NOENT;
    if (inode.kind === Kind.Directory) return ISDIR;
    if (this.#frozen) return ROFS;
    const now = this.#now();
    this.#unlink(at.parent as Inode, at.name, now);
    this.#drop(inode, now);
    return SUCCESS;
  }

  rmdir(base: Inode, path: Path): Errno {
    const at = this.#a;
    const errno = resolve(base, path, false, at);
    if (errno !== SUCCESS) return errno;
    const inode = at.inode;
    if (inode === null) return NOENT;
    if (inode.kind !== Kind.Directory) return NOTDIR;
    if (at.name === "") return INVAL;
    if ((inode.directory as Directory).size > 0) return NOTEMPTY;
    if (this.#frozen) return ROFS;
    const now = this.#now();
    this.#unlink(at.parent as Inode, at.name, now);
    this.#dropDirectory(at.parent as Inode, inode, now);
    return SUCCESS;
  }

  #dropDirectory(parent: Inode, inode: Inode, now: bigint): void {
    parent.nlink--;
    inode.nlink = 1;
    this.#drop(inode, now);
  }

  /** link gives a file another name. Like linkat(2). */
  link(fromBase: Inode, from: Path, follow: boolean, toBase: Inode, to: Path): Errno {
    const inode = this.stat(fromBase, from, follow);
    if (inode instanceof Errno) return inode;
    const at = this.#a;
    const errno = resolve(toBase, to, false, at);
    if (errno !== SUCCESS) return errno;
    if (at.inode !== null) return EXIST;
    if (inode.kind === Kind.Directory) return PERM;
    if (at.directory) return NOENT;
    const refused = this.#refuse(at.parent as Inode);
    if (refused !== SUCCESS) return refused;
    if (inode.nlink >= maxNlink) return MLINK;
    const now = this.#now();
    inode.nlink++;
    inode.ctim = now;
    this.#mark(inode);
    this.#link(at.parent as Inode, at.name, inode, now);
    return SUCCESS;
  }

  /** rename moves a name, over another if there is one. Like renameat(2). */
  rename(fromBase: Inode, from: Path, toBase: Inode, to: Path): Errno {
    const source = this.#a;
    const target = this.#b;
    let errno = resolve(fromBase, from, false, source);
    if (errno !== SUCCESS) return errno;
    const inode = source.inode;
    if (inode === null) return NOENT;
    errno = resolve(toBase, to, false, target);
    if (errno !== SUCCESS) return errno;
    if (source.name === "" || (target.inode !== null && target.name === "")) return BUSY;
    const old = target.inode;
    const fromParent = source.parent as Inode;
    const toParent = target.parent as Inode;
    if (old === null && target.directory && inode.kind !== Kind.Directory) return NOTDIR;
    const refused = this.#refuse(toParent);
    if (refused !== SUCCESS) return refused;
    if (old === inode) return SUCCESS;
    if (inode.kind === Kind.Directory) {
      for (let above = toParent; ; above = above.parent as Inode) {
        if (above === inode) return INVAL;
        if (above === this.root) break;
      }
      if (old !== null) {
        if (old.kind !== Kind.Directory) return NOTDIR;
        if ((old.directory as Directory).size > 0) return NOTEMPTY;
      }
    } else if (old !== null && old.kind === Kind.Directory) {
      return ISDIR;
    }
    const now = this.#now();
    this.#unlink(fromParent, source.name, now);
    if (old !== null) {
      this.#ownDirectory(toParent).replace(target.name, inode);
      toParent.mtim = toParent.ctim = now;
      this.#mark(toParent);
      if (old.kind === Kind.Directory) this.#dropDirectory(toParent, old, now);
      else this.#drop(old, now);
    } else {
      this.#link(toParent, target.name, inode, now);
    }
    if (inode.kind === Kind.Directory && fromParent !== toParent) {
      fromParent.nlink--;
      toParent.nlink++;
      inode.parent = toParent;
    }
    inode.ctim = now;
    this.#mark(inode);
    return SUCCESS;
  }

  // ---- changing inodes ----

  /** setTimes sets what is given; "now" and ctim are one reading of the clock. */
  setTimes(inode: Inode, atim: TimeChange, mtim: TimeChange): Errno {
    if (this.#frozen) return ROFS;
    if (atim === null && mtim === null) return SUCCESS;
    const now = this.#now();
    if (atim !== null) inode.atim = atim === "now" ? now : atim;
    if (mtim !== null) inode.mtim = mtim === "now" ? now : mtim;
    inode.ctim = now;
    this.#mark(inode);
    return SUCCESS;
  }

  /** fill makes sure that a file's bytes are here. */
  fill(inode: Inode): Errno {
    if (inode.load === null) return SUCCESS;
    const bytes = inode.load();
    if (bytes instanceof Errno) return bytes;
    if (bytes.length !== inode.size) return IO;
    inode.data = bytes;
    inode.load = null;
    return SUCCESS;
  }

  setSize(inode: Inode, size: number): Errno {
    if (this.#frozen) return ROFS;
    if (size > maxFileSize) return FBIG;
    const errno = this.#resize(inode, size);
    if (errno !== SUCCESS) return errno;
    inode.mtim = inode.ctim = this.#now();
    this.#mark(inode);
    return SUCCESS;
  }

  /** write puts source at an offset of a file, growing it as needed. */
  write(inode: Inode, off: number, source: Uint8Array): Errno {
    if (this.#frozen) return ROFS;
    const end = off + source.length;
    if (end > maxFileSize) return FBIG;
    const errno = this.#resize(inode, Math.max(end, inode.size));
    if (errno !== SUCCESS) return errno;
    inode.data.set(source, off);
    if (this.#dirty !== null) this.#markPages(inode, off, end);
    inode.mtim = inode.ctim = this.#now();
    this.#mark(inode);
    return SUCCESS;
  }

  // resize makes the bytes of a file its own and its size the given one.
  #resize(inode: Inode, size: number): Errno {
    const taken = inode.shared ? 0 : inode.size;
    if (size > taken && this.#bytes + size - taken > this.limits.bytes) return NOSPC;
    const old = inode.size;
    const keep = Math.min(old, size);
    if (inode.shared || size > inode.data.length) {
      if (keep > 0) {
        const filled = this.fill(inode);
        if (filled !== SUCCESS) return filled;
      }
      // Doubling makes a log of many small appends linear.
      let capacity = size;
      if (size > old && size > 0) capacity = Math.min(maxFileSize, Math.max(size, inode.shared ? 0 : inode.data.length * 2, 512));
      let data: Uint8Array;
      try {
        data = capacity === 0 ? noBytes : new Uint8Array(capacity);
      } catch {
        return NOSPC; // the browser has no such block of memory
      }
      if (keep > 0) data.set(inode.data.subarray(0, keep));
      inode.data = data;
      inode.shared = false;
      inode.load = null;
    } else if (size < old) {
      inode.data.fill(0, size, old);
    }
    inode.size = size;
    this.#bytes += size - taken;
    if (this.#dirty !== null && size > old) this.#markPages(inode, old, size);
    return SUCCESS;
  }

  // ---- building ----

  /**
   * add puts a ready inode under a name: how a tree is made from a manifest.
   * File contents are shared, not copied, and not counted.
   */
  add(parent: Inode, name: string, entry: Omit<NewEntry, "path">): Inode | Errno {
    if (parent.kind !== Kind.Directory) return NOTDIR;
    if (this.#frozen) return ROFS;
    if (this.lookup(parent, name) !== null) return EXIST;
    const inode = new Inode(this, this.#nextIno++, entry.kind, null);
    inode.atim = inode.mtim = inode.ctim = entry.mtim;
    if (entry.kind === Kind.Directory) {
      inode.directory = new Directory();
      inode.nlink = 2;
      inode.parent = parent;
      parent.nlink++;
    } else if (entry.kind === Kind.SymbolicLink) {
      inode.target = entry.link ?? "";
      inode.size = byteLen(inode.target);
    } else if (entry.kind === Kind.RegularFile) {
      inode.shared = true;
      if (entry.load !== undefined) inode.load = entry.load;
      else inode.data = entry.data ?? noBytes;
      inode.size = entry.size ?? inode.data.length;
    }
    this.#ownDirectory(parent).add(name, inode);
    return inode;
  }

  /** addDevice puts a device under a name; devices are never Changes. */
  addDevice(parent: Inode, name: string, device: Device): Inode | Errno {
    const inode = this.add(parent, name, { kind: Kind.CharacterDevice, mtim: parent.mtim });
    if (!(inode instanceof Errno)) inode.device = device;
    return inode;
  }

  // ---- what changed ----

  #mark(inode: Inode): void {
    if (this.#dirty !== null) this.#dirty.add(inode);
  }

  #markPages(inode: Inode, from: number, to: number): void {
    const pages = (inode.dirtyPages ??= new Set());
    for (let page = Math.floor(from / dirtyPage); page * dirtyPage < to; page++) pages.add(page);
  }

  /** takeDirty returns what changed since the last call, and forgets it. */
  takeDirty(): Dirty {
    if (this.#dirty === null) return { inodes: [], removed: [] };
    const inodes = [...this.#dirty].filter((inode) => inode.nlink > 0);
    const removed = [...this.#removed];
    this.#dirty.clear();
    this.#removed.clear();
    return { inodes, removed };
  }
}

function loadLower(lower: Inode): Uint8Array | Errno {
  const errno = lower.tree.fill(lower);
  return errno === SUCCESS ? lower.data : errno;
}
