// The service worker's way to the site's worker. It keeps no truth: browsers
// stop idle service workers, and a new one knows nothing. Then it asks the
// bridge, which asks the page, which makes a new port.

import type { BaseFile, PortRequest, PortResponse, WirePart, WireRequest, WireResponse } from "../wasmjs/worker/protocol.ts";
import { typeOf, type FromServiceWorker } from "./messages.ts";
import { bridgePath } from "./origins.ts";

// How long a request waits for a port: a page that is loading hands one over
// within a second or two, a bridge that is there and silent is broken.
const portWait = 10_000;
const portWaitWithoutBridge = 2_500;
// How often an unanswered request looks whether its page is still open.
const aliveInterval = 2_000;

interface Pending {
  readonly port: MessagePort;
  settle(answer: SiteAnswer | undefined): void;
  // Of an answer that has begun: where its next pieces go.
  rest?: ReadableStreamDefaultController<Uint8Array>;
}

/** SiteAnswer is what a worker says: an answer, one that has begun, or where to fetch one. */
export type SiteAnswer =
  | { readonly response: WireResponse }
  | { readonly part: WirePart; readonly rest: ReadableStream<Uint8Array> }
  | { readonly file: BaseFile };

/** SitePort sends requests to the worker of the site this origin belongs to. */
export class SitePort {
  readonly #clients: Clients;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting = new Set<(port: MessagePort) => void>();
  #port: MessagePort | undefined;
  #bridgeId = "";
  #nextId = 1;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(clients: Clients) {
    this.#clients = clients;
  }

  /** take keeps the port that a bridge has handed over. */
  take(port: MessagePort, bridgeId: string): void {
    this.#port = port;
    this.#bridgeId = bridgeId;
    port.onmessage = (event: MessageEvent) => this.#answered(event.data);
    for (const resolve of this.#waiting) resolve(port);
    this.#waiting.clear();
  }

  /** run has the site's worker answer a request; undefined when there is no
   * worker, because no page runs the site. With whole, the worker answers
   * itself also where the server has the file. */
  async run(request: WireRequest, whole = false): Promise<SiteAnswer | undefined> {
    const port = this.#port ?? (await this.#ask());
    if (port === undefined) return undefined;
    const id = this.#nextId++;
    const message: PortRequest = { id, request, whole };
    return new Promise((resolve) => {
      this.#pending.set(id, { port, settle: resolve });
      this.#watch ??= setInterval(() => void this.#checkAlive(), aliveInterval);
      port.postMessage(message, request.body === null ? [] : [request.body]);
    });
  }

  async #ask(): Promise<MessagePort | undefined> {
    const bridges = await this.#bridges();
    const message: FromServiceWorker = { type: "want-port" };
    return new Promise((resolve) => {
      const give = (port: MessagePort): void => {
        clearTimeout(timer);
        resolve(port);
      };
      const timer = setTimeout(
        () => {
          this.#waiting.delete(give);
          resolve(undefined);
        },
        bridges.length === 0 ? portWaitWithoutBridge : portWait,
      );
      this.#waiting.add(give);
      for (const bridge of bridges) bridge.postMessage(message);
    });
  }

  async #bridges(): Promise<readonly Client[]> {
    const windows = await this.#clients.matchAll({ type: "window", includeUncontrolled: true });
    return windows.filter((client) => new URL(client.url).pathname === bridgePath);
  }

  #answered(data: unknown): void {
    const answer = data as PortResponse;
    const pending = this.#pending.get(answer.id);
    if ("part" in answer) {
      if (pending?.rest !== undefined) pass(pending.rest, answer.part.body);
      else if (pending !== undefined) pending.settle({ part: answer.part, rest: new ReadableStream({ start: (rest) => void (pending.rest = rest) }) });
      return;
    }
    if (pending?.rest !== undefined && "response" in answer) {
      const { kind, body } = answer.response;
      if (kind !== "error" && body !== null) pass(pending.rest, body);
      finish(pending.rest, kind === "error");
    }
    this.#settle(answer.id, answer);
  }

  // A page that is closed takes its worker along, and a MessagePort does not
  // say so: what is still open then would wait for ever.
  async #checkAlive(): Promise<void> {
    const port = this.#port;
    if (port !== undefined && (await this.#clients.get(this.#bridgeId)) === undefined && this.#port === port) {
      this.#port = undefined;
    }
    for (const [id, pending] of this.#pending) {
      if (pending.port !== this.#port) this.#settle(id, undefined);
    }
  }

  #settle(id: number, answer: SiteAnswer | undefined): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (answer === undefined && pending?.rest !== undefined) finish(pending.rest, true);
    pending?.settle(answer);
    if (this.#pending.size === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
  }
}

// The visitor may have gone: their stream is closed then, and takes nothing more.
function pass(rest: ReadableStreamDefaultController<Uint8Array>, body: ArrayBuffer): void {
  if (body.byteLength > 0 && rest.desiredSize !== null) ignoreClosed(() => rest.enqueue(new Uint8Array(body)));
}

function finish(rest: ReadableStreamDefaultController<Uint8Array>, broken: boolean): void {
  ignoreClosed(() => (broken ? rest.error(new Error("the site's answer broke off")) : rest.close()));
}

function ignoreClosed(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** portIn returns the port that comes with a "port" message. */
export function portIn(event: { readonly data: unknown; readonly ports: readonly MessagePort[] }): MessagePort | undefined {
  return typeOf(event.data) === "port" ? event.ports[0] : undefined;
}
