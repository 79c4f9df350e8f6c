// Descriptors: the guest's small integers and what they stand for. 0, 1 and 2
// are stdio, the preopens follow from 3 on, and a new one is always the lowest
// that is free, as POSIX has it. Twin of server/phpwasm/wasi/descriptors.go.

import { type Errno, MFILE } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import { GuestLimit } from "./proc.ts";

/** Source is where descriptor 0 reads from. */
export interface Source {
  /** read copies into memory at a place; 0 is the end. */
  read(into: Uint8Array, at: number, len: number): number;
}

/** Sink is where descriptors 1 and 2 write to. It copies what it keeps. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

/** bytesSource reads bytes once. */
export function bytesSource(bytes: Uint8Array): Source {
  let off = 0;
  return {
    read(into, at, len) {
      const n = Math.min(len, bytes.length - off);
      if (n <= 0) return 0;
      into.set(bytes.subarray(off, off + n), at);
      off += n;
      return n;
    },
  };
}

/** Collector is a Sink that keeps what it gets, up to a budget it may share. */
export class Collector implements Sink {
  #bytes = new Uint8Array(0);
  #size = 0;
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  write(bytes: Uint8Array): void {
    this.#budget.take(bytes.length);
    const size = this.#size + bytes.length;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2, 4096));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = size;
  }

  /** take returns what came and starts again. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#size);
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
    return taken;
  }
}

/** Budget is how much output one run may make on all its sinks together. */
export class Budget {
  readonly limit: number;
  #left: number;

  constructor(limit: number) {
    this.limit = limit;
    this.#left = limit;
  }

  take(len: number): void {
    this.#left -= len;
    if (this.#left < 0) throw new GuestLimit(`The script wrote more than ${this.limit} bytes, which is the limit.`);
  }

  reset(): void {
    this.#left = this.limit;
  }
}

/** Descriptor is one line of the table: a handle or one end of stdio. */
export interface Descriptor {
  readonly handle: Handle | null;
  readonly source: Source | null;
  readonly sink: Sink | null;
  /** preopen is the guest path of a root handed over before start. */
  readonly preopen: Uint8Array | null;
  /** readOnly refuses every change through it and what is opened beneath it. */
  readonly readOnly: boolean;
  rights: number;
  inheriting: number;
}

export class Descriptors {
  readonly limit: number;
  #table: (Descriptor | undefined)[] = [];
  #lowest = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(fd: number): Descriptor | undefined {
    return this.#table[fd];
  }

  /** add puts a descriptor at the lowest free number. */
  add(descriptor: Descriptor): number | Errno {
    let fd = this.#lowest;
    while (this.#table[fd] !== undefined) fd++;
    if (fd >= this.limit) return MFILE;
    this.#table[fd] = descriptor;
    this.#lowest = fd + 1;
    return fd;
  }

  /** full reports whether add would answer MFILE. */
  get full(): boolean {
    let fd = this.#lowest;
    while (this.#table[fd] !== undefined) fd++;
    return fd >= this.limit;
  }

  /** set replaces what a number in use stands for. */
  set(fd: number, descriptor: Descriptor): void {
    this.#table[fd] = descriptor;
  }

  /** remove frees a number. */
  remove(fd: number): void {
    this.#table[fd] = undefined;
    if (fd < this.#lowest) this.#lowest = fd;
  }

  /** closeAll closes every handle: the guest is gone. */
  closeAll(): void {
    for (const descriptor of this.#table) descriptor?.handle?.close();
    this.#table = [];
    this.#lowest = 0;
  }
}
