// The worker of one site: it fetches php.wasm and the site's snapshot, boots
// PHP, and answers requests one at a time. postMessage is named here only.

import { Jar, targetOf } from "../cookies.ts";
import { errorResponse } from "../page.ts";
import { type Early, type Header, headerValue, type Response } from "../request.ts";
import { Site } from "../site.ts";
import { buildTree } from "../snapshot.ts";
import type { Tree } from "../vfs/tree.ts";
import { Contents } from "./contents.ts";
import { checkPack, Failed, fetchManifest, fetchModule, fetchPack, reason } from "./fetching.ts";
import { type Journal, openJournal } from "./journal.ts";
import { cutSentence, freshTree, Keeper, restoreTree } from "./keeper.ts";
import {
  type BaseFile, type FromWorker, partToWire, type PortRequest, type PortResponse, requestFromWire, responseToWire,
  type StartConfig, type ToWorker, type WirePart, type WireRequest, type WireResponse,
} from "./protocol.ts";
import { openFiles, otherSnapshots } from "./storage.ts";

/** WorkerScope is the little of DedicatedWorkerGlobalScope that serve uses. */
export interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

type Post = (message: FromWorker, transfer?: Transferable[]) => void;

/** serve answers the messages of the page that owns this worker. */
export function serve(scope: WorkerScope): void {
  const post: Post = (message, transfer = []) => scope.postMessage(message, transfer);
  let running: Running | null = null;
  let starting = false;
  // What comes before the site runs waits for it.
  let waiting: ToWorker[] = [];

  const receive = (message: ToWorker): void => {
    if (message.type === "start") {
      if (starting) return;
      starting = true;
      start(message.config, post).then(
        (started) => {
          running = started;
          const held = waiting;
          waiting = [];
          for (const early of held) receive(early);
        },
        (error: unknown) => {
          starting = false;
          const failed = error instanceof Failed ? error : null;
          post({
            type: "failed",
            sentence: failed?.message ?? "The site could not be started in this browser. Reload to try again.",
            detail: failed?.detail ?? reason(error),
          });
        },
      );
    } else if (running === null) {
      waiting.push(message);
    } else if (message.type === "port") {
      running.listen(message.port);
    } else if (message.type === "request") {
      const response = running.answer(message.request);
      const { id } = message;
      post({ type: "response", id, response }, response.body === null ? [] : [response.body]);
      running.afterwards();
    } else {
      running.reset();
    }
  };
  scope.onmessage = (event) => receive(event.data as ToWorker);
}

async function start(config: StartConfig, post: Post): Promise<Running> {
  const began = performance.now();
  const since = (): number => Math.round(performance.now() - began);
  const progress = (step: "module" | "manifest" | "files" | "boot", loaded: number, total: number): void =>
    post({ type: "progress", step, loaded, total });
  const timings = { module: 0, manifest: 0, files: 0, boot: 0, ready: 0 };
  const timed = async <T>(step: "module" | "manifest" | "files", promise: Promise<T>): Promise<T> => {
    const result = await promise;
    timings[step] = since();
    return result;
  };
  const contents = new Contents(config.snapshot);
  const report = (step: Parameters<typeof progress>[0] | "page", loaded: number, total: number): void => {
    if (step !== "page") progress(step, loaded, total);
  };
  const [module, manifest, pack, journal] = await Promise.all([
    timed("module", config.module === undefined ? fetchModule(config.php, report) : Promise.resolve(config.module)),
    timed("manifest", fetchManifest(config.snapshot, report)),
    timed("files", fetchPack(config.snapshot, 0, report)),
    open(config, post),
  ]);
  const checked = checkPack(manifest, 0, pack);
  contents.have(0, pack);
  progress("boot", 0, 1);
  const lower = buildTree(manifest, (index, off, len) => contents.read(index, off, len));
  const jar = new Jar();
  let tree: Tree;
  if (journal === null) {
    tree = freshTree(lower);
  } else {
    const restored = restoreTree(lower, jar, journal.records);
    tree = restored.tree;
    const cut = cutSentence(journal, restored);
    if (cut !== null) post({ type: "notice", sentence: cut });
  }
  const running = new Running(config, post, module, lower, tree, jar, journal?.journal ?? null);
  running.boot();
  await checked;
  timings.boot = since();
  timings.ready = since();
  progress("boot", 1, 1);
  post({ type: "ready", timings, persistent: journal !== null });
  return running;
}

// open finds the site's journal, or says why nothing will be kept.
async function open(config: StartConfig, post: Post): Promise<ReturnType<typeof openJournal> | null> {
  if (config.persist === false) return null;
  const { site, snapshot } = config;
  try {
    const files = await openFiles(site, snapshot.digest);
    const opened = openJournal(files, fromHex(snapshot.digest));
    const others = await otherSnapshots(site, snapshot.digest);
    if (opened.records.length === 0 && others.length > 0) {
      post({
        type: "notice",
        sentence: "This site now starts from another snapshot. What was changed on the earlier one is kept, but not shown.",
      });
    }
    return opened;
  } catch (error) {
    post({ type: "notice", sentence: "This browser keeps nothing for this site: what you change lasts until you reload." });
    post({ type: "log", lines: [`journal: ${reason(error)}`] });
    return null;
  }
}

function fromHex(digest: string): Uint8Array {
  return Uint8Array.from(digest.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Running is a site that has started. */
class Running {
  readonly #config: StartConfig;
  readonly #post: Post;
  readonly #module: WebAssembly.Module;
  readonly #lower: Tree;
  readonly #jar: Jar;
  readonly #journal: Journal | null;
  readonly #origin: URL;
  #site: Site;
  #keeper: Keeper;

  constructor(
    config: StartConfig, post: Post, module: WebAssembly.Module, lower: Tree, tree: Tree, jar: Jar,
    journal: Journal | null,
  ) {
    this.#config = config;
    this.#post = post;
    this.#module = module;
    this.#lower = lower;
    this.#jar = jar;
    this.#journal = journal;
    this.#origin = new URL(config.origin);
    this.#site = this.#newSite(tree);
    this.#keeper = new Keeper(tree, jar, journal);
  }

  #newSite(tree: Tree): Site {
    const { requestTimeout } = this.#config;
    return new Site(this.#module, tree, requestTimeout === undefined ? {} : { requestTimeout });
  }

  boot(): void {
    try {
      this.#site.boot();
    } catch (error) {
      throw new Failed("PHP did not start in this browser. The server can run the site instead.", reason(error));
    }
  }

  /** listen serves a service worker's port. A newer one does not end the older. */
  listen(port: MessagePort): void {
    port.onmessage = (event: MessageEvent) => {
      const { id, request, whole } = event.data as PortRequest;
      const file = whole === true ? null : this.#baseFile(request);
      if (file !== null) {
        port.postMessage({ id, file } satisfies PortResponse);
        return;
      }
      const response = this.answer(request, (part) => port.postMessage({ id, part } satisfies PortResponse, [part.body]));
      const message: PortResponse = { id, response };
      port.postMessage(message, response.body === null ? [] : [response.body]);
      this.afterwards();
    };
  }

  // A part of a file is not the server's business: its answer says of what.
  #baseFile({ method, url, header }: WireRequest): BaseFile | null {
    if (headerValue(header, "range") !== undefined) return null;
    const path = this.#site.baseFile(method, url);
    if (path === null) return null;
    this.#post({ type: "run", method, url, status: 200, kind: "static", ms: 0, memory: 0 });
    return { path: `/-pressbox/snapshot/${this.#config.snapshot.digest}${path}` };
  }

  /**
   * answer runs a request. What a visitor sent is kept before they hear so: parts
   * may go out early, but an answer is not complete before.
   */
  answer(wire: WireRequest, early?: (part: WirePart) => void): WireResponse {
    this.#post({ type: "began", method: wire.method, url: wire.url });
    let response: Response;
    try {
      response = this.#run(wire, early);
    } catch (error) {
      // Only a bug of this program gets here; the next request may still work.
      const page = errorResponse(500, "Something in Pressbox itself went wrong. Reload the page.");
      response = { ...page, duration: 0, log: [reason(error)], memoryBytes: 0 };
    }
    const { status, kind, duration: ms, memoryBytes: memory, log } = response;
    if (wire.method !== "GET" && wire.method !== "HEAD") this.afterwards();
    if (log.length > 0) this.#post({ type: "log", lines: log });
    this.#post({ type: "run", method: wire.method, url: wire.url, status, kind, ms, memory });
    return responseToWire(response, wire.method);
  }

  #run(wire: WireRequest, early?: (part: WirePart) => void): Response {
    const target = targetOf(this.#origin, wire.url.startsWith("/") ? wire.url : new URL(wire.url).pathname);
    const cookie = this.#jar.header(target, Date.now());
    let taken = false;
    const takeCookies = (header: Header): void => {
      if (taken) return;
      taken = true;
      for (const [name, value] of header) {
        if (name === "set-cookie") this.#jar.take(value, target, Date.now());
      }
    };
    const onward = early && ((part: Parameters<Early>[0]): void => {
      takeCookies(part.header);
      early(partToWire(part));
    });
    const response = this.#site.run(requestFromWire(wire, this.#origin, cookie), onward);
    takeCookies(response.header);
    return response;
  }

  /** afterwards writes down what the last request changed. */
  afterwards(): void {
    try {
      this.#keeper.keep();
    } catch (error) {
      this.#post({
        type: "notice",
        sentence: "The browser has no room for this site's changes: what you change from now on lasts until you reload.",
      });
      this.#post({ type: "log", lines: [`journal: ${reason(error)}`] });
    }
  }

  /** reset throws the visitor's changes away. */
  reset(): void {
    this.#site.close();
    this.#jar.clear();
    let journal = this.#journal;
    try {
      journal?.clear();
    } catch (error) {
      journal = null;
      this.#post({ type: "log", lines: [`journal: ${reason(error)}`] });
    }
    const tree = freshTree(this.#lower);
    this.#site = this.#newSite(tree);
    this.#keeper = new Keeper(tree, this.#jar, journal);
    this.#post({ type: "reset" });
  }
}
