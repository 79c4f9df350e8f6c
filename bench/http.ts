// A small HTTP client for servers on loopback: names under .localhost without a resolver,
// cookies kept by hand, the time until the last byte measured.

import { Agent, request } from "node:http";

/** What a request gave. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Milliseconds from the request to the last byte. */
  readonly ms: number;
}

/** A client of one server under one host name, with its cookies. */
export class Client {
  readonly #port: number;
  readonly #host: string;
  readonly #cookies = new Map<string, string>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(port: number, host: string) {
    this.#port = port;
    this.#host = host;
  }

  get(path: string): Promise<Answer> {
    return this.#send("GET", path, undefined, {});
  }

  /** Posts form fields; any other content type is the caller's to give with its text. */
  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("POST", path, new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    });
  }

  send(method: string, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    return this.#send(method, path, body, headers);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: string | undefined, extra: Record<string, string>): Promise<Answer> {
    const headers: Record<string, string> = { host: `${this.#host}:${this.#port}`, ...extra };
    if (this.#cookies.size > 0) headers["cookie"] = [...this.#cookies].map(([k, v]) => `${k}=${v}`).join("; ");
    if (body !== undefined) headers["content-length"] = String(Buffer.byteLength(body));
    return new Promise((resolve, reject) => {
      const started = performance.now();
      const sent = request(
        { host: "127.0.0.1", port: this.#port, method, path, headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const ms = performance.now() - started;
            for (const cookie of response.headers["set-cookie"] ?? []) {
              const pair = cookie.split(";", 1)[0] ?? "";
              const equals = pair.indexOf("=");
              if (equals > 0) this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
            }
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString("utf8"),
              ms,
            });
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

/** Logs in to WordPress at client's site and throws when the dashboard does not answer. */
export async function logIn(client: Client, user: string, password: string): Promise<void> {
  await client.get("/wp-login.php");
  await client.post("/wp-login.php", { log: user, pwd: password, testcookie: "1", "wp-submit": "Log In" });
  const dashboard = await client.get("/wp-admin/");
  if (dashboard.status !== 200) throw new Error(`the dashboard answered ${dashboard.status} after logging in`);
}
