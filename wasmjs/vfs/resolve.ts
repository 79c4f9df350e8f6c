// Resolution walks a path from a directory and never leaves what is below it,
// not even to come back: ".." above the base, an absolute path and a link with
// an absolute target are NOTCAPABLE. This is openat2's RESOLVE_BENEATH.

import { Errno, LOOP, NOENT, NOTCAPABLE, NOTDIR, SUCCESS } from "./errno.ts";
import { Inode, Kind } from "./inode.ts";
import { maxLinks, parsePath, type Path } from "./path.ts";

/** Resolved is where a walk ended. It is reused: read it before the next walk. */
export class Resolved {
  /** parent is the directory that holds, or would hold, name. */
  parent: Inode | null = null;
  /** name is empty when the path ended in ".." or at the base itself. */
  name = "";
  /** inode is null when nothing has that name. */
  inode: Inode | null = null;
  /** directory is true when the path's end demands a directory. */
  directory = false;
}

interface Rest {
  readonly parts: readonly string[];
  readonly next: number;
}

/**
 * resolve walks path from base and leaves the end of the walk in out. A last
 * component that does not exist is not an error; one on the way is.
 *
 * # Errors
 *
 * NOTCAPABLE, NOENT, NOTDIR, LOOP, and what parsePath says about a link.
 */
export function resolve(base: Inode, path: Path, follow: boolean, out: Resolved): Errno {
  out.parent = base;
  out.name = "";
  out.inode = base;
  out.directory = path.directory;
  if (path.absolute) return NOTCAPABLE;
  if (base.kind !== Kind.Directory) return NOTDIR;
  const tree = base.tree;
  let directory = base;
  let depth = 0;
  let links = 0;
  let parts = path.parts;
  let next = 0;
  let rest: Rest[] | null = null;
  for (;;) {
    if (next === parts.length) {
      const above: Rest | undefined = rest?.pop();
      if (above !== undefined) {
        parts = above.parts;
        next = above.next;
        continue;
      }
      out.parent = directory;
      out.name = "";
      out.inode = directory;
      return SUCCESS;
    }
    const part = parts[next++] as string;
    if (part === "..") {
      if (depth === 0) return NOTCAPABLE;
      depth--;
      directory = directory.parent as Inode;
      continue;
    }
    const last = next === parts.length && (rest === null || rest.length === 0);
    const inode = tree.lookup(directory, part);
    if (inode === null) {
      if (!last) return NOENT;
      out.parent = directory;
      out.name = part;
      out.inode = null;
      return SUCCESS;
    }
    if (inode.kind === Kind.SymbolicLink && (!last || follow || out.directory)) {
      if (++links > maxLinks) return LOOP;
      const target = (inode.targetPath ??= parsePath(inode.target));
      if (target instanceof Errno) return target;
      if (target.absolute) return NOTCAPABLE;
      if (last) out.directory ||= target.directory;
      else if (next < parts.length) (rest ??= []).push({ parts, next });
      parts = target.parts;
      next = 0;
      continue;
    }
    if (last) {
      if (out.directory && inode.kind !== Kind.Directory) return NOTDIR;
      out.parent = directory;
      out.name = part;
      out.inode = inode;
      return SUCCESS;
    }
    if (inode.kind !== Kind.Directory) return NOTDIR;
    directory = inode;
    depth++;
  }
}
