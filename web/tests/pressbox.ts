// Starts the program for a test, on a port of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const root = new URL("../../", import.meta.url);

/** Pressbox is a running `pressbox serve`. */
export interface Pressbox {
  /** url is the page's address, without a slash at the end. */
  readonly url: string;
  /** output is what the program has said so far. */
  readonly output: readonly string[];
  stop(): Promise<void>;
}

/** startPressbox starts bin/pressbox and waits for the address it prints. With
 * PRESSBOX_URL the tests visit a program that runs already. */
export async function startPressbox(): Promise<Pressbox> {
  const running = process.env["PRESSBOX_URL"];
  if (running !== undefined) return { url: running.replace(/\/$/, ""), output: [], stop: async () => undefined };

  const child = spawn(new URL("bin/pressbox", root).pathname, ["serve", "--listen", "127.0.0.1:0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const output: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`start bin/pressbox: ${error.message}; “make build” makes it`)));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        output.push(line);
        const address = /https?:\/\/[^\s/]+/.exec(line);
        if (stream === child.stdout && address !== null) resolve(address[0]);
      });
    }
    void ended.then(() => reject(new Error(`bin/pressbox ended before it served:\n${output.join("\n")}`)));
  });
  return {
    url,
    output,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
