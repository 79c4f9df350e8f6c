// The messages between the page, the bridge, the service worker and the
// documents of a site. The messages between page and worker are in
// wasmjs/worker/protocol.ts.
//
//   page  -> bridge          ToBridge       port
//   bridge -> page           FromBridge     want-port, ready, failed
//   bridge -> service worker ToServiceWorker port
//   service worker -> bridge FromServiceWorker want-port, have-port
//   page  -> site's document ToFrame        go, reload
//   site's document -> page  FromFrame      location
//
// Page and site have different origins. Whoever receives checks the origin and
// the window a message comes from before anything else in it.

export type ToBridge = { readonly type: "port" };

export type FromBridge =
  /** want-port asks for a new way to the site's worker: at the start, and
   * whenever the browser has stopped the service worker meanwhile. */
  | { readonly type: "want-port" }
  /** ready says that requests to the site are answered from now on. */
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly detail: string };

export type ToServiceWorker = { readonly type: "port" };

export type FromServiceWorker = { readonly type: "want-port" } | { readonly type: "have-port" };

export type ToFrame = { readonly type: "go"; readonly delta: -1 | 1 } | { readonly type: "reload" };

export interface FromFrame {
  readonly type: "location";
  /** path is the path, query and fragment of the document. */
  readonly path: string;
  readonly title: string;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
}

/** typeOf returns the type of a message of unknown make, "" when it has none. */
export function typeOf(message: unknown): string {
  if (typeof message !== "object" || message === null || !("type" in message)) return "";
  return typeof message.type === "string" ? message.type : "";
}

/** decodeFromFrame takes a site's word apart: a site is not to be trusted. */
export function decodeFromFrame(message: unknown): FromFrame | undefined {
  if (typeOf(message) !== "location") return undefined;
  const { path, title, canGoBack, canGoForward } = message as Record<string, unknown>;
  if (typeof path !== "string" || !path.startsWith("/") || path.length > 8192) return undefined;
  if (typeof title !== "string") return undefined;
  return {
    type: "location",
    path,
    title: title.slice(0, 200),
    canGoBack: canGoBack === true,
    canGoForward: canGoForward === true,
  };
}
