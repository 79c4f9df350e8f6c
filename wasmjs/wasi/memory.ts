// Guest memory: the only file that touches it. Every address and length is a
// guess of the guest's until it was checked here. Memory may grow whenever the
// guest runs, which detaches the old buffer, so every check looks at the
// buffer again. Twin of server/phpwasm/wasi/memory.go.

import { Errno, ILSEQ, INVAL, NAMETOOLONG, NOENT } from "../vfs/errno.ts";
import { maxPathLen, parsePath, type Path } from "../vfs/path.ts";

// How many paths are kept decoded. PHP asks for the same few thousand names
// over and over; comparing bytes is several times faster than decoding them.
const pathSlots = 1 << 13;

interface Slot {
  readonly bytes: Uint8Array;
  readonly path: Path | Errno;
}

export class Memory {
  #memory: WebAssembly.Memory | null = null;
  #buffer: ArrayBufferLike = new ArrayBuffer(0);
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));
  #paths: (Slot | undefined)[] = new Array<Slot | undefined>(pathSlots);
  #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** attach is called once the guest exists. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
    this.#refresh();
  }

  #refresh(): void {
    const memory = this.#memory;
    if (memory === null || memory.buffer === this.#buffer) return;
    this.#buffer = memory.buffer;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** size is the memory's size in bytes. */
  get size(): number {
    this.#refresh();
    return this.#bytes.length;
  }

  /** bytes is all of memory, valid until the guest runs again. */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  /**
   * has reports whether a range lies in memory. The accesses below expect to
   * have been asked for with it: they take unsigned pointers and don't check.
   */
  has(ptr: number, len: number): boolean {
    this.#refresh();
    return ptr + len <= this.#bytes.length;
  }

  u8(ptr: number): number {
    return this.#view.getUint8(ptr);
  }

  u16(ptr: number): number {
    return this.#view.getUint16(ptr, true);
  }

  u32(ptr: number): number {
    return this.#view.getUint32(ptr, true);
  }

  u64(ptr: number): bigint {
    return this.#view.getBigUint64(ptr, true);
  }

  setU8(ptr: number, value: number): void {
    this.#view.setUint8(ptr, value);
  }

  setU16(ptr: number, value: number): void {
    this.#view.setUint16(ptr, value, true);
  }

  setU32(ptr: number, value: number): void {
    this.#view.setUint32(ptr, value, true);
  }

  /** setU64 writes a time, or anything else that may need all 64 bits. */
  setU64(ptr: number, value: bigint): void {
    this.#view.setBigUint64(ptr, value, true);
  }

  /** setSize writes a size or number that a safe integer holds. */
  setSize(ptr: number, value: number): void {
    this.#view.setUint32(ptr, value, true);
    this.#view.setUint32(ptr + 4, value / 4294967296, true);
  }

  /** fill sets a range to zero: padding is never left to chance. */
  clear(ptr: number, len: number): void {
    this.#bytes.fill(0, ptr, ptr + len);
  }

  set(ptr: number, source: Uint8Array): void {
    this.#bytes.set(source, ptr);
  }

  /** slice is a view, valid until the guest runs again. */
  slice(ptr: number, len: number): Uint8Array {
    return this.#bytes.subarray(ptr, ptr + len);
  }

  /** path reads a path, which has() has been asked for. */
  path(ptr: number, len: number): Path | Errno {
    if (len === 0) return NOENT;
    if (len > maxPathLen) return NAMETOOLONG;
    const bytes = this.#bytes;
    let hash = len;
    for (let i = ptr, end = ptr + len; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    const index = (hash ^ (hash >>> 15)) & (pathSlots - 1);
    const slot = this.#paths[index];
    if (slot !== undefined && slot.bytes.length === len) {
      const known = slot.bytes;
      let i = 0;
      while (i < len && known[i] === bytes[ptr + i]) i++;
      if (i === len) return slot.path;
    }
    const copy = bytes.slice(ptr, ptr + len);
    const text = this.#decode(copy);
    // The NUL is found first, as in the Go twin.
    const path = text !== null ? parsePath(text) : copy.includes(0) ? INVAL : ILSEQ;
    this.#paths[index] = { bytes: copy, path };
    return path;
  }

  /** text reads a link's target, or says why it can't be one. */
  text(ptr: number, len: number): string | Errno {
    const path = this.path(ptr, len);
    return path instanceof Errno ? path : path.text;
  }

  #decode(bytes: Uint8Array): string | null {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return null; // not UTF-8: the one thing a fatal decoder throws for
    }
  }
}
