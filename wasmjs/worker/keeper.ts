// Keeper joins a site's tree and cookies with its journal: what a request
// changed is written down, and read back at the next start.

import type { Jar } from "../cookies.ts";
import { addDevices } from "../vfs/device.ts";
import { newOverlay } from "../vfs/overlay.ts";
import type { Tree } from "../vfs/tree.ts";
import type { Journal, Opened } from "./journal.ts";
import { applyRecord, encodeRecord, lowerInodes } from "./record.ts";

/** Restored is a tree as the journal left it. */
export interface Restored {
  readonly tree: Tree;
  /** records is how many were read. */
  readonly records: number;
  /** refused is how many could not be applied; those after them neither. */
  readonly refused: number;
}

/** freshTree is a site as its snapshot has it. */
export function freshTree(lower: Tree): Tree {
  const tree = newOverlay(lower, { track: true });
  addDevices(tree);
  return tree;
}

/**
 * restoreTree applies records to a fresh tree. One that makes no sense ends the
 * replay: the tree is made again from those before it.
 */
export function restoreTree(lower: Tree, jar: Jar, records: readonly Uint8Array[]): Restored {
  const tree = freshTree(lower);
  if (records.length === 0) return { tree, records: 0, refused: 0 };
  const lookup = lowerInodes(lower);
  let cookies: unknown = null;
  for (const [i, record] of records.entries()) {
    try {
      const json = applyRecord(tree, lookup, record);
      if (json !== null) cookies = JSON.parse(json);
    } catch {
      // Half of it may have been applied, so all of it is done again.
      const before = restoreTree(lower, jar, records.slice(0, i));
      return { ...before, refused: records.length - i };
    }
  }
  tree.recount();
  if (cookies !== null) jar.restore(cookies);
  return { tree, records: records.length, refused: 0 };
}

/** Keeper writes down what changed. Without a journal it only forgets. */
export class Keeper {
  readonly #tree: Tree;
  readonly #jar: Jar;
  #journal: Journal | null;
  #cookies: number;

  constructor(tree: Tree, jar: Jar, journal: Journal | null) {
    this.#tree = tree;
    this.#jar = jar;
    this.#journal = journal;
    this.#cookies = jar.version;
  }

  /** keep writes what changed since the last time. It throws if that fails. */
  keep(): void {
    const dirty = this.#tree.takeDirty();
    const cookiesChanged = this.#jar.version !== this.#cookies;
    if (dirty.inodes.length === 0 && dirty.removed.length === 0 && !cookiesChanged) return;
    const journal = this.#journal;
    if (journal === null) {
      for (const inode of dirty.inodes) inode.dirtyPages = null;
      return;
    }
    this.#cookies = this.#jar.version;
    const cookies = cookiesChanged ? JSON.stringify(this.#jar.cookies()) : null;
    const { nextIno } = this.#tree;
    try {
      journal.append(encodeRecord(this.#tree, { ...dirty, nextIno, cookies, whole: false }));
      if (journal.large) this.#compact(journal);
    } catch (error) {
      this.#journal = null;
      throw error;
    }
  }

  #compact(journal: Journal): void {
    const { nextIno } = this.#tree;
    const cookies = JSON.stringify(this.#jar.cookies());
    const inodes = this.#tree.own();
    journal.compact(encodeRecord(this.#tree, { nextIno, inodes, removed: [], cookies, whole: true }));
  }
}

/** cutSentence says what was lost when a journal did not read to its end. */
export function cutSentence(opened: Opened, restored: Restored): string | null {
  if (opened.cutLen === 0 && restored.refused === 0) return null;
  return "The last change before this page was closed could not be kept. Everything before it is here.";
}
