// Plugins in the manner of the most used ones, in both lanes: each is zipped,
// uploaded through WordPress's own form, activated, and does what it is for.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { before, describe, test } from "node:test";

import type { BrowserContext } from "playwright-core";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";
import { zip } from "./zip.ts";

const folder = new URL("plugins/", import.meta.url);

/** packed is a plugin's folder as a zip. */
function packed(name: string): Buffer {
  const files: Record<string, string> = {};
  for (const file of readdirSync(new URL(`${name}/`, folder))) files[`${name}/${file}`] = readFileSync(new URL(`${name}/${file}`, folder), "utf8");
  return zip(files);
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly redirected: boolean;
}

/** ask sends a request from the site's own page, as its scripts do. */
async function ask(visitor: Visitor, path: string, init: { method?: string; body?: unknown; nonce?: boolean } = {}): Promise<Answer> {
  const frame = await visitor.frame();
  return frame.evaluate(async ({ path, init }) => {
    const headers: Record<string, string> = {};
    if (init.body !== undefined) headers["content-type"] = "application/json";
    if (init.nonce === true) headers["x-wp-nonce"] = await (await fetch("/wp-admin/admin-ajax.php?action=rest-nonce")).text();
    const answer = await fetch(path, { method: init.method ?? "GET", headers, ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }) });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text(), redirected: answer.redirected };
  }, { path, init });
}

/** publish writes a post or page over REST and returns its path. */
async function publish(visitor: Visitor, type: string, post: Record<string, unknown>): Promise<string> {
  const answer = await ask(visitor, `/wp-json/wp/v2/${type}`, { method: "POST", nonce: true, body: { status: "publish", ...post } });
  assert.equal(answer.status, 201, answer.text);
  return new URL((JSON.parse(answer.text) as { link: string }).link).pathname;
}

/** What each plugin must do once it is active. The visitor is logged in as admin. */
const plugins: Record<string, (visitor: Visitor) => Promise<void>> = {
  async almanac(visitor) {
    const venues = JSON.parse((await ask(visitor, "/wp-json/wp/v2/venue")).text) as { id: number; name: string }[];
    assert.equal(venues[0]?.name, "Town hall");
    for (const [title, day] of [["Market", "2027-03-02"], ["Fair", "2027-01-05"], ["Long ago", "1999-01-01"]]) {
      await publish(visitor, "event", { title, content: "Come.", venue: [venues[0]?.id], meta: { day } });
    }
    await visitor.go("/events/");
    const titles = await visitor.site.locator("main .wp-block-post-title, main h2").allInnerTexts();
    assert.deepEqual(titles.filter((title) => /Market|Fair|Long ago/.test(title)), ["Fair", "Market"]);
    await visitor.go("/events/market/");
    assert.equal(await visitor.site.locator(".almanac").innerText(), "2027-03-02, Town hall");
    await visitor.go("/at/town-hall/");
    await visitor.site.getByText("Long ago").first().waitFor();
  },

  async callout(visitor) {
    const path = await publish(visitor, "posts", { title: "Boxed", content: '[callout kind="warn\'" title="A & B"]in [year], [callout]nested[/callout][/callout][recent count=1]' });
    await visitor.go(path);
    const box = visitor.site.locator("aside.callout").first();
    assert.match((await box.innerText()).replace(/\s+/g, " "), /^A & B in 20\d\d,/);
    assert.equal(await visitor.site.locator("ul.recent li").count(), 1);
    assert.equal(await box.evaluate((e) => getComputedStyle(e).borderInlineStartColor), "rgb(12, 34, 56)");
  },

  async notes(visitor) {
    assert.equal((await ask(visitor, "/wp-json/notes/v1/notes", { method: "POST", body: { text: "no nonce" } })).status, 401);
    const wrong = await ask(visitor, "/wp-json/notes/v1/notes", { method: "POST", nonce: true, body: { text: "x", stars: 9 } });
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /rest_invalid_param/);
    const made = await ask(visitor, "/wp-json/notes/v1/notes", { method: "POST", nonce: true, body: { text: "<b>kept</b> ü", stars: 5 } });
    assert.equal(made.status, 201);
    assert.match(made.headers["location"] ?? "", /\/wp-json\/notes\/v1\/notes\/1$/);
    assert.deepEqual(JSON.parse((await ask(visitor, "/wp-json/notes/v1/notes")).text), [{ id: 1, text: "kept ü", stars: 5 }]);
    assert.equal((await ask(visitor, "/wp-json/notes/v1/notes/1", { method: "DELETE", nonce: true })).status, 200);
    assert.equal((await ask(visitor, "/wp-json/notes/v1/notes/1", { method: "DELETE", nonce: true })).status, 404);
  },

  async digest(visitor) {
    // Due events run at the end of a request of the dashboard.
    await visitor.go("/wp-admin/tools.php");
    await visitor.go("/wp-admin/tools.php?page=digest");
    assert.equal(await visitor.site.locator("#digest").innerText(), "1, first, again within the hour");
  },

  async orders(visitor) {
    await visitor.go("/wp-admin/admin.php?page=orders");
    const rows = (await visitor.site.locator("#orders tr").allInnerTexts()).map((row) => row.replace(/\s+/g, " ").trim());
    assert.deepEqual(rows, ["Ada O'Hara paid 2 50.40 + 9.57 dated", "Bo 50%_off open 1 13.32 + 2.53 dated"]);
    await visitor.go(`/wp-admin/admin.php?page=orders&s=${encodeURIComponent("50%_")}`);
    assert.equal(await visitor.site.locator("#orders tr").count(), 1);
    await visitor.go(`/wp-admin/admin.php?page=orders&s=${encodeURIComponent("O'H")}`);
    assert.equal(await visitor.site.locator("#orders tr").count(), 1);
  },

  async meter(visitor) {
    const path = await publish(visitor, "posts", { title: "Measured", content: '<!-- wp:paragraph --><p>one two three</p><!-- /wp:paragraph --><!-- wp:pressbox-test/meter {"goal":50,"textColor":"contrast"} /-->' });
    await visitor.go(path);
    assert.equal(await visitor.site.locator(".wp-block-pressbox-test-meter").innerText(), "3 words, goal 50");
    assert.match((await visitor.site.locator(".wp-block-pressbox-test-meter").getAttribute("class")) ?? "", /has-contrast-color/);
    await visitor.go("/wp-admin/options-general.php?page=meter");
    await visitor.site.locator("#meter_unit").fill("letters");
    await visitor.through(() => visitor.site.locator("#submit").click());
    await visitor.go(path);
    assert.equal(await visitor.site.locator(".wp-block-pressbox-test-meter").innerText(), "13 letters, goal 50");
    await visitor.go("/wp-admin/post-new.php");
    const frame = await visitor.frame();
    await frame.waitForFunction(() => (window as unknown as { wp?: { blocks?: { getBlockType(name: string): unknown } } }).wp?.blocks?.getBlockType("pressbox-test/meter") !== undefined, undefined, { polling: 50 });
  },

  async export(visitor) {
    await visitor.go("/wp-admin/tools.php?page=export-files");
    const go = new URL((await visitor.site.locator("#export-go").getAttribute("href")) ?? "", "http://localhost");
    await visitor.through(() => visitor.site.locator("#export-go").click());
    assert.match(await visitor.site.locator("#export-done").innerText(), /^([5-9]|\d\d) lines$/);
    const csv = await ask(visitor, "/wp-content/uploads/export/posts.csv");
    assert.match(csv.text, /id,title,length\r?\n\d+,/);
    const frame = await visitor.frame();
    const download = await frame.evaluate(async (path) => {
      const answer = await fetch(path);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return { type: answer.headers.get("content-type"), as: answer.headers.get("content-disposition"), length: bytes.length, start: String.fromCharCode(...bytes.subarray(0, 2)) };
    }, `${go.pathname}${go.search}&download=1`);
    assert.equal(download.type, "application/zip");
    assert.equal(download.as, 'attachment; filename="site.zip"');
    assert.equal(download.start, "PK");
    assert.ok(download.length > 100_000, `${download.length} bytes`);
  },

  async letterbox(visitor) {
    const path = await publish(visitor, "pages", { title: "Write to us", content: "[letterbox]" });
    await visitor.go(path);
    const form = visitor.site.locator("#letterbox");
    await form.locator("button").click();
    await form.locator("output", { hasText: "An address, please." }).waitFor();
    await form.locator("[name=from]").fill("ada@example.org");
    await form.locator("[name=text]").fill("Grüße & 'quotes'");
    await form.locator("[name=file]").setInputFiles({ name: "../a note.txt", mimeType: "text/plain", buffer: Buffer.from("twelve bytes") });
    await form.locator("button").click();
    await form.locator("output", { hasText: "Thank you, ada@example.org: 16 letters, 12 bytes of text/plain." }).waitFor();
    await visitor.go("/wp-admin/edit.php?post_type=letter");
    await visitor.site.getByText("ada@example.org").first().waitFor();
  },

  async signpost(visitor) {
    const path = await publish(visitor, "posts", { title: 'Said "so" & more', content: "A sentence that is longer than sixty characters, so that it has to be cut somewhere." });
    const page = await ask(visitor, path);
    assert.match(page.text, /<title>Signpost: Said .{5,12}so.{5,12} &#038; more<\/title>/);
    assert.match(page.text, /<meta name="description" content="A sentence that is longer than sixty characters, so that it…">/);
    assert.match(page.text, /"@type":"Article","headline":"Said/);
    const robots = await ask(visitor, "/robots.txt");
    assert.match(robots.headers["content-type"] ?? "", /^text\/plain/);
    assert.match(robots.text, /Disallow: \/private\/\n/);
    assert.match((await ask(visitor, "/wp-sitemap.xml")).text, /<sitemap><loc>http/);
    assert.match((await ask(visitor, "/wp-sitemap-posts-post-1.xml")).text, new RegExp(path));
    const moved = await ask(visitor, "/old/k%C3%A4se/");
    assert.equal(moved.redirected, true);
    assert.equal(moved.status, 200);
    const gone = await ask(visitor, "/gone/");
    assert.equal(gone.status, 410);
    assert.equal(gone.headers["x-signpost"], "gone, twice");
  },

  async larder(visitor) {
    const first = await ask(visitor, "/?larder=1");
    assert.equal(first.headers["x-larder"], "fresh");
    assert.match(first.text, /<\/html>\s*<!-- larder: 3 7 -->$/);
    assert.equal((await ask(visitor, "/?larder=1")).headers["x-larder"], "kept");
    await visitor.go("/wp-admin/plugins.php?plugin_status=dropins");
    await visitor.site.getByText("object-cache.php").first().waitFor();
  },

  async ticker(visitor) {
    const frame = await visitor.frame();
    const seen = await frame.evaluate(async () => {
      const answer = await fetch("/wp-content/plugins/ticker/ticker.php");
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      const decoder = new TextDecoder();
      const pieces: { text: string; at: number }[] = [];
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { pieces, type: answer.headers.get("content-type") };
        pieces.push({ text: decoder.decode(value), at: performance.now() });
      }
    });
    assert.deepEqual(seen.pieces.map(({ text }) => text), ["data: begun\n\n", "data: done\n\n"]);
    assert.match(seen.type ?? "", /^text\/event-stream/);
    // The script sleeps for 1.5 s between the two.
    const [first, last] = seen.pieces;
    assert.ok((last?.at ?? 0) - (first?.at ?? 0) > 750, "the first piece came with the last");
  },

  async frames(visitor) {
    const frame = await visitor.frame();
    const id = await frame.evaluate(async () => {
      const canvas = document.createElement("canvas");
      canvas.width = 400;
      canvas.height = 300;
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      const colours = context.createLinearGradient(0, 0, 400, 300);
      colours.addColorStop(0, "orange");
      colours.addColorStop(1, "navy");
      context.fillStyle = colours;
      context.fillRect(0, 0, 400, 300);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg"));
      if (blob === null) throw new Error("no picture");
      const nonce = await (await fetch("/wp-admin/admin-ajax.php?action=rest-nonce")).text();
      const answer = await fetch("/wp-json/wp/v2/media", { method: "POST", headers: { "x-wp-nonce": nonce, "content-type": "image/jpeg", "content-disposition": 'attachment; filename="gradient.jpg"' }, body: blob });
      return ((await answer.json()) as { id: number }).id;
    });
    const made = await ask(visitor, `/wp-json/frames/v1/make/${id}`, { method: "POST", nonce: true });
    assert.equal(made.status, 200, made.text);
    const { url, ...rest } = JSON.parse(made.text) as { url: string };
    assert.deepEqual(rest, { editor: "WP_Image_Editor_GD", type: "image/webp", width: 50, height: 100, named: "image/webp" });
    const width = await frame.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return image.naturalWidth;
    }, new URL(url).pathname);
    assert.equal(width, 50);
  },
};

for (const lane of ["browser", "server"] as const) {
  describe(`plugins in the ${lane} lane`, { timeout: 20 * patience }, () => {
    const stage = setStage(launchChromium);
    let context: BrowserContext;
    let visitor: Visitor;

    before(async () => {
      context = await stage.browser.newContext({ viewport: { width: 1280, height: 900 } });
      visitor = await Visitor.open(context, stage.pressbox.url, `?site=${lane}-plugins&lane=${lane}`);
      await visitor.logIn();
    });

    for (const [name, works] of Object.entries(plugins)) {
      test(`${name} is installed, activated and works`, async () => {
        try {
          await visitor.go("/wp-admin/plugin-install.php?tab=upload");
          await visitor.site.locator("#pluginzip").setInputFiles({ name: `${name}.zip`, mimeType: "application/zip", buffer: packed(name) });
          await visitor.through(() => visitor.site.locator("#install-plugin-submit").click());
          await visitor.through(() => visitor.site.locator("a.button-primary[href*='action=activate']").click());
          await visitor.site.locator("#message.updated, .notice-success").first().waitFor();
          await works(visitor);
        } catch (error) {
          await visitor.keepPicture(`failed-plugin-${name}-${lane}`);
          throw error;
        }
      });
    }

    test("Site Health finds nothing critical, and knows its PHP", async () => {
      const direct = await ask(visitor, "/wp-admin/site-health.php");
      assert.equal(direct.status, 200);
      await visitor.go("/wp-admin/site-health.php");
      await visitor.site.locator("#health-check-issues-critical, .site-status-all-clear, #health-check-issues-recommended").first().waitFor({ state: "attached" });
      // What asks asynchronously is counted in the title's colour once it is done.
      await visitor.site.locator(".site-health-progress-wrapper:not(.loading)").first().waitFor();
      assert.deepEqual(await visitor.site.locator("#health-check-site-status-critical .health-check-accordion-heading .title").allInnerTexts(), []);
      await visitor.go("/wp-admin/site-health.php?tab=debug");
      const about = await visitor.site.locator("#health-check-accordion-block-wp-media").textContent();
      assert.match(about ?? "", /WP_Image_Editor_GD/);
      assert.match(about ?? "", /GD supported file formats\s*GIF, JPEG, PNG, WebP/);
    });
  });
}
