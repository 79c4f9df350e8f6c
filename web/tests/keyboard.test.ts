// Everything works without a mouse, and everything has a role and a name.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";

const stage = setStage(launchChromium);

// What has the focus, as its accessible name; "site" inside the site's frame.
// The focus takes a moment to get into the frame, which is another process.
async function focused(page: Page): Promise<string> {
  const name = await page.waitForFunction(
    () => {
      const element = document.activeElement;
      if (element === null || element === document.body) return "";
      if (element.id === "frame") return "site";
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
      return (element.getAttribute("aria-label") ?? label ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
    },
    undefined,
    { polling: 20 },
  );
  return name.jsonValue();
}

test("Tab goes through the bar, into the site and to the log, and shows where it is", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext({ reducedMotion: "reduce" });
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=keys");
  const { page } = visitor;
  const names: string[] = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("Tab");
    names.push(await focused(page));
    const visible = await page.evaluate(() => {
      const element = document.activeElement;
      const marked = element?.closest(".lane-choice, .address") ?? element;
      if (marked === null) return false;
      // Inside its frame the site itself shows where the focus is.
      if (marked.id === "frame") return true;
      const style = getComputedStyle(marked);
      return style.outlineStyle !== "none" || style.boxShadow !== "none";
    });
    assert.ok(visible, `the focus on ${names.at(-1)} cannot be seen`);
  }
  assert.deepEqual(
    names.map((name) => name.replace(/\d.*$/, "").trim()),
    ["Reload", "Home", "Address in the site", "This browser", "Site menu", "site"],
  );

  // The site is no trap: the log's toggle comes after it.
  await page.locator("#log-toggle").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Log", exact: true }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Filter the log");
  await page.keyboard.type("no such request");
  await page.getByText("Nothing in the log matches the filter.").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.match(await focused(page), /^Log/);
  assert.equal(await page.locator("#log").isHidden(), true);
  await context.close();
});

test("the menu and its dialogs are used by keys alone", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext();
  const { page } = await Visitor.open(context, stage.pressbox.url, "?site=keys");
  const toggle = page.getByRole("button", { name: "Site menu" });
  await toggle.focus();
  await page.keyboard.press("Enter");
  assert.equal(await toggle.getAttribute("aria-expanded"), "true");
  for (const name of ["Copy user", "Copy password", "Go to the dashboard", "Open in a new tab", "New site…"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), name);
  }
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New site" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await toggle.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  assert.equal(await toggle.getAttribute("aria-expanded"), "false");
  assert.equal(await focused(page), "Site menu");
  await context.close();
});

test("the lane is chosen by arrow keys", { timeout: 2 * patience }, async () => {
  const context = await stage.browser.newContext();
  const visitor = await Visitor.open(context, stage.pressbox.url, "?site=keys");
  await visitor.page.getByRole("radio", { name: /This browser/ }).focus();
  await visitor.page.keyboard.press("ArrowRight");
  await visitor.ready();
  assert.equal(await visitor.page.getByRole("radio", { name: /Server/ }).isChecked(), true);
  assert.match((await visitor.frame()).url(), /^http:\/\/keys-server\./);
  await context.close();
});

test("everything on the page that acts has a name", { timeout: patience }, async () => {
  const context = await stage.browser.newContext();
  const { page } = await Visitor.open(context, stage.pressbox.url, "?site=keys");
  await page.locator("#log-toggle").click();
  const unnamed = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a[href], input, iframe, select, textarea, [role]")]
      .filter((element) => {
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.textContent) : [];
        const by = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
        const name = [element.getAttribute("aria-label"), element.title, element.textContent, ...labels, ...by];
        const live = ["status", "alert"].includes(element.getAttribute("role") ?? "");
        return !live && !name.some((text) => (text ?? "").trim() !== "");
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(unnamed, []);
  // The landmarks a screen reader jumps between.
  for (const role of ["banner", "navigation", "main", "search"] as const) assert.equal(await page.getByRole(role).count(), 1, role);
  await context.close();
});

test("a narrow window shows everything without scrolling sideways", { timeout: patience }, async () => {
  const context = await stage.browser.newContext({ viewport: { width: 320, height: 640 } });
  const { page } = await Visitor.open(context, stage.pressbox.url, "?site=keys");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `the page is ${wide} pixels wide`);
  for (const name of ["Back", "Forward", "Reload", "Home", "Site menu"]) {
    const box = await page.getByRole("button", { name, exact: true }).boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 320, `${name} is out of sight`);
    assert.ok(box.width >= 24 && box.height >= 24, `${name} is too small to hit`);
  }
  await context.close();
});
