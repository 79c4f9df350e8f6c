// Clocks. Twin of server/phpwasm/wasi/clock.go.

import { INVAL, FAULT, SUCCESS } from "../vfs/errno.ts";
import { ClockId } from "./abi.ts";
import type { Host } from "./host.ts";

/** Clock is a guest's source of time, in nanoseconds. */
export interface Clock {
  /** realtime counts from the epoch. */
  realtime(): bigint;
  /** monotonic counts from some beginning. */
  monotonic(): bigint;
  sleep(ns: bigint): void;
}

// How far, in milliseconds, the timer may be from the calendar.
const maxDrift = 20;

/** systemClock is the machine's. */
export function systemClock(): Clock {
  const monotonic = (): bigint => BigInt(Math.round(performance.now() * 1e6));
  // The engine's timer is finer than its calendar, but stands still while the
  // machine sleeps: so the two are compared at each reading.
  let offset = Date.now() - performance.now();
  const realtime = (): bigint => {
    const now = performance.now();
    const calendar = Date.now();
    if (Math.abs(calendar - offset - now) > maxDrift) offset = calendar - now;
    const time = offset + now;
    const whole = Math.floor(time);
    return BigInt(whole) * 1_000_000n + BigInt(Math.floor((time - whole) * 1e6));
  };
  return {
    realtime,
    monotonic,
    sleep(ns) {
      // A worker has nothing to block on without shared memory, which pages
      // get only under cross-origin isolation: so it waits by looking.
      const end = performance.now() + Number(ns) / 1e6;
      while (performance.now() < end);
    },
  };
}

/**
 * fixedClock starts at start (nanoseconds since the epoch) and advances by
 * step after each reading, of whichever kind: the first gives start, or 0 if
 * it is monotonic. Sleeping takes no time and advances it by what was asked.
 */
export function fixedClock(start: bigint, step: bigint): Clock {
  let now = 0n;
  const monotonic = (): bigint => {
    const reading = now;
    now += step;
    return reading;
  };
  return {
    realtime: () => start + monotonic(),
    monotonic,
    sleep(ns) {
      now += ns;
    },
  };
}

/** readClock answers for processor time as for the monotonic clock. */
export function readClock(clock: Clock, id: number): bigint {
  return id === ClockId.Realtime ? clock.realtime() : clock.monotonic();
}

export function clock_res_get(host: Host, id: number, resultPtr: number): number {
  if (id > ClockId.ThreadCpu) return INVAL.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, 8)) return FAULT.code;
  memory.setU64(resultPtr, 1n);
  return SUCCESS.code;
}

export function clock_time_get(host: Host, id: number, resultPtr: number): number {
  host.beat();
  const memory = host.memory;
  if (!memory.has(resultPtr, 8)) return FAULT.code;
  if (id > ClockId.ThreadCpu) return INVAL.code;
  memory.setU64(resultPtr, readClock(host.clock, id));
  return SUCCESS.code;
}
