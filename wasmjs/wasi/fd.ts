// Functions on an open descriptor. Twin of server/phpwasm/wasi/fd.go.

import {
  BADF, Errno, FAULT, INVAL, NAMETOOLONG, NOTCAPABLE, NOTDIR, NOTSUP, ROFS, SPIPE, SUCCESS,
} from "../vfs/errno.ts";
import { Whence } from "../vfs/handle.ts";
import { type Inode, Kind } from "../vfs/inode.ts";
import type { TimeChange } from "../vfs/tree.ts";
import { allFdFlags, direntSize, fdstatSize, filestatSize, Fstflags, iovecSize, maxIovecs, prestatSize } from "./abi.ts";
import type { Descriptor } from "./descriptors.ts";
import type { Host } from "./host.ts";
import { isLock, lock } from "./lock.ts";
import type { Memory } from "./memory.ts";
import { isSpace, space } from "./space.ts";

const maxOff = 2n ** 63n - 1n;

/**
 * fd_advise: advice is taken politely and not followed, unless it asks for a
 * lock or about space.
 */
export function fd_advise(host: Host, fd: number, off: bigint, len: bigint, advice: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  // Nobody else has this guest's standard streams.
  if (isLock(off, advice)) return d.handle === null ? SUCCESS.code : lock(d.handle, off, len).code;
  if (isSpace(off, advice)) return d.handle === null ? NOTSUP.code : space(d.handle, off, len).code;
  if (d.handle?.inode.kind === Kind.Directory) return BADF.code;
  return advice > 5 || off > maxOff || len > maxOff ? INVAL.code : SUCCESS.code;
}

/** fd_allocate makes the file at least that large. */
export function fd_allocate(host: Host, fd: number, off: number, len: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined || d.handle?.inode.kind === Kind.Directory) return BADF.code;
  if (off < 0 || len <= 0) return INVAL.code;
  return d.handle === null ? INVAL.code : d.handle.setSize(Math.max(d.handle.inode.size, off + len)).code;
}

export function fd_close(host: Host, fd: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  host.descriptors.remove(fd);
  d.handle?.close();
  return SUCCESS.code;
}

export function fd_sync(host: Host, fd: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  if (d.handle !== null) return d.handle.sync().code;
  d.stdio?.sink?.flush?.();
  return SUCCESS.code;
}

export function fd_fdstat_get(host: Host, fd: number, resultPtr: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, fdstatSize)) return FAULT.code;
  memory.clear(resultPtr, fdstatSize);
  memory.setU8(resultPtr, d.handle === null ? Kind.CharacterDevice : d.handle.inode.kind);
  memory.setU16(resultPtr + 2, d.handle?.flags ?? d.stdio?.flags ?? 0);
  memory.setSize(resultPtr + 8, d.rights);
  memory.setSize(resultPtr + 16, d.inheriting);
  return SUCCESS.code;
}

export function fd_fdstat_set_flags(host: Host, fd: number, flags: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  if (flags > allFdFlags) return INVAL.code;
  if (d.handle !== null) d.handle.flags = flags;
  else if (d.stdio !== null) d.stdio.flags = flags;
  return SUCCESS.code;
}

/** fd_fdstat_set_rights may only take rights away. */
export function fd_fdstat_set_rights(host: Host, fd: number, rights: number, inheriting: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  if ((rights & ~d.rights) !== 0 || (inheriting & ~d.inheriting) !== 0) return NOTCAPABLE.code;
  d.rights = rights;
  d.inheriting = inheriting;
  return SUCCESS.code;
}

/** writeFilestat puts an inode's filestat into memory that has() room for it. */
export function writeFilestat(memory: Memory, ptr: number, dev: number, inode: Inode): void {
  memory.setSize(ptr, dev);
  memory.setSize(ptr + 8, inode.ino);
  memory.setSize(ptr + 16, inode.kind);
  memory.setSize(ptr + 24, inode.nlink);
  memory.setSize(ptr + 32, inode.size);
  memory.setU64(ptr + 40, inode.atim);
  memory.setU64(ptr + 48, inode.mtim);
  memory.setU64(ptr + 56, inode.ctim);
}

export function fd_filestat_get(host: Host, fd: number, resultPtr: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, filestatSize)) return FAULT.code;
  if (d.handle !== null) {
    writeFilestat(memory, resultPtr, d.dev, d.handle.inode);
  } else {
    memory.clear(resultPtr, filestatSize);
    memory.setU8(resultPtr + 16, Kind.CharacterDevice);
    memory.setSize(resultPtr + 24, 1);
  }
  return SUCCESS.code;
}

export function fd_filestat_set_size(host: Host, fd: number, size: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  return d.handle === null ? INVAL.code : d.handle.setSize(size).code;
}

/** timeChanges decodes fstflags, or says that they contradict each other. */
export function timeChanges(atim: bigint, mtim: bigint, flags: number): [TimeChange, TimeChange] | Errno {
  const both = Fstflags.Atim | Fstflags.AtimNow;
  const bothModified = Fstflags.Mtim | Fstflags.MtimNow;
  if ((flags & both) === both || (flags & bothModified) === bothModified || (flags & ~15) !== 0) return INVAL;
  const access = (flags & Fstflags.AtimNow) !== 0 ? "now" : (flags & Fstflags.Atim) !== 0 ? atim : null;
  const modified = (flags & Fstflags.MtimNow) !== 0 ? "now" : (flags & Fstflags.Mtim) !== 0 ? mtim : null;
  return [access, modified];
}

export function fd_filestat_set_times(host: Host, fd: number, atim: bigint, mtim: bigint, flags: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  const times = timeChanges(atim, mtim, flags);
  if (times instanceof Errno) return times.code;
  if (d.readOnly) return ROFS.code;
  return d.handle === null ? SUCCESS.code : d.handle.setTimes(times[0], times[1]).code;
}

// iovecs checks all buffers of a list before the first is used.
function iovecs(memory: Memory, ptr: number, count: number): Errno {
  if (count > maxIovecs) return INVAL;
  if (!memory.has(ptr, count * iovecSize)) return FAULT;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const at = ptr + i * iovecSize;
    const len = memory.u32(at + 4);
    if (!memory.has(memory.u32(at), len)) return FAULT;
    total += len;
    if (total > 0xffffffff) return INVAL; // the answer is a u32
  }
  return SUCCESS;
}

type Transfer = (d: Descriptor, memory: Memory, ptr: number, len: number, done: number) => number | Errno;

// transfer goes through the buffers until one is not filled. An error counts
// only if nothing was transferred before it.
function transfer(host: Host, fd: number, iovsPtr: number, count: number, resultPtr: number, one: Transfer): number {
  host.beat();
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  const memory = host.memory;
  const errno = iovecs(memory, iovsPtr, count);
  if (errno !== SUCCESS) return errno.code;
  if (!memory.has(resultPtr, 4)) return FAULT.code;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const at = iovsPtr + i * iovecSize;
    const ptr = memory.u32(at);
    const len = memory.u32(at + 4);
    // A read into an earlier buffer may have overwritten the list.
    if (!memory.has(ptr, len)) return FAULT.code;
    // A buffer of no length still asks whether the operation is allowed.
    const n = one(d, memory, ptr, len, total);
    if (typeof n !== "number") {
      if (total > 0) break;
      return n.code;
    }
    total += n;
    if (n < len) break;
  }
  memory.setU32(resultPtr, total);
  return SUCCESS.code;
}

function read(d: Descriptor, memory: Memory, ptr: number, len: number): number | Errno {
  if (d.handle !== null) return d.handle.read(memory.bytes, ptr, len);
  const source = d.stdio?.source ?? null;
  if (source === null) return BADF;
  return len === 0 ? 0 : source.read(memory.bytes, ptr, len);
}

function write(d: Descriptor, memory: Memory, ptr: number, len: number): number | Errno {
  const bytes = memory.slice(ptr, len);
  if (d.handle !== null) return d.handle.write(bytes);
  const stdio = d.stdio;
  if (stdio === null || stdio.sink === null) return BADF;
  stdio.budget?.take(len);
  stdio.sink.write(bytes);
  return len;
}

export function fd_read(host: Host, fd: number, iovsPtr: number, count: number, resultPtr: number): number {
  return transfer(host, fd, iovsPtr, count, resultPtr, read);
}

export function fd_write(host: Host, fd: number, iovsPtr: number, count: number, resultPtr: number): number {
  return transfer(host, fd, iovsPtr, count, resultPtr, write);
}

export function fd_pread(
  host: Host, fd: number, iovsPtr: number, count: number, off: number, resultPtr: number,
): number {
  if (off < 0) return INVAL.code;
  return transfer(host, fd, iovsPtr, count, resultPtr, (d, memory, ptr, len, done) =>
    d.handle === null ? SPIPE : d.handle.pread(memory.bytes, ptr, len, off + done),
  );
}

export function fd_pwrite(
  host: Host, fd: number, iovsPtr: number, count: number, off: number, resultPtr: number,
): number {
  if (off < 0) return INVAL.code;
  return transfer(host, fd, iovsPtr, count, resultPtr, (d, memory, ptr, len, done) =>
    d.handle === null ? SPIPE : d.handle.pwrite(memory.slice(ptr, len), off + done),
  );
}

export function fd_prestat_get(host: Host, fd: number, resultPtr: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined || d.preopen === null) return BADF.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, prestatSize)) return FAULT.code;
  memory.setU32(resultPtr, 0);
  memory.setU32(resultPtr + 4, d.preopen.length);
  return SUCCESS.code;
}

export function fd_prestat_dir_name(host: Host, fd: number, ptr: number, len: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined || d.preopen === null) return BADF.code;
  const memory = host.memory;
  if (!memory.has(ptr, len)) return FAULT.code;
  if (len < d.preopen.length) return NAMETOOLONG.code;
  memory.set(ptr, d.preopen);
  return SUCCESS.code;
}

/**
 * fd_readdir fills a buffer with entries. The last one is cut where the buffer
 * ends, which tells the guest that there are more.
 */
export function fd_readdir(host: Host, fd: number, ptr: number, len: number, cookie: number, resultPtr: number): number {
  host.beat();
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  const memory = host.memory;
  if (!memory.has(ptr, len) || !memory.has(resultPtr, 4)) return FAULT.code;
  if (d.handle === null) return NOTDIR.code;
  let used = 0;
  const errno = d.handle.readDir(cookie, (name, ino, kind, next) => {
    if (len - used >= direntSize) {
      const at = ptr + used;
      memory.setSize(at, next);
      memory.setSize(at + 8, ino);
      memory.setU32(at + 16, name.length);
      memory.setU32(at + 20, kind);
      const room = Math.min(name.length, len - used - direntSize);
      memory.set(at + direntSize, room === name.length ? name : name.subarray(0, room));
    } else {
      const scratch = new Uint8Array(direntSize);
      const view = new DataView(scratch.buffer);
      view.setBigUint64(0, BigInt(next), true);
      view.setBigUint64(8, BigInt(ino), true);
      view.setUint32(16, name.length, true);
      view.setUint8(20, kind);
      memory.set(ptr + used, scratch.subarray(0, len - used));
    }
    used = Math.min(len, used + direntSize + name.length);
    return used < len;
  });
  if (errno !== SUCCESS) return errno.code;
  memory.setU32(resultPtr, used);
  return SUCCESS.code;
}

/** fd_renumber moves a descriptor over another that is open. */
export function fd_renumber(host: Host, from: number, to: number): number {
  const moved = host.descriptors.get(from);
  const replaced = host.descriptors.get(to);
  if (moved === undefined || replaced === undefined) return BADF.code;
  if (from === to) return SUCCESS.code;
  replaced.handle?.close();
  host.descriptors.set(to, moved);
  host.descriptors.remove(from);
  return SUCCESS.code;
}

export function fd_seek(host: Host, fd: number, delta: number, whence: number, resultPtr: number): number {
  const d = host.descriptors.get(fd);
  if (d === undefined) return BADF.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, 8)) return FAULT.code;
  if (whence > Whence.End) return INVAL.code;
  if (d.handle === null) return SPIPE.code;
  const off = d.handle.seek(delta, whence);
  if (typeof off !== "number") return off.code;
  memory.setSize(resultPtr, off);
  return SUCCESS.code;
}

export function fd_tell(host: Host, fd: number, resultPtr: number): number {
  return fd_seek(host, fd, 0, 1, resultPtr);
}
