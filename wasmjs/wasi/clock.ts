// Clocks: the time a guest is told. Twin of server/phpwasm/wasi/clock.go.

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

/** systemClock is the machine's. */
export function systemClock(): Clock {
  // The offset makes realtime as fine as the engine's timer, which matters to
  // programs that compare times of files made in the same millisecond.
  const origin = BigInt(Math.round(performance.timeOrigin * 1e6));
  const monotonic = (): bigint => BigInt(Math.round(performance.now() * 1e6));
  return {
    realtime: () => origin + monotonic(),
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
 * fixedClock starts at start and advances by step at each reading, whichever
 * clock is read; sleeping advances it by what was slept.
 */
export function fixedClock(start: bigint, step: bigint): Clock {
  let now = start;
  const read = (): bigint => {
    const reading = now;
    now += step;
    return reading;
  };
  return {
    realtime: read,
    monotonic: read,
    sleep(ns) {
      now += ns;
    },
  };
}

export function clock_res_get(host: Host, id: number, resultPtr: number): number {
  if (id < ClockId.Realtime || id > ClockId.ThreadCpu) return INVAL.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, 8)) return FAULT.code;
  memory.setU64(resultPtr, 1000n);
  return SUCCESS.code;
}

export function clock_time_get(host: Host, id: number, resultPtr: number): number {
  host.beat();
  if (id < ClockId.Realtime || id > ClockId.ThreadCpu) return INVAL.code;
  const memory = host.memory;
  if (!memory.has(resultPtr, 8)) return FAULT.code;
  memory.setU64(resultPtr, id === ClockId.Realtime ? host.clock.realtime() : host.clock.monotonic());
  return SUCCESS.code;
}
