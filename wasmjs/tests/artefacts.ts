// Where php.wasm and the default snapshot are, and what a test does when they
// are not: it is skipped, saying how to make them, unless PRESSBOX_REQUIRE_PHP
// is 1. Then it fails.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

function cache(): string {
  const { PRESSBOX_CACHE, XDG_CACHE_HOME } = process.env;
  return PRESSBOX_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "pressbox");
}

export function phpPath(): string {
  return process.env["PHP_WASM"] ?? join(cache(), "php", "php.wasm");
}

export function snapshotPath(): string {
  return join(cache(), "snapshots", "default.snap");
}

let compiled: WebAssembly.Module | null = null;

/** phpModule is php.wasm, compiled once per test file. */
export function phpModule(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(readFileSync(phpPath())));
}

/** testWith is test for what needs files that are made, not kept in git. */
export function testWith(files: readonly string[], name: string, run: () => void | Promise<void>): void {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length === 0 || process.env["PRESSBOX_REQUIRE_PHP"] === "1") {
    test(name, run);
  } else {
    test(name, { skip: `${missing.join(" and ")} is missing: make php, make snapshot` }, () => {});
  }
}
