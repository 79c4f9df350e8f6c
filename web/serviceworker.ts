// The service worker of a site's origin: each request of the site goes to the
// site's worker, which runs PHP in the Pressbox page, and the answer comes back.
// What starts with /-pressbox/ is the server's.

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
    const response = await site.run(toWire(request, visitor, cookie, body));
    if (response === undefined) return errorPage(request.mode === "navigate", page, scope.location.hostname);
    const parts = fromWire(response, request.method, { framed: request.destination === "iframe", page });
    return new Response(parts.body, { status: parts.status, headers: parts.header.map(([name, value]) => [name, value]) });
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
