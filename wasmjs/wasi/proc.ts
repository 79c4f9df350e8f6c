// The process: there is one, and all it can do is end. What ends it is thrown
// through the guest, and nothing else ever is. Twin of
// server/phpwasm/wasi/proc.go.

import { BADF, NOTSOCK, NOTSUP, SUCCESS } from "../vfs/errno.ts";
import type { Host } from "./host.ts";

/** GuestExit is proc_exit: the guest ended itself with a code. */
export class GuestExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the guest exited with status ${code}`);
    this.name = "GuestExit";
    this.code = code;
  }
}

/** GuestLimit is how reaching a limit ends a call. */
export class GuestLimit extends Error {
  /** limit is the limit's name, in words. */
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(message);
    this.name = "GuestLimit";
    this.limit = limit;
  }
}

export function proc_exit(code: number): never {
  throw new GuestExit(code >>> 0);
}

/** proc_raise: there are no signals. */
export function proc_raise(): number {
  return NOTSUP.code;
}

/** sched_yield: there is nobody to yield to. */
export function sched_yield(): number {
  return SUCCESS.code;
}

/** sock answers for the four sock_ functions: no descriptor is a socket. */
export function sock(host: Host, fd: number): number {
  return (host.descriptors.get(fd) === undefined ? BADF : NOTSOCK).code;
}
