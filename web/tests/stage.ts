// What the tests of a file share: the program and a browser, started before
// the first test and ended after the last.

import { after, before } from "node:test";

import type { Browser } from "playwright-core";

import { startPressbox, type Pressbox } from "./pressbox.ts";

/** Stage has both once the first test runs. */
export interface Stage {
  readonly pressbox: Pressbox;
  readonly browser: Browser;
}

/** setStage starts both for the tests around it. */
export function setStage(launch: () => Promise<Browser>): Stage {
  let pressbox: Pressbox | undefined;
  let browser: Browser | undefined;
  before(async () => {
    pressbox = await startPressbox();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await pressbox?.stop();
  });
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error("the stage is set when the first test runs");
    return part;
  };
  return {
    get pressbox() {
      return started(pressbox);
    },
    get browser() {
      return started(browser);
    },
  };
}
