// The view while a site starts: the steps it takes, their bytes, the time.

import type { Step } from "../wasmjs/worker/protocol.ts";
import { bytesText, secondsText } from "./figures.ts";
import type { Find } from "./find.ts";
import type { LaneName } from "./lane.ts";

interface StepWords {
  readonly step: Step;
  readonly name: string;
  /** share is how much of the bar the step fills. */
  readonly share: number;
  /** bytes is true when loaded and total count bytes. */
  readonly bytes: boolean;
}

// In the order of their ends: the first three load side by side.
const stepsOf: Readonly<Record<LaneName, readonly StepWords[]>> = {
  browser: [
    { step: "module", name: "PHP, as WebAssembly", share: 0.35, bytes: true },
    { step: "manifest", name: "List of the site’s files", share: 0.05, bytes: true },
    { step: "files", name: "WordPress", share: 0.3, bytes: true },
    { step: "boot", name: "Start PHP", share: 0.15, bytes: false },
    { step: "page", name: "First page", share: 0.15, bytes: false },
  ],
  server: [
    { step: "boot", name: "Start the site on the server", share: 0.5, bytes: false },
    { step: "page", name: "First page", share: 0.5, bytes: false },
  ],
};

const leads: Readonly<Record<LaneName, string>> = {
  browser: "PHP runs right here, in this tab. The server only sends files.",
  server: "PHP runs on the server, in wazero: the same module, the same files.",
};

interface Row {
  readonly words: StepWords;
  readonly item: HTMLElement;
  readonly detail: HTMLElement;
  loaded: number;
  total: number;
  done: boolean;
}

/** Progress shows how far a site has started. */
export class Progress {
  readonly #find: Find;
  #rows: Row[] = [];
  #since = 0;
  #tick = 0;

  constructor(find: Find) {
    this.#find = find;
  }

  /** begin shows the view for a lane. since is when the waiting began, on the
   * clock of performance.now. */
  begin(lane: LaneName, since: number): void {
    this.#since = since;
    this.#find("start-lead").textContent = leads[lane];
    this.#rows = stepsOf[lane].map((words) => makeRow(words));
    this.#find("steps").replaceChildren(...this.#rows.map((row) => row.item));
    this.#find("start").hidden = false;
    this.#find("start").classList.remove("leaving");
    this.#say(leads[lane]);
    this.#draw();
    cancelAnimationFrame(this.#tick);
    this.#run();
  }

  /** step says how far one step is. */
  step(step: Step, loaded: number, total: number): void {
    const row = this.#rows.find((candidate) => candidate.words.step === step);
    if (row === undefined || row.done) return;
    row.loaded = loaded;
    row.total = total;
    if (total > 0 && loaded >= total) this.#finish(row);
    this.#draw();
  }

  /** end finishes the view and returns how long it all took, in ms. */
  end(): number {
    const took = performance.now() - this.#since;
    cancelAnimationFrame(this.#tick);
    for (const row of this.#rows) if (!row.done) this.#finish(row);
    this.#draw();
    this.#say("");
    const view = this.#find("start");
    view.classList.add("leaving");
    const hide = (): void => {
      if (view.classList.contains("leaving")) view.hidden = true;
    };
    // Without an animation (reduced motion) there is no end to wait for.
    if (view.getAnimations().length === 0) hide();
    else view.addEventListener("animationend", hide, { once: true });
    return took;
  }

  /** hide takes the view away, for a failure to stand there. */
  hide(): void {
    cancelAnimationFrame(this.#tick);
    this.#say("");
    this.#find("start").hidden = true;
  }

  #finish(row: Row): void {
    row.done = true;
    // The first steps end within moments of each other: said together.
    this.#say(
      this.#rows
        .filter((candidate) => candidate.done)
        .map((candidate) => candidate.words.name)
        .join(", ") + ": done",
    );
  }

  #draw(): void {
    let bar = 0;
    let bytes = 0;
    let current = true;
    for (const row of this.#rows) {
      const part = row.done ? 1 : row.total > 0 ? Math.min(row.loaded / row.total, 1) : 0;
      bar += part * row.words.share;
      if (row.words.bytes) bytes += row.loaded;
      const begun = row.loaded > 0 || current;
      row.item.dataset["state"] = row.done ? "done" : begun ? "now" : "later";
      row.item.setAttribute("aria-current", row.done || !begun ? "false" : "step");
      row.detail.textContent = detailText(row, begun);
      if (!row.done) current = false;
    }
    this.#find<HTMLProgressElement>("start-bar").value = bar;
    this.#find("start-bytes").textContent = bytes === 0 ? "" : bytesText(bytes);
  }

  #run(): void {
    this.#find("start-time").textContent = secondsText(performance.now() - this.#since);
    this.#tick = requestAnimationFrame(() => this.#run());
  }

  #say(words: string): void {
    this.#find("start-said").textContent = words;
  }
}

function makeRow(words: StepWords): Row {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "step-name";
  name.textContent = words.name;
  const detail = document.createElement("span");
  detail.className = "step-detail";
  item.append(name, detail);
  return { words, item, detail, loaded: 0, total: 0, done: false };
}

function detailText(row: Row, begun: boolean): string {
  if (!row.words.bytes) return row.done ? "done" : begun ? "…" : "";
  if (row.done) return bytesText(row.loaded);
  if (row.total > 0) return `${bytesText(row.loaded)} of ${bytesText(row.total)}`;
  return begun ? "…" : "";
}
