// A person's day with WordPress, in each lane: reading, searching, logging in,
// writing, commenting, uploading, installing, changing colours, logging out.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { deflateSync, crc32 } from "node:zlib";

import type { BrowserContext } from "playwright-core";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";
import { zip } from "./zip.ts";

for (const lane of ["browser", "server"] as const) {
  // The steps build on each other, as a day does.
  describe(`WordPress in the ${lane} lane`, { timeout: 10 * patience }, () => {
    const stage = setStage(launchChromium);
    let context: BrowserContext;
    let visitor: Visitor;
    let failed = false;

    const step = (name: string, act: () => Promise<void>): void => {
      test(name, async (t) => {
        if (failed) {
          t.skip("an earlier step failed");
          return;
        }
        failed = true;
        try {
          await act();
        } catch (error) {
          await visitor?.keepPicture(`failed-${lane}-${name.replace(/[^a-z]+/gi, "-")}`);
          throw error;
        }
        failed = false;
      });
    };

    before(async () => {
      context = await stage.browser.newContext({ viewport: { width: 1280, height: 900 } });
    });

    step("the front page is there, and the page says how long it took", async () => {
      visitor = await Visitor.open(context, stage.pressbox.url, `?site=${lane}-day&lane=${lane}`);
      await visitor.site.locator("body.home").waitFor();
      assert.match(await visitor.page.locator("#state").innerText(), /^Ready in \d+\.\d s$/);
      assert.match(await visitor.page.locator(`#lane-${lane}-ms`).innerText(), /\d (ms|s)$/);
      const origin = new URL((await visitor.frame()).url()).host.split(".")[0];
      assert.equal(origin, lane === "browser" ? "browser-day" : "server-day-server");
    });

    step("a post opens, and the address follows", async () => {
      const link = visitor.site.locator("main .wp-block-post-title a, main h2 a").first();
      const title = await link.innerText();
      await visitor.through(() => link.click());
      await visitor.site.locator("body.single").waitFor();
      assert.equal(await visitor.site.locator("h1.wp-block-post-title, h1.entry-title").first().innerText(), title);
      await visitor.pathIs(/^\/.+/);
    });

    step("back and forward move in the site", async () => {
      const path = await visitor.path();
      await visitor.through(() => visitor.page.getByRole("button", { name: "Back" }).click());
      await visitor.pathIs(/^\/$/);
      await visitor.through(() => visitor.page.getByRole("button", { name: "Forward" }).click());
      await visitor.pathIs(new RegExp(`^${path.replace(/[?.+*]/g, "\\$&")}$`));
    });

    step("a search finds the post, and finds nothing for nonsense", async () => {
      await visitor.go("/?s=sandbox");
      await visitor.site.locator("body.search-results").waitFor();
      await visitor.go("/?s=qqxyzzyqq");
      await visitor.site.locator("body.search-no-results").waitFor();
    });

    step("a visitor's comment waits for approval or is shown", async () => {
      await visitor.go("/");
      await visitor.through(() => visitor.site.locator("main .wp-block-post-title a, main h2 a").first().click());
      await visitor.site.locator("#comment").fill("Set in type, read in a tab.");
      await visitor.site.locator("#author").fill("A reader");
      await visitor.site.locator("#email").fill("reader@example.org");
      await visitor.through(() => visitor.site.locator("#submit").click());
      await visitor.site.getByText("Set in type, read in a tab.").waitFor();
    });

    step("a wrong password is refused, the right one leads to the dashboard", async () => {
      await visitor.go("/wp-login.php");
      await visitor.fillLogIn("admin", "wrong");
      await visitor.through(() => visitor.site.locator("#wp-submit").click());
      await visitor.site.locator("#login_error").waitFor();
      await visitor.logIn();
      await visitor.site.locator("body.index-php #dashboard-widgets").waitFor();
      await visitor.pathIs(/^\/wp-admin\//);
    });

    step("a post written in the block editor is on the front page", async () => {
      await visitor.go("/wp-admin/post-new.php");
      await dismissWelcome(visitor);
      const canvas = await editorCanvas(visitor);
      await canvas.locator(".wp-block-post-title").click();
      await visitor.page.keyboard.type(`Printed in the ${lane} lane`);
      await visitor.page.keyboard.press("Enter");
      await visitor.page.keyboard.type("One column, well set.");
      await visitor.site.locator(".editor-post-publish-button__button").first().click();
      await visitor.site.locator(".editor-post-publish-panel .editor-post-publish-button").click();
      await visitor.site.locator(".post-publish-panel__postpublish").waitFor();
      // The editor changes its address without a request; the field follows.
      await visitor.pathIs(/^\/wp-admin\/post\.php\?post=\d+&action=edit$/);
      await visitor.go("/");
      await visitor.site.getByRole("link", { name: `Printed in the ${lane} lane` }).waitFor();
    });

    step("an image is uploaded and served", async () => {
      await visitor.go("/wp-admin/media-new.php?browser-uploader=1");
      await visitor.site.locator("#async-upload").setInputFiles({ name: "square.png", mimeType: "image/png", buffer: png(64) });
      await visitor.through(() => visitor.site.locator("#html-upload").click());
      await visitor.pathIs(/^\/wp-admin\/upload\.php/);
      await visitor.go("/wp-admin/upload.php?mode=list");
      await visitor.through(() => visitor.site.locator("#the-list .title a").first().click());
      const image = visitor.site.locator(".wp_attachment_image img").first();
      await image.waitFor();
      const frame = await visitor.frame();
      const width = await frame.waitForFunction(() => document.querySelector<HTMLImageElement>(".wp_attachment_image img")?.naturalWidth, undefined, { polling: 50 });
      assert.equal(await width.jsonValue(), 64);
    });

    step("a plugin from a zip is installed, activated and works", async () => {
      const plugin = zip({
        "colophon/colophon.php":
          "<?php\n/*\nPlugin Name: Colophon\n*/\nadd_action( 'wp_footer', function () { echo '<p id=\"colophon\">Printed with ' . PHP_VERSION . '</p>'; } );\n",
      });
      await visitor.go("/wp-admin/plugin-install.php?tab=upload");
      await visitor.site.locator("#pluginzip").setInputFiles({ name: "colophon.zip", mimeType: "application/zip", buffer: plugin });
      await visitor.through(() => visitor.site.locator("#install-plugin-submit").click());
      await visitor.through(() => visitor.site.locator("a.button-primary[href*='action=activate']").click());
      await visitor.site.locator("#message.updated, .notice-success").first().waitFor();
      await visitor.go("/");
      await visitor.site.locator("#colophon", { hasText: "Printed with 8." }).waitFor({ state: "attached" });
    });

    step("the site editor changes the theme's colours", async () => {
      const frame = await visitor.frame();
      const colour = (): Promise<string> => frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const before = await colour();
      await chooseColours(visitor);
      await visitor.go("/");
      await visitor.site.locator("body.home").waitFor();
      assert.notEqual(await colour(), before);
    });

    step("logging out ends the session", async () => {
      await visitor.go("/wp-admin/");
      // The link is in a menu that opens on hover; following it is what counts.
      const logOut = await visitor.site.locator("#wp-admin-bar-logout a").first().getAttribute("href");
      assert.ok(logOut !== null, "the admin bar has no link to log out");
      const url = new URL(logOut);
      await visitor.go(url.pathname + url.search);
      await visitor.site.locator("#loginform").waitFor();
      await visitor.go("/wp-admin/");
      await visitor.pathIs(/^\/wp-login\.php/);
    });
  });
}

// Editors greet whoever comes first with a guide.
async function dismissWelcome(visitor: Visitor): Promise<void> {
  const close = visitor.site.locator(".components-modal__frame button[aria-label='Close']");
  const title = visitor.site.locator(".editor-header, .edit-site-layout, .edit-site-sidebar__content").first();
  await title.waitFor();
  await close.or(visitor.site.locator("iframe[name='editor-canvas'], .editor-styles-wrapper")).first().waitFor();
  const frame = await visitor.frame();
  // Asked for through the editor's own preferences, so that no guide comes late.
  await frame.evaluate(() => {
    const { wp } = window as unknown as { wp: { data: { dispatch(store: string): { set(scope: string, name: string, value: boolean): void } } } };
    for (const scope of ["core/edit-post", "core/edit-site", "core"]) {
      for (const name of ["welcomeGuide", "welcomeGuideStyles", "welcomeGuidePage", "welcomeGuideTemplate"]) {
        wp.data.dispatch("core/preferences").set(scope, name, false);
      }
    }
  });
  await close.waitFor({ state: "hidden" });
}

// The canvas is an iframe of its own where every block allows it.
async function editorCanvas(visitor: Visitor): Promise<ReturnType<Visitor["site"]["frameLocator"]> | Visitor["site"]> {
  const framed = visitor.site.locator("iframe[name='editor-canvas']");
  const direct = visitor.site.locator(".editor-styles-wrapper .wp-block-post-title");
  await framed.or(direct).first().waitFor();
  return (await framed.count()) > 0 ? visitor.site.frameLocator("iframe[name='editor-canvas']") : visitor.site;
}

// Takes one of the theme's style variations and saves it.
async function chooseColours(visitor: Visitor): Promise<void> {
  await visitor.go("/wp-admin/site-editor.php?p=%2Fstyles");
  await dismissWelcome(visitor);
  await visitor.site.getByRole("button", { name: "Browse styles" }).click();
  await visitor.site.getByRole("button", { name: "Evening", exact: true }).first().click();
  await visitor.site.getByRole("button", { name: /^Review 1 change/ }).click();
  const save = visitor.site.locator(".entities-saved-states__panel, .components-modal__frame").getByRole("button", { name: "Save", exact: true });
  // The editor's own words come and go: what counts is that WordPress took it.
  const [saved] = await Promise.all([
    visitor.page.waitForResponse((response) => /\/wp\/v2\/global-styles\/\d+/.test(response.url()) && response.request().method() !== "GET"),
    save.click(),
  ]);
  assert.equal(saved.status(), 200);
}

// A square of one colour.
function png(size: number): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const typed = Buffer.concat([Buffer.from(type, "latin1"), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(size * 3, 0x65)]);
  const rows = Buffer.concat(Array.from({ length: size }, () => row));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
