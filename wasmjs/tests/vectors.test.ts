// The vectors of server/phpwasm/testdata: what the Go host answers, this one
// must answer too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cgiEnvironment, cgiResponse } from "../cgi.ts";
import { mimeType } from "../mime.ts";
import { findRoute } from "../route.ts";
import { mkdirAll, stat, writeFile } from "../vfs/host.ts";
import { SUCCESS } from "../vfs/errno.ts";
import { Tree } from "../vfs/tree.ts";
import { seededRandom } from "../wasi/random.ts";

function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../server/phpwasm/testdata/${name}`, import.meta.url), "utf8")) as T;
}

test("the seeded random source gives the pinned bytes, however the calls cut them", () => {
  const { cases } = vectors<{ cases: { seed: number; bytes: string }[] }>("random.json");
  for (const { seed, bytes } of cases) {
    const whole = new Uint8Array(bytes.length / 2);
    seededRandom(seed).fill(whole);
    assert.equal(Buffer.from(whole).toString("hex"), bytes, `seed ${seed}`);
    const cut = new Uint8Array(whole.length);
    const random = seededRandom(seed);
    for (let at = 0, step = 1; at < cut.length; at += step++) random.fill(cut.subarray(at, at + step));
    assert.equal(Buffer.from(cut).toString("hex"), bytes, `seed ${seed}, in pieces`);
  }
});

test("file names have the pinned content types", () => {
  const { cases } = vectors<{ cases: [string, string][] }>("mime.json");
  for (const [name, want] of cases) assert.equal(mimeType(name), want, name);
});

test("URLs have the pinned routes", () => {
  interface Want {
    readonly kind: string;
    readonly status?: number;
    readonly location?: string;
    readonly path?: string;
    readonly scriptName?: string;
    readonly pathInfo?: string;
  }
  const { root, files, cases } = vectors<{ root: string; files: string[]; cases: { url: string; want: Want }[] }>(
    "route.json",
  );
  const tree = new Tree();
  for (const file of files) {
    const dir = file.slice(0, file.lastIndexOf("/") + 1);
    assert.equal(mkdirAll(tree, dir), SUCCESS, dir);
    if (dir !== file) assert.equal(writeFile(tree, file, new Uint8Array([120])), SUCCESS, file);
  }
  for (const { url, want } of cases) {
    const route = findRoute(root, url, (path) => stat(tree, path));
    const { sentence: _, ...got } = { sentence: "", ...route };
    const shown = Object.fromEntries(Object.entries(got).filter(([, value]) => value !== "" && value !== 0));
    assert.deepEqual(shown, want, url);
  }
});

type Fields = [string, string][];

test("requests become the pinned environments", () => {
  interface Case {
    readonly name: string;
    readonly method: string;
    readonly url: string;
    readonly host: string;
    readonly scheme: "http" | "https";
    readonly header: Fields;
    readonly bodyLen: number;
    readonly scriptName: string;
    readonly pathInfo: string;
    readonly want: string[];
  }
  const { root, environments } = vectors<{ root: string; environments: Case[] }>("cgi.json");
  for (const { name, method, url, host, scheme, header, bodyLen, scriptName, pathInfo, want } of environments) {
    const request = { method, url, host, scheme, header, body: new Uint8Array(bodyLen) };
    const got = cgiEnvironment(root, request, { path: root + scriptName, scriptName, pathInfo });
    assert.deepEqual(got, want, name);
  }
});

test("what scripts write becomes the pinned responses", () => {
  interface Case {
    readonly name: string;
    readonly method: string;
    readonly output: string;
    readonly want: { readonly status: number; readonly header: Fields; readonly body: string } | null;
  }
  const { outputs } = vectors<{ outputs: Case[] }>("cgi.json");
  for (const { name, method, output, want } of outputs) {
    const got = cgiResponse(new TextEncoder().encode(output), method);
    const shown =
      got === null ? null : { status: got.status, header: got.header, body: new TextDecoder().decode(got.body) };
    assert.deepEqual(shown, want, name);
  }
});
