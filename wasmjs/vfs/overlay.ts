// Overlay: a Tree above a frozen one. Twin of vfs/overlay.go.

import type { Directory } from "./directory.ts";
import { Errno, SUCCESS } from "./errno.ts";
import { compareBytes, stat } from "./host.ts";
import { type Inode, Kind } from "./inode.ts";
import { type Options, Tree } from "./tree.ts";

/**
 * newOverlay makes a Tree that begins as lower, which it freezes. Lower may be
 * an Overlay itself.
 */
export function newOverlay(lower: Tree, options: Options = {}): Tree {
  return new Tree(options, lower);
}

/** ChangeOp is what happened to a path; removed stands for all beneath it. */
export type ChangeOp = "removed" | "created" | "changed";

/** Change is one difference between an Overlay and its lower. */
export interface Change {
  readonly path: string;
  readonly op: ChangeOp;
  /** kind of what is there now; for removed, of what was there. */
  readonly kind: Kind;
}

/**
 * isUnchanged reports whether the file at a path is the lower's own, as it was.
 * A write changes ctim, whatever it wrote.
 */
export function isUnchanged(overlay: Tree, path: string): boolean {
  if (overlay.lower === null) return false;
  const is = stat(overlay, path);
  const was = stat(overlay.lower, path);
  if (is instanceof Errno || was instanceof Errno) return false;
  return is.ino === was.ino && is.size === was.size && is.ctim === was.ctim;
}

/**
 * changes lists what differs from the lower, in the bytewise order of paths;
 * where something else took the place of a directory (or the other way round),
 * removed comes before created. A file or link differs if its contents, its
 * target or its time of change do. A directory that exists on both sides does
 * not differ. What addDevices made is left out.
 */
export function changes(overlay: Tree): Change[] {
  const lower = overlay.lower;
  if (lower === null) return [];
  const found: Change[] = [];
  compare(overlay, lower, "", lower.root, overlay.root, found);
  const encoder = new TextEncoder();
  const keyed = found.map((change) => ({ change, key: encoder.encode(change.path) }));
  keyed.sort((a, b) => compareBytes(a.key, b.key));
  return keyed.map(({ change }) => change);
}

function compare(overlay: Tree, lower: Tree, path: string, was: Inode, is: Inode, found: Change[]): void {
  const before = was.directory as Directory;
  const now = is.directory as Directory;
  if (before !== now) {
    for (const { name, inode } of before.entries()) {
      if (inode.builtin || now.lookup(name) !== undefined) continue;
      found.push({ path: `${path}/${name}`, op: "removed", kind: inode.kind });
    }
  }
  for (const entry of now.entries()) {
    if (entry.inode.builtin) continue;
    const at = `${path}/${entry.name}`;
    const inode = overlay.peek(entry.inode);
    const prior = before.lookup(entry.name);
    if (prior === undefined) {
      created(overlay, at, inode, found);
      continue;
    }
    const old = lower.peek(prior.inode);
    if (old.kind !== inode.kind || (inode.kind === Kind.Directory && old.ino !== inode.ino)) {
      found.push({ path: at, op: "removed", kind: old.kind });
      created(overlay, at, inode, found);
    } else if (inode.kind === Kind.Directory) {
      // Nothing beneath a directory that nobody looked at can have changed.
      if (old !== inode) compare(overlay, lower, at, old, inode, found);
    } else if (old !== inode && differs(old, inode)) {
      found.push({ path: at, op: "changed", kind: inode.kind });
    }
  }
}

function differs(old: Inode, inode: Inode): boolean {
  if (old.mtim !== inode.mtim || old.target !== inode.target || old.size !== inode.size) return true;
  if (inode.lower === old && inode.shared) return false;
  if (old.tree.fill(old) !== SUCCESS || inode.tree.fill(inode) !== SUCCESS) return true;
  return compareBytes(old.data.subarray(0, old.size), inode.data.subarray(0, inode.size)) !== 0;
}

function created(overlay: Tree, path: string, inode: Inode, found: Change[]): void {
  found.push({ path, op: "created", kind: inode.kind });
  if (inode.kind !== Kind.Directory) return;
  for (const entry of (inode.directory as Directory).entries()) {
    if (!entry.inode.builtin) created(overlay, `${path}/${entry.name}`, overlay.peek(entry.inode), found);
  }
}
