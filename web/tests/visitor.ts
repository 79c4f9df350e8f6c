// A person at the page: opens a site, goes somewhere, logs in. Everything waits
// for what a person would wait for; nothing sleeps.

import type { BrowserContext, Frame, FrameLocator, Page } from "playwright-core";

import type { LaneName } from "../lane.ts";

/** patience is how long anything may take on a busy machine, in milliseconds. */
export const patience = 60_000;

// How often a condition is looked at, in milliseconds.
const polling = 50;

/** Account is who can log in to the demo. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** Visitor is one tab with the page in it. */
export class Visitor {
  readonly page: Page;
  readonly base: string;

  private constructor(page: Page, base: string) {
    this.page = page;
    this.base = base;
  }

  /** open opens the page at a site and waits until the site is shown. */
  static async open(context: BrowserContext, base: string, query: string): Promise<Visitor> {
    const visitor = await Visitor.arrive(context, base, query);
    await visitor.ready();
    return visitor;
  }

  /** arrive opens the page and does not wait for the site. */
  static async arrive(context: BrowserContext, base: string, query: string): Promise<Visitor> {
    context.setDefaultTimeout(patience);
    context.setDefaultNavigationTimeout(patience);
    const visitor = new Visitor(await context.newPage(), base);
    await visitor.page.goto(`${base}/${query}`);
    return visitor;
  }

  /** ready waits until the site is shown. A failure on the page is an error. */
  async ready(): Promise<void> {
    const state = await this.page.waitForFunction(() => {
      const name = document.querySelector<HTMLElement>("#state")?.dataset["state"];
      return name === "ready" || name === "failed" ? name : undefined;
    }, undefined, { polling });
    if ((await state.jsonValue()) === "failed") throw new Error(`the page says: ${await this.failure()}`);
  }

  /** failure returns what the page says when the site does not run. */
  async failure(): Promise<string> {
    return (await this.page.locator("#failure").innerText()).replace(/\s+/g, " ");
  }

  /** keepPicture writes a picture of the page to build/screenshots/. */
  async keepPicture(name: string): Promise<void> {
    await this.page.screenshot({ path: new URL(`../../build/screenshots/${name}.png`, import.meta.url).pathname });
  }

  /** site finds things in the site's frame. */
  get site(): FrameLocator {
    return this.page.frameLocator("#frame");
  }

  /** frame is the site's frame itself. */
  async frame(): Promise<Frame> {
    const handle = await this.page.locator("#frame").elementHandle();
    const frame = await handle?.contentFrame();
    if (frame === null || frame === undefined) throw new Error("the page has no frame for the site");
    return frame;
  }

  /** path is what the address field shows. */
  path(): Promise<string> {
    return this.page.locator("#path").inputValue();
  }

  /** pathIs waits until the address field shows a path. */
  async pathIs(pattern: RegExp): Promise<void> {
    await this.page.waitForFunction(
      ({ source, flags }) => new RegExp(source, flags).test(document.querySelector<HTMLInputElement>("#path")?.value ?? ""),
      { source: pattern.source, flags: pattern.flags },
      { polling },
    );
  }

  /** go types a path into the address field, and waits for the document. */
  async go(path: string): Promise<void> {
    await this.through(async () => {
      await this.page.getByRole("textbox", { name: "Address in the site" }).fill(path);
      await this.page.keyboard.press("Enter");
    });
  }

  /** through does something that leads to another document, and waits for it. */
  async through(act: () => Promise<unknown>): Promise<void> {
    const frame = await this.frame();
    const before = await documentAge(frame);
    await act();
    try {
      // Looked at by the clock: frames that are out of sight draw nothing, and
      // what waits for drawing would wait for ever.
      await frame.waitForFunction((mark) => document.readyState === "complete" && performance.timeOrigin !== mark, before, { polling });
    } catch (error) {
      await this.keepPicture(`failed-through-${Date.now()}`);
      const last = await this.page.locator("#last").innerText();
      throw new Error(`no new document came after ${frame.url()}; the last request was ${last}`, { cause: error });
    }
  }

  /** lane chooses where PHP runs and waits for the site. */
  async lane(lane: LaneName): Promise<void> {
    await this.page.locator(`input[name=lane][value=${lane}]`).check();
    await this.ready();
  }

  /** account reads the demo's account from the menu, as a person would. */
  async account(): Promise<Account> {
    await this.page.getByRole("button", { name: "Site menu" }).click();
    const user = await this.page.locator("#login-user").innerText();
    const password = await this.page.locator("#login-password").innerText();
    await this.page.keyboard.press("Escape");
    return { user, password };
  }

  /**
   * fillLogIn fills WordPress's log-in form. The form's script focuses a field
   * a moment after it has loaded; what is typed before may end in the wrong one.
   */
  async fillLogIn(user: string, password: string): Promise<void> {
    await (await this.frame()).waitForFunction(() => /^user_(login|pass)$/.test(document.activeElement?.id ?? ""));
    await this.site.locator("#user_login").fill(user);
    await this.site.locator("#user_pass").fill(password);
  }

  /** logIn logs in through the form and waits for the dashboard. */
  async logIn(): Promise<void> {
    const { user, password } = await this.account();
    await this.go("/wp-login.php");
    await this.fillLogIn(user, password);
    await this.through(() => this.site.locator("#wp-submit").click());
    await this.site.locator("#wpadminbar").waitFor();
  }
}

// A document that is being replaced cannot be asked; then any later one is new.
async function documentAge(frame: Frame): Promise<number> {
  try {
    return await frame.evaluate(() => performance.timeOrigin);
  } catch (error) {
    if (error instanceof Error && /context|navigat|detached/i.test(error.message)) return 0;
    throw error;
  }
}
