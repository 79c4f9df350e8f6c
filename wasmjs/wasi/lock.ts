// Locks: what php/posix/locks.c asks for by fd_advise, since preview 1 has no
// call for them. Twin of server/phpwasm/wasi/lock.go.
//
// The offset says that it is none by bit 62, which no file reaches. Its low 52
// bits are where the range begins, and bits 52 to 55 are the operation: the
// mode in two bits, then whether it is a record lock, then whether it only
// asks.

import { type Errno, INVAL } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import { maxLockOff } from "../vfs/lock.ts";

const recordBit = 4;
const testBit = 8;
const most = 15n;

/** isLock reports whether advice is a request for a lock. */
export function isLock(off: bigint, advice: number): boolean {
  return off >> 62n === 1n && advice === 0;
}

/** lock answers at once; it is the guest that waits and tries again. */
export function lock(handle: Handle, off: bigint, len: bigint): Errno {
  const operation = BigInt.asUintN(62, off) >> 52n;
  if (operation > most) return INVAL;
  const bits = Number(operation);
  return handle.lock({
    mode: bits & 3,
    record: (bits & (recordBit | testBit)) !== 0,
    test: (bits & testBit) !== 0,
    off: Number(BigInt.asUintN(52, off)),
    len: Math.min(Number(len), maxLockOff),
  });
}
