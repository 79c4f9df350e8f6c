// The short line at the lower left: how the site is, and how long it took.

export type StateName = "starting" | "ready" | "failed";

/** showState sets the line. */
export function showState(element: HTMLElement, name: StateName, words: string): void {
  element.dataset["state"] = name;
  element.textContent = words;
}
