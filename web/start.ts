// What the server says when the page starts: where php.wasm and the snapshot
// are, and what the snapshot says of itself.

import { serverUnreachable, type Failure } from "./failure.ts";

/** Start is the answer of /api/start. */
export interface Start {
  readonly version: string;
  readonly dev: boolean;
  readonly php: { readonly url: string; readonly size: number; readonly digest: string };
  readonly snapshot: {
    readonly digest: string;
    readonly manifestUrl: string;
    readonly packUrls: readonly string[];
    readonly packSizes: readonly number[];
    readonly metadata: Readonly<Record<string, unknown>>;
  };
}

/** isFailure tells a Failure from what was wanted. */
export function isFailure<T extends object>(value: T | Failure): value is Failure {
  return "sentence" in value && "offers" in value;
}

/** fetchStart asks the server how to start. */
export async function fetchStart(): Promise<Start | Failure> {
  let response: Response;
  try {
    response = await fetch("/api/start", { cache: "no-store", headers: { accept: "application/json" } });
  } catch (error) {
    return serverUnreachable(String(error));
  }
  const body: unknown = await response.json().catch((error: unknown) => ({ error: `unreadable answer: ${String(error)}` }));
  if (!response.ok) return startRefused(response.status, body);
  return body as Start;
}

function startRefused(status: number, body: unknown): Failure {
  return {
    title: "Pressbox is not ready",
    sentence: errorSentence(body) || "The server could not say how to start the site. Its own output says why.",
    detail: `GET /api/start: ${status}`,
    offers: ["again"],
  };
}

/** errorSentence returns the sentence in an answer of the server that says no. */
export function errorSentence(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  for (const key of ["error", "sentence", "message"]) {
    const value = (body as Record<string, unknown>)[key];
    if (typeof value === "string") return value;
  }
  return "";
}
