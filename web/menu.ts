// The menu of the site, and the two dialogs it opens.

import type { Find } from "./find.ts";
import type { LaneName } from "./lane.ts";
import { siteNameRule, validSiteName } from "./origins.ts";

/** MenuEvents is what the menu asks for. */
export interface MenuEvents {
  go(path: string): void;
  newSite(name: string): void;
  resetSite(): void;
}

/** Admin is the account of the demo, as its snapshot names it. */
export interface Admin {
  readonly user: string;
  readonly password: string;
}

/** adminOf reads the account out of a snapshot's metadata. */
export function adminOf(metadata: Readonly<Record<string, unknown>>): Admin | undefined {
  const admin = metadata["admin"];
  if (typeof admin !== "object" || admin === null) return undefined;
  const { user, password } = admin as Record<string, unknown>;
  return typeof user === "string" && typeof password === "string" && user !== "" ? { user, password } : undefined;
}

/** Menu is the menu. */
export class Menu {
  readonly #find: Find;
  readonly #site: string;

  constructor(find: Find, site: string, events: MenuEvents) {
    this.#find = find;
    this.#site = site;
    const menu = find("menu");
    const toggle = find("menu-toggle");
    find("menu-site").textContent = site;

    // beforetoggle and not toggle, which comes a task later.
    menu.addEventListener("beforetoggle", (event) => {
      toggle.setAttribute("aria-expanded", String((event as ToggleEvent).newState === "open"));
    });
    // A click into the site's frame is not seen by this document, and the menu
    // would stay open over it.
    addEventListener("blur", () => menu.hidePopover());

    find("dashboard").addEventListener("click", () => {
      menu.hidePopover();
      events.go("/wp-admin/");
    });
    find("open-tab").addEventListener("click", () => menu.hidePopover());
    find("new-site").addEventListener("click", () => {
      menu.hidePopover();
      this.askName("");
    });
    find("reset-site").addEventListener("click", () => {
      menu.hidePopover();
      find<HTMLDialogElement>("reset-dialog").showModal();
    });
    this.#copies("copy-user", "login-user", "User");
    this.#copies("copy-password", "login-password", "Password");

    find("new-cancel").addEventListener("click", () => find<HTMLDialogElement>("new-dialog").close());
    find("new-form").addEventListener("submit", (event) => {
      const name = find<HTMLInputElement>("new-name").value.trim().toLowerCase();
      const wrong = this.#wrongName(name);
      if (wrong !== "") {
        event.preventDefault();
        find("new-wrong").textContent = wrong;
        find("new-name").setAttribute("aria-invalid", "true");
        find("new-name").focus();
        return;
      }
      events.newSite(name);
    });

    find("reset-cancel").addEventListener("click", () => find<HTMLDialogElement>("reset-dialog").close());
    find("reset-form").addEventListener("submit", () => events.resetSite());
  }

  /** askName opens the dialog for the name of another site. */
  askName(proposal: string): void {
    const input = this.#find<HTMLInputElement>("new-name");
    input.value = proposal;
    input.removeAttribute("aria-invalid");
    this.#find("new-wrong").textContent = "";
    this.#find<HTMLDialogElement>("new-dialog").showModal();
    input.focus();
    input.select();
  }

  /** account shows who can log in. */
  account(admin: Admin | undefined): void {
    this.#find("login").hidden = admin === undefined;
    this.#find("login-user").textContent = admin?.user ?? "";
    this.#find("login-password").textContent = admin?.password ?? "";
  }

  /** serve points what depends on the lane to it. */
  serve(lane: LaneName, address: string): void {
    this.#find<HTMLAnchorElement>("open-tab").href = address;
    this.#find("new-text").textContent =
      lane === "browser"
        ? "Each name is a site of its own, with its own posts and files, kept in this browser."
        : "Each name is a site of its own, with its own posts and files, kept on the server until nobody has used it for a while.";
    this.#find("reset-text").textContent =
      lane === "browser"
        ? `Everything that was done on “${this.#site}” in this browser goes: posts, uploads, plugins, settings. The site is as new afterwards.`
        : `Everything that was done on “${this.#site}” on the server goes: posts, uploads, plugins, settings. The site is as new afterwards.`;
  }

  #wrongName(name: string): string {
    if (!validSiteName(name)) return siteNameRule;
    return name === this.#site ? `“${name}” is the site you are on.` : "";
  }

  #copies(button: string, source: string, words: string): void {
    this.#find(button).addEventListener("click", () => {
      const text = this.#find(source).textContent ?? "";
      navigator.clipboard.writeText(text).then(
        () => this.#said(`${words} copied.`),
        () => this.#said(`The browser does not let pages copy: select the ${words.toLowerCase()} instead.`),
      );
    });
  }

  #said(sentence: string): void {
    this.#find("copied").textContent = sentence;
  }
}
