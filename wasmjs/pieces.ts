// An answer that goes out in pieces, while its script still runs. Twin of
// server/phpwasm/pieces.go.

import { cgiResponse } from "./cgi.ts";
import type { Early, Header } from "./request.ts";

/** Pieces makes parts of an answer of what a script flushes. */
export class Pieces {
  readonly #method: string;
  readonly #early: Early | undefined;
  #head: { readonly status: number; readonly header: Header } | undefined;
  // Flushed before the head was complete.
  #before = new Uint8Array(0);

  constructor(method: string, early: Early | undefined) {
    this.#method = method;
    this.#early = early;
  }

  /** push is what handle gets: undefined where nobody waits for pieces, or the answer is a head alone. */
  get push(): ((piece: Uint8Array) => void) | undefined {
    return this.#early === undefined || this.#method === "HEAD" ? undefined : (piece) => this.#take(piece);
  }

  #take(piece: Uint8Array): void {
    let body = piece;
    if (this.#head === undefined) {
      this.#before = joined(this.#before, piece);
      const output = cgiResponse(this.#before, this.#method);
      if (output === null) return;
      // Its length is only known at its end.
      this.#head = { status: output.status, header: output.header.filter(([name]) => name !== "content-length") };
      this.#before = new Uint8Array(0);
      body = output.body;
    }
    if (this.#head.status === 204 || this.#head.status === 304) return;
    this.#early?.({ ...this.#head, body, kind: "php" });
  }

  /** begun is the status and header of an answer that has begun to go out. */
  get begun(): { readonly status: number; readonly header: Header } | undefined {
    return this.#head;
  }

  /** whole is all that the script wrote, where nothing has gone out. */
  whole(stdout: Uint8Array): Uint8Array {
    return this.#before.length === 0 ? stdout : joined(this.#before, stdout);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
