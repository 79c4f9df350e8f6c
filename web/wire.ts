// A fetch event's Request as the worker wants it, and the worker's answer as
// the browser wants it. What browsers hide from service workers is put back.

import type { WireRequest, WireResponse } from "../wasmjs/worker/protocol.ts";
import { insertFrameTag } from "./inject.ts";

/** Visitor is what a service worker knows of the visitor's browser. */
export interface Visitor {
  readonly userAgent: string;
  readonly languages: readonly string[];
  /** origin is the site's own. */
  readonly origin: string;
}

/** BrowserRequest is the part of Request that toWire reads. */
export interface BrowserRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  readonly mode: string;
  readonly referrer: string;
}

/** toWire makes the request that the site's worker gets. cookie holds the
 * cookies that the site's own scripts have set, "" when there are none. */
export function toWire(request: BrowserRequest, visitor: Visitor, cookie: string, body: ArrayBuffer | null): WireRequest {
  const header = new Map<string, string>();
  for (const [name, value] of request.headers) header.set(name.toLowerCase(), value);
  if (!header.has("user-agent")) header.set("user-agent", visitor.userAgent);
  if (!header.has("accept-language") && visitor.languages.length > 0) {
    header.set("accept-language", acceptLanguage(visitor.languages));
  }
  const referrer = refererOf(request.referrer, visitor.origin);
  if (referrer !== "") header.set("referer", referrer);
  if (request.method !== "GET" && request.method !== "HEAD") header.set("origin", originOf(request, visitor.origin));
  if (cookie !== "") header.set("cookie", cookie);

  const url = new URL(request.url);
  return {
    method: request.method,
    url: url.pathname + url.search,
    header: [...header],
    body: body === null || body.byteLength === 0 ? null : body,
  };
}

/** acceptLanguage writes languages in falling order, as browsers do. */
export function acceptLanguage(languages: readonly string[]): string {
  return languages
    .slice(0, 9)
    .map((language, i) => (i === 0 ? language : `${language};q=0.${10 - i}`))
    .join(",");
}

// The whole URL within the site, the bare origin from outside it: what
// strict-origin-when-cross-origin, every browser's default, would have sent.
function refererOf(referrer: string, origin: string): string {
  if (!referrer.startsWith("http:") && !referrer.startsWith("https:")) return "";
  const url = new URL(referrer);
  return url.origin === origin ? url.href.slice(0, url.href.length - url.hash.length) : `${url.origin}/`;
}

// Only a navigation can come from outside the site; without a referrer nobody
// knows from where, and the word for that is "null".
function originOf(request: BrowserRequest, origin: string): string {
  if (request.mode !== "navigate") return origin;
  return request.referrer.startsWith("http") ? new URL(request.referrer).origin : "null";
}

/** Place says where a response will be shown. */
export interface Place {
  /** framed is true for documents in an iframe. */
  readonly framed: boolean;
  /** page is the origin of the Pressbox page, which frames the site. */
  readonly page: string;
}

/** ResponseParts are the arguments of the Response constructor. */
export interface ResponseParts {
  readonly status: number;
  readonly header: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

// Headers about one connection, and what no service worker can set.
const dropped = new Set(["set-cookie", "connection", "keep-alive", "transfer-encoding", "content-length", "x-frame-options"]);

/** fromWire makes what the browser gets out of the worker's answer. */
export function fromWire(response: Pick<WireResponse, "status" | "header" | "body">, method: string, place: Place): ResponseParts {
  const status = response.status >= 200 && response.status <= 599 ? response.status : 502;
  // One line for each name: Chromium keeps only the first of a service worker's.
  const header = new Map<string, string>();
  const add = (name: string, value: string): void => {
    const before = header.get(name);
    header.set(name, before === undefined ? value : `${before}, ${value}`);
  };
  let framing = false;
  let html = false;
  for (const [rawName, value] of response.header) {
    const name = rawName.toLowerCase();
    if (name === "content-security-policy") {
      const { policy, ancestors } = withoutFrameAncestors(value);
      framing ||= ancestors;
      if (policy !== "") add(name, policy);
      continue;
    }
    framing ||= name === "x-frame-options";
    html ||= name === "content-type" && /^text\/html\b/i.test(value.trim());
    if (!dropped.has(name)) add(name, value);
  }
  // WordPress keeps other sites from framing its log-in and its dashboard. The
  // page is another site in that sense, and the one that may.
  if (framing) add("content-security-policy", `frame-ancestors 'self' ${place.page}`);
  // As every answer of the server says: an origin is keyed one way only.
  if (html) add("origin-agent-cluster", "?1");

  const bodiless = method === "HEAD" || status === 204 || status === 205 || status === 304;
  if (bodiless || response.body === null) return { status, header: [...header], body: null };
  const body = new Uint8Array(response.body);
  return { status, header: [...header], body: html && place.framed && status !== 206 ? insertFrameTag(body) : body };
}

function withoutFrameAncestors(policy: string): { policy: string; ancestors: boolean } {
  const directives = policy.split(";").map((directive) => directive.trim());
  const kept = directives.filter((directive) => directive !== "" && !/^frame-ancestors\b/i.test(directive));
  return { policy: kept.join("; "), ancestors: kept.length < directives.filter((d) => d !== "").length };
}
