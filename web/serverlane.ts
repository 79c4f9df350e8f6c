// The server lane: the same snapshot and the same php.wasm, run by wazero in
// the program that serves this page.

import { serverLaneFailed, serverUnreachable, type Failure } from "./failure.ts";
import type { Lane, LaneEvents } from "./lane.ts";
import { serverSiteOrigin } from "./origins.ts";
import { errorSentence } from "./start.ts";

/** ServerLane runs one site on the server. */
export class ServerLane implements Lane {
  readonly name = "server";
  readonly #site: string;
  readonly #events: LaneEvents;
  #origin: string;

  constructor(site: string, events: LaneEvents) {
    this.#site = site;
    this.#events = events;
    this.#origin = serverSiteOrigin(location, site);
  }

  get origin(): string {
    return this.#origin;
  }

  async open(): Promise<Failure | undefined> {
    // Asked each time: the server ends a site that nobody has used for long.
    this.#events.progress("boot", 0, 0);
    const answer = await this.#call("POST", "/api/sites", { name: this.#site });
    if ("sentence" in answer) return answer;
    const { url } = answer.body as { readonly url?: unknown };
    if (typeof url === "string") this.#origin = new URL(url, location.href).origin;
    this.#events.progress("boot", 1, 1);
    return undefined;
  }

  async reset(): Promise<Failure | undefined> {
    const answer = await this.#call("DELETE", `/api/sites/${encodeURIComponent(this.#site)}`);
    return "sentence" in answer ? answer : this.open();
  }

  async #call(method: string, path: string, body?: unknown): Promise<Failure | { readonly body: unknown }> {
    let response: Response;
    try {
      response = await fetch(path, {
        method,
        headers: { "content-type": "application/json", accept: "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      return serverUnreachable(String(error));
    }
    const text = await response.text();
    const answer = parse(text);
    if (response.ok) return { body: answer };
    const sentence = errorSentence(answer) || text.trim().slice(0, 400) || "It gave no reason.";
    return serverLaneFailed(sentence, `${method} ${path}: ${response.status}`);
  }
}

// Answers without a body, and errors in plain text, are no JSON.
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
