// Ending: how a guest ends itself, or is ended. These are the only things that
// are thrown through a guest. Twin of server/phpwasm/wasi/proc.go.

import { NOTSUP, SUCCESS } from "../vfs/errno.ts";

/** GuestExit is proc_exit: the guest ended itself with a code. */
export class GuestExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the guest exited with code ${code}`);
    this.name = "GuestExit";
    this.code = code;
  }
}

/** GuestLimit says which limit a guest ran into that ends it. */
export class GuestLimit extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "GuestLimit";
  }
}

export function proc_exit(code: number): never {
  throw new GuestExit(code >>> 0);
}

/** proc_raise: there are no signals; only "none" can be raised. */
export function proc_raise(signal: number): number {
  return signal === 0 ? SUCCESS.code : NOTSUP.code;
}

export function sched_yield(): number {
  return SUCCESS.code;
}
