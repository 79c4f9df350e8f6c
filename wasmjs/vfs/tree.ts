// Tree: the in-memory file system, and the operations on names beneath a
// directory. Twin of vfs/tree.go.

import { Directory, type Entry } from "./directory.ts";
import {
  Errno, EXIST, FBIG, INVAL, IO, ISDIR, LOOP, NOENT, NOSPC, NOTDIR, NOTEMPTY, PERM, ROFS, SUCCESS,
} from "./errno.ts";
import { Handle } from "./handle.ts";
import { dirtyPage, Inode, Kind, noBytes } from "./inode.ts";
import { LockTable } from "./lock.ts";
import { byteLen, checkText, type Path } from "./path.ts";
import { LastLink, Place, resolve } from "./resolve.ts";

/** Limits bound what a guest may write to a Tree above its lower. */
export interface Limits {
  /** bytes counts the contents of files and the targets of links. */
  readonly bytes: number;
  /**
   * inodes counts names made in this Tree (files, directories, links): hard
   * links would otherwise cost nothing.
   */
  readonly inodes: number;
}

export const defaultLimits: Limits = { bytes: 512 * 1024 * 1024, inodes: 200_000 };

/** maxFileSize is the largest size of one file. */
export const maxFileSize = 1024 * 1024 * 1024;

/** Options configure a Tree. */
export interface Options {
  readonly limits?: Limits | undefined;
  /**
   * now is the clock of the tree, in nanoseconds since the epoch. Every
   * operation that changes something reads it exactly once, after it has found
   * that it will succeed; one that fails does not read it.
   */
  readonly now?: () => bigint;
  /** random is what /dev/urandom gives. Without it, the platform's. */
  readonly random?: (bytes: Uint8Array) => void;
  /** track remembers what changed, for takeDirty. */
  readonly track?: boolean;
}

/** TimeChange is what setTimes does to one time; null leaves it. */
export type TimeChange = bigint | "now" | null;

/** OpenOptions say how to open a path. */
export interface OpenOptions {
  /** create makes the file if it is missing. */
  readonly create?: boolean;
  /** directory fails with NOTDIR on anything else. */
  readonly directory?: boolean;
  /** exclusive, with create, fails with EXIST if it is there. */
  readonly exclusive?: boolean;
  /** truncate makes it empty. */
  readonly truncate?: boolean;
  /** read and write are what the handle may be used for. */
  readonly read?: boolean;
  readonly write?: boolean;
  /** fdFlags are WASI's: see handle.ts. */
  readonly fdFlags?: number;
  /** follow follows a link in the last component; without it that is LOOP. */
  readonly follow?: boolean;
  /**
   * owner is whose record locks the handle takes: two handles of one owner are
   * never in each other's way. Without it, the handle is its own owner.
   */
  readonly owner?: object;
}

/** Dirty is what changed since the last takeDirty. */
export interface Dirty {
  readonly inodes: readonly Inode[];
  /** removed are the numbers of inodes that are gone. */
  readonly removed: readonly number[];
}

// Why is the root number 1? Number 0 means "unknown" to some guests.
const rootIno = 1;

function wallClock(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function platformRandom(bytes: Uint8Array): void {
  crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
}

/** Tree is an in-memory file system; above a lower, an Overlay. */
export class Tree {
  readonly root: Inode;
  readonly limits: Limits;
  readonly lower: Tree | null;
  readonly now: () => bigint;
  readonly random: (bytes: Uint8Array) => void;
  readonly locks = new LockTable();
  #nextIno = rootIno;
  #frozen = false;
  #bytes = 0;
  #inodes = 0;
  // upper holds, by number, this Tree's copy of a lower's inode. It is made
  // when the inode is first looked at, and shares contents and names.
  #upper: (Inode | undefined)[] = [];
  #dirty: Set<Inode> | null;
  #gone: Set<number> = new Set();
  // Walks end here, so that they allocate nothing.
  #from = new Place();
  #into = new Place();

  constructor(options: Options = {}, lower: Tree | null = null) {
    this.limits = options.limits ?? defaultLimits;
    this.now = options.now ?? wallClock;
    this.random = options.random ?? platformRandom;
    this.lower = lower;
    this.#dirty = options.track === true ? new Set() : null;
    if (lower === null) {
      this.root = this.#newInode(Kind.Directory, this.now());
    } else {
      lower.freeze();
      this.#nextIno = lower.#nextIno;
      this.root = this.#raise(lower.root);
    }
    this.root.parent = this.root;
  }

  /**
   * freeze makes the tree immutable: every change is ROFS from now on. It is
   * then fit to be the lower of any number of Overlays.
   */
  freeze(): void {
    this.#frozen = true;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** usedBytes and usedInodes tell how much of the limits is in use. */
  get usedBytes(): number {
    return this.#bytes;
  }

  get usedInodes(): number {
    return this.#inodes;
  }

  /** nextIno is the number the next new inode gets. */
  get nextIno(): number {
    return this.#nextIno;
  }

  #newInode(kind: Kind, now: bigint): Inode {
    const inode = new Inode(this, this.#nextIno++, kind, null);
    inode.atim = inode.mtim = inode.ctim = now;
    if (kind === Kind.Directory) {
      inode.directory = new Directory();
      inode.nlink = 2;
    }
    return inode;
  }

  // ---- looking ----

  /** lookup returns what a name in a directory leads to. */
  lookup(dir: Inode, name: string): Inode | null {
    const entry = (dir.directory as Directory).lookup(name);
    return entry === undefined ? null : this.current(entry, dir);
  }

  /** current is the inode of this Tree that an entry of dir leads to. */
  current(entry: Entry, dir: Inode): Inode {
    const inode = entry.inode;
    if (inode.tree === this) return inode;
    const upper = this.#upper[inode.ino];
    if (upper !== undefined) return upper;
    const raised = this.#raise((this.lower as Tree).peek(inode));
    if (raised.kind === Kind.Directory) raised.parent = dir;
    return raised;
  }

  /** peek is the newest inode there is for one of a lower; it makes none. */
  peek(inode: Inode): Inode {
    for (let tree: Tree | null = this; tree !== null && tree !== inode.tree; tree = tree.lower) {
      const upper = tree.#upper[inode.ino];
      if (upper !== undefined) return upper;
    }
    return inode;
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
    inode.builtin = lower.builtin;
    inode.data = lower.data;
    inode.shared = true;
    if (lower.load !== null) inode.load = () => loadLower(lower);
    this.#upper[lower.ino] = inode;
    return inode;
  }

  /** find returns the inode a path leads to, which is its own Stat. */
  find(base: Inode, path: Path, last: LastLink): Inode | Errno {
    const at = this.#from;
    const errno = resolve(base, path, last, at);
    if (errno !== SUCCESS) return errno;
    const inode = at.inode;
    if (inode === null) return NOENT;
    return at.slash && inode.kind !== Kind.Directory ? NOTDIR : inode;
  }

  stat(base: Inode, path: Path, follow: boolean): Inode | Errno {
    return this.find(base, path, follow ? LastLink.Follow : LastLink.Keep);
  }

  /**
   * readlink returns a link's target.
   *
   * # Errors
   *
   * NOENT; INVAL for anything but a link.
   */
  readlink(base: Inode, path: Path): string | Errno {
    const inode = this.find(base, path, LastLink.Keep);
    if (inode instanceof Errno) return inode;
    return inode.kind === Kind.SymbolicLink ? inode.target : INVAL;
  }

  // ---- opening ----

  /**
   * open opens, and perhaps makes, a file.
   *
   * # Errors
   *
   * INVAL for create with directory; NOENT; NOTDIR; EXIST for exclusive; LOOP
   * for a link that is not to be followed; ISDIR for create, truncate or write
   * on a directory, and for create with a slash at the end; ROFS; NOSPC. Like
   * open(2).
   */
  open(base: Inode, path: Path, options: OpenOptions): Handle | Errno {
    const create = options.create === true;
    const exclusive = create && options.exclusive === true;
    if (create && options.directory === true) return INVAL;
    let last: LastLink = create ? LastLink.Name : LastLink.Keep;
    if (options.follow === true && !exclusive) last = LastLink.Follow;
    const at = this.#from;
    const errno = resolve(base, path, last, at);
    if (errno !== SUCCESS) return errno;
    if (create && at.slash) return ISDIR;
    const inode = at.inode;
    if (inode === null) {
      if (!create) return NOENT;
      const made = this.make(at, Kind.RegularFile, "");
      return made instanceof Errno ? made : new Handle(made, options);
    }
    if (exclusive) return EXIST;
    if (inode.kind === Kind.SymbolicLink) return LOOP;
    if (inode.kind === Kind.Directory) {
      if (create || options.write === true || options.truncate === true) return ISDIR;
    } else {
      if (at.slash || options.directory === true) return NOTDIR;
      if (inode.kind === Kind.RegularFile) {
        if (this.#frozen && options.write === true) return ROFS;
        if (options.truncate === true) {
          const truncated = this.setSize(inode, 0);
          if (truncated !== SUCCESS) return truncated;
        }
      }
    }
    return new Handle(inode, options);
  }

  // ---- changing names ----

  // vacant checks that a new name can be made at a place.
  #vacant(at: Place, isDirectory: boolean): Errno {
    if (at.inode !== null) return EXIST;
    if (at.slash && !isDirectory) return NOENT;
    if ((at.dir as Inode).nlink === 0) return NOENT; // removed while open
    if (this.#frozen) return ROFS;
    return this.#inodes >= this.limits.inodes ? NOSPC : SUCCESS;
  }

  /** make makes a new inode at a place that must be vacant. */
  make(at: Place, kind: Kind, target: string): Inode | Errno {
    const errno = this.#vacant(at, kind === Kind.Directory);
    if (errno !== SUCCESS) return errno;
    const targetLen = byteLen(target);
    if (targetLen > 0 && this.#bytes + targetLen > this.limits.bytes) return NOSPC;
    this.#bytes += targetLen;
    const now = this.now();
    const inode = this.#newInode(kind, now);
    inode.target = target;
    inode.charged = targetLen;
    if (kind === Kind.SymbolicLink) inode.size = targetLen;
    this.#inodes++;
    this.#enter(at.dir as Inode, at.name, inode, this);
    this.#touch(at.dir as Inode, now);
    this.#mark(inode);
    return inode;
  }

  /** place puts a new inode under a name, counted against no limit. */
  place(dir: Inode, name: string, kind: Kind, now: bigint): Inode {
    const inode = this.#newInode(kind, now);
    this.#enter(dir, name, inode, null);
    return inode;
  }

  #enter(dir: Inode, name: string, inode: Inode, owner: Tree | null): void {
    this.#ownDirectory(dir).add(name, inode, owner);
    if (inode.kind === Kind.Directory) {
      inode.parent = dir;
      dir.nlink++;
    }
  }

  // ownDirectory makes the names of dir this Tree's.
  #ownDirectory(dir: Inode): Directory {
    const directory = dir.directory as Directory;
    if (dir.lower === null || directory !== dir.lower.directory) return directory;
    return (dir.directory = directory.clone());
  }

  #touch(inode: Inode, now: bigint): void {
    inode.mtim = inode.ctim = now;
    this.#mark(inode);
  }

  /**
   * mkdir makes a directory. Like mkdir(2).
   *
   * # Errors
   *
   * EXIST, ROFS, NOSPC.
   */
  mkdir(base: Inode, path: Path): Errno {
    const at = this.#from;
    const errno = resolve(base, path, LastLink.Name, at);
    if (errno !== SUCCESS) return errno;
    const made = this.make(at, Kind.Directory, "");
    return made instanceof Errno ? made : SUCCESS;
  }

  /**
   * symlink makes a symbolic link; where it leads is looked at only when it is
   * followed. Like symlink(2).
   *
   * # Errors
   *
   * Those of checkText for the target; EXIST, ROFS, NOSPC.
   */
  symlink(target: string, base: Inode, path: Path): Errno {
    const bad = checkText(target);
    if (bad !== SUCCESS) return bad;
    const at = this.#from;
    const errno = resolve(base, path, LastLink.Name, at);
    if (errno !== SUCCESS) return errno;
    const made = this.make(at, Kind.SymbolicLink, target);
    return made instanceof Errno ? made : SUCCESS;
  }

  /**
   * link gives an inode another name. Like linkat(2) without flags.
   *
   * # Errors
   *
   * NOENT; PERM for a directory; EXIST, ROFS, NOSPC.
   */
  link(base: Inode, old: Path, to: Inode, name: Path): Errno {
    const from = this.#from;
    const into = this.#into;
    let errno = resolve(base, old, LastLink.Name, from);
    if (errno !== SUCCESS) return errno;
    errno = resolve(to, name, LastLink.Name, into);
    if (errno !== SUCCESS) return errno;
    const inode = from.inode;
    if (inode === null) return NOENT;
    if (inode.kind === Kind.Directory) return PERM;
    if (from.slash) return NOTDIR;
    errno = this.#vacant(into, false);
    if (errno !== SUCCESS) return errno;
    const now = this.now();
    inode.nlink++;
    inode.ctim = now;
    this.#mark(inode);
    this.#inodes++;
    this.#enter(into.dir as Inode, into.name, inode, this);
    this.#touch(into.dir as Inode, now);
    return SUCCESS;
  }

  /**
   * unlink takes a name from anything but a directory. Like unlink(2).
   *
   * # Errors
   *
   * NOENT; ISDIR; NOTDIR for a slash at the end; ROFS.
   */
  unlink(base: Inode, path: Path): Errno {
    const at = this.#from;
    const errno = resolve(base, path, LastLink.Name, at);
    if (errno !== SUCCESS) return errno;
    if (at.inode === null) return NOENT;
    if (at.inode.kind === Kind.Directory) return ISDIR;
    if (at.slash) return NOTDIR;
    if (this.#frozen) return ROFS;
    this.removeName(at.dir as Inode, at.name, at.inode);
    return SUCCESS;
  }

  /**
   * rmdir removes an empty directory. Like rmdir(2).
   *
   * # Errors
   *
   * INVAL if the path ends in "." or ".."; NOENT; NOTDIR; NOTEMPTY; ROFS.
   */
  rmdir(base: Inode, path: Path): Errno {
    const at = this.#from;
    const errno = resolve(base, path, LastLink.Name, at);
    if (errno !== SUCCESS) return errno;
    if (at.inode === null) return NOENT;
    if (at.dir === null) return INVAL;
    if (at.inode.kind !== Kind.Directory) return NOTDIR;
    if ((at.inode.directory as Directory).size > 0) return NOTEMPTY;
    if (this.#frozen) return ROFS;
    this.removeName(at.dir, at.name, at.inode);
    return SUCCESS;
  }

  /** removeName removes a name that is there. */
  removeName(dir: Inode, name: string, inode: Inode): void {
    const now = this.now();
    const directory = this.#ownDirectory(dir);
    if (directory.lookup(name)?.owner === this) this.#inodes--;
    directory.remove(name);
    this.#touch(dir, now);
    this.#dropName(inode, dir, now);
  }

  // dropName counts one name less for an inode, which was in dir.
  #dropName(inode: Inode, dir: Inode, now: bigint): void {
    inode.ctim = now;
    if (inode.kind === Kind.Directory) {
      inode.nlink = 0;
      dir.nlink--;
    } else {
      inode.nlink--;
    }
    this.#mark(inode);
    this.release(inode);
  }

  /** release gives up the contents of an inode that nothing leads to any more. */
  release(inode: Inode): void {
    if (inode.nlink > 0) return;
    if (this.#dirty !== null) {
      this.#dirty.delete(inode);
      this.#gone.add(inode.ino);
    }
    if (inode.opens > 0) return;
    this.#bytes -= inode.charged;
    inode.charged = 0;
    inode.size = 0;
    inode.data = noBytes;
    inode.load = null;
    inode.dirtyPages = null;
    if (inode.kind === Kind.Directory) inode.directory = new Directory();
  }

  /**
   * rename moves a name. What had the new name before is replaced, and its
   * place in the order of its directory kept. Like rename(2).
   *
   * # Errors
   *
   * INVAL if either path ends in "." or "..", or a directory would move
   * beneath itself; NOENT; NOTDIR for a directory onto anything else, or a
   * slash after anything else; ISDIR for anything else onto a directory;
   * NOTEMPTY; ROFS.
   */
  rename(base: Inode, old: Path, to: Inode, name: Path): Errno {
    const from = this.#from;
    const into = this.#into;
    let errno = resolve(base, old, LastLink.Name, from);
    if (errno !== SUCCESS) return errno;
    errno = resolve(to, name, LastLink.Name, into);
    if (errno !== SUCCESS) return errno;
    const moved = from.inode;
    const replaced = into.inode;
    const oldDir = from.dir;
    const newDir = into.dir;
    if (moved === null) return NOENT;
    if (oldDir === null || newDir === null) return INVAL;
    const isDirectory = moved.kind === Kind.Directory;
    if ((from.slash || into.slash) && !isDirectory) return NOTDIR;
    if (moved === replaced) return SUCCESS;
    if (newDir.nlink === 0) return NOENT; // removed while open
    if (isDirectory && isBeneath(newDir, moved)) return INVAL;
    if (replaced !== null) {
      const overDirectory = replaced.kind === Kind.Directory;
      if (isDirectory && !overDirectory) return NOTDIR;
      if (!isDirectory && overDirectory) return ISDIR;
      if (overDirectory && (replaced.directory as Directory).size > 0) return NOTEMPTY;
    }
    if (this.#frozen) return ROFS;

    const now = this.now();
    const oldNames = this.#ownDirectory(oldDir);
    const newNames = this.#ownDirectory(newDir);
    const owner = oldNames.lookup(from.name)?.owner === this ? this : null;
    if (replaced !== null) {
      if (newNames.lookup(into.name)?.owner === this) this.#inodes--;
      newNames.replace(into.name, moved, owner);
      this.#dropName(replaced, newDir, now);
    } else {
      newNames.add(into.name, moved, owner);
    }
    oldNames.remove(from.name);
    this.#touch(oldDir, now);
    this.#touch(newDir, now);
    moved.ctim = now;
    this.#mark(moved);
    if (isDirectory) {
      moved.parent = newDir;
      oldDir.nlink--;
      newDir.nlink++;
    }
    return SUCCESS;
  }

  // ---- changing inodes ----

  /** setTimes sets times as asked; "now" and ctim are one reading of the clock. */
  setTimes(inode: Inode, atim: TimeChange, mtim: TimeChange): Errno {
    if (this.#frozen) return ROFS;
    const now = this.now();
    if (atim !== null) inode.atim = atim === "now" ? now : atim;
    if (mtim !== null) inode.mtim = mtim === "now" ? now : mtim;
    inode.ctim = now;
    this.#mark(inode);
    return SUCCESS;
  }

  /** fill makes sure that a file's contents are here. */
  fill(inode: Inode): Errno {
    if (inode.load === null) return SUCCESS;
    const bytes = inode.load();
    if (bytes instanceof Errno) return bytes;
    if (bytes.length < inode.size) return IO;
    inode.data = bytes;
    inode.load = null;
    return SUCCESS;
  }

  /** write puts all of source at an offset of a file, or nothing. */
  write(inode: Inode, off: number, source: Uint8Array): Errno {
    const end = off + source.length;
    if (end > maxFileSize) return FBIG;
    const errno = this.#resize(inode, Math.max(end, inode.size));
    if (errno !== SUCCESS) return errno;
    inode.data.set(source, off);
    if (this.#dirty !== null) markPages(inode, off, end);
    this.#touch(inode, this.now());
    return SUCCESS;
  }

  /** setSize cuts or lengthens with zeros. */
  setSize(inode: Inode, size: number): Errno {
    if (inode.kind !== Kind.RegularFile || size < 0) return INVAL;
    if (size > maxFileSize) return FBIG;
    const errno = this.#resize(inode, size);
    if (errno !== SUCCESS) return errno;
    this.#touch(inode, this.now());
    return SUCCESS;
  }

  // resize makes the contents of a file this Tree's own, and of this size.
  #resize(inode: Inode, size: number): Errno {
    if (this.#frozen) return ROFS;
    const delta = size - inode.charged;
    if (delta > 0 && this.#bytes + delta > this.limits.bytes) return NOSPC;
    const old = inode.size;
    const capacity = inode.data.length;
    // A capacity far above the size would let a guest hold memory that the
    // limit does not see.
    if (inode.shared || size > capacity || capacity > 2 * size + 512) {
      const keep = Math.min(old, size);
      if (keep > 0) {
        const filled = this.fill(inode);
        if (filled !== SUCCESS) return filled;
      }
      const room = size > old && old > 0 ? Math.max(size, 2 * old) : size;
      let data: Uint8Array;
      try {
        data = room === 0 ? noBytes : new Uint8Array(room);
      } catch {
        return NOSPC; // the engine has no such block of memory left
      }
      if (keep > 0) data.set(inode.data.subarray(0, keep));
      inode.data = data;
      inode.shared = false;
      inode.load = null;
    } else if (size < old) {
      inode.data.fill(0, size, old);
    }
    inode.size = size;
    inode.charged = size;
    this.#bytes += delta;
    if (this.#dirty !== null && size > old) markPages(inode, old, size);
    return SUCCESS;
  }

  // ---- what changed ----

  #mark(inode: Inode): void {
    if (this.#dirty !== null && inode.nlink > 0 && !inode.builtin) this.#dirty.add(inode);
  }

  /** takeDirty returns what changed since the last call, and forgets it. */
  takeDirty(): Dirty {
    if (this.#dirty === null) return { inodes: [], removed: [] };
    const dirty = { inodes: [...this.#dirty], removed: [...this.#gone] };
    this.#dirty.clear();
    this.#gone.clear();
    return dirty;
  }

  /** own lists every inode that differs from the lower's, or is not there. */
  own(): Inode[] {
    const found: Inode[] = [];
    const collect = (inode: Inode): void => {
      if (inode.lower === null || !sameAsLower(inode)) found.push(inode);
      if (inode.directory === null) return;
      for (const entry of inode.directory.entries()) {
        const child = this.peek(entry.inode);
        // What was never looked at is the lower's, with all beneath it.
        if (child.tree === this && !child.builtin) collect(child);
      }
    };
    collect(this.root);
    // A file with two names is met twice.
    return [...new Set(found)];
  }

  /**
   * restore returns this Tree's inode of a number as a journal names it: a
   * copy of a lower's, or a new one. Names and contents are the caller's to
   * set; recount must be called in the end.
   */
  restore(ino: number, kind: Kind, lower: Inode | undefined): Inode {
    if (ino >= this.#nextIno) this.#nextIno = ino + 1;
    if (ino === this.root.ino) return this.root;
    const known = this.#upper[ino];
    if (known !== undefined && known.kind === kind) return known;
    if (lower !== undefined && lower.kind === kind) {
      const raised = this.#raise(lower);
      if (raised.kind === Kind.Directory) {
        const above = lower.parent as Inode;
        raised.parent = this.restore(above.ino, Kind.Directory, above);
      }
      return raised;
    }
    const inode = new Inode(this, ino, kind, null);
    if (kind === Kind.Directory) {
      inode.directory = new Directory();
      inode.parent = this.root;
    }
    this.#upper[ino] = inode;
    return inode;
  }

  /** reserve makes new inodes count up from at least this number. */
  reserve(nextIno: number): void {
    if (nextIno > this.#nextIno) this.#nextIno = nextIno;
  }

  /** recount counts anew what is in use, after restoring. */
  recount(): void {
    this.#bytes = 0;
    this.#inodes = 0;
    for (const inode of this.own()) {
      inode.charged = inode.shared ? 0 : inode.size;
      this.#bytes += inode.charged;
      if (inode.directory === null || inode.directory === inode.lower?.directory) continue;
      for (const entry of inode.directory.entries()) {
        if (entry.owner === this) this.#inodes++;
      }
    }
    this.takeDirty();
  }
}

function sameAsLower(inode: Inode): boolean {
  const lower = inode.lower as Inode;
  return (
    inode.shared && inode.size === lower.size && inode.directory === lower.directory && inode.nlink === lower.nlink &&
    inode.atim === lower.atim && inode.mtim === lower.mtim && inode.ctim === lower.ctim
  );
}

// isBeneath reports whether a directory is top or lies beneath it.
function isBeneath(dir: Inode, top: Inode): boolean {
  for (;;) {
    if (dir === top) return true;
    const parent = dir.parent as Inode;
    if (parent === dir) return false;
    dir = parent;
  }
}

function markPages(inode: Inode, from: number, to: number): void {
  const pages = (inode.dirtyPages ??= new Set());
  for (let page = Math.floor(from / dirtyPage); page * dirtyPage < to; page++) pages.add(page);
}

// loadLower fetches into the lower inode, so that all its overlays share it.
function loadLower(lower: Inode): Uint8Array | Errno {
  const errno = lower.tree.fill(lower);
  return errno === SUCCESS ? lower.data : errno;
}
