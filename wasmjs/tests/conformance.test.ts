// Conformance: the tests of Go's own packages os, io/fs and path/filepath,
// compiled for WASI preview 1, run as guests of this host. They come with every
// Go installation. Twin of server/phpwasm/conformance_test.go.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { command } from "../runner.ts";
import { addDevices } from "../vfs/device.ts";
import { SUCCESS } from "../vfs/errno.ts";
import { mkdirAll, writeFile } from "../vfs/host.ts";
import { Tree } from "../vfs/tree.ts";
import { Collector } from "../wasi/stdio.ts";

/**
 * knownFailures are those of this package over a Tree: the same as the Go
 * host's. One that is listed and passes is an error too.
 */
function knownFailures(name: string): string[] {
  const text = readFileSync(new URL("../../server/phpwasm/testdata/conformance.txt", import.meta.url), "utf8");
  return text.split("\n").flatMap((line) => {
    const [pkg, fs, failed] = line.split(" ");
    return pkg === name && fs === "tree" && failed !== undefined ? [failed] : [];
  });
}

function goroot(): string | null {
  try {
    return execFileSync("go", ["env", "GOROOT"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null; // there is no go
  }
}

function copy(tree: Tree, from: string, to: string): void {
  mkdirAll(tree, to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copy(tree, join(from, entry.name), `${to}/${entry.name}`);
    else if (entry.isFile()) writeFile(tree, `${to}/${entry.name}`, readFileSync(join(from, entry.name)));
  }
}

function guestTree(root: string, name: string): Tree {
  const tree = new Tree();
  addDevices(tree);
  mkdirAll(tree, "/tmp");
  mkdirAll(tree, "/etc");
  const text = new TextEncoder().encode("x\n");
  for (const file of ["hosts", "passwd", "group", "protocols", "services"]) {
    assert.equal(writeFile(tree, `/etc/${file}`, text), SUCCESS);
  }
  // One test of path/filepath walks the folder of another package.
  for (const folder of [name, "unicode"]) copy(tree, join(root, "src", folder), `/go/src/${folder}`);
  for (const file of ["go.env", "LICENSE", "CONTRIBUTING.md"]) writeFile(tree, `/go/${file}`, text);
  return tree;
}

const root = goroot();

for (const name of ["os", "io/fs", "path/filepath"]) {
  const claim = `Go's tests of ${name} pass, but for those that are known`;
  if (root === null && process.env["PRESSBOX_REQUIRE_PHP"] !== "1") {
    test(claim, { skip: "there is no go: install it to run these" }, () => {});
    continue;
  }
  test(claim, () => {
    assert.ok(root !== null, "there is no go");
    const folder = mkdtempSync(join(tmpdir(), "gostd-"));
    try {
      const file = join(folder, "test.wasm");
      execFileSync("go", ["test", "-c", "-o", file, name], {
        cwd: join(root, "src"), stdio: "inherit", env: { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOFLAGS: "" },
      });
      const output = new Collector();
      command(new WebAssembly.Module(readFileSync(file)), {
        args: ["test", "-test.short", "-test.v"],
        env: [`PWD=/go/src/${name}`, "TMPDIR=/tmp", "HOME=/tmp", "PATH=/bin", "GOROOT=/go"],
        stdout: output,
        stderr: output,
        preopens: [{ guestPath: "/", fs: guestTree(root, name) }],
      });
      const text = new TextDecoder().decode(output.bytes);
      const results = [...text.matchAll(/^--- (PASS|FAIL): (\w+)/gm)];
      const failed = results.flatMap(([, result, test]) => (result === "FAIL" ? [test as string] : []));
      assert.ok(results.length > 20, `only ${results.length} tests ran:\n${text.slice(-2000)}`);
      assert.deepEqual(failed.sort(), knownFailures(name).sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
