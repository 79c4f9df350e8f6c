// The browser lane: Chromium, with a site's requests going through its service
// worker to PHP in the page's worker; and the visits, from nothing to the
// site's load event.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Frame, type Page as Tab } from "playwright-core";
import { mustBe, type Admin, type Lane, type Page } from "./lane.ts";
import { openLink } from "./link.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Generous: a limit for a benchmark that hangs, not a measure.
const patience = 120_000;

/** A browser profile in a folder of its own. */
async function newProfile(): Promise<{ open(): Promise<BrowserContext>; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "pressbox-profile-"));
  return {
    open: () => chromium.launchPersistentContext(dir, { executablePath: "/usr/bin/chromium", headless: true, args: flags }),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** Notes in the page when the visible site's frame has loaded, milliseconds since the navigation began. */
function watchSite(): void {
  document.addEventListener(
    "load",
    (event) => {
      const frame = event.target;
      if (!(frame instanceof HTMLIFrameElement) || frame.closest("[hidden]") || frame.hidden) return;
      if (!frame.src.includes(".pressbox.localhost") || frame.src.includes("/-pressbox/")) return;
      if (performance.getEntriesByName("site-loaded").length === 0) performance.mark("site-loaded");
    },
    true,
  );
}

async function visit(context: BrowserContext, url: string): Promise<{ tab: Tab; ms: number }> {
  const tab = await context.newPage();
  tab.setDefaultTimeout(patience);
  await tab.addInitScript(watchSite);
  await tab.goto(url);
  await tab.waitForFunction(() => performance.getEntriesByName("site-loaded").length > 0, undefined, { timeout: patience });
  const ms = await tab.evaluate(() => performance.getEntriesByName("site-loaded")[0]?.startTime ?? 0);
  return { tab, ms };
}

function siteFrame(tab: Tab): Frame {
  const frame = tab.frames().find((f) => /^http:\/\/bench\./.test(f.url()) && !f.url().includes("/-pressbox/"));
  if (frame === undefined) throw new Error("the page shows no site");
  return frame;
}

/** Fetches in the site's own document, as its scripts would. */
function timeIn(frame: Frame, path: string, credentials: RequestCredentials): Promise<{ ms: number; status: number; body: string }> {
  return frame.evaluate(
    async ([path, credentials]) => {
      const started = performance.now();
      const response = await fetch(path, { credentials, cache: "no-store" });
      const body = await response.text();
      return { ms: performance.now() - started, status: response.status, body };
    },
    [path, credentials] as const,
  );
}

/** Opens the page in Chromium and a site in the tab; pages for members are asked for after logging in. */
export async function tab(port: number, admin: Admin): Promise<Lane> {
  const profile = await newProfile();
  const context = await profile.open();
  const { tab } = await visit(context, `http://pressbox.localhost:${port}/?site=bench`);
  const frame = siteFrame(tab);
  let loggedIn = false;
  // The cookie jar is the site's, not a document's: logging in and out changes what every request is.
  const setLogin = async (wanted: boolean): Promise<void> => {
    if (loggedIn === wanted) return;
    loggedIn = wanted;
    await frame.evaluate(
      async ({ wanted, user, password }) => {
        if (wanted) {
          await (await fetch("/wp-login.php")).text();
          const form = new URLSearchParams({ log: user, pwd: password, testcookie: "1", "wp-submit": "Log In" });
          await (await fetch("/wp-login.php", { method: "POST", body: form })).text();
          return;
        }
        const dashboard = await (await fetch("/wp-admin/")).text();
        const link = new DOMParser().parseFromString(dashboard, "text/html").querySelector("#wp-admin-bar-logout a");
        await (await fetch(link?.getAttribute("href") ?? "/wp-login.php?action=logout")).text();
      },
      { wanted, ...admin },
    );
  };
  const name = "Chromium";
  return {
    name,
    async time(page: Page) {
      await setLogin(page.loggedIn);
      const answer = await timeIn(frame, page.path, "same-origin");
      mustBe(page, name, answer.status, answer.body);
      return { ms: answer.ms, inside: await shownTime(tab) };
    },
    memory: () => shownMemory(tab),
    async close() {
      await context.close();
      await profile.remove();
    },
  };
}

/** Reads how long the site's worker took for its last request, as the page shows it. */
async function shownTime(tab: Tab): Promise<number> {
  const [, number = "NaN", unit] = /· ([\d.]+) (ms|s)(?: ·|$)/.exec(await tab.locator("#last").innerText()) ?? [];
  return Number(number) * (unit === "s" ? 1000 : 1);
}

/** Reads the memory that the page shows beside its last request. */
async function shownMemory(tab: Tab): Promise<string> {
  const shown = await tab.waitForFunction(() => document.getElementById("last")?.textContent?.match(/[\d.]+ MB$/)?.[0]);
  return String(await shown.jsonValue());
}

/** Opens the server's site "bench" in a page and reads its memory there. */
export async function serverMemory(port: number): Promise<string> {
  const profile = await newProfile();
  const context = await profile.open();
  try {
    const tab = await context.newPage();
    tab.setDefaultTimeout(patience);
    await tab.goto(`http://pressbox.localhost:${port}/?site=bench&lane=server`);
    return await shownMemory(tab);
  } finally {
    await context.close();
    await profile.remove();
  }
}

/** What opening the page cost. */
export interface Visit {
  /** Milliseconds from the navigation to the site's load event. */
  readonly ms: number;
  /** Bytes that came from the server until then. */
  readonly bytes: number;
}

/** Opens the page in a new profile, closes the browser, and opens it again in the same profile. */
export async function visits(port: number): Promise<{ first: Visit; later: Visit }> {
  const link = await openLink(port);
  const profile = await newProfile();
  const once = async (): Promise<Visit> => {
    const context = await profile.open();
    link.takeReceived();
    const { ms } = await visit(context, `http://pressbox.localhost:${link.port}/?site=bench`);
    const bytes = link.takeReceived();
    await context.close();
    return { ms, bytes };
  };
  try {
    return { first: await once(), later: await once() };
  } finally {
    await link.close();
    await profile.remove();
  }
}
