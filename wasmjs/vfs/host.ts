// The host's side of a Tree: operations by absolute path, for the code that
// serves, fills and packs one. They follow links as a guest would. Twin of vfs/host.go.

import type { Directory } from "./directory.ts";
import {
  Errno, EXIST, FBIG, INVAL, ISDIR, LOOP, NOENT, NOTDIR, ROFS, SUCCESS,
} from "./errno.ts";
import { type Inode, Kind, type Loader, type Stat } from "./inode.ts";
import { checkText, hostPath, isClean, type Path } from "./path.ts";
import { LastLink, Place, resolve } from "./resolve.ts";
import { maxFileSize, type Tree } from "./tree.ts";

function existing(tree: Tree, path: string, last: LastLink): Inode | Errno {
  const parsed = hostPath(path);
  return parsed instanceof Errno ? parsed : tree.find(tree.root, parsed, last);
}

function at(tree: Tree, path: string, last: LastLink): Place | Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  const place = new Place();
  const errno = resolve(tree.root, parsed, last, place);
  return errno === SUCCESS ? place : errno;
}

/**
 * readFile returns a file's contents. The caller must not change them.
 *
 * # Errors
 *
 * NOENT, ISDIR and those of resolution; INVAL for a device.
 */
export function readFile(tree: Tree, path: string): Uint8Array | Errno {
  const inode = existing(tree, path, LastLink.Follow);
  if (inode instanceof Errno) return inode;
  if (inode.kind === Kind.Directory) return ISDIR;
  if (inode.kind !== Kind.RegularFile) return INVAL;
  const errno = tree.fill(inode);
  if (errno !== SUCCESS) return errno;
  const bytes = inode.data.subarray(0, inode.size);
  return inode.shared ? bytes : bytes.slice();
}

/**
 * writeFile makes or replaces a file's contents, as open with create and
 * truncate, and write, would. The bytes are copied.
 */
export function writeFile(tree: Tree, path: string, data: Uint8Array): Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  const handle = tree.open(tree.root, parsed, { create: true, truncate: true, write: true, follow: true });
  if (handle instanceof Errno) return handle;
  const n = handle.write(data);
  handle.close();
  return n instanceof Errno ? n : SUCCESS;
}

/**
 * mkdirAll makes a directory and those above it that are missing.
 *
 * # Errors
 *
 * NOTDIR if something else is in the way.
 */
export function mkdirAll(tree: Tree, path: string): Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  const place = new Place();
  for (let end = 1; end <= parsed.parts.length; end++) {
    const above: Path = { ...parsed, parts: parsed.parts.slice(0, end), slash: false };
    const errno = resolve(tree.root, above, LastLink.Follow, place);
    if (errno !== SUCCESS) return errno;
    if (place.inode === null) {
      const made = tree.make(place, Kind.Directory, "");
      if (made instanceof Errno) return made;
    } else if (place.inode.kind !== Kind.Directory) {
      return NOTDIR;
    }
  }
  return SUCCESS;
}

/** stat describes what path leads to. */
export function stat(tree: Tree, path: string): Stat | Errno {
  return existing(tree, path, LastLink.Follow);
}

/** lstat is stat that does not follow a link in the last component. */
export function lstat(tree: Tree, path: string): Stat | Errno {
  return existing(tree, path, LastLink.Keep);
}

/** Dirent is one name in a directory. */
export interface Dirent {
  readonly name: string;
  readonly ino: number;
  readonly kind: Kind;
}

/** readDir lists a directory in its order, without "." and "..". */
export function readDir(tree: Tree, path: string): Dirent[] | Errno {
  const inode = existing(tree, path, LastLink.Follow);
  if (inode instanceof Errno) return inode;
  if (inode.directory === null) return NOTDIR;
  const out: Dirent[] = [];
  for (const entry of inode.directory.entries()) {
    out.push({ name: entry.name, ino: entry.inode.ino, kind: entry.inode.kind });
  }
  return out;
}

/** symlink makes a symbolic link at path. */
export function symlink(tree: Tree, target: string, path: string): Errno {
  const parsed = hostPath(path);
  return parsed instanceof Errno ? parsed : tree.symlink(target, tree.root, parsed);
}

/** readlink returns a link's target. */
export function readlink(tree: Tree, path: string): string | Errno {
  const parsed = hostPath(path);
  return parsed instanceof Errno ? parsed : tree.readlink(tree.root, parsed);
}

/** remove removes a file, a link or an empty directory. */
export function remove(tree: Tree, path: string): Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  const place = at(tree, path, LastLink.Name);
  if (place instanceof Errno) return place;
  return place.inode?.kind === Kind.Directory ? tree.rmdir(tree.root, parsed) : tree.unlink(tree.root, parsed);
}

/**
 * removeAll removes path and everything beneath it: the deepest first, in the
 * order of each directory. Links are removed, not followed. That path does not
 * exist is no error.
 */
export function removeAll(tree: Tree, path: string): Errno {
  const place = at(tree, path, LastLink.Name);
  if (place instanceof Errno) return place === NOENT ? SUCCESS : place;
  const { dir, name, inode, slash } = place;
  if (inode === null) return SUCCESS;
  if (dir === null) return INVAL;
  if (slash && inode.kind !== Kind.Directory) return NOTDIR;
  if (tree.frozen) return ROFS;
  removeBelow(tree, dir, name, inode);
  return SUCCESS;
}

function removeBelow(tree: Tree, dir: Inode, name: string, inode: Inode): void {
  if (inode.kind === Kind.Directory) {
    // The list is copied because removing may move entries.
    for (const entry of [...(inode.directory as Directory).entries()]) {
      removeBelow(tree, inode, entry.name, tree.current(entry, inode));
    }
  }
  tree.removeName(dir, name, inode);
}

/** rename moves a name: see Tree.rename. */
export function rename(tree: Tree, old: string, name: string): Errno {
  const from = hostPath(old);
  if (from instanceof Errno) return from;
  const into = hostPath(name);
  return into instanceof Errno ? into : tree.rename(tree.root, from, tree.root, into);
}

/** setTimes sets the times of what path leads to. */
export function setTimes(tree: Tree, path: string, atim: bigint, mtim: bigint): Errno {
  const inode = existing(tree, path, LastLink.Follow);
  return inode instanceof Errno ? inode : tree.setTimes(inode, atim, mtim);
}

/** NewEntry is a ready inode for add: what a snapshot holds. */
export interface NewEntry {
  /** path is absolute; "/" sets the times of the root. */
  readonly path: string;
  /** kind is Directory, RegularFile or SymbolicLink. */
  readonly kind: Kind;
  /** mtim is all three of its times. */
  readonly mtim: bigint;
  /** data are a file's contents: kept, not copied, and never changed. */
  readonly data?: Uint8Array;
  /** size and load stand for contents that are fetched at their first reading. */
  readonly size?: number;
  readonly load?: Loader;
  /** link is a link's target. */
  readonly link?: string;
}

/**
 * add puts an entry into a tree that is being built. Its parent must be there
 * and keeps its times; limits do not count it; numbers are given in the order
 * of the calls.
 *
 * # Errors
 *
 * INVAL if the path is not clean or the kind is another one; those of
 * checkText; NOENT, NOTDIR (also for a link on the way) and EXIST; FBIG; ROFS.
 */
export function add(tree: Tree, entry: NewEntry): Errno {
  const bad = checkText(entry.path);
  if (bad !== SUCCESS) return bad;
  if (!isClean(entry.path)) return INVAL;
  if (entry.path === "/") {
    if (entry.kind !== Kind.Directory) return INVAL;
    if (tree.frozen) return ROFS;
    const root = tree.root;
    root.atim = root.mtim = root.ctim = entry.mtim;
    return SUCCESS;
  }
  const place = new Place();
  const parsed = hostPath(entry.path);
  if (parsed instanceof Errno) return parsed;
  const errno = resolve(tree.root, parsed, LastLink.Name, place, false);
  if (errno !== SUCCESS) return errno === LOOP ? NOTDIR : errno;
  if (place.inode !== null || place.dir === null) return EXIST;
  if (tree.frozen) return ROFS;
  const size = entry.size ?? entry.data?.length ?? 0;
  if (size > maxFileSize) return FBIG;
  if (entry.kind === Kind.SymbolicLink) {
    const link = checkText(entry.link ?? "");
    if (link !== SUCCESS) return link;
  } else if (entry.kind !== Kind.Directory && entry.kind !== Kind.RegularFile) {
    return INVAL;
  }
  const inode = tree.place(place.dir, place.name, entry.kind, entry.mtim);
  if (entry.kind === Kind.SymbolicLink) {
    inode.target = entry.link ?? "";
    inode.size = new TextEncoder().encode(inode.target).length;
  } else if (entry.kind === Kind.RegularFile) {
    inode.shared = true;
    inode.size = size;
    if (entry.data !== undefined) inode.data = entry.data;
    else if (size > 0) inode.load = entry.load ?? null;
  }
  return SUCCESS;
}

/**
 * walk calls visit for every path but the root, in the bytewise order of paths
 * (a directory comes before what it holds), without what addDevices made. A
 * visit that returns false ends it.
 */
export function walk(tree: Tree, visit: (path: string, stat: Stat) => boolean): void {
  const all: { path: string; inode: Inode; key: Uint8Array }[] = [];
  const encoder = new TextEncoder();
  const collect = (above: string, dir: Inode): void => {
    for (const entry of (dir.directory as Directory).entries()) {
      if (entry.inode.builtin) continue;
      const inode = tree.current(entry, dir);
      const path = `${above}/${entry.name}`;
      all.push({ path, inode, key: encoder.encode(path) });
      if (inode.kind === Kind.Directory) collect(path, inode);
    }
  };
  collect("", tree.root);
  all.sort((a, b) => compareBytes(a.key, b.key));
  for (const { path, inode } of all) {
    if (!visit(path, inode)) return;
  }
}

/** compareBytes orders as a comparison of bytes does. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const len = Math.min(a.length, b.length);
  for (let i = 0; i < len; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
