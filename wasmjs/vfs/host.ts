// What the host itself does to a Tree, by absolute path: making one from a
// snapshot, looking for static files, tests. These follow links inside the
// tree; a link with an absolute target is refused here too.

import { Directory } from "./directory.ts";
import {
  Errno, EXIST, INVAL, ISDIR, NOENT, NOTDIR, SUCCESS,
} from "./errno.ts";
import { type Device, Inode, Kind, type Loader, type Stat } from "./inode.ts";
import { parsePath, type Path } from "./path.ts";
import type { Tree } from "./tree.ts";

/** NewEntry is a ready inode for add: what a snapshot holds. */
export interface NewEntry {
  /** path is absolute; its parent exists. */
  readonly path: string;
  readonly kind: Kind;
  /** mtim is also its other times. */
  readonly mtim: bigint;
  /** size of a file whose contents are loaded at first read. */
  readonly size?: number;
  /** data are a file's contents: kept, not copied, and never changed. */
  readonly data?: Uint8Array;
  readonly load?: Loader;
  /** link is a link's target. */
  readonly link?: string;
}

/** Dirent is one name in a directory. */
export interface Dirent {
  readonly name: string;
  readonly ino: number;
  readonly kind: Kind;
}

/** hostPath makes an absolute path one that is relative to the root. */
export function hostPath(path: string): Path | Errno {
  if (!path.startsWith("/")) return INVAL;
  const relative = path.replace(/^\/+/, "");
  return parsePath(relative === "" ? "." : relative);
}

function find(tree: Tree, path: string, follow: boolean): Inode | Errno {
  const parsed = hostPath(path);
  return parsed instanceof Errno ? parsed : tree.stat(tree.root, parsed, follow);
}

/** stat describes what a path leads to. */
export function stat(tree: Tree, path: string): Stat | Errno {
  return find(tree, path, true);
}

/** lstat describes a path itself, even when it is a link. */
export function lstat(tree: Tree, path: string): Stat | Errno {
  return find(tree, path, false);
}

/** readFile returns a file's bytes; they are the tree's own, not to be changed. */
export function readFile(tree: Tree, path: string): Uint8Array | Errno {
  const inode = find(tree, path, true);
  if (inode instanceof Errno) return inode;
  if (inode.kind === Kind.Directory) return ISDIR;
  const errno = tree.fill(inode);
  return errno === SUCCESS ? inode.data.subarray(0, inode.size) : errno;
}

/** writeFile makes a file hold these bytes, and makes the file if need be. */
export function writeFile(tree: Tree, path: string, data: Uint8Array): Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  const handle = tree.open(tree.root, parsed, { create: true, truncate: true, write: true, follow: true });
  if (handle instanceof Errno) return handle;
  const n = handle.write(data);
  handle.close();
  return n instanceof Errno ? n : SUCCESS;
}

/** mkdirAll makes a directory and those above it; what is there stays. */
export function mkdirAll(tree: Tree, path: string): Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  for (let i = 1; i <= parsed.parts.length; i++) {
    const at: Path = { text: path, parts: parsed.parts.slice(0, i), absolute: false, directory: false };
    const errno = tree.mkdir(tree.root, at);
    if (errno === SUCCESS) continue;
    if (errno !== EXIST) return errno;
    const there = tree.stat(tree.root, at, true);
    if (there instanceof Errno) return there;
    if (there.kind !== Kind.Directory) return NOTDIR;
  }
  return SUCCESS;
}

/** readDir lists a directory in its order, without "." and "..". */
export function readDir(tree: Tree, path: string): Dirent[] | Errno {
  const inode = find(tree, path, true);
  if (inode instanceof Errno) return inode;
  if (!(inode.directory instanceof Directory)) return NOTDIR;
  const out: Dirent[] = [];
  for (const entry of inode.directory.entries()) {
    out.push({ name: entry.name, ino: entry.inode.ino, kind: entry.inode.kind });
  }
  return out;
}

export function symlink(tree: Tree, target: string, path: string): Errno {
  const parsed = hostPath(path);
  return parsed instanceof Errno ? parsed : tree.symlink(target, tree.root, parsed);
}

export function readlink(tree: Tree, path: string): string | Errno {
  const parsed = hostPath(path);
  return parsed instanceof Errno ? parsed : tree.readlink(tree.root, parsed);
}

/** remove takes away a file, a link or an empty directory. */
export function remove(tree: Tree, path: string): Errno {
  const parsed = hostPath(path);
  if (parsed instanceof Errno) return parsed;
  const inode = tree.stat(tree.root, parsed, false);
  if (inode instanceof Errno) return inode;
  return inode.kind === Kind.Directory ? tree.rmdir(tree.root, parsed) : tree.unlink(tree.root, parsed);
}

/** removeAll takes away a path and everything below; a missing one is fine. */
export function removeAll(tree: Tree, path: string): Errno {
  const found = lstat(tree, path);
  if (found instanceof Errno) return found === NOENT ? SUCCESS : found;
  if (found.kind === Kind.Directory) {
    const names = readDir(tree, path);
    if (names instanceof Errno) return names;
    for (const { name } of names) {
      const errno = removeAll(tree, path === "/" ? `/${name}` : `${path}/${name}`);
      if (errno !== SUCCESS) return errno;
    }
  }
  return remove(tree, path);
}

export function rename(tree: Tree, from: string, to: string): Errno {
  const old = hostPath(from);
  if (old instanceof Errno) return old;
  const name = hostPath(to);
  return name instanceof Errno ? name : tree.rename(tree.root, old, tree.root, name);
}

export function setTimes(tree: Tree, path: string, atim: bigint, mtim: bigint): Errno {
  const inode = find(tree, path, true);
  return inode instanceof Errno ? inode : tree.setTimes(inode, atim, mtim);
}

/**
 * walk visits every path but the root, in bytewise order, devices left out.
 * A visit that returns false ends it.
 */
export function walk(tree: Tree, visit: (path: string, stat: Stat) => boolean): void {
  const paths: { path: string; inode: Inode; key: Uint8Array }[] = [];
  const encoder = new TextEncoder();
  const collect = (directory: Inode, above: string): void => {
    for (const entry of (directory.directory as Directory).entries()) {
      const inode = tree.lookup(directory, entry.name);
      if (inode === null || inode.kind === Kind.CharacterDevice) continue;
      const path = `${above}/${entry.name}`;
      paths.push({ path, inode, key: encoder.encode(path) });
      if (inode.kind === Kind.Directory) collect(inode, path);
    }
  };
  collect(tree.root, "");
  paths.sort((a, b) => compareBytes(a.key, b.key));
  for (const { path, inode } of paths) {
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

/**
 * add puts one entry of a snapshot into a tree. Its parent must exist and
 * keeps its times; contents are shared and counted against no limit.
 */
export function add(tree: Tree, entry: NewEntry): Errno {
  const parsed = hostPath(entry.path);
  if (parsed instanceof Errno) return parsed;
  const name = parsed.parts.at(-1);
  if (name === undefined || name === "..") return EXIST;
  const above: Path = { text: entry.path, parts: parsed.parts.slice(0, -1), absolute: false, directory: false };
  const parent = tree.stat(tree.root, above, true);
  if (parent instanceof Errno) return parent;
  const made = tree.add(parent, name, entry);
  return made instanceof Errno ? made : SUCCESS;
}

/** addDevices puts /dev/null, /dev/zero and /dev/urandom into a tree. */
export function addDevices(tree: Tree): Errno {
  const errno = mkdirAll(tree, "/dev");
  if (errno !== SUCCESS) return errno;
  const dev = find(tree, "/dev", true);
  if (dev instanceof Errno) return dev;
  for (const device of ["null", "zero", "urandom"] satisfies Device[]) {
    const made = tree.addDevice(dev, device, device);
    if (made instanceof Errno && made !== EXIST) return made;
  }
  return SUCCESS;
}
