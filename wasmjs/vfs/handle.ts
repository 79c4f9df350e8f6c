// A Handle is an open inode with an offset and flags. Two handles of one inode
// see each other's writes at once; an inode that lost its last name lives for
// as long as a handle is open.

import {
  type Errno, BADF, INVAL, ISDIR, NOTDIR, SPIPE, SUCCESS,
} from "./errno.ts";
import type { Entry } from "./directory.ts";
import { type Inode, Kind } from "./inode.ts";
import type { OpenFlags, TimeChange, Tree } from "./tree.ts";

/** Whence says what a seek counts from; the numbers are WASI's. */
export const Whence = { Set: 0, Current: 1, End: 2 } as const;
export type Whence = (typeof Whence)[keyof typeof Whence];

/** DirectoryEntry is one line of a listing. next is the cookie after it. */
export type ListEntry = (name: Uint8Array, ino: number, kind: Kind, next: number) => boolean;

const dot = new TextEncoder().encode(".");
const dotDot = new TextEncoder().encode("..");

export class Handle {
  readonly inode: Inode;
  readonly tree: Tree;
  readonly readable: boolean;
  readonly writable: boolean;
  append: boolean;
  offset = 0;
  #closed = false;

  constructor(inode: Inode, flags: OpenFlags) {
    this.inode = inode;
    this.tree = inode.tree;
    this.readable = flags.read === true;
    this.writable = flags.write === true;
    this.append = flags.append === true;
    inode.opens++;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.inode.opens--;
    if (this.inode.nlink === 0) this.tree.release(this.inode);
  }

  /** read copies to a place in memory from the offset, and moves it. */
  read(into: Uint8Array, at: number, len: number): number | Errno {
    const n = this.pread(into, at, len, this.offset);
    if (typeof n === "number") this.offset += n;
    return n;
  }

  /** pread copies from a given offset and does not move the handle's. */
  pread(into: Uint8Array, at: number, len: number, off: number): number | Errno {
    const inode = this.inode;
    if (inode.kind === Kind.Directory) return ISDIR;
    if (!this.readable) return BADF;
    if (inode.device !== null) return this.#readDevice(into, at, len);
    if (off < 0) return INVAL;
    const n = Math.min(len, inode.size - off);
    if (n <= 0) return 0;
    if (inode.load !== null) {
      const errno = this.tree.fill(inode);
      if (errno !== SUCCESS) return errno;
    }
    into.set(inode.data.subarray(off, off + n), at);
    return n;
  }

  #readDevice(into: Uint8Array, at: number, len: number): number {
    switch (this.inode.device) {
      case "zero":
        into.fill(0, at, at + len);
        return len;
      case "urandom":
        // The generator of every engine answers at most 65 536 bytes at once.
        for (let done = 0; done < len; done += 65_536) {
          this.tree.random(into.subarray(at + done, at + Math.min(len, done + 65_536)));
        }
        return len;
      default:
        return 0;
    }
  }

  /** write puts bytes at the offset, or at the end when appending. */
  write(source: Uint8Array): number | Errno {
    const off = this.append ? this.inode.size : this.offset;
    const n = this.pwrite(source, off);
    if (typeof n === "number" && this.inode.device === null) this.offset = off + n;
    return n;
  }

  /** pwrite puts bytes at a given offset and does not move the handle's. */
  pwrite(source: Uint8Array, off: number): number | Errno {
    const inode = this.inode;
    if (inode.kind === Kind.Directory) return this.writable ? ISDIR : BADF;
    if (!this.writable) return BADF;
    if (inode.device !== null) return source.length;
    if (off < 0) return INVAL;
    if (source.length === 0) return 0;
    const errno = this.tree.write(inode, off, source);
    return errno === SUCCESS ? source.length : errno;
  }

  /** sync has nothing to do: memory is as durable as it gets. */
  sync(): Errno {
    return SUCCESS;
  }

  seek(delta: number, whence: Whence): number | Errno {
    const inode = this.inode;
    if (inode.kind === Kind.Directory) return BADF;
    if (inode.kind === Kind.CharacterDevice) return SPIPE;
    let from: number;
    if (whence === Whence.Set) from = 0;
    else if (whence === Whence.Current) from = this.offset;
    else if (whence === Whence.End) from = inode.size;
    else return INVAL;
    const off = from + delta;
    if (off < 0 || !Number.isSafeInteger(off)) return INVAL;
    this.offset = off;
    return off;
  }

  tell(): number | Errno {
    if (this.inode.kind === Kind.Directory) return BADF;
    return this.inode.kind === Kind.CharacterDevice ? SPIPE : this.offset;
  }

  setSize(size: number): Errno {
    const inode = this.inode;
    if (inode.kind === Kind.Directory) return ISDIR;
    if (!this.writable) return BADF;
    if (inode.kind !== Kind.RegularFile || size < 0) return INVAL;
    return this.tree.setSize(inode, size);
  }

  setTimes(atim: TimeChange, mtim: TimeChange): Errno {
    return this.tree.setTimes(this.inode, atim, mtim);
  }

  /**
   * readDir calls entry for each name from a cookie on, until it returns
   * false. "." is cookie 0, ".." is cookie 1.
   */
  readDir(cookie: number, entry: ListEntry): Errno {
    const inode = this.inode;
    const directory = inode.directory;
    if (directory === null) return NOTDIR;
    if (cookie <= 0 && !entry(dot, inode.ino, Kind.Directory, 1)) return SUCCESS;
    const parent = (inode.parent as Inode).ino;
    if (cookie <= 1 && !entry(dotDot, parent, Kind.Directory, 2)) return SUCCESS;
    for (let i = directory.indexOf(cookie); ; i++) {
      const found: Entry | null | undefined = directory.at(i);
      if (found === undefined) return SUCCESS;
      if (found === null) continue;
      if (!entry(found.bytes, found.inode.ino, found.inode.kind, found.cookie + 1)) return SUCCESS;
    }
  }
}
