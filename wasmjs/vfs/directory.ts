// A Directory is the entries of one directory inode: by name, and in the order
// they came. Each entry's cookie stays the same while the directory lives, so
// that a listing interrupted by deletions skips nothing and repeats nothing.
//
// "." and ".." come first in every listing and are not held here: their
// cookies are 0 and 1, and the entries count up from 2. A reader passes the
// cookie of the entry it wants next.

import type { Inode } from "./inode.ts";

/** firstCookie is the cookie of the first entry after "." and "..". */
export const firstCookie = 2;

const encoder = new TextEncoder();

/** Entry is a name in a directory. It never changes; renaming makes another. */
export class Entry {
  readonly name: string;
  readonly inode: Inode;
  readonly cookie: number;
  #bytes: Uint8Array | null = null;

  constructor(name: string, inode: Inode, cookie: number) {
    this.name = name;
    this.inode = inode;
    this.cookie = cookie;
  }

  /** bytes is the name in UTF-8, encoded once. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= encoder.encode(this.name));
  }
}

/** Directory holds entries by name and in order. */
export class Directory {
  #byName: Map<string, Entry>;
  // Removed entries leave a hole until half the list is holes; the binary
  // search of indexOf needs only cookies, which holes keep as numbers.
  #list: (Entry | null)[];
  #cookies: number[];
  #holes = 0;
  nextCookie = firstCookie;

  constructor() {
    this.#byName = new Map();
    this.#list = [];
    this.#cookies = [];
  }

  /** copy shares the entries, which never change, and nothing else. */
  copy(): Directory {
    const copy = new Directory();
    copy.#byName = new Map(this.#byName);
    copy.#list = this.#list.slice();
    copy.#cookies = this.#cookies.slice();
    copy.#holes = this.#holes;
    copy.nextCookie = this.nextCookie;
    return copy;
  }

  get size(): number {
    return this.#byName.size;
  }

  lookup(name: string): Entry | undefined {
    return this.#byName.get(name);
  }

  add(name: string, inode: Inode, cookie = this.nextCookie): void {
    const entry = new Entry(name, inode, cookie);
    this.#byName.set(name, entry);
    this.#list.push(entry);
    this.#cookies.push(cookie);
    if (cookie >= this.nextCookie) this.nextCookie = cookie + 1;
  }

  /** replace puts another inode under a name that is there, in its place. */
  replace(name: string, inode: Inode): void {
    const old = this.#byName.get(name);
    if (old === undefined) return;
    const entry = new Entry(name, inode, old.cookie);
    this.#byName.set(name, entry);
    this.#list[this.indexOf(old.cookie)] = entry;
  }

  remove(name: string): void {
    const entry = this.#byName.get(name);
    if (entry === undefined) return;
    this.#byName.delete(name);
    this.#list[this.indexOf(entry.cookie)] = null;
    this.#holes++;
    if (this.#holes > 32 && this.#holes * 2 > this.#list.length) this.#compact();
  }

  #compact(): void {
    this.#list = this.#list.filter((entry) => entry !== null);
    this.#cookies = this.#list.map((entry) => entry?.cookie ?? 0);
    this.#holes = 0;
  }

  /** indexOf is the position of the first entry whose cookie is not smaller. */
  indexOf(cookie: number): number {
    let low = 0;
    let high = this.#cookies.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cookies[middle] as number) < cookie) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** at returns the entry at a position, null for a hole, undefined at the end. */
  at(index: number): Entry | null | undefined {
    return this.#list[index];
  }

  /** entries gives them in order. */
  *entries(): Generator<Entry> {
    for (const entry of this.#list) {
      if (entry !== null) yield entry;
    }
  }
}
