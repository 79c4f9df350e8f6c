// An Overlay is a Tree above a frozen one. An inode of the lower tree gets an
// upper twin, with the same number, when it is first looked at; a file's bytes
// are shared until the first write to it, a directory's entries until its
// first change. Throwing the Overlay away throws the visitor's changes away.

import type { Directory } from "./directory.ts";
import { type Inode, Kind } from "./inode.ts";
import { type Change, Tree, type TreeOptions } from "./tree.ts";

/** newOverlay freezes lower and puts a writable Tree above it. */
export function newOverlay(lower: Tree, options: TreeOptions = {}): Tree {
  return new Tree(options, lower);
}

/** changes lists, by path, what differs from the lower tree. Devices never do. */
export function changes(overlay: Tree): Change[] {
  const out: Change[] = [];
  compare(overlay, overlay.root, "", out);
  out.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return out;
}

function compare(overlay: Tree, directory: Inode, path: string, out: Change[]): void {
  const now = directory.directory as Directory;
  const before = directory.lower?.directory ?? null;
  for (const entry of now.entries()) {
    const inode = overlay.peek(entry.inode);
    const was = before?.lookup(entry.name)?.inode;
    const at = `${path}/${entry.name}`;
    if (inode === null && was === entry.inode) continue; // nobody looked at it
    const kind = entry.inode.kind;
    if (kind === Kind.CharacterDevice) continue;
    if (was === undefined || was.ino !== entry.inode.ino) {
      out.push({ path: at, change: was === undefined ? "created" : "changed" });
      if (kind === Kind.Directory) created(overlay, entry.inode, at, out);
      continue;
    }
    if (inode === null) continue;
    if (kind === Kind.Directory) compare(overlay, inode, at, out);
    else if (differs(inode)) out.push({ path: at, change: "changed" });
  }
  if (before === null || before === now) return;
  for (const entry of before.entries()) {
    if (now.lookup(entry.name) === undefined) out.push({ path: `${path}/${entry.name}`, change: "removed" });
  }
}

function created(overlay: Tree, directory: Inode, path: string, out: Change[]): void {
  const entries = (overlay.peek(directory) ?? directory).directory as Directory;
  for (const entry of entries.entries()) {
    if (entry.inode.kind === Kind.CharacterDevice) continue;
    const at = `${path}/${entry.name}`;
    out.push({ path: at, change: "created" });
    if (entry.inode.kind === Kind.Directory) created(overlay, entry.inode, at, out);
  }
}

function differs(inode: Inode): boolean {
  const lower = inode.lower;
  if (lower === null) return true;
  if (inode.kind === Kind.RegularFile) return !inode.shared || inode.mtim !== lower.mtim;
  return inode.mtim !== lower.mtim;
}
