// The address field and the buttons beside it.

import type { Find } from "./find.ts";

/** AddressEvents is what the address field asks for. */
export interface AddressEvents {
  go(path: string): void;
  back(): void;
  forward(): void;
  reload(): void;
}

/** pathFrom reads what a person typed: a path of the site, or one of the
 * site's own URLs. It returns undefined for addresses of other sites. */
export function pathFrom(text: string, origin: string): string | undefined {
  const typed = text.trim();
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(typed) || typed.startsWith("//");
  const relative = typed.startsWith("/") || typed.startsWith("?") || typed.startsWith("#") ? typed : `/${typed}`;
  let url: URL;
  try {
    url = new URL(absolute ? typed : relative, origin);
  } catch (error) {
    // URL throws a TypeError for text that is no URL, and only that.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  if (url.origin !== origin) return undefined;
  return url.pathname + url.search + url.hash;
}

/** Address shows where the site's frame is, and moves it. */
export class Address {
  readonly #form: HTMLFormElement;
  readonly #input: HTMLInputElement;
  readonly #wrong: HTMLElement;
  readonly #back: HTMLButtonElement;
  readonly #forward: HTMLButtonElement;
  readonly #others: readonly HTMLButtonElement[];
  #path = "/";
  #origin: string;

  constructor(find: Find, site: string, origin: string, events: AddressEvents) {
    this.#form = find("address");
    this.#input = find("path");
    this.#wrong = find("address-wrong");
    this.#back = find("back");
    this.#forward = find("forward");
    this.#others = [find("reload"), find("home")];
    this.#origin = origin;
    find("address-site").textContent = site;

    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const path = pathFrom(this.#input.value, this.#origin);
      if (path === undefined) {
        this.#say("Only addresses of this site open here: type a path such as /wp-admin/.");
        return;
      }
      this.#say("");
      this.show(path);
      this.#input.blur();
      events.go(path);
    });
    this.#input.addEventListener("focus", () => this.#input.select());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#say("");
      this.#input.value = this.#path;
      this.#input.select();
    });
    this.#input.addEventListener("blur", () => this.#say(""));
    this.#back.addEventListener("click", () => events.back());
    this.#forward.addEventListener("click", () => events.forward());
    find("reload").addEventListener("click", () => events.reload());
    find("home").addEventListener("click", () => events.go("/"));
  }

  /** enable lets the buttons be used, once there is a site to move in. */
  enable(): void {
    for (const button of this.#others) button.disabled = false;
  }

  /** show puts a path into the field, unless somebody is typing there. */
  show(path: string): void {
    this.#path = path;
    if (document.activeElement !== this.#input || this.#input.value === "") this.#input.value = path;
  }

  /** serve says which origin the typed addresses belong to. */
  serve(origin: string): void {
    this.#origin = origin;
  }

  /** moves says whether there is something to go back or forward to. */
  moves(canGoBack: boolean, canGoForward: boolean): void {
    // A button that is disabled while it has the focus would drop the focus.
    if (!canGoBack && document.activeElement === this.#back) this.#input.focus();
    if (!canGoForward && document.activeElement === this.#forward) this.#input.focus();
    this.#back.disabled = !canGoBack;
    this.#forward.disabled = !canGoForward;
  }

  #say(sentence: string): void {
    this.#wrong.textContent = sentence;
    this.#input.setAttribute("aria-invalid", sentence === "" ? "false" : "true");
  }
}
