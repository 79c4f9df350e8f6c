// The server lane: a site of the running pressbox, over HTTP.

import { Client, logIn } from "./http.ts";
import { mustBe, type Admin, type Lane, type Page } from "./lane.ts";
import { serverMemory } from "./tab.ts";

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
      return answer;
    },
    memory: () => serverMemory(port),
    async close() {
      visitor.close();
      member.close();
    },
  };
}
