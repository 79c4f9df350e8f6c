// The worker as the page sees it: started over HTTP, with a private file system
// in memory, asked by messages and by a port.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { SyncFile } from "../worker/journal.ts";
import type { FromWorker, PortResponse, StartConfig, ToWorker, WireRequest, WireResponse } from "../worker/protocol.ts";
import { serve } from "../worker/worker.ts";
import { phpPath, snapshotPath, testWith } from "./artefacts.ts";

const needs = [phpPath(), snapshotPath()];

interface Parts {
  readonly digest: string;
  readonly manifest: Buffer;
  readonly packs: readonly Buffer[];
}

// The layout is that of snapshots/doc.go.
function snapshotParts(): Parts {
  const file = readFileSync(snapshotPath());
  const size = Number(file.readBigUInt64LE(16));
  const manifest = file.subarray(64, 64 + size);
  const packs: Buffer[] = [];
  let at = 64 + size;
  for (let i = 0; i < manifest.readUInt32LE(16); i++) {
    const len = Number(manifest.readBigUInt64LE(32 + manifest.readUInt32LE(12) + 48 * i + 8));
    packs.push(file.subarray(at, at + len));
    at += len;
  }
  return { digest: file.subarray(32, 64).toString("hex"), manifest, packs };
}

interface World {
  readonly config: StartConfig;
  readonly server: Server;
}

async function world(alter: (path: string, body: Buffer) => Buffer | null = (_, body) => body): Promise<World> {
  const { digest, manifest, packs } = snapshotParts();
  const files = new Map<string, Buffer>([["/php.wasm", readFileSync(phpPath())], ["/manifest", manifest]]);
  packs.forEach((pack, i) => files.set(`/pack/${i}`, pack));
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const body = alter(path, files.get(path) ?? Buffer.alloc(0));
    // While PHP runs, nobody here notices that an idle connection was closed.
    response.setHeader("connection", "close");
    if (body === null) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": path === "/php.wasm" ? "application/wasm" : "application/octet-stream" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config: StartConfig = {
    site: "demo",
    origin: "http://demo.pressbox.localhost:8080",
    php: { url: `${base}/php.wasm`, size: files.get("/php.wasm")?.length ?? 0, digest: "" },
    snapshot: {
      digest,
      manifestUrl: `${base}/manifest`,
      packUrls: packs.map((_, i) => `${base}/pack/${i}`),
      packSizes: packs.map((pack) => pack.length),
    },
  };
  return { config, server };
}

/** Ranges stands for XMLHttpRequest, which Node has not. */
function fakeRanges(packs: readonly Buffer[]): void {
  class Request {
    responseType = "";
    status = 0;
    response: ArrayBuffer | null = null;
    #pack = 0;
    #range = "";
    open(_method: string, url: string): void {
      this.#pack = Number(url.split("/").at(-1));
    }
    setRequestHeader(_name: string, value: string): void {
      this.#range = value;
    }
    send(): void {
      const [from = 0, to = 0] = (/(\d+)-(\d+)/.exec(this.#range) ?? []).slice(1).map(Number);
      this.status = 206;
      this.response = new Uint8Array(packs[this.#pack]?.subarray(from, to + 1) ?? []).buffer;
    }
  }
  Object.defineProperty(globalThis, "XMLHttpRequest", { value: Request, configurable: true });
}

/**
 * fakeStorage is a private file system that outlives a worker. The first held
 * times that a file is opened, another worker has it.
 */
function fakeStorage(held = 0): void {
  class File implements SyncFile {
    bytes = new Uint8Array(0);
    read(into: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
      const part = this.bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    }
    write(bytes: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
      const next = new Uint8Array(Math.max(this.bytes.length, at + bytes.length));
      next.set(this.bytes);
      next.set(bytes, at);
      this.bytes = next;
      return bytes.length;
    }
    truncate(size: number): void {
      const next = new Uint8Array(size);
      next.set(this.bytes.subarray(0, size));
      this.bytes = next;
    }
    flush(): void {}
    close(): void {}
    getSize(): number {
      return this.bytes.length;
    }
    async createSyncAccessHandle(): Promise<File> {
      if (held-- > 0) throw new DOMException("another worker has it", "NoModificationAllowedError");
      return this;
    }
  }
  class Folder {
    entries = new Map<string, Folder | File>();
    #child<T extends Folder | File>(name: string, make: () => T): T {
      const child = this.entries.get(name) ?? make();
      this.entries.set(name, child);
      return child as T;
    }
    async getDirectoryHandle(name: string): Promise<Folder> {
      return this.#child(name, () => new Folder());
    }
    async getFileHandle(name: string): Promise<File> {
      return this.#child(name, () => new File());
    }
    async *keys(): AsyncGenerator<string> {
      yield* this.entries.keys();
    }
  }
  const root = new Folder();
  Object.defineProperty(navigator, "storage", { value: { getDirectory: async () => root }, configurable: true });
}

class Page {
  readonly messages: FromWorker[] = [];
  #scope: Parameters<typeof serve>[0];
  #waiting: ((message: FromWorker) => void)[] = [];

  constructor() {
    this.#scope = {
      onmessage: null,
      postMessage: (message) => {
        const copy = structuredClone(message);
        this.messages.push(copy);
        for (const see of this.#waiting) see(copy);
      },
    };
    serve(this.#scope);
  }

  post(message: ToWorker): void {
    this.#scope.onmessage?.({ data: message } as MessageEvent);
  }

  until(...types: FromWorker["type"][]): Promise<FromWorker> {
    return new Promise((resolve) => {
      const see = (message: FromWorker): void => {
        if (types.includes(message.type)) resolve(message);
      };
      this.#waiting.push(see);
    });
  }

  async start(config: StartConfig): Promise<FromWorker> {
    const ended = this.until("ready", "failed");
    this.post({ type: "start", config });
    return ended;
  }

  ask(url: string, more: Partial<WireRequest> = {}): WireResponse {
    this.post({ type: "request", id: 1, request: { method: "GET", url, header: [], body: null, ...more } });
    const last = this.messages.findLast((message) => message.type === "response");
    assert.ok(last?.type === "response");
    return last.response;
  }
}

const text = (response: WireResponse): string => new TextDecoder().decode(response.body ?? new ArrayBuffer(0));
const form = (fields: Record<string, string>): ArrayBuffer =>
  new TextEncoder().encode(new URLSearchParams(fields).toString()).buffer as ArrayBuffer;

testWith(needs, "a visitor logs in, and is still logged in after a reload", async () => {
  // At first the worker of the page before it still holds the files.
  fakeStorage(3);
  fakeRanges(snapshotParts().packs);
  const { config, server } = await world();
  try {
    const page = new Page();
    const ready = await page.start(config);
    assert.ok(ready.type === "ready" && ready.persistent, JSON.stringify(ready));
    const steps = page.messages.flatMap((message) => (message.type === "progress" ? [message.step] : []));
    assert.deepEqual(new Set(steps), new Set(["module", "manifest", "files", "boot"]));

    const front = page.ask("/");
    assert.equal(front.status, 200);
    assert.match(text(front), /<html/);
    const css = page.ask("/wp-includes/css/dashicons.min.css");
    assert.equal(css.kind, "static");
    assert.equal(page.ask("/wp-includes/css/dashicons.min.css").body?.byteLength, css.body?.byteLength, "a body that was transferred is still the tree's");
    assert.equal(page.ask("/", { method: "HEAD" }).body, null);

    page.ask("/wp-login.php");
    const posted = page.ask("/wp-login.php", {
      method: "POST",
      header: [["content-type", "application/x-www-form-urlencoded"]],
      body: form({ log: "admin", pwd: "password", testcookie: "1", "wp-submit": "Log In" }),
    });
    assert.equal(posted.status, 302, text(posted));
    assert.ok(!posted.header.some(([name]) => name === "set-cookie"));
    assert.equal(page.ask("/wp-admin/profile.php").status, 200);

    const again = new Page();
    assert.equal((await again.start(config)).type, "ready");
    assert.equal(again.ask("/wp-admin/profile.php").status, 200, "the cookies came back with the journal");

    const reset = again.until("reset");
    again.post({ type: "reset" });
    await reset;
    assert.equal(again.ask("/wp-admin/profile.php").status, 302, "after a reset nobody is logged in");
    assert.equal(again.ask("/").status, 200);
  } finally {
    server.close();
  }
});

testWith(needs, "a service worker's port is answered", async () => {
  fakeStorage();
  fakeRanges(snapshotParts().packs);
  const { config, server } = await world();
  const { port1, port2 } = new MessageChannel();
  try {
    const page = new Page();
    page.post({ type: "port", port: port1 as unknown as MessagePort });
    const answers = new Map<number, PortResponse>();
    const answered = new Promise<void>((resolve) => {
      port2.onmessage = (event: MessageEvent) => {
        const answer = event.data as PortResponse;
        answers.set(answer.id, answer);
        if (answers.size === 4) resolve();
      };
    });
    const get = (url: string, header: readonly (readonly [string, string])[] = []): WireRequest => ({ method: "GET", url, header, body: null });
    const style = "/wp-includes/css/buttons.min.css";
    port2.postMessage({ id: 7, request: get("/wp-login.php") });
    port2.postMessage({ id: 8, request: get(`${style}?ver=1`) });
    port2.postMessage({ id: 9, request: get(style), whole: true });
    port2.postMessage({ id: 10, request: get(style, [["range", "bytes=0-9"]]) });
    await page.start(config);
    await answered;
    const status = (id: number): number | undefined => {
      const answer = answers.get(id);
      return answer !== undefined && "response" in answer ? answer.response.status : undefined;
    };
    assert.equal(status(7), 200);
    assert.deepEqual(answers.get(8), { id: 8, file: { path: `/-pressbox/snapshot/${config.snapshot.digest}${style}` } });
    assert.equal(status(9), 200, "the worker has the file too");
    assert.equal(status(10), 206, "a part of a file is the worker's to answer");
    assert.ok(page.messages.some((message) => message.type === "run" && message.url === "/wp-login.php"));
  } finally {
    port1.close();
    port2.close();
    server.close();
  }
});

testWith(needs, "what comes broken or not at all is a sentence", async () => {
  fakeStorage();
  const cases: { name: string; alter: (path: string, body: Buffer) => Buffer | null; want: RegExp }[] = [
    { name: "no module", alter: (path, body) => (path === "/php.wasm" ? null : body), want: /PHP is not there/ },
    { name: "half a module", alter: (path, body) => (path === "/php.wasm" ? body.subarray(0, 1000) : body), want: /PHP|browser/ },
    { name: "no manifest", alter: (path, body) => (path === "/manifest" ? null : body), want: /list of the site's files is not there/ },
    {
      name: "an altered manifest", want: /altered on its way/,
      alter: (path, body) => (path === "/manifest" ? Buffer.concat([body.subarray(0, -1), Buffer.from([1])]) : body),
    },
    { name: "half a pack", alter: (path, body) => (path === "/pack/0" ? body.subarray(0, 1000) : body), want: /cut short/ },
    {
      name: "an altered pack", want: /altered on their way/,
      alter: (path, body) => (path === "/pack/0" ? Buffer.concat([Buffer.from("?"), body.subarray(1)]) : body),
    },
  ];
  for (const { name, alter, want } of cases) {
    const { config, server } = await world(alter);
    try {
      const end = await new Page().start(config);
      assert.ok(end.type === "failed", `${name}: ${end.type}`);
      assert.match(end.sentence, want, name);
    } finally {
      server.close();
    }
  }
});

testWith(needs, "without a private file system the site runs, and says what that means", async () => {
  Object.defineProperty(navigator, "storage", { value: undefined, configurable: true });
  fakeRanges(snapshotParts().packs);
  const { config, server } = await world();
  try {
    const page = new Page();
    const ready = await page.start(config);
    assert.ok(ready.type === "ready" && !ready.persistent);
    assert.ok(page.messages.some((message) => message.type === "notice" && /until you reload/.test(message.sentence)));
    assert.equal(page.ask("/wp-login.php").status, 200);
  } finally {
    server.close();
  }
});
