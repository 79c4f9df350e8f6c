// Lexical rules of paths: what can be said about one without looking at a
// tree. Twin of vfs/path.go.

import { type Errno, ILSEQ, INVAL, NAMETOOLONG, NOENT, SUCCESS } from "./errno.ts";

/** maxPathLen is the longest path, in bytes of UTF-8. */
export const maxPathLen = 4096;
/** maxNameLen is the longest single name, in bytes of UTF-8. */
export const maxNameLen = 255;
/** maxLinks is how many symbolic links one resolution may follow. */
export const maxLinks = 40;

/** Path is a path taken apart once, so that walking it allocates nothing. */
export interface Path {
  readonly text: string;
  /** parts are the components between slashes, without empty ones. */
  readonly parts: readonly string[];
  readonly absolute: boolean;
  /** slash is true when the path asks for a directory by its last letter. */
  readonly slash: boolean;
  /** long is true when some component is longer than maxNameLen. */
  readonly long: boolean;
}

const encoder = new TextEncoder();

/** byteLen is a string's length in bytes of UTF-8. */
export function byteLen(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return encoder.encode(text).length;
  }
  return text.length;
}

/**
 * checkText refuses what can be neither a path nor a link's target.
 *
 * # Errors
 *
 * NOENT if it is empty, NAMETOOLONG, INVAL for a NUL, ILSEQ for what is not
 * Unicode: in this order.
 */
export function checkText(text: string): Errno {
  if (text === "") return NOENT;
  if (text.length > maxPathLen || byteLen(text) > maxPathLen) return NAMETOOLONG;
  if (text.includes("\0")) return INVAL;
  return text.isWellFormed() ? SUCCESS : ILSEQ;
}

/** parsePath takes a path apart, or says why it can't be one. */
export function parsePath(text: string): Path | Errno {
  const errno = checkText(text);
  if (errno !== SUCCESS) return errno;
  const parts = text.split("/").filter((part) => part !== "");
  const long = parts.some((part) => isLong(part));
  return { text, parts, absolute: text.startsWith("/"), slash: text.endsWith("/"), long };
}

/** isLong reports whether a name has too many bytes. */
export function isLong(name: string): boolean {
  return name.length * 3 > maxNameLen && byteLen(name) > maxNameLen;
}

/**
 * hostPath turns an absolute path of the host's side into one beneath the
 * root.
 */
export function hostPath(path: string): Path | Errno {
  if (!path.startsWith("/")) return INVAL;
  const beneath = path.replace(/^\/+/, "");
  return parsePath(beneath === "" ? "." : beneath);
}

/**
 * isClean reports whether path is absolute and each of its components is a
 * name: none empty, "." or "..".
 */
export function isClean(path: string): boolean {
  if (path === "/") return true;
  if (!path.startsWith("/")) return false;
  return path.slice(1).split("/").every((name) => name !== "" && name !== "." && name !== "..");
}
