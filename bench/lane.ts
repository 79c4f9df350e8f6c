// A lane is one way to run the snapshot's WordPress. The benchmark asks each
// lane for the same pages, in turn, so that a noisy machine is noisy for all.

/** What fetching a page took, in milliseconds. */
export interface Timing {
  /** From asking until the last byte. */
  readonly ms: number;
  /** The part of it that PHP and its host worked, where the lane tells. */
  readonly inside?: number;
}

/** One of the compared systems, running and logged in. */
export interface Lane {
  readonly name: string;
  /** Fetches a page as a visitor, or as the admin where page says so. */
  time(page: Page): Promise<Timing>;
  /** The WebAssembly memory after the timed pages, as the page shows it; empty for a lane that has none. */
  memory(): Promise<string>;
  close(): Promise<void>;
}

/** A page that is timed. */
export interface Page {
  readonly name: string;
  readonly path: string;
  readonly loggedIn: boolean;
  /** A text that the answer must hold: what was timed was the page and not an error. */
  readonly holds: string;
}

/** The pages of the table. */
export const pages: readonly Page[] = [
  { name: "front page", path: "/", loggedIn: false, holds: "wp-site-blocks" },
  { name: "login page", path: "/wp-login.php", loggedIn: false, holds: "loginform" },
  { name: "REST posts", path: "/wp-json/wp/v2/posts", loggedIn: false, holds: '"rendered"' },
  { name: "dashboard", path: "/wp-admin/", loggedIn: true, holds: "wp-admin-bar" },
];

/** The demo's admin, as the snapshot's metadata names it. */
export interface Admin {
  readonly user: string;
  readonly password: string;
}

/** Throws unless an answer is the page that was asked for. */
export function mustBe(page: Page, lane: string, status: number, body: string): void {
  if (status !== 200 || !body.includes(page.holds)) {
    throw new Error(`${lane}: ${page.path} answered ${status} without "${page.holds}"`);
  }
}
