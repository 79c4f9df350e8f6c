// Starting the servers under test and ending them again.

import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";

/** Finds a port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** A server that was started and has said that it is ready. */
export interface Started {
  /** What the pattern matched in its output. */
  readonly match: RegExpMatchArray;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program and waits until its output matches ready; its output goes into the error when it ends before. */
export async function start(program: string, args: string[], ready: RegExp, env: Record<string, string> = {}): Promise<Started> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let output = "";
  const match = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-65536);
      const found = output.match(ready);
      if (found) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  return {
    match,
    process: child,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
