// The table of functions that a guest imports: the names and the order of the
// specification. Arguments become unsigned numbers here and nowhere else.
// Twin of server/phpwasm/wasi/preview1.go.

import { args_get, args_sizes_get, environ_get, environ_sizes_get } from "./args.ts";
import { clock_res_get, clock_time_get } from "./clock.ts";
import * as fds from "./fd.ts";
import type { Host } from "./host.ts";
import * as paths from "./path.ts";
import { poll_oneoff } from "./poll.ts";
import { proc_exit, proc_raise, sched_yield, sock } from "./proc.ts";
import { random_get } from "./random.ts";

/** moduleName is what a guest imports these functions from. */
export const moduleName = "wasi_snapshot_preview1";

/** Functions is the table, by name. */
export type Functions = Record<string, (...args: never[]) => number>;

// big makes a signed 64-bit argument a number. What no safe integer holds is
// far beyond every limit and stays so.
function big(value: bigint): number {
  return Number(value);
}

// right makes 64 bits of rights the 30 that exist.
function right(value: bigint): number {
  return Number(value & 0x3fffffffn);
}

// whole keeps all 64 bits.
function whole(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** preview1 is the table for one guest. */
export function preview1(host: Host): Functions {
  const table = {
    args_get: (list: number, block: number) => args_get(host, list >>> 0, block >>> 0),
    args_sizes_get: (count: number, size: number) => args_sizes_get(host, count >>> 0, size >>> 0),
    environ_get: (list: number, block: number) => environ_get(host, list >>> 0, block >>> 0),
    environ_sizes_get: (count: number, size: number) => environ_sizes_get(host, count >>> 0, size >>> 0),
    clock_res_get: (id: number, result: number) => clock_res_get(host, id >>> 0, result >>> 0),
    clock_time_get: (id: number, _precision: bigint, result: number) => clock_time_get(host, id >>> 0, result >>> 0),
    fd_advise: (fd: number, off: bigint, len: bigint, advice: number) =>
      fds.fd_advise(host, fd >>> 0, whole(off), whole(len), advice >>> 0),
    fd_allocate: (fd: number, off: bigint, len: bigint) => fds.fd_allocate(host, fd >>> 0, big(off), big(len)),
    fd_close: (fd: number) => fds.fd_close(host, fd >>> 0),
    fd_datasync: (fd: number) => fds.fd_sync(host, fd >>> 0),
    fd_fdstat_get: (fd: number, result: number) => fds.fd_fdstat_get(host, fd >>> 0, result >>> 0),
    fd_fdstat_set_flags: (fd: number, flags: number) => fds.fd_fdstat_set_flags(host, fd >>> 0, flags >>> 0),
    fd_fdstat_set_rights: (fd: number, rights: bigint, inheriting: bigint) =>
      fds.fd_fdstat_set_rights(host, fd >>> 0, right(rights), right(inheriting)),
    fd_filestat_get: (fd: number, result: number) => fds.fd_filestat_get(host, fd >>> 0, result >>> 0),
    fd_filestat_set_size: (fd: number, size: bigint) => fds.fd_filestat_set_size(host, fd >>> 0, big(size)),
    fd_filestat_set_times: (fd: number, atim: bigint, mtim: bigint, flags: number) =>
      fds.fd_filestat_set_times(host, fd >>> 0, whole(atim), whole(mtim), flags >>> 0),
    fd_pread: (fd: number, iovs: number, len: number, off: bigint, result: number) =>
      fds.fd_pread(host, fd >>> 0, iovs >>> 0, len >>> 0, big(off), result >>> 0),
    fd_prestat_get: (fd: number, result: number) => fds.fd_prestat_get(host, fd >>> 0, result >>> 0),
    fd_prestat_dir_name: (fd: number, ptr: number, len: number) =>
      fds.fd_prestat_dir_name(host, fd >>> 0, ptr >>> 0, len >>> 0),
    fd_pwrite: (fd: number, iovs: number, len: number, off: bigint, result: number) =>
      fds.fd_pwrite(host, fd >>> 0, iovs >>> 0, len >>> 0, big(off), result >>> 0),
    fd_read: (fd: number, iovs: number, len: number, result: number) =>
      fds.fd_read(host, fd >>> 0, iovs >>> 0, len >>> 0, result >>> 0),
    fd_readdir: (fd: number, ptr: number, len: number, cookie: bigint, result: number) =>
      fds.fd_readdir(host, fd >>> 0, ptr >>> 0, len >>> 0, Number(whole(cookie)), result >>> 0),
    fd_renumber: (from: number, to: number) => fds.fd_renumber(host, from >>> 0, to >>> 0),
    fd_seek: (fd: number, delta: bigint, whence: number, result: number) =>
      fds.fd_seek(host, fd >>> 0, big(delta), whence >>> 0, result >>> 0),
    fd_sync: (fd: number) => fds.fd_sync(host, fd >>> 0),
    fd_tell: (fd: number, result: number) => fds.fd_tell(host, fd >>> 0, result >>> 0),
    fd_write: (fd: number, iovs: number, len: number, result: number) =>
      fds.fd_write(host, fd >>> 0, iovs >>> 0, len >>> 0, result >>> 0),
    path_create_directory: (fd: number, ptr: number, len: number) =>
      paths.path_create_directory(host, fd >>> 0, ptr >>> 0, len >>> 0),
    path_filestat_get: (fd: number, lookup: number, ptr: number, len: number, result: number) =>
      paths.path_filestat_get(host, fd >>> 0, lookup, ptr >>> 0, len >>> 0, result >>> 0),
    path_filestat_set_times: (
      fd: number, lookup: number, ptr: number, len: number, atim: bigint, mtim: bigint, flags: number,
    ) =>
      paths.path_filestat_set_times(
        host, fd >>> 0, lookup, ptr >>> 0, len >>> 0, whole(atim), whole(mtim), flags >>> 0,
      ),
    path_link: (
      oldFd: number, lookup: number, oldPtr: number, oldLen: number, newFd: number, newPtr: number, newLen: number,
    ) =>
      paths.path_link(
        host, oldFd >>> 0, lookup, oldPtr >>> 0, oldLen >>> 0, newFd >>> 0, newPtr >>> 0, newLen >>> 0,
      ),
    path_open: (
      fd: number, lookup: number, ptr: number, len: number, oflags: number,
      rights: bigint, inheriting: bigint, fdFlags: number, result: number,
    ) =>
      paths.path_open(
        host, fd >>> 0, lookup, ptr >>> 0, len >>> 0, oflags >>> 0,
        right(rights), right(inheriting), fdFlags >>> 0, result >>> 0,
      ),
    path_readlink: (fd: number, ptr: number, len: number, buf: number, bufLen: number, result: number) =>
      paths.path_readlink(host, fd >>> 0, ptr >>> 0, len >>> 0, buf >>> 0, bufLen >>> 0, result >>> 0),
    path_remove_directory: (fd: number, ptr: number, len: number) =>
      paths.path_remove_directory(host, fd >>> 0, ptr >>> 0, len >>> 0),
    path_rename: (oldFd: number, oldPtr: number, oldLen: number, newFd: number, newPtr: number, newLen: number) =>
      paths.path_rename(host, oldFd >>> 0, oldPtr >>> 0, oldLen >>> 0, newFd >>> 0, newPtr >>> 0, newLen >>> 0),
    path_symlink: (oldPtr: number, oldLen: number, fd: number, newPtr: number, newLen: number) =>
      paths.path_symlink(host, oldPtr >>> 0, oldLen >>> 0, fd >>> 0, newPtr >>> 0, newLen >>> 0),
    path_unlink_file: (fd: number, ptr: number, len: number) =>
      paths.path_unlink_file(host, fd >>> 0, ptr >>> 0, len >>> 0),
    poll_oneoff: (subscriptions: number, events: number, count: number, result: number) =>
      poll_oneoff(host, subscriptions >>> 0, events >>> 0, count >>> 0, result >>> 0),
    proc_exit: (code: number) => proc_exit(code),
    proc_raise: () => proc_raise(),
    sched_yield: () => sched_yield(),
    random_get: (ptr: number, len: number) => random_get(host, ptr >>> 0, len >>> 0),
    sock_accept: (fd: number) => sock(host, fd >>> 0),
    sock_recv: (fd: number) => sock(host, fd >>> 0),
    sock_send: (fd: number) => sock(host, fd >>> 0),
    sock_shutdown: (fd: number) => sock(host, fd >>> 0),
  };
  return table;
}
