// Space: what php/posix/space.c asks for by fd_advise, since preview 1 cannot
// say how much room there is. Twin of server/phpwasm/wasi/space.go.
//
// The offset says by bit 61 that it is none; the rest of it is 0 for what is
// free and 1 for all there is. NOSPC says that so many bytes do not fit.

import { type Errno, INVAL, NOSPC, SUCCESS } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";

/** isSpace reports whether advice is a question about space. */
export function isSpace(off: bigint, advice: number): boolean {
  return off >> 61n === 1n && advice === 0;
}

export function space(handle: Handle, off: bigint, len: bigint): Errno {
  const what = BigInt.asUintN(61, off);
  if (what > 1n) return INVAL;
  const { free, total } = handle.space();
  return Number(len) > (what === 0n ? free : total) ? NOSPC : SUCCESS;
}
