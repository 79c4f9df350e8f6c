// When something is wrong, the page says what to do, and loses nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";

const stage = setStage(launchChromium);

const lacks = {
  "service workers": () => Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => undefined }),
  "exception handling": () => {
    WebAssembly.validate = () => false;
  },
  WebAssembly: () => Reflect.deleteProperty(globalThis, "WebAssembly"),
};

for (const [lack, takeAway] of Object.entries(lacks)) {
  test(`a browser without ${lack} gets the server lane, and is told`, { timeout: 2 * patience }, async () => {
    const context = await stage.browser.newContext();
    await context.addInitScript(takeAway);
    const visitor = await Visitor.open(context, stage.pressbox.url, "?site=without");
    assert.equal(await visitor.page.locator("input[name=lane][value=server]").isChecked(), true);
    assert.equal(await visitor.page.locator("input[name=lane][value=browser]").isDisabled(), true);
    assert.match(await visitor.page.locator("#notices").innerText(), new RegExp(`cannot run the site itself: .*${lack}.*The server runs it instead`, "i"));
    assert.match((await visitor.frame()).url(), /^http:\/\/without-server\./);
    await visitor.page.getByRole("button", { name: "Close this notice" }).click();
    assert.equal(await visitor.page.locator("#notices").innerText(), "");
    await context.close();
  });
}

test("a service worker that is refused leads to the server lane", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext();
  // Only the bridge meets the refusal: the page itself sees service workers.
  await context.addInitScript(() => {
    ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException("refused by a test", "SecurityError"));
  });
  const visitor = await Visitor.arrive(context, stage.pressbox.url, "?site=refused");
  await visitor.page.locator("input[name=lane][value=server]:checked").waitFor();
  await visitor.ready();
  assert.match(await visitor.page.locator("#notices").innerText(), /refused the service worker.*refused by a test/s);
  await context.close();
});

test("a site that is open in another tab offers another name", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext();
  const first = await Visitor.open(context, stage.pressbox.url, "?site=twice");
  const second = await Visitor.arrive(context, stage.pressbox.url, "?site=twice");
  await second.page.getByRole("heading", { name: "“twice” is open in another tab" }).waitFor();
  await second.page.getByRole("button", { name: "Choose another name" }).click();
  const dialog = second.page.getByRole("dialog", { name: "New site" });
  assert.equal(await dialog.getByLabel("Name").inputValue(), "twice-2");
  await dialog.getByLabel("Name").fill("Not a name!");
  await dialog.getByRole("button", { name: "Make the site" }).click();
  await dialog.getByText("A name has 1 to 32 small letters").waitFor();
  await dialog.getByLabel("Name").fill("twice-2");
  await dialog.getByRole("button", { name: "Make the site" }).click();
  await second.page.waitForURL(/site=twice-2/);
  await second.ready();

  // Closing the first tab sets its site free.
  await first.page.close();
  const third = await Visitor.open(context, stage.pressbox.url, "?site=twice");
  await third.site.locator("body").waitFor();
  await context.close();
});

test("a name that no site may have says what a name is", { timeout: patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.arrive(context, stage.pressbox.url, `?site=${encodeURIComponent("../<b>x")}`);
  await visitor.page.getByRole("heading", { name: "That is no name for a site" }).waitFor();
  assert.match(await visitor.failure(), /“\.\.\/<b>x” cannot be used\. A name has/);
  await context.close();
});

for (const [part, pattern] of [
  ["php.wasm", /\/php\/.*\.wasm$/],
  ["the list of the site's files", /\/snapshots\/.*\/manifest$/],
  ["the site's files", /\/snapshots\/.*\/pack\/0$/],
] as const) {
  test(`when ${part} cannot be loaded, the page says so and offers the server`, { timeout: 2 * patience }, async () => {
    const context = await stage.browser.newContext();
    await context.route(pattern, (route) => route.fulfill({ status: 503, body: "gone" }));
    const visitor = await Visitor.arrive(context, stage.pressbox.url, "?site=unloaded");
    await visitor.page.getByRole("heading", { name: "The site did not start" }).waitFor();
    assert.ok((await visitor.page.locator("#failure-sentence").innerText()).length > 20);
    await visitor.page.getByRole("button", { name: "Run it on the server" }).click();
    await visitor.page.locator("#failure").waitFor({ state: "hidden" });
    await visitor.ready();
    assert.match((await visitor.frame()).url(), /^http:\/\/unloaded-server\./);
    await context.close();
  });
}

test("when the program is not there, the page says to start it", { timeout: patience }, async () => {
  const context = await stage.browser.newContext();
  await context.route("**/api/start", (route) => route.abort("connectionrefused"));
  const visitor = await Visitor.arrive(context, stage.pressbox.url, "");
  await visitor.page.getByRole("heading", { name: "Pressbox does not answer" }).waitFor();
  await context.unroute("**/api/start");
  await visitor.page.getByRole("button", { name: "Try again" }).click();
  await visitor.ready();
  await context.close();
});

test("a site's own tab says where to open the site when no page runs it", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=alone");
  const own = await context.newPage();
  const address = new URL(stage.pressbox.url);
  address.host = `alone.${address.host}`;
  await own.goto(address.href);
  await own.locator("body.home").waitFor();
  await visitor.page.close();
  await own.reload();
  await own.getByRole("heading", { name: "This site is not running" }).waitFor();
  await own.getByRole("link", { name: "Open it in Pressbox" }).waitFor();
  await context.close();
});
