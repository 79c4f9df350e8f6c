// Tracing: a wrapper around the table of functions. Without it, calls cost
// nothing more. Twin of server/phpwasm/wasi/trace.go.

import { Errno, errnos } from "../vfs/errno.ts";
import type { Host } from "./host.ts";
import type { Functions } from "./preview1.ts";

/** Call is one call of a guest. */
export interface Call {
  readonly name: string;
  /** args are numbers as the guest meant them, and texts in guest memory. */
  readonly args: readonly (number | bigint | string)[];
  readonly errno: Errno;
  /** exited: the call did not come back: proc_exit, or a limit. */
  readonly exited: boolean;
}

/** Trace is told of every call after it came back. */
export type Trace = (call: Call) => void;

/** showCall is the call as one line: path_open(3, 1, "a.php", ...) = NOENT. */
export function showCall({ name, args, errno, exited }: Call): string {
  const shown = args.map((arg) => (typeof arg === "string" ? JSON.stringify(arg) : String(arg)));
  return `${name}(${shown.join(", ")}) = ${exited ? "?" : errno.name}`;
}

// Where texts are: the position of each one's address, its length after it.
const texts: ReadonlyMap<string, readonly number[]> = new Map([
  ["path_create_directory", [1]],
  ["path_filestat_get", [2]],
  ["path_filestat_set_times", [2]],
  ["path_link", [2, 5]],
  ["path_open", [2]],
  ["path_readlink", [1]],
  ["path_remove_directory", [1]],
  ["path_rename", [1, 4]],
  ["path_symlink", [0, 3]],
  ["path_unlink_file", [1]],
]);

/** traced wraps a host's table. */
export function traced(host: Host, table: Functions, trace: Trace): Functions {
  const wrapped: Functions = {};
  for (const [name, call] of Object.entries(table)) {
    const at = texts.get(name) ?? [];
    const untyped = call as (...args: (number | bigint)[]) => number;
    wrapped[name] = (...raw: (number | bigint)[]): number => {
      const args: (number | bigint | string)[] = [];
      for (let i = 0; i < raw.length; i++) {
        const arg = raw[i] as number | bigint;
        if (at.includes(i)) args.push(text(host, Number(arg) >>> 0, Number(raw[++i]) >>> 0));
        else args.push(typeof arg === "bigint" ? BigInt.asUintN(64, arg) : arg >>> 0);
      }
      let errno = errnos[0] as Errno;
      let exited = true;
      try {
        const code = untyped(...raw);
        errno = errnos[code] ?? errno;
        exited = false;
        return code;
      } finally {
        trace({ name, args, errno, exited });
      }
    };
  }
  return wrapped;
}

function text(host: Host, ptr: number, len: number): string {
  if (!host.memory.has(ptr, len)) return "";
  return new TextDecoder().decode(host.memory.slice(ptr, len));
}
