// The standard streams as files. Twin of server/phpwasm/wasi/stdio.go.

import { GuestLimit } from "./proc.ts";

/** Source is where descriptor 0 reads from. */
export interface Source {
  /** read copies into memory at a place; 0 is the end. */
  read(into: Uint8Array, at: number, len: number): number;
}

/** Sink is where descriptors 1 and 2 write to. It copies what it keeps. */
export interface Sink {
  write(bytes: Uint8Array): void;
  /** flush passes on what was written so far: somebody waits for it. */
  flush?(): void;
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

/** pieceSize is how much of an answer waits before it is passed on unasked, in bytes. */
const pieceSize = 1024 * 1024;

/**
 * Collector is a Sink that keeps what it gets. With a push, it passes on what it
 * has when it is flushed, and when it has a lot; the bytes are then the taker's.
 */
export class Collector implements Sink {
  readonly #push: ((piece: Uint8Array) => void) | undefined;
  #bytes = new Uint8Array(0);
  #size = 0;

  constructor(push?: (piece: Uint8Array) => void) {
    this.#push = push;
  }

  write(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2, 4096));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size = size;
    if (size >= pieceSize) this.flush();
  }

  flush(): void {
    if (this.#push === undefined || this.#size === 0) return;
    const piece = this.bytes;
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
    this.#push(piece);
  }

  /** bytes is what came so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
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

  /** take ends the guest when it has written more than it may. */
  take(len: number): void {
    this.#left -= len;
    if (this.#left < 0) throw new GuestLimit("output", `the output is over ${this.limit} bytes`);
  }
}

/** Stdio is descriptor 0, 1 or 2: a character device that cannot seek. */
export interface Stdio {
  readonly source: Source | null;
  readonly sink: Sink | null;
  readonly budget: Budget | null;
  flags: number;
}
