// The bridge: a document of the site's origin in a hidden frame of the page. It
// registers the site's service worker, which the page cannot do for another
// origin, and hands over the ports that lead to the site's worker.

import { typeOf, type FromBridge, type ToServiceWorker } from "./messages.ts";
import { pageOrigin } from "./origins.ts";

/** connect joins the page (the parent) and the site's service worker. */
export async function connect(window: Window): Promise<void> {
  const page = pageOrigin(window.location);
  const tell = (message: FromBridge): void => window.parent.postMessage(message, page);
  const container = window.navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (container === undefined) {
    tell({ type: "failed", detail: "navigator.serviceWorker is missing" });
    return;
  }

  container.addEventListener("message", (event) => {
    switch (typeOf(event.data)) {
      case "want-port":
        tell({ type: "want-port" });
        break;
      case "have-port":
        tell({ type: "ready" });
        break;
    }
  });
  // Messages wait until then, because the listener is not set as onmessage.
  container.startMessages();

  window.addEventListener("message", (event) => {
    const port = event.ports[0];
    if (event.source !== window.parent || event.origin !== page || typeOf(event.data) !== "port" || port === undefined) return;
    void container.ready.then((registration) => {
      const message: ToServiceWorker = { type: "port" };
      registration.active?.postMessage(message, [port]);
    });
  });

  try {
    await container.register("/-pressbox/sw.js", { scope: "/", updateViaCache: "none" });
    await container.ready;
  } catch (error) {
    tell({ type: "failed", detail: String(error) });
    return;
  }
  tell({ type: "want-port" });
}

if (window.parent !== window) void connect(window);
