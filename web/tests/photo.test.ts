// A photograph becomes WordPress's thumbnails, made by GD in the tab and on the
// server: a JPEG lying on its side, a PNG one can see through, and a WebP. The
// photograph is one of the theme's own.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { launchChromium } from "./browsers.ts";
import { setStage } from "./stage.ts";
import { patience, Visitor } from "./visitor.ts";

const photograph = "/wp-content/themes/twentytwentyfive/assets/images/coming-soon-bg-image.webp";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly source_url: string;
}

interface Media {
  readonly media_details: { readonly width: number; readonly height: number; readonly sizes: Record<string, Size>; readonly original_image?: string };
}

/** upload draws the photograph, width pixels wide, writes it in a format, and uploads it as the media library does. */
async function upload(visitor: Visitor, name: string, type: string, width: number): Promise<{ media: Media; ms: number; bytes: number }> {
  const frame = await visitor.frame();
  return frame.evaluate(async ({ photograph, name, type, width }) => {
    const picture = await createImageBitmap(await (await fetch(photograph)).blob());
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = Math.round((picture.height * width) / picture.width);
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    if (type === "image/png") context.globalAlpha = 0.5;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    let file = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, 0.92));
    if (file === null) throw new Error("no file");
    if (type === "image/jpeg") {
      // Exif of one tag: the camera was held on its side (orientation 6).
      const exif = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
      file = new Blob([file.slice(0, 2), new Uint8Array(exif), file.slice(2)], { type });
    }
    const nonce = await (await fetch("/wp-admin/admin-ajax.php?action=rest-nonce")).text();
    const began = performance.now();
    const answer = await fetch("/wp-json/wp/v2/media", {
      method: "POST",
      headers: { "x-wp-nonce": nonce, "content-type": type, "content-disposition": `attachment; filename="${name}"` },
      body: file,
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`${answer.status} ${text}`);
    return { media: JSON.parse(text) as Media, ms: performance.now() - began, bytes: file.size };
  }, { photograph, name, type, width });
}

/** shown loads a picture as the page would, and returns its size and the colour of its middle. */
async function shown(visitor: Visitor, url: string): Promise<{ width: number; height: number; alpha: number }> {
  const frame = await visitor.frame();
  return frame.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.drawImage(image, image.naturalWidth / 2, image.naturalHeight / 2, 1, 1, 0, 0, 1, 1);
    return { width: image.naturalWidth, height: image.naturalHeight, alpha: context.getImageData(0, 0, 1, 1).data[3] ?? 0 };
  }, new URL(url).pathname);
}

for (const lane of ["browser", "server"] as const) {
  describe(`a photograph in the ${lane} lane`, { timeout: 10 * patience }, () => {
    const stage = setStage(launchChromium);
    let visitor: Visitor;

    before(async () => {
      visitor = await Visitor.open(await stage.browser.newContext(), stage.pressbox.url, `?site=${lane}-photo&lane=${lane}`);
      await visitor.logIn();
    });

    test("a JPEG of six million pixels is turned upright and made into every size", async (t) => {
      const { media, ms, bytes } = await upload(visitor, "photo.jpg", "image/jpeg", 2880);
      t.diagnostic(`${bytes} bytes of JPEG, 2880 x 2046, into ${Object.keys(media.media_details.sizes).length} sizes: ${ms.toFixed(0)} ms`);
      const { sizes } = media.media_details;
      assert.deepEqual(Object.keys(sizes).sort(), ["1536x1536", "2048x2048", "full", "large", "medium", "medium_large", "thumbnail"]);
      assert.equal(media.media_details.original_image, "photo.jpg");
      for (const [name, most] of [["thumbnail", 150], ["medium", 300], ["medium_large", 1200], ["large", 1024], ["1536x1536", 1536], ["2048x2048", 2048], ["full", 2560]] as const) {
        const size = sizes[name];
        assert.ok(size !== undefined, name);
        const seen = await shown(visitor, size.source_url);
        assert.deepEqual({ width: seen.width, height: seen.height }, { width: size.width, height: size.height }, name);
        assert.ok(Math.max(seen.width, seen.height) <= most, `${name} is ${seen.width} x ${seen.height}`);
        if (name !== "thumbnail") assert.ok(seen.height > seen.width, `${name} is not upright`);
      }
    });

    test("a PNG keeps what one can see through", async (t) => {
      const { media, ms, bytes } = await upload(visitor, "glass.png", "image/png", 900);
      t.diagnostic(`${bytes} bytes of PNG, 900 wide: ${ms.toFixed(0)} ms`);
      const size = media.media_details.sizes["medium"];
      assert.equal(size?.width, 300);
      const { alpha } = await shown(visitor, size.source_url);
      assert.ok(alpha > 120 && alpha < 136, `the middle has an alpha of ${alpha}`);
    });

    test("a WebP stays one", async (t) => {
      const { media, ms, bytes } = await upload(visitor, "small.webp", "image/webp", 900);
      t.diagnostic(`${bytes} bytes of WebP, 900 wide: ${ms.toFixed(0)} ms`);
      const size = media.media_details.sizes["medium"];
      assert.match(size?.source_url ?? "", /small-300x213\.webp$/);
      assert.equal((await shown(visitor, size?.source_url ?? "")).width, 300);
    });
  });
}
