// Handle: an open inode with an offset and flags. Twin of vfs/handle.go.

import { type Entry, cookieDot, cookieDotDot } from "./directory.ts";
import { readDevice } from "./device.ts";
import { type Errno, BADF, INVAL, ISDIR, NOTDIR, SUCCESS } from "./errno.ts";
import { type Inode, Kind } from "./inode.ts";
import type { Lock } from "./lock.ts";
import type { OpenOptions, TimeChange, Tree } from "./tree.ts";

/** Whence says what a seek counts from; the numbers are WASI's. */
export const Whence = { Set: 0, Current: 1, End: 2 } as const;

/**
 * FdFlags are WASI's fdflags. Only Append changes what a Handle does; the
 * others are kept and told back, since memory has nothing to wait for.
 */
export const FdFlags = { Append: 1, Dsync: 2, Nonblock: 4, Rsync: 8, Sync: 16 } as const;

/** Visit takes one name of a listing; next continues after it. False ends it. */
export type Visit = (name: Uint8Array, ino: number, kind: Kind, next: number) => boolean;

const dot = new TextEncoder().encode(".");
const dotDot = new TextEncoder().encode("..");

export class Handle {
  readonly inode: Inode;
  readonly tree: Tree;
  /** owner is whose record locks this handle takes. */
  readonly owner: object;
  flags: number;
  #off = 0;
  #read: boolean;
  #write: boolean;
  #closed = false;

  constructor(inode: Inode, options: OpenOptions) {
    this.inode = inode;
    this.tree = inode.tree;
    this.owner = options.owner ?? this;
    this.flags = options.fdFlags ?? 0;
    this.#read = options.read === true;
    this.#write = options.write === true;
    inode.opens++;
  }

  close(): Errno {
    if (this.#closed) return BADF;
    this.#closed = true;
    this.tree.locks.drop(this);
    this.#read = this.#write = false;
    this.inode.opens--;
    if (this.inode.nlink === 0) this.tree.release(this.inode);
    return SUCCESS;
  }

  /** read copies into memory at a place, from the offset on, and moves it. */
  read(into: Uint8Array, at: number, len: number): number | Errno {
    const n = this.pread(into, at, len, this.#off);
    if (typeof n === "number" && this.inode.device === null) this.#off += n;
    return n;
  }

  /** pread is read from a given offset that leaves the handle's alone. */
  pread(into: Uint8Array, at: number, len: number, off: number): number | Errno {
    const inode = this.inode;
    if (!this.#read) return BADF;
    if (inode.kind === Kind.Directory) return ISDIR;
    if (off < 0) return INVAL;
    if (inode.kind === Kind.CharacterDevice) {
      return readDevice(this.tree, inode.device, into.subarray(at, at + len));
    }
    const n = Math.min(len, inode.size - off);
    if (n <= 0) return 0;
    if (inode.load !== null) {
      const errno = this.tree.fill(inode);
      if (errno !== SUCCESS) return errno;
    }
    into.set(inode.data.subarray(off, off + n), at);
    return n;
  }

  /** write puts bytes at the offset; with Append, at the end as it is now. */
  write(source: Uint8Array): number | Errno {
    const off = (this.flags & FdFlags.Append) !== 0 ? this.inode.size : this.#off;
    const n = this.pwrite(source, off);
    if (typeof n === "number" && this.inode.device === null) this.#off = off + n;
    return n;
  }

  /**
   * pwrite puts bytes at a given offset. Append does not change where, as
   * POSIX has it.
   */
  pwrite(source: Uint8Array, off: number): number | Errno {
    const inode = this.inode;
    if (!this.#write) return BADF;
    if (off < 0) return INVAL;
    if (inode.kind === Kind.CharacterDevice || source.length === 0) return source.length;
    const errno = this.tree.write(inode, off, source);
    return errno === SUCCESS ? source.length : errno;
  }

  /**
   * seek moves the offset and returns it. Offsets are safe integers here; what
   * is beyond them is INVAL.
   *
   * # Errors
   *
   * BADF for a directory; INVAL for a place before the beginning.
   */
  seek(delta: number, whence: number): number | Errno {
    const inode = this.inode;
    if (inode.kind === Kind.Directory) return BADF;
    if (inode.kind === Kind.CharacterDevice) return 0;
    let from: number;
    if (whence === Whence.Set) from = 0;
    else if (whence === Whence.Current) from = this.#off;
    else if (whence === Whence.End) from = inode.size;
    else return INVAL;
    const to = from + delta;
    if (to < 0 || !Number.isSafeInteger(to)) return INVAL;
    this.#off = to;
    return to;
  }

  tell(): number | Errno {
    return this.seek(0, Whence.Current);
  }

  setSize(size: number): Errno {
    return this.#write ? this.tree.setSize(this.inode, size) : BADF;
  }

  setTimes(atim: TimeChange, mtim: TimeChange): Errno {
    return this.tree.setTimes(this.inode, atim, mtim);
  }

  get reads(): boolean {
    return this.#read;
  }

  get writes(): boolean {
    return this.#write;
  }

  /** lock takes or gives up a lock, without ever waiting: see lock.ts. */
  lock(lock: Lock): Errno {
    return this.#closed ? BADF : this.tree.locks.lock(this, lock);
  }

  /**
   * space is how many bytes can still be written to the tree, and how many there
   * is room for in all: what a guest may write; a lower has its room already.
   */
  space(): { free: number; total: number } {
    const total = Math.max(0, this.tree.limits.bytes);
    return { free: Math.max(0, total - this.tree.usedBytes), total };
  }

  /** sync has nothing to wait for. */
  sync(): Errno {
    return this.#closed ? BADF : SUCCESS;
  }

  /** readDir visits the names after a cookie; 0 is the beginning. */
  readDir(cookie: number, visit: Visit): Errno {
    const inode = this.inode;
    const directory = inode.directory;
    if (directory === null) return NOTDIR;
    if (cookie < cookieDot && !visit(dot, inode.ino, Kind.Directory, cookieDot)) return SUCCESS;
    const parent = (inode.parent as Inode).ino;
    if (cookie < cookieDotDot && !visit(dotDot, parent, Kind.Directory, cookieDotDot)) return SUCCESS;
    for (let i = directory.after(cookie); ; i++) {
      const entry: Entry | null | undefined = directory.at(i);
      if (entry === undefined) return SUCCESS;
      if (entry === null) continue;
      if (!visit(entry.bytes, entry.inode.ino, entry.inode.kind, entry.cookie)) return SUCCESS;
    }
  }
}
