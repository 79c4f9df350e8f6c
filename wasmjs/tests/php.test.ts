// The cases of php/tests on real php.wasm, and what a Site makes of a PHP that
// ends badly.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Request, Response } from "../request.ts";
import { command, Instance } from "../runner.ts";
import { Site } from "../site.ts";
import { addDevices } from "../vfs/device.ts";
import { SUCCESS } from "../vfs/errno.ts";
import { mkdirAll, readFile, writeFile } from "../vfs/host.ts";
import { Tree } from "../vfs/tree.ts";
import { bytesSource, Collector } from "../wasi/stdio.ts";
import { phpModule, phpPath, testWith } from "./artefacts.ts";

const folder = new URL("../../php/tests/", import.meta.url);

interface Section {
  readonly name: string;
  readonly text: string;
}

interface Run {
  readonly kind: "cgi" | "cli";
  readonly text: string;
  readonly sections: Map<string, string>;
}

function parse(source: string): { files: Section[]; runs: Run[] } {
  const files: Section[] = [];
  const runs: Run[] = [];
  const parts = source.split(/^-- (.+) --$\n?/m);
  for (let i = 1; i < parts.length; i += 2) {
    const name = parts[i] as string;
    const text = parts[i + 1] ?? "";
    if (name.startsWith("/")) files.push({ name, text });
    else if (name === "cgi" || name === "cli") runs.push({ kind: name, text, sections: new Map() });
    else runs.at(-1)?.sections.set(name, text);
  }
  return { files, runs };
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const trimEnd = (text: string): string => text.replace(/[\r\n]+$/, "");

function stdin(run: Run): Uint8Array {
  const plain = run.sections.get("stdin");
  const crlf = run.sections.get("stdin crlf");
  if (plain !== undefined) return Buffer.from(plain.replace(/\n$/, ""));
  return Buffer.from(crlf === undefined ? "" : crlf.replace(/\n$/, "").replaceAll("\n", "\r\n") + "\r\n");
}

function variables(run: Run, body: Uint8Array): string[] {
  const given = new Map(lines(run.text).map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const name = given.get("SCRIPT_NAME") ?? "/index.php";
  const query = given.get("QUERY_STRING") ?? "";
  const all = new Map([
    ["GATEWAY_INTERFACE", "CGI/1.1"], ["SERVER_PROTOCOL", "HTTP/1.1"], ["SERVER_NAME", "localhost"],
    ["SERVER_PORT", "80"], ["SERVER_SOFTWARE", "test"], ["REMOTE_ADDR", "127.0.0.1"], ["HTTP_HOST", "localhost"],
    ["REQUEST_METHOD", body.length > 0 ? "POST" : "GET"], ["QUERY_STRING", ""], ["DOCUMENT_ROOT", "/www"],
    ["SCRIPT_NAME", name], ["SCRIPT_FILENAME", "/www" + name], ["REQUEST_URI", query === "" ? name : `${name}?${query}`],
  ]);
  if (body.length > 0) all.set("CONTENT_LENGTH", String(body.length));
  for (const [key, value] of given) all.set(key, value);
  return [...all].map(([key, value]) => `${key}=${value}`);
}

interface Got {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

function check(run: Run, got: Got, at: string): void {
  const { sections } = run;
  let body = got.stdout;
  if (run.kind === "cgi") {
    const end = /\r?\n\r?\n/.exec(body);
    assert.ok(end !== null, `${at}: no head in ${JSON.stringify(body)}; stderr: ${got.stderr}`);
    const head = body.slice(0, end.index).split(/\r?\n/);
    body = body.slice(end.index + end[0].length);
    const lower = head.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()));
    const status = lower.find((line) => line.startsWith("status:"))?.match(/\d+/)?.[0] ?? "200";
    assert.equal(status, sections.get("status")?.trim() ?? "200", `${at}: status; stderr: ${got.stderr}`);
    for (const line of lines(sections.get("headers") ?? "")) {
      if (line.startsWith("!")) {
        const name = line.slice(1).toLowerCase() + ":";
        assert.ok(!lower.some((there) => there.startsWith(name)), `${at}: ${line} in ${head.join(" | ")}`);
      } else {
        const want = line.replace(/^[^:]*/, (name) => name.toLowerCase());
        assert.ok(lower.includes(want), `${at}: ${line} not in ${head.join(" | ")}`);
      }
    }
  }
  const want = sections.get("stdout");
  if (want !== undefined) assert.equal(trimEnd(body), trimEnd(want), `${at}: stdout; stderr: ${got.stderr}`);
  for (const line of lines(sections.get("stdout contains") ?? "")) {
    assert.ok(body.includes(line), `${at}: stdout lacks ${line}: ${body}`);
  }
  const diagnostics = sections.get("stderr contains");
  if (diagnostics === undefined) assert.equal(got.stderr, "", `${at}: stderr`);
  for (const line of lines(diagnostics ?? "")) {
    assert.ok(got.stderr.includes(line), `${at}: stderr lacks ${line}: ${got.stderr}`);
  }
  assert.equal(got.exit, Number(sections.get("exit") ?? "0"), `${at}: exit`);
}

function newTree(): Tree {
  const tree = new Tree();
  addDevices(tree);
  for (const path of ["/tmp", "/www", "/wordpress"]) mkdirAll(tree, path);
  return tree;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt")).sort()) {
  testWith([phpPath()], `php case ${file}`, () => {
    const { files, runs } = parse(readFileSync(new URL(file, folder), "utf8"));
    const tree = newTree();
    for (const { name, text } of files) {
      mkdirAll(tree, name.slice(0, name.lastIndexOf("/")) || "/");
      assert.equal(writeFile(tree, name, Buffer.from(text)), SUCCESS, name);
    }
    let instance: Instance | null = null;
    for (const [i, run] of runs.entries()) {
      const body = stdin(run);
      if (run.kind === "cgi") {
        instance ??= new Instance(phpModule(), { tree });
        const interrupt = run.sections.get("interrupt");
        const timeout = interrupt === undefined ? Infinity : Number(interrupt);
        const result = instance.handle(variables(run, body), body, timeout);
        assert.ok("exit" in result, `run ${i}: ${"ended" in result ? result.ended.message : ""}`);
        check(run, { stdout: decode(result.stdout), stderr: decode(result.stderr), exit: result.exit }, `run ${i}`);
      } else {
        const stdout = new Collector();
        const stderr = new Collector();
        const exit = command(phpModule(), {
          args: ["php", ...run.text.split("\n").slice(0, -1)],
          stdin: bytesSource(body),
          stdout,
          stderr,
          preopens: [{ guestPath: "/", fs: tree }],
        });
        check(run, { stdout: decode(stdout.bytes), stderr: decode(stderr.bytes), exit }, `run ${i}`);
      }
    }
  });
}

function get(url: string, more: Partial<Request> = {}): Request {
  return { method: "GET", url, host: "demo.test", scheme: "http", header: [], body: new Uint8Array(0), ...more };
}

function siteWith(files: Record<string, string>, config: ConstructorParameters<typeof Site>[2] = {}): Site {
  const tree = newTree();
  for (const [name, text] of Object.entries(files)) {
    assert.equal(writeFile(tree, `/wordpress/${name}`, Buffer.from(text)), SUCCESS);
  }
  return new Site(phpModule(), tree, config);
}

const body = (response: Response): string => decode(response.body);
const alive = "<?php echo 'alive';";

testWith([phpPath()], "a script that runs too long is told to stop, and the next request works", () => {
  const site = siteWith(
    { "index.php": alive, "loop.php": "<?php while (true) { file_exists('/x' . rand()); }" },
    { requestTimeout: 100 },
  );
  const response = site.run(get("/loop.php"));
  assert.equal(response.status, 500);
  assert.match(response.log.join("\n"), /Maximum execution time/);
  assert.ok(response.duration < 5000);
  assert.equal(body(site.run(get("/"))), "alive");
});

testWith([phpPath()], "sleeping counts as running", () => {
  const site = siteWith({ "index.php": alive, "sleep.php": "<?php sleep(1000);" }, { requestTimeout: 50 });
  assert.equal(site.run(get("/sleep.php")).status, 500);
  assert.equal(body(site.run(get("/"))), "alive");
});

testWith([phpPath()], "too much output ends the instance with a sentence, and the next request works", () => {
  const site = siteWith(
    { "index.php": alive, "much.php": "<?php while (true) echo str_repeat('x', 10000);" },
    { limits: { outputBytes: 1_000_000 } },
  );
  const response = site.run(get("/much.php"));
  assert.equal(response.status, 500);
  assert.equal(response.kind, "error");
  assert.match(body(response), /PHP was stopped: the output is over 1000000 bytes/);
  assert.equal(body(site.run(get("/"))), "alive");
});

testWith([phpPath()], "a fatal error without output is a page with a sentence, and a log line", () => {
  const site = siteWith({ "index.php": "<?php ini_set('display_errors', '0'); nothing();" });
  const response = site.run(get("/"));
  assert.equal(response.status, 500);
  assert.match(body(response), /<p>PHP ended with a fatal error/);
  assert.match(response.log.join("\n"), /undefined function nothing/);
});

testWith([phpPath()], "a body over the limit never reaches PHP", () => {
  const site = siteWith({ "index.php": alive }, { maxBody: 10 });
  const response = site.run(get("/", { method: "POST", body: new Uint8Array(11) }));
  assert.equal(response.status, 413);
  assert.match(body(response), /11 bytes.*at most 10/);
});

testWith([phpPath()], "a site serves scripts, uploads and static files", () => {
  const site = siteWith({
    "index.php": "<?php header('Set-Cookie: a=1'); header('Set-Cookie: b=2', false); echo $_SERVER['REQUEST_URI'];",
    "upload.php": "<?php move_uploaded_file($_FILES['f']['tmp_name'], '/wordpress/got'); echo $_FILES['f']['size'];",
    "a.css": "0123456789",
  });
  const pretty = site.run(get("/2026/11/hello/?x=1"));
  assert.equal(body(pretty), "/2026/11/hello/?x=1");
  assert.deepEqual(pretty.header.filter(([name]) => name === "set-cookie").map(([, value]) => value), ["a=1", "b=2"]);

  const form = "--b\r\ncontent-disposition: form-data; name=f; filename=x\r\n\r\nhello\r\n--b--\r\n";
  const posted = site.run(
    get("/upload.php", {
      method: "POST", body: Buffer.from(form), header: [["content-type", "multipart/form-data; boundary=b"]],
    }),
  );
  assert.equal(body(posted), "5");
  assert.equal(decode(readFile(site.tree, "/wordpress/got") as Uint8Array), "hello");

  const file = site.run(get("/a.css"));
  assert.equal(file.kind, "static");
  assert.equal(body(file), "0123456789");
  const etag = file.header.find(([name]) => name === "etag")?.[1] ?? "";
  assert.equal(site.run(get("/a.css", { header: [["if-none-match", etag]] })).status, 304);
  const part = site.run(get("/a.css", { header: [["range", "bytes=2-4"]] }));
  assert.equal(part.status, 206);
  assert.equal(body(part), "234");
  assert.equal(body(site.run(get("/a.css", { header: [["range", "bytes=-3"]] }))), "789");
  assert.equal(site.run(get("/a.css", { header: [["range", "bytes=10-"]] })).status, 416);
  assert.equal(site.run(get("/a.css", { method: "POST" })).status, 405);
  assert.equal(site.run(get("/a.css", { method: "HEAD" })).body.length, 0);
});

test("a module that is not php.wasm is refused by name", () => {
  const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  assert.throws(() => new Instance(empty, { tree: newTree() }), /not php.wasm: it lacks memory, _initialize/);
});

testWith([phpPath()], "what a script flushes goes out while it runs", () => {
  const site = siteWith({
    "slow.php": `<?php header('X-A: 1'); header('Content-Length: 99'); setcookie('c', 'd'); echo 'one '; flush();
      while (!file_exists('/wordpress/go')) { usleep(1000); clearstatcache(); }
      echo 'two '; flush(); echo 'three'; unlink('/wordpress/go');`,
    "large.php": "<?php for ($i = 0; $i < 5; $i++) echo str_repeat('x', 700000);",
    "plain.php": "<?php echo 'whole';",
    "empty.php": "<?php http_response_code(204); flush(); echo 'nobody sees this';",
    "broken.php": "<?php echo 'one '; flush(); while (true) echo str_repeat('x', 100000);",
  });
  let pieces: string[] = [];
  const keep = (part: { readonly body: Uint8Array }): void => void pieces.push(decode(part.body));

  const slow = site.run(get("/slow.php"), (part) => {
    assert.equal(part.status, 200);
    assert.deepEqual(part.header.map(([name]) => name).filter((name) => /^(x-a|content-length|set-cookie)$/.test(name)), ["x-a", "set-cookie"]);
    // The script waits for this file.
    if (pieces.length === 0) assert.equal(writeFile(site.tree, "/wordpress/go", new Uint8Array(0)), SUCCESS);
    keep(part);
  });
  assert.deepEqual([...pieces, body(slow)], ["one ", "two ", "three"]);

  pieces = [];
  const large = site.run(get("/large.php"), keep);
  assert.ok(pieces.length > 1);
  assert.equal(pieces.join("").length + large.body.length, 3_500_000);
  pieces = [];
  assert.equal(body(site.run(get("/plain.php"), keep)), "whole");
  assert.equal(site.run(get("/empty.php"), keep).status, 204);
  assert.equal(writeFile(site.tree, "/wordpress/go", new Uint8Array(0)), SUCCESS);
  assert.equal(body(site.run(get("/slow.php", { method: "HEAD" }), keep)), "");
  assert.deepEqual(pieces, []);
  assert.equal(site.run(get("/broken.php"), keep).kind, "error");
  assert.equal(pieces[0], "one ");
});
