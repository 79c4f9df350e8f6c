// CGI/1.1 (RFC 3875): a Request becomes an environment, what a script writes
// becomes a Response. Twin of server/phpwasm/cgi.go; its testdata/cgi.json
// holds what both must answer.

import type { Header, Request } from "./request.ts";
import { cut } from "./route.ts";
import { compareBytes } from "./vfs/host.ts";

/** Script is what of a route CGI tells. */
export interface Script {
  readonly path: string;
  readonly scriptName: string;
  readonly pathInfo: string;
}

const encoder = new TextEncoder();

/**
 * cgiEnvironment is the environment of a request for a script below root, in
 * sorted order.
 */
export function cgiEnvironment(root: string, request: Request, to: Script): string[] {
  const [host, port] = splitHost(request.host, request.scheme);
  const [, query] = cut(request.url);
  const { method } = request;
  const values = new Map<string, string>([
    ["DOCUMENT_ROOT", root],
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["QUERY_STRING", query ?? ""],
    ["REDIRECT_STATUS", "200"],
    ["REMOTE_ADDR", "127.0.0.1"],
    ["REQUEST_METHOD", method],
    ["REQUEST_URI", request.url],
    ["SCRIPT_FILENAME", to.path],
    ["SCRIPT_NAME", to.scriptName],
    ["SERVER_NAME", host],
    ["SERVER_PORT", port],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_SOFTWARE", "pressbox"],
  ]);
  if (to.pathInfo !== "") values.set("PATH_INFO", to.pathInfo);
  if (request.scheme === "https") values.set("HTTPS", "on");
  for (const [field, value] of request.header) {
    const name = metaVariable(field);
    if (name === null || /[\0\r\n]/.test(value)) continue;
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (name === "HTTP_COOKIE") values.set(name, `${before}; ${value}`);
    else if (name !== "CONTENT_TYPE") values.set(name, `${before}, ${value}`);
  }
  values.set("HTTP_HOST", request.host);
  if (request.body.length > 0 || method === "POST" || method === "PUT" || method === "PATCH") {
    values.set("CONTENT_LENGTH", String(request.body.length));
  }
  return [...values]
    .filter(([, value]) => !value.includes("\0"))
    .map(([name, value]) => ({ text: `${name}=${value}`, bytes: encoder.encode(`${name}=${value}`) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ text }) => text);
}

// metaVariable is the name of a header field's variable. Left out are names
// that could be taken for another's (with an underscore), the length, which the
// host knows better, the host, which is the visitor's, and "proxy", which
// programs take for HTTP_PROXY of their own environment.
function metaVariable(field: string): string | null {
  if (!/^[A-Za-z0-9-]+$/.test(field)) return null;
  const name = field.toUpperCase().replaceAll("-", "_");
  if (name === "PROXY" || name === "HOST" || name === "CONTENT_LENGTH") return null;
  return name === "CONTENT_TYPE" ? name : `HTTP_${name}`;
}

// splitHost cuts an authority into name and port.
function splitHost(host: string, scheme: string): [name: string, port: string] {
  const port = /:(\d+)$/.exec(host);
  if (port !== null) return [host.slice(0, port.index), port[1] as string];
  return [host, scheme === "https" ? "443" : "80"];
}

/** Output is what a script answered. */
export interface Output {
  readonly status: number;
  readonly header: Header;
  readonly body: Uint8Array;
}

const noBody: Uint8Array = new Uint8Array(0);
const own = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/**
 * cgiResponse reads what a script wrote: a head, an empty line, a body. It
 * returns null if there is no head.
 */
export function cgiResponse(out: Uint8Array, method: string): Output | null {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const header: [string, string][] = [];
  let status = 200;
  let hasStatus = false;
  let hasLocation = false;
  for (;;) {
    const end = out.indexOf(10);
    if (end < 0) return null;
    const line = decoder.decode(out.subarray(0, end)).replace(/\r$/, "");
    out = out.subarray(end + 1);
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || /[\0\r]/.test(value)) continue;
    if (name === "status") {
      const code = /^(\d{3})(?: |$)/.exec(value);
      if (code !== null && Number(code[1]) >= 200) {
        status = Number(code[1]);
        hasStatus = true;
      }
      continue;
    }
    if (own.has(name)) continue; // the server's own affair
    if (name === "location") hasLocation = true;
    header.push([name, value]);
  }
  if (hasLocation && !hasStatus) status = 302;
  const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
  return {
    status,
    // A length that is not true would break the connection.
    header: header.filter(
      ([name, value]) => name !== "content-length" || value === String(out.length) || method === "HEAD",
    ),
    body: hasBody ? out : noBody,
  };
}
