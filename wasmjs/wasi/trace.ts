// Trace: sees every call of a guest from outside, by wrapping the table. A
// table that is not wrapped pays nothing. Twin of server/phpwasm/wasi/trace.go.

import { errnos } from "../vfs/errno.ts";
import type { Functions } from "./preview1.ts";

/** Call is one call of a guest and its answer. */
export interface Call {
  readonly name: string;
  readonly args: readonly (number | bigint)[];
  /** errno is the answer's name; "exit" for a call that did not return. */
  readonly errno: string;
}

/** trace wraps a table; see is called after each call. */
export function trace(table: Functions, see: (call: Call) => void): Functions {
  const traced: Functions = {};
  for (const [name, call] of Object.entries(table)) {
    const untyped = call as (...args: (number | bigint)[]) => number;
    traced[name] = (...args: (number | bigint)[]): number => {
      let errno = "exit";
      try {
        const code = untyped(...args);
        errno = errnos[code]?.name ?? `${code}`;
        return code;
      } finally {
        see({ name, args, errno });
      }
    };
  }
  return traced;
}
