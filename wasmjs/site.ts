// Site: routing, static files and PHP over one tree. Twin of
// server/phpwasm/site.go.

import { cgiEnvironment, cgiResponse, type Script } from "./cgi.ts";
import { errorResponse, type Reply } from "./page.ts";
import { Pieces } from "./pieces.ts";
import type { Early, Request, Response } from "./request.ts";
import { findRoute } from "./route.ts";
import { type Ended, Instance, type Result } from "./runner.ts";
import { staticResponse } from "./static.ts";
import { addDevices } from "./vfs/device.ts";
import { mkdirAll, stat } from "./vfs/host.ts";
import { isUnchanged } from "./vfs/overlay.ts";
import type { Tree } from "./vfs/tree.ts";
import type { Clock } from "./wasi/clock.ts";
import type { Limits } from "./wasi/host.ts";
import { GuestExit, GuestLimit } from "./wasi/proc.ts";
import type { Random } from "./wasi/random.ts";
import type { Trace } from "./wasi/trace.ts";

/** defaultMaxBody is the largest request body that a site takes, in bytes. */
export const defaultMaxBody = 64 * 1024 * 1024;

const defaultRequestTimeout = 30_000;

/** maxLogLines bounds what one response tells of PHP's diagnostics. */
const maxLogLines = 200;

/** SiteConfig configures a Site. What is left out takes the default. */
export interface SiteConfig {
  /** root is the document root: /wordpress. */
  readonly root?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** requestTimeout is how long PHP may run for one request, in milliseconds. */
  readonly requestTimeout?: number;
  readonly maxBody?: number;
  readonly limits?: Partial<Limits>;
  /** trace is told of every call the guest makes. */
  readonly trace?: Trace;
}

interface Answer extends Reply {
  readonly log: readonly string[];
  readonly memoryBytes: number;
}

/** Site runs one request after another. */
export class Site {
  readonly tree: Tree;
  readonly #module: WebAssembly.Module;
  readonly #config: SiteConfig;
  readonly #root: string;
  #instance: Instance | null = null;

  /**
   * Makes a site over a tree, in which it makes devices and /tmp if they are
   * missing. PHP starts with boot, or with the first request that needs it.
   */
  constructor(module: WebAssembly.Module, tree: Tree, config: SiteConfig = {}) {
    this.#module = module;
    this.tree = tree;
    this.#config = config;
    this.#root = config.root ?? "/wordpress";
    // What cannot be made in a full or frozen tree, PHP will miss and report.
    addDevices(tree);
    mkdirAll(tree, "/tmp");
  }

  /** boot starts PHP now. An Error with the reason is thrown if that fails. */
  boot(): void {
    this.#live();
  }

  #live(): Instance {
    if (this.#instance !== null) return this.#instance;
    const { clock, random, limits, trace } = this.#config;
    return (this.#instance = new Instance(this.#module, {
      tree: this.tree,
      ...(clock !== undefined && { clock }),
      ...(random !== undefined && { random }),
      ...(limits !== undefined && { limits }),
      ...(trace !== undefined && { trace }),
    }));
  }

  /**
   * run answers a request. It throws for nothing that a site or visitor did. What a
   * script flushes goes to early while it runs.
   */
  run(request: Request, early?: Early): Response {
    const began = performance.now();
    const answer = this.#answer(request, early);
    return { ...answer, duration: performance.now() - began };
  }

  /**
   * baseFile returns the path below the root, still encoded, of what request
   * asks for, if that is a whole file that is as the tree's lower has it.
   */
  baseFile(method: string, url: string): string | null {
    if (method !== "GET") return null;
    const to = findRoute(this.#root, url, (path) => stat(this.tree, path));
    if (to.kind !== "static" || !isUnchanged(this.tree, to.path)) return null;
    return to.path.slice(this.#root.length).split("/").map(encodeURIComponent).join("/");
  }

  #answer(request: Request, early: Early | undefined): Answer {
    const maxBody = this.#config.maxBody ?? defaultMaxBody;
    if (request.body.length > maxBody) {
      const size = request.body.length;
      return quiet(
        errorResponse(
          413, `This request carries ${size} bytes, and a site takes at most ${maxBody}. Send a smaller file.`,
        ),
      );
    }
    const to = findRoute(this.#root, request.url, (path) => stat(this.tree, path));
    switch (to.kind) {
      case "redirect":
        return quiet({ status: 301, header: [["location", to.location]], body: new Uint8Array(0), kind: "redirect" });
      case "static":
        return quiet(staticResponse(this.tree, to.path, request));
      case "php":
        return this.#runPhp(request, to, early);
      case "error":
        return quiet(errorResponse(to.status, to.sentence));
    }
  }

  #runPhp(request: Request, to: Script, early: Early | undefined): Answer {
    let instance: Instance;
    try {
      instance = this.#live();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return quiet(errorResponse(500, `This site could not start PHP: ${reason}.`));
    }
    const env = cgiEnvironment(this.#root, request, to);
    const pieces = new Pieces(request.method, early);
    const result = instance.handle(env, request.body, this.#config.requestTimeout ?? defaultRequestTimeout, pieces.push);
    const memoryBytes = instance.memoryBytes;
    const log = lines(result.stderr);
    if ("ended" in result) {
      this.#instance = null;
      return { ...errorResponse(500, sentence(result.ended)), log, memoryBytes };
    }
    if (pieces.begun !== undefined) {
      const { status } = pieces.begun;
      const body = status === 204 || status === 304 ? new Uint8Array(0) : result.stdout;
      return { ...pieces.begun, body, kind: "php", log, memoryBytes };
    }
    return { ...phpResponse({ ...result, stdout: pieces.whole(result.stdout) }, request.method), log, memoryBytes };
  }

  /** close ends the site's instance. */
  close(): void {
    this.#instance?.close();
    this.#instance = null;
  }
}

function quiet(reply: Reply): Answer {
  return { ...reply, log: [], memoryBytes: 0 };
}

// phpResponse is the Response to what a script wrote, or a page that says that
// it wrote nothing.
function phpResponse(result: Result, method: string): Reply {
  const output = cgiResponse(result.stdout, method);
  if (output === null) return errorResponse(500, "PHP gave no answer. The log may say why.");
  if (result.exit === 255 && output.body.length === 0 && method !== "HEAD") {
    // A fatal error before any output: PHP's own status may say 200.
    return errorResponse(500, "PHP ended with a fatal error and wrote nothing. The log says where.");
  }
  return { ...output, kind: "php" };
}

// sentence says why an instance did not survive.
function sentence(ended: Ended): string {
  if (ended instanceof GuestExit) return `PHP ended with status ${ended.code}. The next request starts it anew.`;
  if (ended instanceof GuestLimit) return `PHP was stopped: ${ended.message}. The next request starts it anew.`;
  return `PHP crashed: ${ended.message}. The next request starts it anew.`;
}

// lines cuts diagnostics into lines.
function lines(stderr: Uint8Array): string[] {
  const list = new TextDecoder()
    .decode(stderr)
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "");
  if (list.length <= maxLogLines) return list;
  return [...list.slice(0, maxLogLines), "(more lines were left out)"];
}
