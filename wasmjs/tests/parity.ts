// The browser host's side of the parity test in cmd/pressbox: runs the
// requests that it reads from standard input and writes what came of them.
// Run by Go's test, not by node --test.

import { readFileSync, writeFileSync } from "node:fs";

import type { Header } from "../request.ts";
import { Site } from "../site.ts";
import { buildTree, decodeManifest, digestOf, FormatError } from "../snapshot.ts";
import { readFile } from "../vfs/host.ts";
import { changes, newOverlay } from "../vfs/overlay.ts";
import { fixedClock } from "../wasi/clock.ts";
import { seededRandom } from "../wasi/random.ts";

interface Work {
  readonly module: string;
  readonly manifest: string;
  readonly packs: readonly string[];
  readonly clockStart: number;
  readonly clockStep: number;
  readonly seed: number;
  readonly host: string;
  readonly requests: readonly {
    readonly method: string;
    readonly url: string;
    readonly header: Header;
    readonly body: string;
  }[];
}

const work: Work = JSON.parse(readFileSync(0, "utf8"));
const manifest = decodeManifest(new Uint8Array(readFileSync(work.manifest)));
if (manifest instanceof FormatError) throw new Error(manifest.reason);
const packs = work.packs.map((path) => new Uint8Array(readFileSync(path)));
const base = buildTree(manifest, (pack, off, len) => (packs[pack] as Uint8Array).subarray(off, off + len));

const clock = fixedClock(BigInt(work.clockStart) * 1_000_000n, BigInt(work.clockStep));
const random = seededRandom(work.seed);
const tree = newOverlay(base, { now: () => clock.realtime(), random: (bytes) => random.fill(bytes) });
const site = new Site(new WebAssembly.Module(readFileSync(work.module)), tree, { clock, random });

const responses = [];
for (const { method, url, header, body } of work.requests) {
  const response = site.run({
    method,
    url,
    host: work.host,
    scheme: "http",
    header,
    body: new TextEncoder().encode(body),
  });
  responses.push({
    status: response.status,
    header: response.header,
    body: Buffer.from(response.body).toString("base64"),
    kind: response.kind,
    log: response.log,
  });
}

const different = [];
for (const { path, op, kind } of changes(tree)) {
  const bytes = op === "removed" ? null : readFile(tree, path);
  different.push({
    path,
    op,
    kind,
    digest: bytes instanceof Uint8Array ? await digestOf(bytes.slice()) : "",
  });
}
writeFileSync(1, JSON.stringify({ responses, changes: different }));
