// A short visit with Firefox: both lanes start, a person logs in and moves.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launchFirefox } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";

const stage = setStage(launchFirefox);

for (const lane of ["browser", "server"]) {
  test(`Firefox: front page, search and dashboard in the ${lane} lane`, { timeout: 3 * patience }, async () => {
    const context = await stage.browser.newContext();
    const visitor = await Visitor.open(context, stage.pressbox.url, `?site=fox&lane=${lane}`);
    await visitor.site.locator("body.home").waitFor();
    await visitor.go("/?s=sandbox");
    await visitor.site.locator("body.search-results").waitFor();
    await visitor.through(() => visitor.page.getByRole("button", { name: "Back" }).click());
    await visitor.pathIs(/^\/$/);
    await visitor.logIn();
    await visitor.site.locator("#dashboard-widgets").waitFor();
    assert.match(await visitor.page.title(), /Dashboard/);
    await context.close();
  });
}
