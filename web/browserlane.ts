// The browser lane: a worker of the page runs PHP, and the service worker of
// the site's origin sends it the site's requests. The page only joins the two
// and listens.

import type { FromWorker, StartConfig, ToWorker } from "../wasmjs/worker/protocol.ts";
import { answerLate, noServiceWorker, siteInUse, workerFailed, type Failure } from "./failure.ts";
import type { Lane, LaneEvents } from "./lane.ts";
import { typeOf, type FromBridge, type ToBridge } from "./messages.ts";
import { bridgePath, siteOrigin } from "./origins.ts";
import type { Start } from "./start.ts";

// A reloaded page may find that the browser has not yet let go of its own lock.
const lockWait = 1_500;
// PHP ends a script that runs too long by itself, after half of this. Only a
// loop inside one function of C does not notice, and then nothing but ending
// the worker helps.
const answerWait = 60_000;
// Registering a service worker takes well under a second where it works.
const bridgeWait = 15_000;

/** BrowserLane runs one site in this browser. */
export class BrowserLane implements Lane {
  readonly name = "browser";
  readonly origin: string;
  readonly #site: string;
  readonly #start: Start;
  readonly #workerUrl: string;
  readonly #events: LaneEvents;
  #worker: Worker | undefined;
  #opened: Promise<Failure | undefined> | undefined;
  #locked = false;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #resetDone: ((failure: Failure | undefined) => void) | undefined;

  constructor(site: string, start: Start, workerUrl: string, events: LaneEvents) {
    this.#site = site;
    this.#start = start;
    this.#workerUrl = workerUrl;
    this.#events = events;
    this.origin = siteOrigin(location, site);
  }

  async open(): Promise<Failure | undefined> {
    this.#opened ??= this.#open();
    const failure = await this.#opened;
    if (failure !== undefined) this.#end();
    return failure;
  }

  // The worker goes, and the next open starts another.
  #end(): void {
    clearTimeout(this.#watch);
    this.#opened = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async reset(): Promise<Failure | undefined> {
    const failure = await this.open();
    if (failure !== undefined) return failure;
    const done = new Promise<Failure | undefined>((resolve) => {
      this.#resetDone = resolve;
    });
    this.#post({ type: "reset" });
    return done;
  }

  async #open(): Promise<Failure | undefined> {
    if (!this.#locked && !(await this.#lock())) return siteInUse(this.#site);
    const ready = this.#startWorker();
    const bridge = this.#openBridge();
    return (await Promise.race([ready, bridge.then((failure) => failure ?? ready)])) ?? (await bridge);
  }

  // Two workers that write one site's journal would destroy it, so a site is
  // open in one page at a time. The lock goes with the page.
  async #lock(): Promise<boolean> {
    const locks = navigator.locks as LockManager | undefined;
    if (locks === undefined) return true;
    return new Promise((resolve) => {
      locks
        .request(`pressbox/site/${this.#site}`, { signal: AbortSignal.timeout(lockWait) }, () => {
          this.#locked = true;
          resolve(true);
          return new Promise<never>(() => undefined);
        })
        .catch(() => resolve(false));
    });
  }

  #startWorker(): Promise<Failure | undefined> {
    const worker = new Worker(this.#workerUrl, { type: "module", name: `pressbox ${this.#site}` });
    this.#worker = worker;
    return new Promise((resolve) => {
      const fail = (failure: Failure): void => {
        resolve(failure);
        this.#resetDone?.(failure);
        this.#resetDone = undefined;
        if (worker === this.#worker) this.#events.failed(failure);
      };
      worker.onerror = (event) => {
        const at = event.filename === undefined ? "" : ` (${event.filename}:${event.lineno})`;
        fail(workerFailed("The program that runs PHP in this tab stopped. Try again, or let the server run the site.", `${event.message ?? "the worker could not be loaded"}${at}`));
      };
      worker.onmessage = (event: MessageEvent<FromWorker>) => {
        const message = event.data;
        switch (message.type) {
          case "progress":
            this.#events.progress(message.step, message.loaded, message.total);
            break;
          case "ready":
            resolve(undefined);
            break;
          case "began":
            clearTimeout(this.#watch);
            this.#watch = setTimeout(() => {
              fail(answerLate(message.method, message.url));
              this.#end();
            }, answerWait);
            break;
          case "run":
            clearTimeout(this.#watch);
            this.#events.run({ ...message, lane: this.name });
            break;
          case "log":
            this.#events.log(this.name, message.lines);
            break;
          case "notice":
            this.#events.notice(message.sentence);
            break;
          case "failed":
            fail(workerFailed(message.sentence, message.detail));
            break;
          case "reset":
            this.#resetDone?.(undefined);
            this.#resetDone = undefined;
            break;
          case "response":
            // Only service workers of this page's sites send requests.
            break;
        }
      };
      const config: StartConfig = {
        site: this.#site,
        origin: this.origin,
        php: { ...this.#start.php, url: absolute(this.#start.php.url) },
        snapshot: {
          digest: this.#start.snapshot.digest,
          manifestUrl: absolute(this.#start.snapshot.manifestUrl),
          packUrls: this.#start.snapshot.packUrls.map(absolute),
          packSizes: this.#start.snapshot.packSizes,
        },
      };
      this.#post({ type: "start", config });
    });
  }

  #openBridge(): Promise<Failure | undefined> {
    document.getElementById("bridge")?.remove();
    const bridge = document.createElement("iframe");
    bridge.id = "bridge";
    bridge.title = "Bridge to the site";
    bridge.hidden = true;
    bridge.src = this.origin + bridgePath;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(noServiceWorker(`${bridge.src} did not answer`)), bridgeWait);
      const settle = (failure: Failure | undefined): void => {
        clearTimeout(timer);
        resolve(failure);
      };
      addEventListener("message", (event) => {
        if (event.source === null || event.source !== bridge.contentWindow || event.origin !== this.origin) return;
        const message = event.data as FromBridge;
        switch (typeOf(message)) {
          case "want-port":
            this.#givePort(bridge);
            break;
          case "ready":
            settle(undefined);
            break;
          case "failed":
            settle(noServiceWorker(message.type === "failed" ? String(message.detail) : ""));
            break;
        }
      });
      document.body.append(bridge);
    });
  }

  #givePort(bridge: HTMLIFrameElement): void {
    if (this.#worker === undefined || bridge.contentWindow === null) return;
    const { port1, port2 } = new MessageChannel();
    const message: ToBridge = { type: "port" };
    this.#post({ type: "port", port: port1 }, [port1]);
    bridge.contentWindow.postMessage(message, this.origin, [port2]);
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

function absolute(url: string): string {
  return new URL(url, location.href).href;
}
