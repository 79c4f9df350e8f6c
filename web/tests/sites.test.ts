// Sites keep what was done on them, and keep it to themselves.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";
import { zip } from "./zip.ts";

const stage = setStage(launchChromium);

// Gives the site another title through its settings.
async function rename(visitor: Visitor, title: string): Promise<void> {
  await visitor.go("/wp-admin/options-general.php");
  await visitor.site.locator("#blogname").fill(title);
  await visitor.through(() => visitor.site.locator("#submit").click());
  await visitor.site.locator("#setting-error-settings_updated").waitFor();
}

async function titleOf(visitor: Visitor): Promise<string> {
  await visitor.go("/wp-json/?_fields=name");
  const frame = await visitor.frame();
  const answer: unknown = JSON.parse(await frame.evaluate(() => document.body.innerText));
  return (answer as { name: string }).name;
}

test("a reload keeps what was done, the session and the place", { timeout: 3 * patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=kept");
  await visitor.logIn();
  await rename(visitor, "Kept in the browser");
  await visitor.page.reload();
  await visitor.ready();
  await visitor.pathIs(/^\/wp-admin\/options-general\.php/);
  assert.equal(await visitor.site.locator("#blogname").inputValue(), "Kept in the browser");

  // Another tab later on, at the front door.
  await visitor.page.close();
  const later = await Visitor.open(context, stage.pressbox.url, "?site=kept");
  assert.equal(await titleOf(later), "Kept in the browser");
  await context.close();
});

test("a reset makes the site as new, in both lanes", { timeout: 4 * patience }, async () => {
  for (const lane of ["browser", "server"]) {
    const context = await stage.browser.newContext();
    const visitor = await Visitor.open(context, stage.pressbox.url, `?site=anew&lane=${lane}`);
    const title = await titleOf(visitor);
    await visitor.logIn();
    await rename(visitor, "Changed");
    assert.equal(await titleOf(visitor), "Changed");
    await visitor.page.getByRole("button", { name: "Site menu" }).click();
    await visitor.page.getByRole("button", { name: "Reset this site…" }).click();
    await visitor.page.getByRole("dialog", { name: "Reset this site?" }).getByRole("button", { name: "Reset" }).click();
    await visitor.pathIs(/^\/$/);
    await visitor.ready();
    assert.equal(await titleOf(visitor), title);
    await context.close();
  }
});

test("two sites side by side do not see each other", { timeout: 4 * patience }, async () => {
  for (const lane of ["browser", "server"]) {
    const context = await stage.browser.newContext();
    const one = await Visitor.open(context, stage.pressbox.url, `?site=one&lane=${lane}`);
    const two = await Visitor.open(context, stage.pressbox.url, `?site=two&lane=${lane}`);
    const title = await titleOf(two);
    await one.logIn();
    await rename(one, "Only one");
    assert.equal(await titleOf(one), "Only one");
    assert.equal(await titleOf(two), title);
    // Nor does a session of one open the other.
    await two.go("/wp-admin/");
    await two.pathIs(/^\/wp-login\.php/);
    await context.close();
  }
});

test("a site cannot read the page that shows it, nor reach its storage", { timeout: patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=walled");
  const frame = await visitor.frame();
  const read = await frame.evaluate(() => {
    try {
      return window.parent.document.title;
    } catch (error) {
      return String((error as Error).name);
    }
  });
  assert.equal(read, "SecurityError");
  const origin = await frame.evaluate(() => location.origin);
  assert.notEqual(origin, new URL(stage.pressbox.url).origin);
  await context.close();
});

test("a plugin that ends in a fatal error is named in the log, with file and line", { timeout: 4 * patience }, async () => {
  for (const lane of ["browser", "server"]) {
    const context = await stage.browser.newContext();
    const visitor = await Visitor.open(context, stage.pressbox.url, `?site=broken&lane=${lane}`);
    await visitor.logIn();
    await visitor.go("/wp-admin/plugin-install.php?tab=upload");
    const plugin = zip({
      "broken/broken.php":
        "<?php\n/*\nPlugin Name: Broken\n*/\nadd_action( 'template_redirect', function () {\n\tno_such_function();\n} );\n",
    });
    await visitor.site.locator("#pluginzip").setInputFiles({ name: "broken.zip", mimeType: "application/zip", buffer: plugin });
    await visitor.through(() => visitor.site.locator("#install-plugin-submit").click());
    await visitor.through(() => visitor.site.locator("a.button-primary[href*='action=activate']").click());
    await visitor.go("/");
    await visitor.page.locator("#log-errors", { hasText: /\d+ errors?/ }).waitFor();
    await visitor.page.getByRole("button", { name: /^Log/ }).click();
    const entry = visitor.page.locator("#log-rows .line.error").first();
    assert.match(await entry.innerText(), /PHP Fatal error.*no_such_function/s);
    assert.match(await entry.locator(".file").innerText(), /^wp-content\/plugins\/broken\/broken\.php:6$/);
    // The site goes on: the dashboard does not run what is broken.
    await visitor.go("/wp-admin/plugins.php");
    await visitor.site.locator("#wpadminbar").waitFor();
    await context.close();
  }
});

test("a loop that PHP cannot stop costs its own request only", { timeout: 4 * patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=endless");
  await visitor.logIn();
  await visitor.go("/wp-admin/plugin-install.php?tab=upload");
  const plugin = zip({
    "endless/endless.php":
      "<?php\n/*\nPlugin Name: Endless\n*/\nif ( isset( $_GET['endless'] ) ) {\n\thash_pbkdf2( 'sha256', 'a', 'b', 2000000000 );\n}\n",
  });
  await visitor.site.locator("#pluginzip").setInputFiles({ name: "endless.zip", mimeType: "application/zip", buffer: plugin });
  await visitor.through(() => visitor.site.locator("#install-plugin-submit").click());
  await visitor.through(() => visitor.site.locator("a.button-primary[href*='action=activate']").click());
  // From here the page's clock is the test's: nobody waits a minute.
  await visitor.page.clock.install();
  await (await visitor.frame()).evaluate(() => void fetch("/?endless"));
  // The worker says that it began before it is deaf; the page must have heard.
  await visitor.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  await visitor.page.clock.fastForward(61_000);
  await visitor.page.locator("#failure", { hasText: "did not come to an end" }).waitFor();
  assert.match(await visitor.failure(), /what was done before is kept/);
  await visitor.page.getByRole("button", { name: "Try again" }).click();
  await visitor.ready();
  // Not visitor.go, which tells documents apart by a clock that stands still.
  await visitor.page.getByRole("textbox", { name: "Address in the site" }).fill("/wp-admin/plugins.php");
  await visitor.page.keyboard.press("Enter");
  await visitor.site.locator("tr.active[data-slug=endless]").waitFor();
  await context.close();
});

test("an answered request outlives a service worker that the browser stops", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=stopped");
  const session = await stage.browser.newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets");
  const workers = targetInfos.filter((target) => target.type === "service_worker" && target.url.includes("//stopped."));
  assert.equal(workers.length, 1);
  for (const worker of workers) await session.send("Target.closeTarget", { targetId: worker.targetId });
  await visitor.go("/?s=sandbox");
  await visitor.site.locator("body.search").waitFor();
  await context.close();
});
