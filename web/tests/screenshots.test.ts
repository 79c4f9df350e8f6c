// Pictures of the page for people to look at, in build/screenshots/: wide and
// narrow, light and dark. They are not compared with anything.

import { test } from "node:test";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } } as const;

const stage = setStage(launchChromium);

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`pictures, ${size} and ${colorScheme}`, { timeout: 4 * patience }, async () => {
      const context = await stage.browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
      const shoot = (visitor: Visitor, name: string): Promise<void> => visitor.keepPicture(`${name}-${size}-${colorScheme}`);

      // Held before the files have come, for a picture of the start.
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await context.route(/\/pack\/0$/, async (route) => {
        await held;
        await route.continue();
      });
      const visitor = await Visitor.arrive(context, stage.pressbox.url, "?site=press");
      await visitor.page.locator("#steps li[data-state=done]").nth(1).waitFor();
      await shoot(visitor, "start");
      release();
      await visitor.ready();
      await shoot(visitor, "front");

      await visitor.logIn();
      // Away from the bar, where the pointer would show on a button.
      await visitor.page.mouse.move(viewport.width / 2, viewport.height - 4);
      await shoot(visitor, "dashboard");
      await visitor.page.locator("#log-toggle").click();
      await shoot(visitor, "log");
      await visitor.page.locator("#log-toggle").click();
      await visitor.page.getByRole("button", { name: "Site menu" }).click();
      await shoot(visitor, "menu");
      await visitor.page.getByRole("button", { name: "New site…" }).click();
      await shoot(visitor, "new-site");

      const other = await Visitor.arrive(context, stage.pressbox.url, "?site=press");
      await other.page.locator("#failure").waitFor();
      await shoot(other, "failure");
      await context.close();
    });
  }
}
