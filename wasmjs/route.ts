// Routing: what of a site answers a URL. Twin of server/phpwasm/route.go.

import { Errno } from "./vfs/errno.ts";
import { stat } from "./vfs/host.ts";
import { Kind, type Stat } from "./vfs/inode.ts";
import type { Tree } from "./vfs/tree.ts";

/** Route is the answer to a URL, before anything has run. */
export type Route =
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "static"; readonly path: string; readonly stat: Stat }
  | { readonly kind: "script"; readonly script: string; readonly pathInfo: string }
  | { readonly kind: "error"; readonly status: number };

/** splitUrl cuts an origin form into its path and its query, without "?". */
export function splitUrl(url: string): [path: string, query: string] {
  const at = url.indexOf("?");
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

/** decodePath decodes percent-encoding once; null for what names no file. */
export function decodePath(path: string): string | null {
  if (!path.startsWith("/")) return null;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null; // a broken escape, or bytes that are not UTF-8
  }
  if (decoded.includes("\0") || decoded.includes("\\")) return null;
  if (decoded.split("/").some((name) => name === "..")) return null;
  return decoded;
}

// hidden reports whether a path must never be served.
function hidden(path: string): boolean {
  const names = path.toLowerCase().split("/").filter((name) => name !== "" && name !== ".");
  if (names.some((name) => name.startsWith(".ht") || name.includes(".sqlite"))) return true;
  return names[0] === "wp-content" && names[1] === "database";
}

/** route decides, looking at the files below root. */
export function route(tree: Tree, root: string, url: string): Route {
  const [encoded, query] = splitUrl(url);
  const path = decodePath(encoded);
  if (path === null) return { kind: "error", status: 400 };
  if (hidden(path)) return { kind: "error", status: 403 };

  // The longest prefix that exists decides; what follows a script is its
  // PATH_INFO.
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  let at = "";
  for (const [i, part] of parts.entries()) {
    const found = stat(tree, root + at + "/" + part);
    if (found instanceof Errno) return fallback;
    at += "/" + part;
    if (found.kind === Kind.Directory) continue;
    if (found.kind !== Kind.RegularFile) return fallback;
    const isLast = i === parts.length - 1 && !path.endsWith("/");
    if (part.toLowerCase().endsWith(".php")) {
      const rest = isLast ? "" : "/" + parts.slice(i + 1).join("/");
      const slash = rest.length > 1 && path.endsWith("/") ? "/" : "";
      return { kind: "script", script: at, pathInfo: rest + slash };
    }
    return isLast ? { kind: "static", path: root + at, stat: found } : fallback;
  }

  const directory = at === "" ? "/" : at + "/";
  for (const index of ["index.php", "index.html"]) {
    const file = root + directory + index;
    const found = stat(tree, file);
    if (found instanceof Errno || found.kind !== Kind.RegularFile) continue;
    if (!path.endsWith("/")) {
      return { kind: "redirect", location: encoded + "/" + (query === "" ? "" : "?" + query) };
    }
    if (index === "index.php") return { kind: "script", script: directory + index, pathInfo: "" };
    return { kind: "static", path: file, stat: found };
  }
  return fallback;
}

const fallback: Route = { kind: "script", script: "/index.php", pathInfo: "" };
