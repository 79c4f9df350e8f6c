// The service worker of a site's origin: each request of the site goes to the
// site's worker, which runs PHP in the Pressbox page, and the answer comes back.
// What starts with /-pressbox/ is the server's.

import type { BaseFile } from "../wasmjs/worker/protocol.ts";
import { errorPage } from "./errorpage.ts";
import type { FromServiceWorker } from "./messages.ts";
import { ownPrefix, pageOrigin } from "./origins.ts";
import { portIn, SitePort } from "./siteport.ts";
import { fromWire, toWire, type Visitor } from "./wire.ts";

/** serve answers the events of a service worker. */
export function serve(scope: ServiceWorkerGlobalScope): void {
  const site = new SitePort(scope.clients);
  const visitor: Visitor = {
    userAgent: scope.navigator.userAgent,
    languages: scope.navigator.languages,
    origin: scope.location.origin,
  };
  const page = pageOrigin(scope.location);

  scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
  scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

  scope.addEventListener("message", (event) => {
    const port = portIn(event);
    if (port === undefined || !(event.source instanceof Client)) return;
    site.take(port, event.source.id);
    const answer: FromServiceWorker = { type: "have-port" };
    event.source.postMessage(answer);
  });

  scope.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (url.origin !== visitor.origin || url.pathname.startsWith(ownPrefix)) return;
    event.respondWith(answer(event.request));
  });

  async function answer(request: Request): Promise<Response> {
    const bodiless = request.method === "GET" || request.method === "HEAD";
    const [body, cookie] = await Promise.all([bodiless ? null : request.arrayBuffer(), scriptCookies(scope, request)]);
    const wire = toWire(request, visitor, cookie, body);
    let said = await site.run(wire);
    if (said !== undefined && "file" in said) {
      const fetched = await baseFile(said.file);
      if (fetched !== undefined) return fetched;
      said = await site.run(wire, true);
    }
    if (said === undefined || "file" in said) return errorPage(request.mode === "navigate", page, scope.location.hostname);
    const place = { framed: request.destination === "iframe", page };
    if ("part" in said) {
      const parts = fromWire(said.part, request.method, place);
      return new Response(followed(parts.body, said.rest), { status: parts.status, headers: parts.header.map(([name, value]) => [name, value]) });
    }
    const parts = fromWire(said.response, request.method, place);
    return new Response(parts.body, { status: parts.status, headers: parts.header.map(([name, value]) => [name, value]) });
  }
}

// followed is a body whose beginning is there already.
function followed(beginning: Uint8Array | null, rest: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = rest.getReader();
  return new ReadableStream({
    start(controller) {
      if (beginning !== null) controller.enqueue(beginning);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

// A file that the visitor has not changed comes from the server or the browser's
// cache, past the worker. It is answered anew, not passed on: a stylesheet's
// relative addresses count from the URL of its response. Undefined when the
// server no longer has it, or there is no network; the worker may still.
async function baseFile(file: BaseFile): Promise<Response | undefined> {
  try {
    const response = await fetch(file.path, { credentials: "omit" });
    if (!response.ok) return undefined;
    const type = response.headers.get("content-type") ?? "application/octet-stream";
    return new Response(response.body, { headers: { "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" } });
  } catch {
    return undefined;
  }
}

// The site's cookies live in a jar in its worker, because the answers of a
// service worker cannot set any. Those that the site's scripts write go to the
// browser's own store all the same (wp-admin keeps the state of its screens
// so), and where a service worker may read that store they are sent along.
// Files never look at cookies, so the requests for them need not wait.
async function scriptCookies(scope: ServiceWorkerGlobalScope, request: Request): Promise<string> {
  if (!("cookieStore" in scope) || !wantsCookies(request.destination)) return "";
  // Without a URL: those for the whole site. WordPress's scripts set no others,
  // and Chromium takes no URL from a service worker whose script lies deeper
  // than its scope.
  const cookies = await scope.cookieStore.getAll();
  return cookies.map(({ name, value }) => `${name ?? ""}=${value ?? ""}`).join("; ");
}

function wantsCookies(destination: RequestDestination): boolean {
  return destination === "" || destination === "document" || destination === "iframe" || destination === "frame";
}

serve(self as unknown as ServiceWorkerGlobalScope);
