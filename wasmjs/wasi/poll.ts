// poll_oneoff: waiting. Files and streams are always ready; what remains is
// sleeping. Twin of server/phpwasm/wasi/poll.go.

import { BADF, type Errno, FAULT, INVAL, SUCCESS } from "../vfs/errno.ts";
import { Kind } from "../vfs/inode.ts";
import { abstime, ClockId, eventSize, EventType, maxSubscriptions, subscriptionSize } from "./abi.ts";
import { readClock } from "./clock.ts";
import type { Host } from "./host.ts";

const maxWait = 0x7fffffffffffffffn;

interface Subscription {
  readonly userdata: bigint;
  readonly tag: number;
  /** subject is a clock or a descriptor. */
  readonly subject: number;
  /** wait is how long until the clock; null for what is no clock. */
  readonly wait: bigint | null;
}

/**
 * poll_oneoff: if any descriptor is asked for, nothing sleeps: the descriptors'
 * events come, and those of the clocks whose time is over. Otherwise the guest
 * sleeps until the first clock, and the events of the clocks that are then
 * over come.
 */
export function poll_oneoff(host: Host, inPtr: number, outPtr: number, count: number, resultPtr: number): number {
  host.beat();
  if (count === 0 || count > maxSubscriptions) return INVAL.code;
  const memory = host.memory;
  if (!memory.has(inPtr, count * subscriptionSize) || !memory.has(outPtr, count * eventSize)) return FAULT.code;
  if (!memory.has(resultPtr, 4)) return FAULT.code;

  let ready = false;
  let shortest = maxWait;
  // Read before anything is written: the guest may have the two lists overlap.
  const subscriptions: Subscription[] = [];
  for (let at = inPtr; at < inPtr + count * subscriptionSize; at += subscriptionSize) {
    const tag = memory.u8(at + 8);
    const subject = memory.u32(at + 16);
    let wait: bigint | null = null;
    if (tag !== EventType.Clock || subject > ClockId.ThreadCpu) {
      ready = true;
    } else {
      wait = memory.u64(at + 24);
      if (wait > maxWait) wait = maxWait;
      if ((memory.u16(at + 40) & abstime) !== 0) wait -= readClock(host.clock, subject);
      if (wait < 0n) wait = 0n;
      if (wait < shortest) shortest = wait;
    }
    subscriptions.push({ userdata: memory.u64(at), tag, subject, wait });
  }
  if (ready) shortest = 0n;
  if (shortest > 0n) host.sleep(shortest);

  let events = 0;
  const event = (of: Subscription, errno: Errno, size: number): void => {
    const at = outPtr + events++ * eventSize;
    memory.clear(at, eventSize);
    memory.setU64(at, of.userdata);
    memory.setU16(at + 8, errno.code);
    memory.setU8(at + 10, of.tag);
    memory.setSize(at + 16, size);
  };
  for (const subscription of subscriptions) {
    const { tag, subject, wait } = subscription;
    if (wait !== null) {
      if (wait <= shortest) event(subscription, SUCCESS, 0);
    } else if (tag === EventType.FdRead || tag === EventType.FdWrite) {
      const d = host.descriptors.get(subject);
      if (d === undefined) event(subscription, BADF, 0);
      else event(subscription, SUCCESS, tag === EventType.FdRead ? readable(host, subject) : 1);
    } else {
      event(subscription, INVAL, 0); // an unknown clock or an unknown kind
    }
  }
  memory.setU32(resultPtr, events);
  return SUCCESS.code;
}

// readable says how much can be read at once.
function readable(host: Host, fd: number): number {
  const handle = host.descriptors.get(fd)?.handle;
  if (handle === null || handle === undefined || handle.inode.kind !== Kind.RegularFile) return 1;
  const off = handle.tell();
  return typeof off === "number" ? Math.max(0, handle.inode.size - off) : 0;
}
