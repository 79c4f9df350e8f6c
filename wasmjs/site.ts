// Site is one site: routing, static files and PHP over one Tree. Requests run
// one after another; an instance that dies is replaced before the next one.
// Twin of server/phpwasm/site.go.

import { environment, parseOutput } from "./cgi.ts";
import { mediaType } from "./mime.ts";
import { headerValue, type Request, type Response, type ResponseKind } from "./request.ts";
import { route } from "./route.ts";
import { Instance, Trap } from "./runner.ts";
import { Errno } from "./vfs/errno.ts";
import { readFile } from "./vfs/host.ts";
import type { Stat } from "./vfs/inode.ts";
import type { Tree } from "./vfs/tree.ts";
import type { Clock } from "./wasi/clock.ts";
import type { Limits } from "./wasi/host.ts";
import { GuestExit, GuestLimit } from "./wasi/proc.ts";
import type { Random } from "./wasi/random.ts";
import type { Call } from "./wasi/trace.ts";

/** maxBody is the largest request body that a site takes, in bytes. */
export const maxBody = 64 * 1024 * 1024;

/** SiteConfig configures a Site. */
export interface SiteConfig {
  /** root is the document root. The default is /wordpress. */
  readonly root?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** requestTimeout is how long a request may run, in milliseconds: 30 000. */
  readonly requestTimeout?: number;
  readonly limits?: Partial<Limits>;
  /** see is told of every call the guest makes. */
  readonly see?: (call: Call) => void;
}

type Reply = Omit<Response, "duration" | "memoryBytes">;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const noBody: Uint8Array = new Uint8Array(0);

export class Site {
  readonly tree: Tree;
  readonly #module: WebAssembly.Module;
  readonly #config: SiteConfig;
  readonly #root: string;
  #instance: Instance | null = null;

  constructor(module: WebAssembly.Module, tree: Tree, config: SiteConfig = {}) {
    this.tree = tree;
    this.#module = module;
    this.#config = config;
    this.#root = config.root ?? "/wordpress";
  }

  /** boot starts PHP now instead of at the first request that needs it. */
  boot(): void {
    this.#live();
  }

  #live(): Instance {
    const known = this.#instance;
    if (known !== null && !known.dead) return known;
    const { clock, random, limits, see } = this.#config;
    return (this.#instance = new Instance(this.#module, {
      tree: this.tree,
      ...(clock !== undefined && { clock }),
      ...(random !== undefined && { random }),
      ...(limits !== undefined && { limits }),
      ...(see !== undefined && { see }),
    }));
  }

  /** run answers a request. It never throws for what a site or visitor did. */
  run(request: Request): Response {
    const began = performance.now();
    const reply = this.#reply(request);
    const memoryBytes = reply.kind === "php" || reply.kind === "error" ? (this.#instance?.memoryBytes ?? 0) : 0;
    return { ...reply, duration: performance.now() - began, memoryBytes };
  }

  #reply(request: Request): Reply {
    if (request.body.length > maxBody) {
      return page(413, `The request is larger than ${maxBody / 1024 / 1024} MiB, which is the limit here.`);
    }
    const to = route(this.tree, this.#root, request.url);
    switch (to.kind) {
      case "error":
        return page(to.status, to.status === 400 ? "This address cannot be read." : "This file is not served.");
      case "redirect":
        return { status: 301, header: [["location", to.location]], body: noBody, kind: "redirect", log: [] };
      case "static":
        return staticFile(this.tree, request, to.path, to.stat);
      case "script":
        return this.#script(request, to.script, to.pathInfo);
    }
  }

  #script(request: Request, script: string, pathInfo: string): Reply {
    let instance: Instance;
    try {
      instance = this.#live();
    } catch (error) {
      return page(500, error instanceof Error ? error.message : String(error));
    }
    const env = environment(request, this.#root, script, pathInfo);
    const result = instance.handle(env, request.body, this.#config.requestTimeout ?? 30_000);
    const log = lines(result.stderr);
    if ("ended" in result) return { ...page(500, sentence(result.ended)), log };
    const output = parseOutput(result.stdout);
    if (output === null) {
      return { ...page(500, "PHP ended without an answer. The log says why, if anything does."), log };
    }
    if (output.body.length === 0 && log.some((line) => line.includes("PHP Fatal error"))) {
      return { ...page(500, "PHP ended with a fatal error. The log says where."), log };
    }
    const body = request.method === "HEAD" ? noBody : output.body;
    return { status: output.status, header: output.header, body, kind: "php", log };
  }

  /** close gives up the instance. */
  close(): void {
    this.#instance?.close();
    this.#instance = null;
  }
}

function sentence(ended: GuestExit | GuestLimit | Trap): string {
  if (ended instanceof GuestExit) return `PHP ended with status ${ended.code} instead of an answer. It was started anew.`;
  if (ended instanceof GuestLimit) return `PHP was ended: ${ended.message}. It was started anew.`;
  return `PHP crashed: ${ended.message}. It was started anew.`;
}

function lines(stderr: Uint8Array): string[] {
  return decoder.decode(stderr).split("\n").filter((line) => line !== "");
}

function page(status: number, text: string): Reply {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const html = `<!doctype html>\n<meta charset="utf-8">\n<title>${status}</title>\n<p>${escaped}</p>\n`;
  const kind: ResponseKind = "error";
  return { status, header: [["content-type", "text/html; charset=utf-8"]], body: encoder.encode(html), kind, log: [] };
}

function staticFile(tree: Tree, request: Request, path: string, stat: Stat): Reply {
  const { method } = request;
  if (method !== "GET" && method !== "HEAD") {
    const refused = page(405, "A file can only be read.");
    return { ...refused, header: [["allow", "GET, HEAD"], ...refused.header] };
  }
  const etag = `"${stat.size.toString(16)}-${stat.mtim.toString(16)}"`;
  const modified = new Date(Number(stat.mtim / 1_000_000n));
  const header: [string, string][] = [
    ["content-type", mediaType(path)],
    ["etag", etag],
    ["last-modified", modified.toUTCString()],
    ["accept-ranges", "bytes"],
    ["cache-control", "no-cache"],
  ];
  const reply = (status: number, body: Uint8Array): Reply => ({ status, header, body, kind: "static", log: [] });
  if (unchanged(request, etag, modified)) return reply(304, noBody);
  const ifRange = headerValue(request.header, "if-range");
  const range =
    ifRange === undefined || ifRange === etag ? parseRange(headerValue(request.header, "range"), stat.size) : null;
  if (range === "unsatisfiable") {
    header.push(["content-range", `bytes */${stat.size}`]);
    return reply(416, noBody);
  }
  if (method === "HEAD") {
    header.push(["content-length", String(stat.size)]);
    return reply(200, noBody);
  }
  const bytes = readFile(tree, path);
  if (bytes instanceof Errno) return page(500, `This file could not be read: ${bytes.message}.`);
  if (range === null) return reply(200, bytes);
  header.push(["content-range", `bytes ${range.from}-${range.to - 1}/${stat.size}`]);
  return reply(206, bytes.subarray(range.from, range.to));
}

function unchanged(request: Request, etag: string, modified: Date): boolean {
  const match = headerValue(request.header, "if-none-match");
  if (match !== undefined) {
    return match.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
  }
  const since = headerValue(request.header, "if-modified-since");
  if (since === undefined) return false;
  const time = Date.parse(since);
  return !Number.isNaN(time) && Math.floor(modified.getTime() / 1000) * 1000 <= time;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

// parseRange takes a single range; anything else is answered in whole.
function parseRange(value: string | undefined, size: number): Range | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(value?.trim() ?? "");
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const len = Number(last);
    return len === 0 || size === 0 ? "unsatisfiable" : { from: Math.max(0, size - len), to: size };
  }
  const from = Number(first);
  if (from >= size) return "unsatisfiable";
  const to = last === "" ? size : Math.min(size, Number(last) + 1);
  return to <= from ? null : { from, to };
}
