// Functions on a path beneath an open directory. Twin of
// server/phpwasm/wasi/path.go.

import { BADF, Errno, EXIST, FAULT, INVAL, MFILE, NOENT, NOTDIR, ROFS, SUCCESS, XDEV } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import { type Inode, Kind } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import type { OpenOptions, Tree } from "../vfs/tree.ts";
import { allFdFlags, allOflags, fileRights, filestatSize, Oflags, Rights, rightsOfDirectory, symlinkFollow } from "./abi.ts";
import type { Descriptor } from "./descriptors.ts";
import { timeChanges, writeFilestat } from "./fd.ts";
import type { Host } from "./host.ts";

interface DirectoryDescriptor extends Descriptor {
  readonly handle: Handle;
}

// descriptor finds one that is open; with change, one that may be changed.
function descriptor(host: Host, fd: number, ptr: number, len: number, change: boolean): Descriptor | Errno {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF;
  if (!host.memory.has(ptr, len)) return FAULT;
  return change && d.readOnly ? ROFS : d;
}

// directory is a descriptor that paths can be beneath.
function directory(d: Descriptor): DirectoryDescriptor | Errno {
  return d.handle === null || d.handle.inode.kind !== Kind.Directory ? NOTDIR : (d as DirectoryDescriptor);
}

// at finds a directory's descriptor, for a path that memory.path then reads.
function at(host: Host, fd: number, ptr: number, len: number): DirectoryDescriptor | Errno {
  const d = descriptor(host, fd, ptr, len, false);
  return d instanceof Errno ? d : directory(d);
}

// toChange is at for an operation that changes something there.
function toChange(host: Host, fd: number, ptr: number, len: number): DirectoryDescriptor | Errno {
  const d = descriptor(host, fd, ptr, len, true);
  return d instanceof Errno ? d : directory(d);
}

export function path_create_directory(host: Host, fd: number, ptr: number, len: number): number {
  const d = toChange(host, fd, ptr, len);
  if (d instanceof Errno) return d.code;
  const path = host.memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  return d.handle.tree.mkdir(d.handle.inode, path).code;
}

export function path_filestat_get(
  host: Host, fd: number, lookup: number, ptr: number, len: number, resultPtr: number,
): number {
  host.beat();
  const d = at(host, fd, ptr, len);
  if (d instanceof Errno) return d.code;
  const path = host.memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  const memory = host.memory;
  const inode = d.handle.tree.stat(d.handle.inode, path, (lookup & symlinkFollow) !== 0);
  if (inode instanceof Errno) return inode.code;
  if (!memory.has(resultPtr, filestatSize)) return FAULT.code;
  writeFilestat(memory, resultPtr, d.dev, inode);
  return SUCCESS.code;
}

export function path_filestat_set_times(
  host: Host, fd: number, lookup: number, ptr: number, len: number, atim: bigint, mtim: bigint, flags: number,
): number {
  const d = toChange(host, fd, ptr, len);
  if (d instanceof Errno) return d.code;
  const times = timeChanges(atim, mtim, flags);
  if (times instanceof Errno) return times.code;
  const path = host.memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  const tree = d.handle.tree;
  const inode = tree.stat(d.handle.inode, path, (lookup & symlinkFollow) !== 0);
  return inode instanceof Errno ? inode.code : tree.setTimes(inode, times[0], times[1]).code;
}

/**
 * path_link: following a link in the last component is not offered, as in
 * other hosts.
 */
export function path_link(
  host: Host, oldFd: number, lookup: number, oldPtr: number, oldLen: number,
  newFd: number, newPtr: number, newLen: number,
): number {
  const pair = pairToChange(host, oldFd, oldPtr, oldLen, newFd, newPtr, newLen, (lookup & symlinkFollow) !== 0);
  if (pair instanceof Errno) return pair.code;
  const { from, old, to, name } = pair;
  return from.tree.link(from.inode, old, to.inode, name).code;
}

interface Pair {
  readonly from: Handle;
  readonly old: Path;
  readonly to: Handle;
  readonly name: Path;
}

function pairToChange(
  host: Host, oldFd: number, oldPtr: number, oldLen: number,
  newFd: number, newPtr: number, newLen: number, invalid: boolean,
): Pair | Errno {
  const from = descriptor(host, oldFd, oldPtr, oldLen, true);
  if (from instanceof Errno) return from;
  const to = descriptor(host, newFd, newPtr, newLen, true);
  if (to instanceof Errno) return to;
  if (invalid) return INVAL;
  const fromDir = directory(from);
  if (fromDir instanceof Errno) return fromDir;
  if (to.handle === null || to.handle.tree !== fromDir.handle.tree) return XDEV;
  const toDir = directory(to);
  if (toDir instanceof Errno) return toDir;
  const old = host.memory.path(oldPtr, oldLen);
  if (old instanceof Errno) return old;
  const name = host.memory.path(newPtr, newLen);
  return name instanceof Errno ? name : { from: fromDir.handle, old, to: toDir.handle, name };
}

export function path_open(
  host: Host, fd: number, lookup: number, ptr: number, len: number, oflags: number,
  rights: number, inheriting: number, fdFlags: number, resultPtr: number,
): number {
  host.beat();
  const d = descriptor(host, fd, ptr, len, false);
  if (d instanceof Errno) return d.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, 4)) return FAULT.code;
  if (oflags > allOflags || fdFlags > allFdFlags) return INVAL.code;
  if (host.descriptors.full) return MFILE.code;
  const dir = directory(d);
  if (dir instanceof Errno) return dir.code;
  const path = memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  const isDirectory = (oflags & Oflags.Directory) !== 0;
  const options: OpenOptions = {
    create: (oflags & Oflags.Creat) !== 0,
    directory: isDirectory,
    exclusive: (oflags & Oflags.Excl) !== 0,
    truncate: (oflags & Oflags.Trunc) !== 0,
    read: (rights & Rights.FdRead) !== 0,
    // Guests ask for every right there is when they open a directory.
    write: !isDirectory && (rights & Rights.FdWrite) !== 0,
    fdFlags,
    follow: (lookup & symlinkFollow) !== 0,
    owner: host,
  };
  const { tree, inode } = dir.handle;
  const handle = d.readOnly ? openReadOnly(tree, inode, path, options) : tree.open(inode, path, options);
  if (handle instanceof Errno) return handle.code;
  const opened = handle.inode.kind === Kind.Directory;
  const number = host.descriptors.add({
    handle,
    stdio: null,
    dev: d.dev,
    preopen: null,
    readOnly: d.readOnly,
    rights: rights & (opened ? rightsOfDirectory(d.readOnly) : fileRights),
    inheriting: opened ? inheriting : 0,
  });
  if (number instanceof Errno) {
    handle.close();
    return number.code;
  }
  memory.setU32(resultPtr, number);
  return SUCCESS.code;
}

// openReadOnly opens what is there and makes nothing.
function openReadOnly(tree: Tree, dir: Inode, path: Path, options: OpenOptions): Handle | Errno {
  if (options.create === true) {
    if (options.directory === true) return INVAL;
    const exclusive = options.exclusive === true;
    const there = tree.stat(dir, path, options.follow === true && !exclusive);
    if (there instanceof Errno) return there === NOENT ? ROFS : there;
    if (exclusive) return EXIST;
  }
  if (options.write === true || options.truncate === true) return ROFS;
  return tree.open(dir, path, { ...options, create: false, exclusive: false });
}

export function path_readlink(
  host: Host, fd: number, ptr: number, len: number, bufPtr: number, bufLen: number, resultPtr: number,
): number {
  const open = descriptor(host, fd, ptr, len, false);
  if (open instanceof Errno) return open.code;
  const memory = host.memory;
  if (!memory.has(bufPtr, bufLen) || !memory.has(resultPtr, 4)) return FAULT.code;
  const d = directory(open);
  if (d instanceof Errno) return d.code;
  const path = memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  const target = d.handle.tree.readlink(d.handle.inode, path);
  if (target instanceof Errno) return target.code;
  const bytes = new TextEncoder().encode(target);
  const n = Math.min(bytes.length, bufLen);
  memory.set(bufPtr, bytes.subarray(0, n));
  memory.setU32(resultPtr, n);
  return SUCCESS.code;
}

export function path_remove_directory(host: Host, fd: number, ptr: number, len: number): number {
  const d = toChange(host, fd, ptr, len);
  if (d instanceof Errno) return d.code;
  const path = host.memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  return d.handle.tree.rmdir(d.handle.inode, path).code;
}

export function path_rename(
  host: Host, oldFd: number, oldPtr: number, oldLen: number, newFd: number, newPtr: number, newLen: number,
): number {
  const pair = pairToChange(host, oldFd, oldPtr, oldLen, newFd, newPtr, newLen, false);
  if (pair instanceof Errno) return pair.code;
  const { from, old, to, name } = pair;
  return from.tree.rename(from.inode, old, to.inode, name).code;
}

export function path_symlink(
  host: Host, targetPtr: number, targetLen: number, fd: number, ptr: number, len: number,
): number {
  if (!host.memory.has(targetPtr, targetLen)) return FAULT.code;
  const d = toChange(host, fd, ptr, len);
  if (d instanceof Errno) return d.code;
  const target = host.memory.text(targetPtr, targetLen);
  if (target instanceof Errno) return target.code;
  const path = host.memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  return d.handle.tree.symlink(target, d.handle.inode, path).code;
}

export function path_unlink_file(host: Host, fd: number, ptr: number, len: number): number {
  const d = toChange(host, fd, ptr, len);
  if (d instanceof Errno) return d.code;
  const path = host.memory.path(ptr, len);
  if (path instanceof Errno) return path.code;
  return d.handle.tree.unlink(d.handle.inode, path).code;
}
