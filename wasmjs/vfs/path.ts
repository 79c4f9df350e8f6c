// Paths are what a guest says: bytes, relative to a directory it was given.
// The rules here are lexical; resolve.ts walks. No path is ever cleaned by
// text alone, because a component may be a symbolic link.

import { Errno, INVAL, NAMETOOLONG, NOENT } from "./errno.ts";

/** maxPathLen is the longest path, in bytes of UTF-8. */
export const maxPathLen = 4096;
/** maxNameLen is the longest single name, in bytes of UTF-8. */
export const maxNameLen = 255;
/** maxLinks is how many symbolic links one resolution may follow. */
export const maxLinks = 40;

/** Path is a path taken apart once, so that walking it allocates nothing. */
export interface Path {
  readonly text: string;
  /** parts are the components, without empty ones and without ".". */
  readonly parts: readonly string[];
  readonly absolute: boolean;
  /** directory is true when the path ends in "/" or in "." as a component. */
  readonly directory: boolean;
}

const encoder = new TextEncoder();

/** byteLen is a string's length in bytes of UTF-8. */
export function byteLen(text: string): number {
  let len = text.length;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) {
      len = encoder.encode(text).length;
      break;
    }
  }
  return len;
}

/** parsePath takes a path apart, or says why it can't be one. */
export function parsePath(text: string): Path | Errno {
  if (text === "") return NOENT;
  if (text.length > maxPathLen || byteLen(text) > maxPathLen) return NAMETOOLONG;
  if (text.includes("\0")) return INVAL;
  const parts: string[] = [];
  let directory = true;
  for (const part of text.split("/")) {
    directory = part === "" || part === ".";
    if (directory) continue;
    if (part.length * 3 > maxNameLen && byteLen(part) > maxNameLen) return NAMETOOLONG;
    parts.push(part);
  }
  return { text, parts, absolute: text.startsWith("/"), directory };
}
