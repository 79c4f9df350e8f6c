// Runs in the site's documents and tells the page where they are. The page
// cannot look: the site has an origin of its own. The service worker does not
// know either: the block editor and the site editor change their address
// without a request, and going back may need none. So the service worker (in
// the server lane: the server) puts this script into each document it answers
// for a frame, and it speaks to the page's origin only.

import { typeOf, type FromFrame, type ToFrame } from "./messages.ts";
import { pageOrigin, siteFrameName } from "./origins.ts";

/** tellWhere reports the address of a document to the page that frames it. */
export function tellWhere(window: Window): void {
  const page = pageOrigin(window.location);
  const navigation = "navigation" in window ? window.navigation : undefined;

  const tell = (): void => {
    const message: FromFrame = {
      type: "location",
      path: window.location.pathname + window.location.search + window.location.hash,
      title: window.document.title,
      canGoBack: navigation === undefined ? window.history.length > 1 : navigation.canGoBack,
      canGoForward: navigation === undefined ? true : navigation.canGoForward,
    };
    window.parent.postMessage(message, page);
  };

  tell();
  window.addEventListener("pageshow", tell);
  window.document.addEventListener("DOMContentLoaded", tell);
  window.addEventListener("load", tell);
  if (navigation === undefined) {
    window.addEventListener("popstate", tell);
    window.addEventListener("hashchange", tell);
  } else {
    navigation.addEventListener("currententrychange", tell);
  }

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== page) return;
    const message = event.data as ToFrame;
    switch (typeOf(message)) {
      case "reload":
        window.location.reload();
        break;
      case "go":
        if (message.type === "go") move(window, message.delta);
        break;
    }
  });
}

// history.back() of a frame goes back in the whole tab, and would leave the
// page at the frame's first document. navigation.back() moves this frame only.
function move(window: Window, delta: -1 | 1): void {
  if (!("navigation" in window)) {
    (window as Window).history.go(delta);
    return;
  }
  if (delta < 0 ? !window.navigation.canGoBack : !window.navigation.canGoForward) return;
  const moved = delta < 0 ? window.navigation.back() : window.navigation.forward();
  // A move that another one overtakes rejects both promises: nothing is wrong.
  moved.committed?.catch(() => undefined);
  moved.finished?.catch(() => undefined);
}

/** keepInFrame makes links and forms that want the whole tab (_top, or _parent
 * in the outermost document) stay in the site's frame: WordPress believes that
 * it has the tab to itself, and the page around it must stay. */
export function keepInFrame(window: Window): void {
  const outermost = framedByPage(window);
  const retarget = (element: Element | null | undefined, attribute: string): void => {
    const target = element?.getAttribute(attribute)?.toLowerCase();
    if (outermost && (target === "_top" || target === "_parent")) element?.setAttribute(attribute, "_self");
    // Frames inside the site find the site's frame by its name.
    if (!outermost && target === "_top") element?.setAttribute(attribute, siteFrameName);
  };
  const { document } = window;
  document.addEventListener(
    "click",
    (event) => {
      const clicked = event.composedPath()[0];
      if (clicked instanceof Element) retarget(clicked.closest("a[target], area[target]"), "target");
    },
    true,
  );
  document.addEventListener(
    "submit",
    (event) => {
      retarget(event.submitter, "formtarget");
      if (event.target instanceof Element) retarget(event.target, "target");
    },
    true,
  );
}

/** framedByPage reports whether the document's parent can be the page: frames
 * inside the site have the site's own documents as parents. */
export function framedByPage(window: Window): boolean {
  if (window.parent === window) return false;
  try {
    return window.parent.location.origin !== window.location.origin;
  } catch (error) {
    // Another origin's location cannot be read: that is the page's sign.
    if (error instanceof DOMException) return true;
    throw error;
  }
}

if (window.parent !== window) {
  if (framedByPage(window)) tellWhere(window);
  keepInFrame(window);
}
