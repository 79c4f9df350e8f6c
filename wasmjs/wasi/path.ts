// The functions on paths beneath a descriptor. Twin of
// server/phpwasm/wasi/path.go.

import { BADF, Errno, FAULT, INVAL, MFILE, NOTDIR, ROFS, SUCCESS, XDEV } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import { Kind } from "../vfs/inode.ts";
import type { Path } from "../vfs/path.ts";
import { directoryRights, fileRights, filestatSize, Oflags, Rights, symlinkFollow } from "./abi.ts";
import type { Descriptor } from "./descriptors.ts";
import { timeChanges, writeFilestat } from "./fd.ts";
import type { Host } from "./host.ts";

interface DirectoryDescriptor extends Descriptor {
  readonly handle: Handle;
}

// directory is a descriptor that paths can be beneath.
function directory(host: Host, fd: number): DirectoryDescriptor | Errno {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF;
  if (d.handle === null || d.handle.inode.kind !== Kind.Directory) return NOTDIR;
  return d as DirectoryDescriptor;
}

function path(host: Host, ptr: number, len: number): Path | Errno {
  return host.memory.has(ptr, len) ? host.memory.path(ptr, len) : FAULT;
}

export function path_create_directory(host: Host, fd: number, ptr: number, len: number): number {
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  if (d.readOnly) return ROFS.code;
  return d.handle.tree.mkdir(d.handle.inode, at).code;
}

export function path_filestat_get(
  host: Host, fd: number, lookup: number, ptr: number, len: number, resultPtr: number,
): number {
  host.beat();
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, filestatSize)) return FAULT.code;
  const inode = d.handle.tree.stat(d.handle.inode, at, (lookup & symlinkFollow) !== 0);
  if (inode instanceof Errno) return inode.code;
  writeFilestat(memory, resultPtr, inode);
  return SUCCESS.code;
}

export function path_filestat_set_times(
  host: Host, fd: number, lookup: number, ptr: number, len: number, atim: bigint, mtim: bigint, flags: number,
): number {
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  const times = timeChanges(atim, mtim, flags);
  if (times instanceof Errno) return times.code;
  const tree = d.handle.tree;
  const inode = tree.stat(d.handle.inode, at, (lookup & symlinkFollow) !== 0);
  if (inode instanceof Errno) return inode.code;
  if (d.readOnly) return ROFS.code;
  return tree.setTimes(inode, times[0], times[1]).code;
}

export function path_link(
  host: Host, oldFd: number, lookup: number, oldPtr: number, oldLen: number,
  newFd: number, newPtr: number, newLen: number,
): number {
  const from = directory(host, oldFd);
  if (from instanceof Errno) return from.code;
  const to = directory(host, newFd);
  if (to instanceof Errno) return to.code;
  const old = path(host, oldPtr, oldLen);
  if (old instanceof Errno) return old.code;
  const name = path(host, newPtr, newLen);
  if (name instanceof Errno) return name.code;
  // A link names an inode, never what a symbolic link leads to.
  if ((lookup & symlinkFollow) !== 0) return INVAL.code;
  if (from.handle.tree !== to.handle.tree) return XDEV.code;
  if (from.readOnly || to.readOnly) return ROFS.code;
  return from.handle.tree.link(from.handle.inode, old, to.handle.inode, name).code;
}

export function path_open(
  host: Host, fd: number, lookup: number, ptr: number, len: number, oflags: number,
  rights: number, inheriting: number, fdFlags: number, resultPtr: number,
): number {
  host.beat();
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, 4)) return FAULT.code;
  if (host.descriptors.full) return MFILE.code;
  const create = (oflags & Oflags.Creat) !== 0;
  const truncate = (oflags & Oflags.Trunc) !== 0;
  const write = (rights & Rights.FdWrite) !== 0;
  if (d.readOnly && (create || truncate || write)) return ROFS.code;
  const handle = d.handle.tree.open(d.handle.inode, at, {
    create,
    truncate,
    directory: (oflags & Oflags.Directory) !== 0,
    exclusive: (oflags & Oflags.Excl) !== 0,
    read: (rights & (Rights.FdRead | Rights.FdReaddir)) !== 0,
    write,
    fdFlags,
    follow: (lookup & symlinkFollow) !== 0,
  });
  if (handle instanceof Errno) return handle.code;
  const isDirectory = handle.inode.kind === Kind.Directory;
  const opened = host.descriptors.add({
    handle,
    source: null,
    sink: null,
    preopen: null,
    readOnly: d.readOnly,
    rights: rights & (isDirectory ? directoryRights : fileRights),
    inheriting: isDirectory ? inheriting : 0,
  });
  if (opened instanceof Errno) {
    handle.close();
    return opened.code;
  }
  memory.setU32(resultPtr, opened);
  return SUCCESS.code;
}

export function path_readlink(
  host: Host, fd: number, ptr: number, len: number, bufPtr: number, bufLen: number, resultPtr: number,
): number {
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  const memory = host.memory;
  if (!memory.has(bufPtr, bufLen) || !memory.has(resultPtr, 4)) return FAULT.code;
  const target = d.handle.tree.readlink(d.handle.inode, at);
  if (target instanceof Errno) return target.code;
  const bytes = new TextEncoder().encode(target);
  const n = Math.min(bytes.length, bufLen);
  memory.set(bufPtr, bytes.subarray(0, n));
  memory.setU32(resultPtr, n);
  return SUCCESS.code;
}

export function path_remove_directory(host: Host, fd: number, ptr: number, len: number): number {
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  if (d.readOnly) return ROFS.code;
  return d.handle.tree.rmdir(d.handle.inode, at).code;
}

export function path_rename(
  host: Host, oldFd: number, oldPtr: number, oldLen: number, newFd: number, newPtr: number, newLen: number,
): number {
  const from = directory(host, oldFd);
  if (from instanceof Errno) return from.code;
  const to = directory(host, newFd);
  if (to instanceof Errno) return to.code;
  const old = path(host, oldPtr, oldLen);
  if (old instanceof Errno) return old.code;
  const name = path(host, newPtr, newLen);
  if (name instanceof Errno) return name.code;
  if (from.handle.tree !== to.handle.tree) return XDEV.code;
  if (from.readOnly || to.readOnly) return ROFS.code;
  return from.handle.tree.rename(from.handle.inode, old, to.handle.inode, name).code;
}

export function path_symlink(
  host: Host, oldPtr: number, oldLen: number, fd: number, newPtr: number, newLen: number,
): number {
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  if (!host.memory.has(oldPtr, oldLen)) return FAULT.code;
  const target = host.memory.text(oldPtr, oldLen);
  if (target instanceof Errno) return target.code;
  const at = path(host, newPtr, newLen);
  if (at instanceof Errno) return at.code;
  if (d.readOnly) return ROFS.code;
  return d.handle.tree.symlink(target, d.handle.inode, at).code;
}

export function path_unlink_file(host: Host, fd: number, ptr: number, len: number): number {
  const d = directory(host, fd);
  if (d instanceof Errno) return d.code;
  const at = path(host, ptr, len);
  if (at instanceof Errno) return at.code;
  if (d.readOnly) return ROFS.code;
  return d.handle.tree.unlink(d.handle.inode, at).code;
}
