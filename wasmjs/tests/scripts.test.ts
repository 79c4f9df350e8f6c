// The behaviour scripts of vfs/testdata/scripts: the same files as Go runs.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { runScript } from "./script.ts";

const folder = new URL("../../vfs/testdata/scripts/", import.meta.url);

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".txt")) continue;
  test(`script ${file}`, () => {
    const failures = runScript(readFileSync(new URL(file, folder), "utf8"));
    assert.deepEqual(failures, []);
  });
}
