// The yardstick: the machine's own PHP with opcache, serving the same files
// and the same database.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { Client, logIn } from "./http.ts";
import { mustBe, type Admin, type Lane, type Page } from "./lane.ts";
import { freePort, start } from "./process.ts";

/** Starts PHP's own server over a copy of the snapshot's files. */
export async function native(program: string, admin: Admin): Promise<Lane> {
  const dir = await mkdtemp(join(tmpdir(), "pressbox-bench-"));
  execFileSync(program, ["snapshot", "extract", dir]);
  const port = await freePort();
  const opcache = ["zend_extension=opcache", "opcache.enable=1", "opcache.enable_cli=1", "opcache.jit=disable"];
  const php = await start(
    "php",
    [...opcache.flatMap((setting) => ["-d", setting]), "-d", "display_errors=0", "-S", `127.0.0.1:${port}`, "-t", join(dir, "wordpress")],
    /Development Server .* started/,
  );
  const visitor = new Client(port, "native.localhost");
  const member = new Client(port, "native.localhost");
  await logIn(member, admin.user, admin.password);
  const name = "native PHP";
  return {
    name,
    async time(page: Page) {
      const answer = await (page.loggedIn ? member : visitor).get(page.path);
      mustBe(page, name, answer.status, answer.body);
      return answer;
    },
    memory: async () => "",
    async close() {
      visitor.close();
      member.close();
      await php.stop();
      await rm(dir, { recursive: true });
    },
  };
}
