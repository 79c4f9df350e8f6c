// Routing: what a URL means in a site. Twin of server/phpwasm/route.go; its
// testdata/route.json holds what both must answer.

import { Errno } from "./vfs/errno.ts";
import { Kind, type Stat } from "./vfs/inode.ts";

/** Route is what a URL means. */
export type Route =
  | { readonly kind: "redirect"; readonly location: string }
  /** path is the guest's. */
  | { readonly kind: "static"; readonly path: string }
  /** path is the document root and scriptName. */
  | { readonly kind: "php"; readonly path: string; readonly scriptName: string; readonly pathInfo: string }
  | { readonly kind: "error"; readonly status: number; readonly sentence: string };

/** StatFunc looks at the site's files. */
export type StatFunc = (path: string) => Stat | Errno;

/** cut splits a URL in origin form at its query, which is null if it has none. */
export function cut(url: string): [path: string, query: string | null] {
  const at = url.indexOf("?");
  return at < 0 ? [url, null] : [url.slice(0, at), url.slice(at + 1)];
}

/**
 * findRoute routes a URL in origin form to what lies below root.
 *
 * A directory without a slash at the end is a redirect if it has an index. A
 * directory is its index.php, else its index.html. A file is itself: a script
 * if its name ends in .php, also with more path after it. Everything else is
 * the site's own index.php, which knows what a pretty permalink means.
 */
export function findRoute(root: string, url: string, stat: StatFunc): Route {
  const [raw, query] = cut(url);
  const path = decodePath(raw);
  if (path === null) return { kind: "error", status: 400, sentence: "This address is not well formed." };
  if (isHidden(path)) return { kind: "error", status: 404, sentence: "There is nothing at this address." };
  const script = (name: string, info: string): Route => ({
    kind: "php", path: root + name, scriptName: name, pathInfo: info,
  });
  const is = (at: string, kind: Kind): boolean => {
    const found = stat(root + at);
    return !(found instanceof Errno) && found.kind === kind;
  };

  const trimmed = path.endsWith("/") ? path.slice(0, -1) : path;
  if (path === "/" || is(trimmed, Kind.Directory)) {
    for (const index of ["/index.php", "/index.html"]) {
      if (!is(trimmed + index, Kind.RegularFile)) continue;
      if (trimmed === path) {
        const location = raw + "/" + (query === null ? "" : "?" + query);
        // "//host/" would lead to another host.
        return { kind: "redirect", location: "/" + location.replace(/^\/+/, "") };
      }
      if (index === "/index.php") return script(trimmed + index, "");
      return { kind: "static", path: root + trimmed + index };
    }
  } else if (trimmed === path && is(path, Kind.RegularFile)) {
    return isScript(path) ? script(path, "") : { kind: "static", path: root + path };
  } else {
    // The first file with a script's name on the way, if any.
    for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
      const name = path.slice(0, end);
      if (isScript(name) && is(name, Kind.RegularFile)) return script(name, path.slice(end));
    }
  }
  if (is("/index.php", Kind.RegularFile)) return script("/index.php", "");
  return { kind: "error", status: 404, sentence: "There is nothing at this address." };
}

/**
 * decodePath decodes percent signs once, and brings the path to the form of a
 * path in the tree: beginning with a slash, no empty or "." component. It
 * refuses, with null, what no honest client sends: "..", NUL, a backslash, a
 * broken escape.
 */
export function decodePath(raw: string): string | null {
  const encoded = new TextEncoder().encode(raw);
  if (!raw.startsWith("/") || encoded.length > 8192) return null;
  const bytes = new Uint8Array(encoded.length);
  let size = 0;
  for (let i = 0; i < encoded.length; i++) {
    let byte = encoded[i] as number;
    if (byte === 0x25) {
      const hex = String.fromCharCode(encoded[i + 1] ?? 0, encoded[i + 2] ?? 0);
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return null;
      byte = parseInt(hex, 16);
      i += 2;
    }
    if (byte === 0 || byte === 0x5c) return null;
    bytes[size++] = byte;
  }
  let path = "";
  const names = decode(bytes.subarray(0, size)).split("/");
  for (const [i, name] of names.entries()) {
    if (name === "..") return null;
    if (name !== "" && name !== ".") path += "/" + name;
    else if (i === names.length - 1) path += "/";
  }
  return path;
}

// decode gives bytes that are not UTF-8 a lone surrogate, so that no file's
// name can equal them.
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replaceAll("\ufffd", "\ud800");
  }
}

// isScript reports whether PHP runs a file of this name. In any case of
// letters, so that no source is ever served as text.
function isScript(path: string): boolean {
  return path.length > 4 && path.slice(-4).toLowerCase() === ".php";
}

// isHidden reports whether a path must never be served: the database, and what
// servers keep their own rules in.
function isHidden(path: string): boolean {
  for (const name of path.toLowerCase().split("/")) {
    if (name.startsWith(".ht") || name.includes(".sqlite")) return true;
  }
  return path === "/wp-content/database" || path.startsWith("/wp-content/database/");
}
