// CGI/1.1 (RFC 3875): a Request becomes an environment, and what the script
// wrote becomes a Response. Twin of server/phpwasm/cgi.go.

import { compareBytes } from "./vfs/host.ts";
import type { Header, Request } from "./request.ts";
import { splitUrl } from "./route.ts";

/** environment is what php_handle reads for a request, in bytewise order. */
export function environment(request: Request, root: string, script: string, pathInfo: string): string[] {
  const [, query] = splitUrl(request.url);
  const { name, port } = splitHost(request.host, request.scheme);
  const env = new Map<string, string>([
    ["DOCUMENT_ROOT", root],
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["QUERY_STRING", query],
    ["REDIRECT_STATUS", "200"],
    ["REMOTE_ADDR", "127.0.0.1"],
    ["REQUEST_METHOD", request.method],
    ["REQUEST_URI", request.url],
    ["SCRIPT_FILENAME", root + script],
    ["SCRIPT_NAME", script],
    ["SERVER_NAME", name],
    ["SERVER_PORT", port],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_SOFTWARE", "pressbox"],
  ]);
  if (request.scheme === "https") env.set("HTTPS", "on");
  if (pathInfo !== "") env.set("PATH_INFO", pathInfo);
  if (request.body.length > 0) env.set("CONTENT_LENGTH", String(request.body.length));
  for (const [field, value] of request.header) {
    const lower = field.toLowerCase();
    // A NUL would end the variable; the proxy's name would become a setting of
    // programs that run below PHP ("httpoxy").
    if (lower === "proxy" || !/^[a-z0-9-]+$/.test(lower) || value.includes("\0")) continue;
    if (lower === "content-length") continue;
    if (lower === "content-type") {
      env.set("CONTENT_TYPE", value);
      continue;
    }
    const variable = "HTTP_" + lower.toUpperCase().replaceAll("-", "_");
    const known = env.get(variable);
    env.set(variable, known === undefined ? value : known + (lower === "cookie" ? "; " : ", ") + value);
  }
  if (!env.has("HTTP_HOST")) env.set("HTTP_HOST", request.host);
  const encoder = new TextEncoder();
  return [...env]
    .map(([variable, value]) => `${variable}=${value}`)
    .sort((a, b) => compareBytes(encoder.encode(a), encoder.encode(b)));
}

function splitHost(host: string, scheme: string): { name: string; port: string } {
  const port = /:(\d+)$/.exec(host);
  if (port === null) return { name: host, port: scheme === "https" ? "443" : "80" };
  return { name: host.slice(0, port.index), port: port[1] as string };
}

/** Output is what a script's standard output says. */
export interface Output {
  readonly status: number;
  readonly header: Header;
  readonly body: Uint8Array;
}

/** parseOutput reads a CGI head and body; null if there is no head. */
export function parseOutput(stdout: Uint8Array): Output | null {
  let status = 200;
  let explicit = false;
  let located = false;
  const header: [string, string][] = [];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let at = 0;
  for (;;) {
    const end = stdout.indexOf(10, at);
    if (end < 0) return null;
    const stop = end > at && stdout[end - 1] === 13 ? end - 1 : end;
    if (stop === at) {
      at = end + 1;
      break;
    }
    const line = decoder.decode(stdout.subarray(at, stop));
    at = end + 1;
    const colon = line.indexOf(":");
    if (colon <= 0) return null;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return null;
    if (name === "status") {
      const code = Number(value.slice(0, 3));
      if (!Number.isInteger(code) || code < 200 || code > 599) return null;
      status = code;
      explicit = true;
      continue;
    }
    if (name === "location") located = true;
    header.push([name, value]);
  }
  if (located && !explicit) status = 302;
  return { status, header, body: stdout.subarray(at) };
}
