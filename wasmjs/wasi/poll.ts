// poll_oneoff: waiting. Files in memory are always ready, so the only real wait
// is for a clock. Twin of server/phpwasm/wasi/poll.go.

import { BADF, type Errno, FAULT, INVAL, SUCCESS } from "../vfs/errno.ts";
import { abstime, ClockId, eventSize, EventType, subscriptionSize } from "./abi.ts";
import type { Host } from "./host.ts";

export function poll_oneoff(host: Host, inPtr: number, outPtr: number, count: number, resultPtr: number): number {
  host.beat();
  if (count === 0) return INVAL.code;
  const memory = host.memory;
  if (
    !memory.has(inPtr, count * subscriptionSize) ||
    !memory.has(outPtr, count * eventSize) ||
    !memory.has(resultPtr, 4)
  ) {
    return FAULT.code;
  }
  let events = 0;
  const event = (userdata: bigint, errno: Errno, type: number, nbytes: number): void => {
    const at = outPtr + events++ * eventSize;
    memory.clear(at, eventSize);
    memory.setU64(at, userdata);
    memory.setU16(at + 8, errno.code);
    memory.setU8(at + 10, type);
    memory.setSize(at + 16, nbytes);
  };

  const clocks: { userdata: bigint; wait: bigint }[] = [];
  for (let i = 0; i < count; i++) {
    const at = inPtr + i * subscriptionSize;
    const userdata = memory.u64(at);
    const type = memory.u8(at + 8);
    const subject = memory.u32(at + 16);
    if (type === EventType.Clock) {
      if (subject > ClockId.ThreadCpu) {
        event(userdata, INVAL, type, 0);
        continue;
      }
      let wait = memory.u64(at + 24);
      if ((memory.u16(at + 40) & abstime) !== 0) {
        wait -= subject === ClockId.Realtime ? host.clock.realtime() : host.clock.monotonic();
      }
      clocks.push({ userdata, wait: wait < 0n ? 0n : wait });
    } else if (type === EventType.FdRead || type === EventType.FdWrite) {
      const d = host.descriptors.get(subject);
      event(userdata, d === undefined ? BADF : SUCCESS, type, 0);
    } else {
      return INVAL.code;
    }
  }
  if (events === 0 && clocks.length > 0) {
    const wait = clocks.reduce((least, clock) => (clock.wait < least ? clock.wait : least), clocks[0]?.wait ?? 0n);
    host.sleep(wait);
    for (const clock of clocks) {
      if (clock.wait <= wait) event(clock.userdata, SUCCESS, EventType.Clock, 0);
    }
  }
  memory.setU32(resultPtr, events);
  return SUCCESS.code;
}
