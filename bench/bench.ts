// The speed table: the same snapshot under native PHP, wazero and Chromium, in
// one run. Prints a table and writes bench.json.
//
//   node bench/bench.ts [--rounds 15] [--visits 3] [--program bin/pressbox] [--json bench.json]

import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { Client } from "./http.ts";
import { pages, type Admin, type Lane } from "./lane.ts";
import { native } from "./native.ts";
import { start } from "./process.ts";
import { figure, text, type Figure } from "./stats.ts";
import { tab, visits, type Visit } from "./tab.ts";
import { wazero } from "./wazero.ts";

// V8 runs unoptimised code for the first pages; what is warm begins after it has settled.
const warmUp = 12;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    visits: { type: "string", default: "3" },
    program: { type: "string", default: "bin/pressbox" },
    json: { type: "string", default: "bench.json" },
  },
});
const rounds = Number(options.rounds);
const visitCount = Number(options.visits);

const server = await start(options.program, ["serve", "--listen", "127.0.0.1:0"], /http:\/\/pressbox\.localhost:(\d+)/);
const port = Number(server.match[1]);
const lanes: Lane[] = [];
try {
  const admin = await demoAdmin(port);
  const opened: { first: Visit; later: Visit }[] = [];
  for (let i = 0; i < visitCount; i++) opened.push(await visits(port));

  lanes.push(await native(options.program, admin));
  lanes.push(await wazero(port, admin));
  lanes.push(await tab(port, admin));

  const times = new Map<string, number[]>();
  const keep = (key: string, ms: number): void => void times.set(key, [...(times.get(key) ?? []), ms]);
  for (const page of pages) {
    for (let round = -warmUp; round < rounds; round++) {
      for (const lane of lanes) {
        const { ms, inside } = await lane.time(page);
        if (round < 0) continue;
        keep(`${page.name}/${lane.name}`, ms);
        if (inside !== undefined) keep(`${page.name}/${lane.name}, inside`, inside);
      }
    }
  }
  const memory = new Map<string, string>();
  for (const lane of lanes) memory.set(lane.name, await lane.memory());
  await report(times, memory, opened);
} finally {
  for (const lane of lanes) await lane.close();
  await server.stop();
}

/** Asks the server what the demo's admin is called. */
async function demoAdmin(port: number): Promise<Admin> {
  const client = new Client(port, "pressbox.localhost");
  const answer = await client.get("/api/start");
  client.close();
  const { snapshot } = JSON.parse(answer.body) as { snapshot: { metadata: { admin: Admin } } };
  return snapshot.metadata.admin;
}

async function report(times: Map<string, number[]>, memory: Map<string, string>, opened: { first: Visit; later: Visit }[]): Promise<void> {
  const figures: Record<string, Figure> = {};
  for (const [key, samples] of times) figures[key] = figure(samples);
  const yardstick = lanes[0]?.name ?? "";

  console.log(`\nWarm pages, milliseconds: median (quartiles) of ${rounds}, the lanes in turn, and the ratio to ${yardstick}\n`);
  row(["page", ...lanes.map((lane) => lane.name)]);
  row(["---", ...lanes.map(() => "---:")]);
  for (const page of pages) {
    const base = figures[`${page.name}/${yardstick}`]?.median ?? NaN;
    row([
      page.name,
      ...lanes.map((lane) => {
        const f = figures[`${page.name}/${lane.name}`];
        if (f === undefined) return "";
        if (lane.name === yardstick) return text(f);
        const inside = figures[`${page.name}/${lane.name}, inside`];
        const rest = inside === undefined ? "" : `; in the worker ${inside.median.toFixed(1)} ×${(inside.median / base).toFixed(1)}`;
        return `${text(f)} ×${(f.median / base).toFixed(1)}${rest}`;
      }),
    ]);
  }
  row(["WebAssembly memory", ...lanes.map((lane) => memory.get(lane.name) ?? "")]);

  const visitFigures = {
    first: { ms: figure(opened.map((o) => o.first.ms)), bytes: figure(opened.map((o) => o.first.bytes)) },
    later: { ms: figure(opened.map((o) => o.later.ms)), bytes: figure(opened.map((o) => o.later.bytes)) },
  };
  console.log(`\nOpening the page in Chromium, until the site's load event: median (quartiles) of ${visitCount}\n`);
  row(["visit", "milliseconds", "MB received"]);
  row(["---", "---:", "---:"]);
  for (const which of ["first", "later"] as const) {
    const f = visitFigures[which];
    row([which === "first" ? "first (new profile)" : "later (same profile)", text(f.ms, 0), (f.bytes.median / 1e6).toFixed(2)]);
  }

  const json = {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "",
    cores: cpus().length,
    rounds,
    unit: "ms",
    pages: figures,
    memory: Object.fromEntries(memory),
    visits: visitFigures,
  };
  await writeFile(options.json, JSON.stringify(json, undefined, 2) + "\n");
  console.log(`\nwritten to ${options.json}`);
}

function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}
