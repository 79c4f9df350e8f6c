// The frame that shows the site. It has an origin of its own, so the page never
// reads from it: frame.ts, in the site's documents, says where they are.

import { decodeFromFrame, type FromFrame, type ToFrame } from "./messages.ts";

/** SiteFrame is the site, as far as the page can see it. */
export class SiteFrame {
  readonly #element: HTMLIFrameElement;
  readonly #moved: (where: FromFrame) => void;
  #origin = "null";
  #path = "/";
  // Whether the document in the frame has spoken: then it can be spoken to.
  #heard = false;
  #loaded: (() => void) | undefined;

  constructor(element: HTMLIFrameElement, moved: (where: FromFrame) => void) {
    this.#element = element;
    this.#moved = moved;
    addEventListener("message", (event) => {
      if (event.source === null || event.source !== element.contentWindow || event.origin !== this.#origin) return;
      const where = decodeFromFrame(event.data);
      if (where === undefined) return;
      this.#heard = true;
      this.#path = where.path;
      this.#element.title = where.title === "" ? "The site" : `The site: ${where.title}`;
      this.#moved(where);
    });
    element.addEventListener("load", () => {
      this.#loaded?.();
      this.#loaded = undefined;
    });
  }

  /** show opens the site at another origin and returns when its first document
   * has loaded. What the frame showed before is not kept to go back to. */
  show(origin: string, path: string): Promise<void> {
    const first = this.#origin === "null";
    this.#origin = origin;
    this.#path = path;
    this.#heard = false;
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    if (first) this.#element.src = origin + path;
    else this.#element.contentWindow?.location.replace(origin + path);
    this.#element.hidden = false;
    return loaded;
  }

  /** go opens a path of the site, as a link would. */
  go(path: string): void {
    const window = this.#element.contentWindow;
    if (window === null) return;
    this.#heard = false;
    this.#path = path;
    window.location.href = this.#origin + path;
  }

  /** move goes back or forward in what the frame has shown. */
  move(delta: -1 | 1): void {
    this.#tell({ type: "go", delta });
  }

  /** reload loads the document again. */
  reload(): void {
    if (this.#heard) this.#tell({ type: "reload" });
    // A document that does not speak, an image say, is opened once more.
    else this.#element.contentWindow?.location.replace(this.#origin + this.#path);
  }

  /** hide takes the site away, for a failure to stand there. */
  hide(): void {
    this.#element.hidden = true;
  }

  #tell(message: ToFrame): void {
    this.#element.contentWindow?.postMessage(message, this.#origin);
  }
}
