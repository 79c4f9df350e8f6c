// Static files, as RFC 9110 has them. Twin of server/phpwasm/static.go.

import { mimeType } from "./mime.ts";
import { errorResponse, type Reply } from "./page.ts";
import { type Header, headerValue, type Request } from "./request.ts";
import { Errno } from "./vfs/errno.ts";
import { readFile, stat } from "./vfs/host.ts";
import type { Tree } from "./vfs/tree.ts";

const noBody: Uint8Array = new Uint8Array(0);

/** staticResponse answers with a file. */
export function staticResponse(tree: Tree, path: string, request: Request): Reply {
  const { method } = request;
  if (method !== "GET" && method !== "HEAD") {
    return errorResponse(405, "This address is a file: it can only be read.", [["allow", "GET, HEAD"]]);
  }
  const found = stat(tree, path);
  if (found instanceof Errno) return errorResponse(404, "There is nothing at this address.");
  const { size, mtim } = found;
  const etag = `"${mtim.toString(16)}-${size.toString(16)}"`;
  const modified = new Date(Number(mtim / 1_000_000n));
  const header: [string, string][] = [
    ["accept-ranges", "bytes"],
    ["cache-control", "no-cache"], // ask again, and get a 304
    ["etag", etag],
    ["last-modified", modified.toUTCString()],
  ];
  if (notModified(request.header, etag, modified)) return { status: 304, header, body: noBody, kind: "static" };
  header.push(["content-type", mimeType(path)]);
  let status = 200;
  let start = 0;
  let end = size;
  const wanted = headerValue(request.header, "range");
  if (wanted !== undefined && method === "GET" && rangeApplies(request.header, etag)) {
    const span = parseRange(wanted, size);
    if (span !== null) {
      if (span.start >= size) {
        return errorResponse(416, "This file is shorter than what was asked for.", [
          ["content-range", `bytes */${size}`],
        ]);
      }
      status = 206;
      ({ start, end } = span);
      header.push(["content-range", `bytes ${start}-${end - 1}/${size}`]);
    }
  }
  header.push(["content-length", String(end - start)]);
  if (method === "HEAD") return { status, header, body: noBody, kind: "static" };
  const bytes = readFile(tree, path);
  if (bytes instanceof Errno) {
    return errorResponse(500, `This file could not be read: ${bytes.message}. Try again when the network is back.`);
  }
  return { status, header, body: bytes.subarray(start, end), kind: "static" };
}

// notModified compares what the client has. A list of tags wins over a date.
function notModified(header: Header, etag: string, modified: Date): boolean {
  const list = headerValue(header, "if-none-match");
  if (list !== undefined && list !== "") {
    return list.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
  }
  const since = Date.parse(headerValue(header, "if-modified-since") ?? "");
  return !Number.isNaN(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

// rangeApplies says whether a range may be cut from the file as it is now.
function rangeApplies(header: Header, etag: string): boolean {
  const condition = headerValue(header, "if-range") ?? "";
  return condition === "" || condition === etag;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

// parseRange reads one range of bytes. Several, or anything else, give null:
// the whole file is then the answer. A start at or beyond size is not
// satisfiable.
function parseRange(value: string, size: number): Span | null {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(value);
  const first = match?.[1] ?? "";
  const last = match?.[2] ?? "";
  if (first === "" && last === "") return null;
  if (first === "") {
    const len = Math.min(Number(last), size);
    return { start: size - len, end: size };
  }
  const start = Math.min(Number(first), size);
  if (last === "") return { start, end: size };
  if (Number(first) > Number(last)) return null;
  return { start, end: Math.min(Number(last) + 1, size) };
}
