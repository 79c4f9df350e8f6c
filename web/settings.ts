// What the page remembers from one visit to the next: how it looked, never what
// a site holds. A browser that keeps nothing just starts the same way again.

/** Settings are the page's own. */
export interface Settings {
  readonly logOpen: boolean;
}

const key = "pressbox/settings";

/** readSettings returns what was kept, and what is usual where nothing was. */
export function readSettings(storage: () => Storage): Settings {
  try {
    const kept: unknown = JSON.parse(storage().getItem(key) ?? "{}");
    return { logOpen: typeof kept === "object" && kept !== null && "logOpen" in kept && kept.logOpen === true };
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return { logOpen: false };
    throw error;
  }
}

/** keepSettings keeps them, where the browser lets it. */
export function keepSettings(storage: () => Storage, settings: Settings): void {
  try {
    storage().setItem(key, JSON.stringify(settings));
  } catch (error) {
    // Storage that is full or turned off is the browser's business.
    if (!(error instanceof DOMException)) throw error;
  }
}
