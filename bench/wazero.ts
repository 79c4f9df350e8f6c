// The server lane: a site of the running pressbox, over HTTP.

import { Client, logIn } from "./http.ts";
import { mustBe, type Admin, type Lane, type Page } from "./lane.ts";

/** Opens a site on the server at port and logs in. */
export async function wazero(port: number, admin: Admin): Promise<Lane> {
  const page = new Client(port, "pressbox.localhost");
  const opened = await page.send("POST", "/api/sites", JSON.stringify({ name: "bench" }), {
    "content-type": "application/json",
    origin: `http://pressbox.localhost:${port}`,
  });
  page.close();
  if (opened.status >= 300) throw new Error(`opening a site answered ${opened.status}: ${opened.body}`);
  const host = "bench-server.pressbox.localhost";
  const visitor = new Client(port, host);
  const member = new Client(port, host);
  await logIn(member, admin.user, admin.password);
  const name = "wazero";
  return {
    name,
    async time(page: Page) {
      const answer = await (page.loggedIn ? member : visitor).get(page.path);
      mustBe(page, name, answer.status, answer.body);
      return answer.ms;
    },
    memory: () => runMemory(port, () => visitor.get("/")),
    async close() {
      visitor.close();
      member.close();
    },
  };
}

/** Reads the guest's memory from the event of a run. */
async function runMemory(port: number, run: () => Promise<unknown>): Promise<number> {
  const origin = `http://pressbox.localhost:${port}`;
  const socket = new WebSocket(`ws://pressbox.localhost:${port}/api/events`, { headers: { origin } } as unknown as string[]);
  try {
    return await new Promise<number>((resolve, reject) => {
      socket.onerror = () => reject(new Error("the server's events can't be read"));
      socket.onopen = () => void run().catch(reject);
      socket.onmessage = (message) => {
        const event = JSON.parse(String(message.data)) as { type: string; memory?: number };
        if (event.type === "run" && event.memory) resolve(event.memory);
      };
    });
  } finally {
    socket.close();
  }
}
