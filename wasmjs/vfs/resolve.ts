// Resolution: from a directory and a path to an inode, never leaving the
// directory. Twin of vfs/resolve.go.

import { Errno, LOOP, NAMETOOLONG, NOENT, NOTCAPABLE, NOTDIR, SUCCESS } from "./errno.ts";
import { type Inode, Kind } from "./inode.ts";
import { isLong, maxLinks, parsePath, type Path } from "./path.ts";

/** Place is where a path led. It is reused: read it before the next walk. */
export class Place {
  /** dir holds the last name; null if the path ended in "." or "..". */
  dir: Inode | null = null;
  name = "";
  /** inode is null if nothing has that name. */
  inode: Inode | null = null;
  /** slash says that the path asked for a directory by its last letter. */
  slash = false;
}

/** LastLink says what happens to a symbolic link in the last component. */
export const LastLink = {
  /** Follow resolves it. */
  Follow: 0,
  /** Keep does not, unless a slash follows it. */
  Keep: 1,
  /**
   * Name never does: the operation is about the name. With a slash, the
   * operation finds that the link is no directory, as on Linux. Otherwise
   * removing "link/" would remove what the link leads to.
   */
  Name: 2,
} as const;
export type LastLink = (typeof LastLink)[keyof typeof LastLink];

interface Rest {
  readonly path: Path;
  readonly next: number;
}

/**
 * resolve finds path beneath base and leaves the end of the walk in out. That
 * nothing has the last name is no error here.
 *
 * # Errors
 *
 * NOTCAPABLE for an absolute path, for an absolute link where base is not the
 * root, and for ".." above base, also by a link; NOENT and NOTDIR on the way; LOOP after more than maxLinks links;
 * NAMETOOLONG for a name.
 */
export function resolve(base: Inode, path: Path, last: LastLink, out: Place, links = true): Errno {
  out.slash = path.slash;
  if (path.absolute) return NOTCAPABLE;
  if (base.kind !== Kind.Directory) return NOTDIR;
  const tree = base.tree;
  let dir = base;
  // Without links, the first on the way is one too many.
  let followed = links ? 0 : maxLinks;
  let parts = path.parts;
  let next = 0;
  let rest: Rest[] | null = null; // what follows the links being walked
  for (;;) {
    while (next === parts.length) {
      const above: Rest | undefined = rest?.pop();
      if (above === undefined) {
        out.dir = null;
        out.name = "";
        out.inode = dir;
        return SUCCESS;
      }
      path = above.path;
      parts = path.parts;
      next = above.next;
    }
    const name = parts[next++] as string;
    if (name === ".") continue;
    if (name === "..") {
      if (dir === base) return NOTCAPABLE;
      dir = dir.parent as Inode;
      continue;
    }
    if (path.long && isLong(name)) return NAMETOOLONG;
    const isLast = next === parts.length && (rest === null || rest.length === 0);
    const inode = tree.lookup(dir, name);
    if (inode === null) {
      if (!isLast) return NOENT;
      out.dir = dir;
      out.name = name;
      out.inode = null;
      return SUCCESS;
    }
    if (
      inode.kind === Kind.SymbolicLink &&
      (!isLast || last === LastLink.Follow || (last === LastLink.Keep && out.slash))
    ) {
      if (++followed > maxLinks) return LOOP;
      const target = (inode.targetPath ??= parsePath(inode.target));
      if (target instanceof Errno) return target;
      if (target.absolute) {
        if (base !== tree.root) return NOTCAPABLE;
        dir = base;
      }
      if (isLast) {
        last = LastLink.Follow;
        out.slash ||= target.slash;
      } else if (next < parts.length) {
        (rest ??= []).push({ path, next });
      }
      path = target;
      parts = target.parts;
      next = 0;
      continue;
    }
    if (isLast) {
      out.dir = dir;
      out.name = name;
      out.inode = inode;
      return SUCCESS;
    }
    if (inode.kind !== Kind.Directory) return NOTDIR;
    dir = inode;
  }
}
