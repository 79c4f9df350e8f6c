// What a journal remembers of a Tree after a request: the inodes that changed
// and the numbers of those that are gone, in bytes. Little-endian:
//
//   record   nextIno f64, then parts until the end
//   part     tag u8
//     1 inode    ino f64, kind u8, nlink u32, atim mtim ctim i64, size f64, then
//       file       whole u8 (1: nothing of what was there before counts),
//                  ranges u32, each: off f64, length u32, bytes
//       directory  parent f64, names u32, each: ino f64, kind u8, cookie f64,
//                  owned u8, name length u16, name
//       link       length u16, target
//     2 gone     ino f64
//     3 cookies  length u32, JSON
//
// Numbers are f64 where they may pass 32 bits: it holds every safe integer.

import { Directory } from "../vfs/directory.ts";
import { SUCCESS } from "../vfs/errno.ts";
import { dirtyPage, type Inode, Kind } from "../vfs/inode.ts";
import { maxFileSize, type Tree } from "../vfs/tree.ts";

const tags = { Inode: 1, Gone: 2, Cookies: 3 } as const;

/** Changes are what one record holds. */
export interface Changes {
  readonly nextIno: number;
  readonly inodes: readonly Inode[];
  readonly removed: readonly number[];
  /** cookies is JSON, or null when they did not change. */
  readonly cookies: string | null;
  /** whole writes files in whole instead of the pages that changed. */
  readonly whole: boolean;
}

const encoder = new TextEncoder();

/** Writer grows as it is written to. */
class Writer {
  #bytes = new Uint8Array(64 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  #room(len: number): number {
    const at = this.#size;
    this.#size += len;
    if (this.#size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#size, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  i64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigInt64(at, value, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }
}

/** encodeRecord writes changes as bytes, and forgets which pages were dirty. */
export function encodeRecord(tree: Tree, changes: Changes): Uint8Array<ArrayBuffer> {
  const to = new Writer();
  to.f64(changes.nextIno);
  for (const inode of changes.inodes) {
    to.u8(tags.Inode);
    to.f64(inode.ino);
    to.u8(inode.kind);
    to.u32(inode.nlink);
    to.i64(inode.atim);
    to.i64(inode.mtim);
    to.i64(inode.ctim);
    to.f64(inode.size);
    if (inode.kind === Kind.RegularFile) encodeFile(to, inode, changes.whole);
    else if (inode.kind === Kind.Directory) encodeDirectory(to, tree, inode);
    else if (inode.kind === Kind.SymbolicLink) encodeText(to, inode.target);
  }
  for (const ino of changes.removed) {
    to.u8(tags.Gone);
    to.f64(ino);
  }
  if (changes.cookies !== null) {
    const json = encoder.encode(changes.cookies);
    to.u8(tags.Cookies);
    to.u32(json.length);
    to.bytes(json);
  }
  return to.done();
}

function encodeText(to: Writer, text: string): void {
  const bytes = encoder.encode(text);
  to.u16(bytes.length);
  to.bytes(bytes);
}

function encodeFile(to: Writer, inode: Inode, whole: boolean): void {
  const ranges: [number, number][] = [];
  if (whole && !inode.shared) {
    ranges.push([0, inode.size]);
  } else {
    for (const page of [...(inode.dirtyPages ?? [])].sort((a, b) => a - b)) {
      const from = page * dirtyPage;
      const until = Math.min(from + dirtyPage, inode.size);
      const last = ranges.at(-1);
      if (from >= inode.size) continue;
      if (last !== undefined && last[1] === from) last[1] = until;
      else ranges.push([from, until]);
    }
  }
  inode.dirtyPages = null;
  to.u8(whole && !inode.shared ? 1 : 0);
  to.u32(ranges.length);
  for (const [from, until] of ranges) {
    to.f64(from);
    to.u32(until - from);
    to.bytes(inode.data.subarray(from, until));
  }
}

function encodeDirectory(to: Writer, tree: Tree, inode: Inode): void {
  to.f64((inode.parent as Inode).ino);
  const entries = [...(inode.directory as Directory).entries()].filter((entry) => !entry.inode.builtin);
  to.u32(entries.length);
  for (const entry of entries) {
    to.f64(entry.inode.ino);
    to.u8(entry.inode.kind);
    to.f64(entry.cookie);
    to.u8(entry.owner === tree ? 1 : 0);
    to.u16(entry.bytes.length);
    to.bytes(entry.bytes);
  }
}

/** Reader throws a RangeError where the bytes end too early. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2, true);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** integer is an f64 from 0 on. */
  integer(): number {
    this.#at += 8;
    const value = this.#view.getFloat64(this.#at - 8, true);
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("not a number from 0 on");
    return value;
  }

  i64(): bigint {
    this.#at += 8;
    return this.#view.getBigInt64(this.#at - 8, true);
  }

  bytes(len: number): Uint8Array {
    if (len > this.#bytes.length - this.#at) throw new RangeError("the record ends too early");
    this.#at += len;
    return this.#bytes.subarray(this.#at - len, this.#at);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Inode numbers are positions of an array: one far out would cost memory.
const maxIno = 100_000_000;

/** Lookup finds a lower tree's inode by its number. */
export type Lookup = (ino: number) => Inode | undefined;

/** lowerInodes makes a Lookup for a frozen tree. */
export function lowerInodes(lower: Tree): Lookup {
  const byIno: (Inode | undefined)[] = [];
  const collect = (inode: Inode): void => {
    byIno[inode.ino] = inode;
    if (inode.directory === null) return;
    for (const entry of inode.directory.entries()) collect(lower.current(entry, inode));
  };
  collect(lower.root);
  return (ino) => byIno[ino];
}

/**
 * applyRecord changes a tree as a record says, and returns the cookies' JSON if
 * there is one. It throws for a record that no encodeRecord wrote; the tree is
 * then of no use.
 */
export function applyRecord(tree: Tree, lower: Lookup, bytes: Uint8Array): string | null {
  const from = new Reader(bytes);
  let cookies: string | null = null;
  const restore = (ino: number, kind: number): Inode => {
    if (ino < 1 || ino > maxIno) throw new RangeError("an inode number is out of range");
    if (kind !== Kind.RegularFile && kind !== Kind.Directory && kind !== Kind.SymbolicLink) {
      throw new RangeError("an inode has an unknown kind");
    }
    return tree.restore(ino, kind, lower(ino));
  };
  const next = from.integer();
  if (next > maxIno) throw new RangeError("an inode number is out of range");
  tree.reserve(next);
  while (from.more) {
    const tag = from.u8();
    if (tag === tags.Gone) {
      from.integer();
    } else if (tag === tags.Cookies) {
      cookies = decoder.decode(from.bytes(from.u32()));
    } else if (tag === tags.Inode) {
      const ino = from.integer();
      const inode = restore(ino, from.u8());
      inode.nlink = from.u32();
      inode.atim = from.i64();
      inode.mtim = from.i64();
      inode.ctim = from.i64();
      const size = from.integer();
      if (inode.kind === Kind.RegularFile) {
        applyFile(tree, inode, size, from);
      } else if (inode.kind === Kind.Directory) {
        applyDirectory(tree, inode, restore, from);
      } else {
        inode.target = decoder.decode(from.bytes(from.u16()));
        inode.size = size;
      }
    } else {
      throw new RangeError("a part has an unknown tag");
    }
  }
  return cookies;
}

function applyFile(tree: Tree, inode: Inode, size: number, from: Reader): void {
  if (size > maxFileSize) throw new RangeError("a file is too large");
  const whole = from.u8() === 1;
  const count = from.u32();
  const { atim, mtim, ctim } = inode;
  if (whole || count > 0 || size !== inode.size) {
    if (whole && tree.setSize(inode, 0) !== SUCCESS) throw new RangeError("a file does not fit");
    if (tree.setSize(inode, size) !== SUCCESS) throw new RangeError("a file does not fit");
  }
  for (let i = 0; i < count; i++) {
    const off = from.integer();
    const bytes = from.bytes(from.u32());
    if (off + bytes.length > size) throw new RangeError("a range lies outside its file");
    if (tree.write(inode, off, bytes) !== SUCCESS) throw new RangeError("a file does not fit");
  }
  inode.atim = atim;
  inode.mtim = mtim;
  inode.ctim = ctim;
  inode.dirtyPages = null;
}

function applyDirectory(
  tree: Tree, inode: Inode, restore: (ino: number, kind: number) => Inode, from: Reader,
): void {
  const parent = restore(from.integer(), Kind.Directory);
  if (inode !== tree.root) inode.parent = parent;
  const directory = new Directory();
  const count = from.u32();
  let before = 0;
  for (let i = 0; i < count; i++) {
    const child = restore(from.integer(), from.u8());
    const cookie = from.integer();
    const owned = from.u8() === 1;
    const name = decoder.decode(from.bytes(from.u16()));
    if (cookie <= before || name === "" || name === "." || name === ".." || /[\0/]/.test(name)) {
      throw new RangeError("a directory has an impossible name");
    }
    before = cookie;
    if (child.kind === Kind.Directory) child.parent = inode;
    directory.add(name, child, owned ? tree : null, cookie);
  }
  // Devices are not remembered: whoever runs the site adds them first.
  for (const entry of (inode.directory as Directory).entries()) {
    if (entry.inode.builtin && directory.lookup(entry.name) === undefined) {
      directory.add(entry.name, entry.inode, null);
    }
  }
  inode.directory = directory;
}
