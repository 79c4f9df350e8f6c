// The names in a directory, in the order in which they came. Twin of
// vfs/directory.go.

import type { Inode } from "./inode.ts";
import type { Tree } from "./tree.ts";

// Why is the first cookie 3? A listing gives "." and ".." first, whose cookies
// are 1 and 2.
export const cookieDot = 1;
export const cookieDotDot = 2;
const firstCookie = 3;

const encoder = new TextEncoder();

/** Entry is one name. It never changes, so overlays may share it. */
export class Entry {
  readonly name: string;
  /** inode may be a lower tree's: see Tree.lookup. */
  readonly inode: Inode;
  readonly cookie: number;
  /** owner is the tree whose limit counts this name; null if none does. */
  readonly owner: Tree | null;
  #bytes: Uint8Array | null = null;

  constructor(name: string, inode: Inode, cookie: number, owner: Tree | null) {
    this.name = name;
    this.inode = inode;
    this.cookie = cookie;
    this.owner = owner;
  }

  /** bytes is the name in UTF-8, encoded once. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= encoder.encode(this.name));
  }
}

/**
 * Directory finds a name by a map and lists by position. Cookies grow with the
 * position and never change, so a listing goes on by binary search however
 * many names were removed meanwhile.
 */
export class Directory {
  #index: Map<string, Entry> = new Map();
  // A removed entry leaves null until there are enough of them to be worth
  // moving the others; the search needs only the cookies.
  #entries: (Entry | null)[] = [];
  #cookies: number[] = [];
  #removed = 0;
  #next = firstCookie;

  /** clone shares the entries and nothing else. */
  clone(): Directory {
    const clone = new Directory();
    clone.#index = new Map(this.#index);
    clone.#entries = this.#entries.slice();
    clone.#cookies = this.#cookies.slice();
    clone.#removed = this.#removed;
    clone.#next = this.#next;
    return clone;
  }

  /** size is the number of names. */
  get size(): number {
    return this.#index.size;
  }

  lookup(name: string): Entry | undefined {
    return this.#index.get(name);
  }

  /** add appends a name that is not there yet. */
  add(name: string, inode: Inode, owner: Tree | null, cookie = this.#next): void {
    const entry = new Entry(name, inode, cookie, owner);
    this.#index.set(name, entry);
    this.#entries.push(entry);
    this.#cookies.push(cookie);
    this.#next = cookie + 1;
  }

  /** replace puts another inode under a name, in its place in the order. */
  replace(name: string, inode: Inode, owner: Tree | null): void {
    const old = this.#index.get(name);
    if (old === undefined) return;
    const entry = new Entry(name, inode, old.cookie, owner);
    this.#index.set(name, entry);
    this.#entries[this.after(old.cookie - 1)] = entry;
  }

  /** remove takes a name away. */
  remove(name: string): void {
    const entry = this.#index.get(name);
    if (entry === undefined) return;
    this.#index.delete(name);
    this.#entries[this.after(entry.cookie - 1)] = null;
    this.#removed++;
    if (this.#removed > 32 && this.#removed * 2 > this.#entries.length) this.#compact();
  }

  #compact(): void {
    const kept = this.#entries.filter((entry) => entry !== null);
    this.#entries = kept;
    this.#cookies = kept.map((entry) => entry.cookie);
    this.#removed = 0;
  }

  /** after is the position of the first entry whose cookie is greater. */
  after(cookie: number): number {
    let low = 0;
    let high = this.#cookies.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cookies[middle] as number) <= cookie) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** at returns the entry at a position, null if removed, undefined at the end. */
  at(position: number): Entry | null | undefined {
    return this.#entries[position];
  }

  /** entries gives them in order. */
  *entries(): Generator<Entry> {
    for (const entry of this.#entries) {
      if (entry !== null) yield entry;
    }
  }
}
