// What went wrong, in words that say what to do, and what to offer with it.

import type { Find } from "./find.ts";

/** Offer is something a person can do about a Failure. */
export type Offer = "again" | "server" | "browser" | "name";

/** Failure is what a lane returns when it cannot show the site. */
export interface Failure {
  readonly title: string;
  readonly sentence: string;
  /** detail is for whoever has to find the cause; may be empty. */
  readonly detail: string;
  readonly offers: readonly Offer[];
  /** otherLane is set when the lane cannot work in this browser at all: the
   * server lane takes over without being asked. */
  readonly otherLane?: boolean;
}

export function serverUnreachable(detail: string): Failure {
  return {
    title: "Pressbox does not answer",
    sentence: "The program that serves this page cannot be reached. Start “pressbox serve” again, then try again.",
    detail,
    offers: ["again"],
  };
}

export function siteInUse(site: string): Failure {
  return {
    title: `“${site}” is open in another tab`,
    sentence:
      "A site runs in one tab at a time, so that nothing you do there is lost. Go to that tab, close it and try again, or open a site of another name here.",
    detail: "",
    offers: ["name", "again", "server"],
  };
}

export function nameNotAllowed(site: string, rule: string): Failure {
  return {
    title: "That is no name for a site",
    sentence: `“${site}” cannot be used. ${rule}`,
    detail: "",
    offers: ["name"],
  };
}

export function workerFailed(sentence: string, detail: string): Failure {
  return { title: "The site did not start", sentence, detail, offers: ["again", "server"] };
}

/** answerLate is for a request that the site's worker never answered. */
export function answerLate(method: string, url: string): Failure {
  return {
    title: "A page did not come to an end",
    sentence: "PHP worked on one request for a minute and could not be stopped, so this tab’s PHP was ended. Try again: what was done before is kept.",
    detail: `${method} ${url}`,
    offers: ["again", "server"],
  };
}

export function noServiceWorker(detail: string): Failure {
  return {
    title: "The site cannot run in this browser",
    sentence: "The browser refused the service worker that would hand the site’s requests to PHP in this tab.",
    detail,
    offers: ["server", "again"],
    otherLane: true,
  };
}

export function serverLaneFailed(sentence: string, detail: string): Failure {
  return { title: "The server did not start the site", sentence, detail, offers: ["again", "browser"] };
}

/** FailureView shows one Failure in place of the site. */
export class FailureView {
  readonly #find: Find;
  readonly #take: (offer: Offer) => void;

  constructor(find: Find, take: (offer: Offer) => void) {
    this.#find = find;
    this.#take = take;
  }

  /** show puts the failure up, with a button for each of its offers. */
  show(failure: Failure, words: Readonly<Record<Offer, string>>): void {
    this.#find("failure-title").textContent = failure.title;
    this.#find("failure-sentence").textContent = failure.sentence;
    this.#find("failure-detail").textContent = failure.detail;
    this.#find("failure-more").hidden = failure.detail === "";
    const offers = this.#find("failure-offers");
    offers.replaceChildren(
      ...failure.offers.map((offer, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = i === 0 ? "main" : "plain";
        button.textContent = words[offer];
        button.addEventListener("click", () => this.#take(offer));
        return button;
      }),
    );
    this.#find("failure").hidden = false;
  }

  hide(): void {
    this.#find("failure").hidden = true;
  }
}
