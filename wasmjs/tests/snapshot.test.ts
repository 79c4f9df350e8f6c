// The vectors in snapshots/testdata/manifests.json, which snapshots' Go tests
// make and check, and what a tree made of a manifest does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { buildTree, decodeManifest, digestOf, FormatError, hex, type Manifest, verifyPack } from "../snapshot.ts";
import { Errno, IO, ROFS } from "../vfs/errno.ts";
import { lstat, readDir, readFile, readlink, writeFile } from "../vfs/host.ts";
import { Kind } from "../vfs/inode.ts";

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly listing?: readonly string[];
  readonly offset: number;
  readonly reason?: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../snapshots/testdata/manifests.json", import.meta.url), "utf8"),
);

function unhex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array((text.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)));
}

function sorted(map: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const words = new Map<number, string>([
  [Kind.Directory, "directory"], [Kind.RegularFile, "file"], [Kind.SymbolicLink, "symlink"],
]);

/** listing writes a manifest as snapshots' Go tests do. */
function listing(m: Manifest): string[] {
  const { admin, base, php, plugins, source, theme, title, wordpress } = m.metadata;
  const metadata = {
    admin: { password: admin.password, user: admin.user }, base, php, plugins: sorted(plugins), source, theme, title, wordpress,
  };
  const lines = [`metadata ${JSON.stringify(metadata)}`];
  for (const [i, pack] of m.packs.entries()) {
    lines.push(`pack ${i}: ${pack.size} bytes, ${hex(pack.digest).slice(0, 8)}`);
  }
  for (const { path, kind, mtim, content, target } of m.entries) {
    const found = m.contents[content];
    let size = 0;
    let rest = "";
    if (kind === Kind.RegularFile && found !== undefined) {
      size = found.size;
      rest = ` pack ${found.pack} at ${found.off} ${hex(found.digest).slice(0, 8)}`;
    } else if (kind === Kind.SymbolicLink) {
      size = new TextEncoder().encode(target).length;
      rest = ` -> ${target}`;
    }
    lines.push(`${words.get(kind)} ${path} ${size} ${mtim}${rest}`);
  }
  return lines;
}

for (const { name, hex: text, listing: lines, offset, reason } of vectors) {
  test(`manifest: ${name}`, () => {
    // At an odd place in a larger buffer: nothing may depend on alignment.
    const bytes = unhex(text);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 1);
    const manifest = decodeManifest(larger.subarray(1, 1 + bytes.length));
    if (manifest instanceof FormatError) {
      assert.deepEqual({ offset: manifest.offset, reason: manifest.reason }, { offset, reason });
    } else {
      assert.deepEqual(listing(manifest), lines);
    }
  });
}

function smallOne(): Manifest {
  const vector = vectors.find(({ name }) => name === "a small one");
  const manifest = decodeManifest(unhex(vector?.hex ?? ""));
  assert.ok(!(manifest instanceof FormatError));
  return manifest;
}

test("a file's contents are asked for when it is first read, once", () => {
  const asked: string[] = [];
  const tree = buildTree(smallOne(), (pack, off, len) => {
    asked.push(`pack ${pack} at ${off}, ${len} bytes`);
    return new TextEncoder().encode("0123456").subarray(0, len);
  });
  const listed = readDir(tree, "/");
  assert.ok(!(listed instanceof Errno));
  assert.deepEqual(listed.map(({ name, ino }) => [name, ino]), [["a", 2], ["a-b", 3], ["b.css", 5], ["b2", 6], ["l", 7]]);
  const stat = lstat(tree, "/b.css");
  assert.ok(!(stat instanceof Errno));
  assert.equal(stat.size, 7);
  assert.deepEqual(asked, []);
  assert.deepEqual(readFile(tree, "/b.css"), new TextEncoder().encode("0123456"));
  assert.deepEqual(readFile(tree, "/b.css"), new TextEncoder().encode("0123456"));
  assert.deepEqual(asked, ["pack 1 at 0, 7 bytes"]);
  assert.equal(readlink(tree, "/l"), "a/../a");
  assert.equal(writeFile(tree, "/new", new Uint8Array(1)), ROFS);
});

test("contents that cannot be had are the errno of the read", () => {
  const tree = buildTree(smallOne(), () => IO);
  assert.equal(readFile(tree, "/b.css"), IO);
});

test("a pack is checked against its digest", async () => {
  const bytes = new TextEncoder().encode("a pack");
  const digest = unhex(await digestOf(bytes));
  assert.equal(await verifyPack({ size: 6, digest }, bytes), true);
  assert.equal(await verifyPack({ size: 7, digest }, bytes), false);
  assert.equal(await verifyPack({ size: 6, digest: new Uint8Array(32) }, bytes), false);
});
