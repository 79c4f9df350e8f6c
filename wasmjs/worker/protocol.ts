// The messages between a page, the worker that runs its site, and the service
// worker of the site's origin. Plain data only: everything here survives
// structured cloning, and bodies travel as transferred ArrayBuffers.
//
//   page  -> worker           ToWorker      start, port, request, reset
//   worker -> page            FromWorker    progress, ready, began, run, log, notice, failed, response, reset
//   service worker <-> worker PortRequest / PortResponse over a MessagePort

import { mergeCookies } from "../cookies.ts";
import type { Early, Header, Request, Response, ResponseKind } from "../request.ts";

/** SnapshotSource says where the parts of a snapshot are. */
export interface SnapshotSource {
  /** digest is the SHA-256 of the manifest, in lower-case hexadecimal. */
  readonly digest: string;
  readonly manifestUrl: string;
  /** packUrls, by pack number: 0 is "boot", 1 is "static". */
  readonly packUrls: readonly string[];
  /** packSizes are the sizes before any Content-Encoding. */
  readonly packSizes: readonly number[];
}

/** ModuleSource says where php.wasm is. */
export interface ModuleSource {
  readonly url: string;
  readonly size: number;
  readonly digest: string;
}

/** StartConfig is everything a worker needs to run one site. Absolute URLs. */
export interface StartConfig {
  /** site is the site's name: the folder its journal is kept in. */
  readonly site: string;
  /** origin is the site's origin as its visitor sees it: scheme, host and port. */
  readonly origin: string;
  readonly php: ModuleSource;
  readonly snapshot: SnapshotSource;
  /** module is given when another worker has compiled it already. */
  readonly module?: WebAssembly.Module;
  /** persist false keeps everything in memory. The default is true. */
  readonly persist?: boolean;
  /** requestTimeout is how long one request may run, in milliseconds. */
  readonly requestTimeout?: number;
}

/** WireRequest is a Request on its way; an absent body is an empty one. */
export interface WireRequest {
  readonly method: string;
  /** url is the origin form (path and query), or an absolute URL of the site. */
  readonly url: string;
  readonly header: Header;
  readonly body: ArrayBuffer | null;
}

/** WireResponse is a Response on its way; body null for HEAD, 204 and 304. */
export interface WireResponse {
  readonly status: number;
  /** header holds no Set-Cookie: the worker's jar has taken those. */
  readonly header: Header;
  readonly body: ArrayBuffer | null;
  readonly kind: ResponseKind;
  readonly ms: number;
  readonly memory: number;
}

export type Step = "module" | "manifest" | "files" | "boot" | "page";

/** Timings are milliseconds from the worker's start message to each step's end. */
export interface Timings {
  readonly module: number;
  readonly manifest: number;
  readonly files: number;
  readonly boot: number;
  readonly ready: number;
}

export type ToWorker =
  | { readonly type: "start"; readonly config: StartConfig }
  | { readonly type: "port"; readonly port: MessagePort }
  | { readonly type: "request"; readonly id: number; readonly request: WireRequest }
  | { readonly type: "reset" };

export type FromWorker =
  | { readonly type: "progress"; readonly step: Step; readonly loaded: number; readonly total: number }
  | { readonly type: "ready"; readonly timings: Timings; readonly persistent: boolean }
  /**
   * began says that a request runs now; "run" says that it ended. A script
   * that never calls its host cannot be stopped from inside the worker: only
   * whoever owns the worker can, who sees here how long it has been.
   */
  | { readonly type: "began"; readonly method: string; readonly url: string }
  | {
      readonly type: "run";
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly kind: ResponseKind;
      readonly ms: number;
      readonly memory: number;
    }
  | { readonly type: "log"; readonly lines: readonly string[] }
  /** notice is a sentence for the visitor that stops nothing. */
  | { readonly type: "notice"; readonly sentence: string }
  | { readonly type: "failed"; readonly sentence: string; readonly detail: string }
  | { readonly type: "response"; readonly id: number; readonly response: WireResponse }
  /** reset says that the site's changes are gone: load it again. */
  | { readonly type: "reset" };

/** PortRequest is what a service worker posts; body in the transfer list. */
export interface PortRequest {
  readonly id: number;
  readonly request: WireRequest;
  /** whole asks for a WireResponse also where a BaseFile would do. */
  readonly whole?: boolean;
}

/**
 * BaseFile is the address, on the site's origin, of a file of the snapshot that
 * this visitor has not changed. The server has it, so who asked can fetch it
 * there: in parallel, past the worker, and from the browser's own cache.
 */
export interface BaseFile {
  readonly path: string;
}

/** WirePart is a piece of a Response whose script still runs. */
export interface WirePart {
  readonly status: number;
  /** header holds no Set-Cookie, and is the same in every part. */
  readonly header: Header;
  readonly body: ArrayBuffer;
}

/**
 * PortResponse is the answer to the PortRequest of the same id. Parts may come
 * first; the response then has the rest for its body, or broke off if its kind is
 * "error".
 */
export type PortResponse =
  | { readonly id: number; readonly part: WirePart }
  | { readonly id: number; readonly response: WireResponse }
  | { readonly id: number; readonly file: BaseFile };

// wireBody gives a body's bytes as an ArrayBuffer that may be transferred. A
// static file's bytes are the tree's, which must not lose them.
function wireBody({ body, kind }: Response): ArrayBuffer {
  const { buffer } = body;
  const own = kind !== "static" && buffer instanceof ArrayBuffer && body.byteLength === buffer.byteLength;
  return own ? buffer : (body.slice().buffer as ArrayBuffer);
}

/**
 * requestFromWire makes the Request a site of that origin runs. cookie is what
 * the worker's jar holds for it.
 */
export function requestFromWire(wire: WireRequest, origin: URL, cookie: string): Request {
  const header: [string, string][] = [];
  let scripts = "";
  for (const [name, value] of wire.header) {
    const lower = name.toLowerCase();
    if (lower === "cookie") scripts = scripts === "" ? value : `${scripts}; ${value}`;
    else if (lower !== "host") header.push([lower, value]);
  }
  header.push(["host", origin.host]);
  const cookies = mergeCookies(cookie, scripts);
  if (cookies !== "") header.push(["cookie", cookies]);
  return {
    method: wire.method.toUpperCase(),
    url: originForm(wire.url),
    host: origin.host,
    scheme: origin.protocol === "https:" ? "https" : "http",
    header,
    body: wire.body === null ? new Uint8Array(0) : new Uint8Array(wire.body),
  };
}

/** partToWire drops what must not leave the worker. The body's bytes become the wire's. */
export function partToWire(part: Parameters<Early>[0]): WirePart {
  return {
    status: part.status,
    header: part.header.filter(([name]) => name.toLowerCase() !== "set-cookie"),
    body: part.body.slice().buffer as ArrayBuffer,
  };
}

/** responseToWire drops what must not leave the worker, and empty bodies. */
export function responseToWire(response: Response, method: string): WireResponse {
  const empty = method === "HEAD" || response.status === 204 || response.status === 304;
  return {
    status: response.status,
    header: response.header.filter(([name]) => name.toLowerCase() !== "set-cookie"),
    body: empty ? null : wireBody(response),
    kind: response.kind,
    ms: response.duration,
    memory: response.memoryBytes,
  };
}

function originForm(url: string): string {
  if (url.startsWith("/")) {
    const hash = url.indexOf("#");
    return hash < 0 ? url : url.slice(0, hash);
  }
  const parsed = new URL(url);
  return parsed.pathname + parsed.search;
}
