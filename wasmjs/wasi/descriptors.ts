// Descriptors: the guest's integers for open files. Twin of
// server/phpwasm/wasi/descriptors.go.

import { type Errno, MFILE } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import type { Stdio } from "./stdio.ts";

/** Descriptor is one open file: a handle, or a standard stream. */
export interface Descriptor {
  readonly handle: Handle | null;
  readonly stdio: Stdio | null;
  /** dev is which file system, as told by filestat. */
  readonly dev: number;
  /** preopen is the guest's path, if handed over before start. */
  readonly preopen: Uint8Array | null;
  /** readOnly refuses every change through it and what is opened beneath it. */
  readonly readOnly: boolean;
  rights: number;
  inheriting: number;
}

/** Descriptors gives out the lowest free number, as POSIX asks. */
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

  /** set puts a descriptor at a number, closing what was there. */
  set(fd: number, descriptor: Descriptor): void {
    this.#table[fd]?.handle?.close();
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
