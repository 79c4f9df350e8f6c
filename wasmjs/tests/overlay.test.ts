// Which files of an Overlay are still the lower's own: what decides whether a
// visitor's browser may take a file from the server.

import assert from "node:assert/strict";
import { test } from "node:test";

import { mkdirAll, remove, rename, writeFile } from "../vfs/host.ts";
import { isUnchanged, newOverlay } from "../vfs/overlay.ts";
import { Tree } from "../vfs/tree.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function site(): Tree {
  let now = 1n;
  const lower = new Tree({ now: () => now++ });
  mkdirAll(lower, "/css");
  writeFile(lower, "/css/a.css", text("a{}"));
  writeFile(lower, "/css/b.css", text("b{}"));
  return newOverlay(lower, { now: () => now++ });
}

const cases: { name: string; act: (tree: Tree) => void; want: boolean }[] = [
  { name: "untouched", act: () => {}, want: true },
  { name: "its neighbour written", act: (tree) => writeFile(tree, "/css/b.css", text("c{}")), want: true },
  { name: "written", act: (tree) => writeFile(tree, "/css/a.css", text("other{}")), want: false },
  { name: "written with bytes of the same length", act: (tree) => writeFile(tree, "/css/a.css", text("z{}")), want: false },
  { name: "removed", act: (tree) => remove(tree, "/css/a.css"), want: false },
  {
    name: "removed and made anew",
    act: (tree) => {
      remove(tree, "/css/a.css");
      writeFile(tree, "/css/a.css", text("a{}"));
    },
    want: false,
  },
  { name: "another file moved over it", act: (tree) => rename(tree, "/css/b.css", "/css/a.css"), want: false },
];

for (const { name, act, want } of cases) {
  test(`a file ${name} is ${want ? "" : "not "}the lower's own`, () => {
    const tree = site();
    act(tree);
    assert.equal(isUnchanged(tree, "/css/a.css"), want);
  });
}

test("a file that only the overlay has is not the lower's own", () => {
  const tree = site();
  writeFile(tree, "/css/new.css", text("n{}"));
  assert.equal(isUnchanged(tree, "/css/new.css"), false);
});
