// The journal of one site: what a visitor changed, in a file of the browser's
// private file system, so that a reload loses nothing. After each request that
// changed something, one record is appended.
//
//   head    magic "PBJ1" (4), generation u32, digest of the snapshot (32),
//           CRC-32 of these 40 bytes
//   record  length u32, CRC-32 of the payload u32, payload: see record.ts
//
// A record counts only if its length and checksum hold; the first that does
// not, and everything after it, is cut off. There are two files. Compaction
// writes all that counts as the first record of the other one, under the next
// generation, and only then empties the first: at every moment one of the two
// is whole.

import { crc32 } from "./crc32.ts";

/** SyncFile is the part of FileSystemSyncAccessHandle that a journal uses. */
export interface SyncFile {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  getSize(): number;
  close(): void;
}

const magic = 0x314a4250; // "PBJ1"
const headLen = 44;
const recordHeadLen = 8;

/** Why so small? A journal that is cheap to read is cheap to start from. */
const compactAbove = 8 * 1024 * 1024;

/** Opened is a journal and the records that were in it. */
export interface Opened {
  readonly journal: Journal;
  readonly records: readonly Uint8Array[];
  /** cutLen is how many bytes at the end could not be trusted. */
  readonly cutLen: number;
}

interface Half {
  readonly generation: number;
  readonly records: Uint8Array[];
  readonly end: number;
  readonly size: number;
}

/** openJournal reads two files. A head of another snapshot counts as empty. */
export function openJournal(files: readonly [SyncFile, SyncFile], digest: Uint8Array): Opened {
  const halves = files.map((file) => readHalf(file, digest));
  let current = -1;
  for (const [i, half] of halves.entries()) {
    // A compaction that was cut off leaves a head without its first record.
    if (half === null || half.records.length === 0) continue;
    if (current < 0 || half.generation > (halves[current]?.generation ?? 0)) current = i;
  }
  const half = halves[current] ?? null;
  const journal = new Journal(files, digest, current < 0 ? 0 : current, half);
  return { journal, records: half?.records ?? [], cutLen: half === null ? 0 : half.size - half.end };
}

function readHalf(file: SyncFile, digest: Uint8Array): Half | null {
  const size = file.getSize();
  if (size < headLen) return null;
  const bytes = new Uint8Array(size);
  if (file.read(bytes, { at: 0 }) !== size) return null;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0, true) !== magic || view.getUint32(40, true) !== crc32(bytes.subarray(0, 40))) return null;
  if (digest.some((byte, i) => byte !== bytes[8 + i])) return null;
  const records: Uint8Array[] = [];
  let at = headLen;
  while (size - at >= recordHeadLen) {
    const len = view.getUint32(at, true);
    if (len > size - at - recordHeadLen) break;
    const payload = bytes.subarray(at + recordHeadLen, at + recordHeadLen + len);
    if (view.getUint32(at + 4, true) !== crc32(payload)) break;
    records.push(payload);
    at += recordHeadLen + len;
  }
  return { generation: view.getUint32(4, true), records, end: at, size };
}

/** Journal appends records. A file that cannot be written throws. */
export class Journal {
  readonly #files: readonly [SyncFile, SyncFile];
  readonly #digest: Uint8Array;
  #current: number;
  #generation: number;
  #end: number;
  #compacted: number;

  constructor(files: readonly [SyncFile, SyncFile], digest: Uint8Array, current: number, half: Half | null) {
    this.#files = files;
    this.#digest = digest;
    this.#current = current;
    this.#generation = half?.generation ?? 0;
    this.#end = half?.end ?? 0;
    this.#compacted = half === null ? 0 : recordHeadLen + (half.records[0]?.length ?? 0);
    if (half !== null && half.end < half.size) this.#file.truncate(half.end);
  }

  get #file(): SyncFile {
    return this.#files[this.#current] as SyncFile;
  }

  /** size is how many bytes the journal has. */
  get size(): number {
    return this.#end;
  }

  /** large reports that compaction would be worth its while. */
  get large(): boolean {
    return this.#end > Math.max(compactAbove, 4 * this.#compacted);
  }

  /** append adds a record, and returns when it will survive. */
  append(payload: Uint8Array<ArrayBuffer>): void {
    if (this.#end === 0) {
      this.#generation++;
      this.#end = writeHead(this.#file, this.#generation, this.#digest);
    }
    const end = writeRecord(this.#file, this.#end, payload);
    this.#file.flush();
    this.#end = end;
  }

  /** compact begins anew with one record that stands for all before. */
  compact(payload: Uint8Array<ArrayBuffer>): void {
    const other = 1 - this.#current;
    const file = this.#files[other] as SyncFile;
    const off = writeHead(file, this.#generation + 1, this.#digest);
    const end = writeRecord(file, off, payload);
    file.flush();
    this.#file.truncate(0);
    this.#file.flush();
    this.#current = other;
    this.#generation++;
    this.#end = end;
    this.#compacted = end;
  }

  /** clear forgets everything. */
  clear(): void {
    for (const file of this.#files) {
      file.truncate(0);
      file.flush();
    }
    this.#end = 0;
    this.#compacted = 0;
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}

function writeHead(file: SyncFile, generation: number, digest: Uint8Array): number {
  const head = new Uint8Array(headLen);
  const view = new DataView(head.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, generation, true);
  head.set(digest, 8);
  view.setUint32(40, crc32(head.subarray(0, 40)), true);
  file.truncate(0);
  writeAll(file, head, 0);
  return headLen;
}

function writeRecord(file: SyncFile, at: number, payload: Uint8Array<ArrayBuffer>): number {
  const head = new Uint8Array(recordHeadLen);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint32(4, crc32(payload), true);
  writeAll(file, head, at);
  writeAll(file, payload, at + recordHeadLen);
  return at + recordHeadLen + payload.length;
}

function writeAll(file: SyncFile, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const n = file.write(bytes, { at });
  if (n !== bytes.length) throw new Error(`wrote ${n} of ${bytes.length} bytes`);
}
