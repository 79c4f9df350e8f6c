// Sentences above the site that stop nothing: they stay until they are closed.

/** Notices shows them. */
export class Notices {
  readonly #box: HTMLElement;

  constructor(box: HTMLElement) {
    this.#box = box;
  }

  /** show adds a notice, once. */
  show(sentence: string): void {
    for (const shown of this.#box.querySelectorAll("p")) if (shown.textContent === sentence) return;
    const notice = document.createElement("div");
    notice.className = "notice";
    notice.setAttribute("role", "status");
    const words = document.createElement("p");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "tool";
    close.setAttribute("aria-label", "Close this notice");
    close.append(icon("i-close"));
    close.addEventListener("click", () => notice.remove());
    notice.append(words, close);
    this.#box.append(notice);
    // Set when the live region is there already, so that it is read out.
    words.textContent = sentence;
  }
}

/** icon returns one of the page's symbols. */
export function icon(id: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#${id}`);
  svg.append(use);
  return svg;
}
