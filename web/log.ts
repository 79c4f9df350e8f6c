// The log: every request with what it cost, and what PHP had to say. Errors
// come first in everything: marked, counted on the toggle, read out.

import { bytesText, countText, timeText } from "./figures.ts";
import type { Find } from "./find.ts";
import { laneWords, type LaneName, type Run } from "./lane.ts";
import { isContinuation, parseLogLine, type LogLine } from "./phplog.ts";

// More rows than anybody reads, fewer than slow a page down.
const maxRows = 500;

type Show = "all" | "pages" | "errors";

interface Entry {
  readonly row: HTMLTableRowElement;
  readonly text: string;
  readonly page: boolean;
  readonly error: boolean;
}

/** Log is the panel, its toggle and the line about the last request. */
export class Log {
  readonly #find: Find;
  readonly #opened: (open: boolean) => void;
  #entries: Entry[] = [];
  #errors = 0;
  #runs = 0;
  #show: Show = "all";
  #words = "";
  #lastDetail: HTMLElement | undefined;

  constructor(find: Find, open: boolean, opened: (open: boolean) => void) {
    this.#find = find;
    this.#opened = opened;
    this.#setOpen(open);
    find("log-toggle").addEventListener("click", () => {
      const next = find("log").hidden !== false;
      this.#setOpen(next);
      this.#opened(next);
    });
    find("log").addEventListener("keydown", (event) => {
      const filter = find<HTMLInputElement>("log-filter");
      if (event.key !== "Escape" || (event.target === filter && filter.value !== "")) return;
      this.#setOpen(false);
      this.#opened(false);
      find("log-toggle").focus();
    });
    const tools = find<HTMLFormElement>("log-tools");
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.addEventListener("input", () => {
      this.#words = find<HTMLInputElement>("log-filter").value.trim().toLowerCase();
      const chosen = tools.querySelector<HTMLInputElement>("input[name=log-show]:checked")?.value;
      this.#show = chosen === "pages" || chosen === "errors" ? chosen : "all";
      this.#filter();
    });
    find("log-clear").addEventListener("click", () => this.clear());
  }

  /** run adds a request. */
  run(run: Run): void {
    this.#runs++;
    this.#lastDetail = undefined;
    const failed = run.status >= 500;
    const row = document.createElement("tr");
    row.className = failed ? "run bad" : run.status >= 400 ? "run odd" : "run";
    row.append(
      cell(run.method),
      cell(run.url, "url"),
      cell(String(run.status), "num"),
      cell(run.kind, `kind kind-${run.kind === "php" ? "php" : "other"}`),
      cell(timeText(run.ms), "num"),
      cell(run.memory > 0 ? bytesText(run.memory) : "–", "num"),
      cell(run.lane === "browser" ? "browser" : "server", "where"),
    );
    this.#add({
      row,
      text: `${run.method} ${run.url} ${run.status} ${run.kind} ${run.lane}`.toLowerCase(),
      page: run.kind !== "static",
      error: failed,
    });
    if (run.kind !== "static") {
      const memory = run.memory > 0 ? ` · ${bytesText(run.memory)}` : "";
      this.#find("last").textContent = `${run.method} ${run.url} · ${run.status} · ${timeText(run.ms)}${memory}`;
      this.#find("last").title = `Last request, answered by ${laneWords[run.lane]}`;
    }
    this.#count();
  }

  /** lines adds what PHP logged. */
  lines(lane: LaneName, lines: readonly string[]): void {
    for (const text of lines) {
      if (text.trim() === "") continue;
      if (this.#lastDetail !== undefined && isContinuation(text)) {
        this.#lastDetail.append(`${text.trim()}\n`);
        this.#lastDetail.hidden = false;
        continue;
      }
      this.#line(lane, parseLogLine(text), text);
    }
    this.#count();
  }

  /** clear empties the log. */
  clear(): void {
    this.#entries = [];
    this.#errors = 0;
    this.#runs = 0;
    this.#lastDetail = undefined;
    this.#find("log-rows").replaceChildren();
    this.#find("log-said").textContent = "";
    this.#count();
  }

  #line(lane: LaneName, line: LogLine, raw: string): void {
    const row = document.createElement("tr");
    row.className = `line ${line.severity}`;
    const words = document.createElement("td");
    words.colSpan = 6;
    if (line.label !== "") words.append(span(`PHP ${line.label}`, "label"), " ");
    words.append(span(line.message, "message"));
    if (line.where !== "") words.append(" ", span(line.where, "file"));
    const detail = document.createElement("pre");
    detail.hidden = true;
    words.append(detail);
    row.append(words, cell(lane, "where"));
    this.#lastDetail = detail;
    if (line.severity === "error") {
      this.#errors++;
      const at = line.where === "" ? "" : `, in ${line.where}`;
      this.#find("log-said").textContent = `PHP ${line.label}: ${line.message}${at}`;
    }
    this.#add({ row, text: raw.toLowerCase(), page: true, error: line.severity !== "note" });
  }

  #add(entry: Entry): void {
    const scroll = this.#find("log-scroll");
    const atEnd = scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 8;
    entry.row.hidden = !this.#wanted(entry);
    this.#entries.push(entry);
    this.#find("log-rows").append(entry.row);
    if (this.#entries.length > maxRows) this.#entries.shift()?.row.remove();
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  }

  #wanted(entry: Entry): boolean {
    if (this.#show === "pages" && !entry.page) return false;
    if (this.#show === "errors" && !entry.error) return false;
    return entry.text.includes(this.#words);
  }

  #filter(): void {
    for (const entry of this.#entries) entry.row.hidden = !this.#wanted(entry);
    this.#count();
    const scroll = this.#find("log-scroll");
    scroll.scrollTop = scroll.scrollHeight;
  }

  #count(): void {
    this.#find("log-count").textContent = String(this.#runs);
    const errors = this.#find("log-errors");
    errors.hidden = this.#errors === 0;
    errors.textContent = countText(this.#errors, "error");
    const empty = this.#find("log-empty");
    empty.hidden = this.#entries.some((entry) => !entry.row.hidden);
    empty.textContent =
      this.#entries.length === 0
        ? "Nothing yet. Each request and each line PHP logs appears here."
        : "Nothing in the log matches the filter.";
  }

  #setOpen(open: boolean): void {
    this.#find("log").hidden = !open;
    this.#find("log-toggle").setAttribute("aria-expanded", String(open));
    if (!open) return;
    const scroll = this.#find("log-scroll");
    scroll.scrollTop = scroll.scrollHeight;
  }
}

function cell(text: string, className = ""): HTMLTableCellElement {
  const made = document.createElement("td");
  made.textContent = text;
  if (className !== "") made.className = className;
  if (className === "url") made.title = text;
  return made;
}

function span(text: string, className: string): HTMLSpanElement {
  const made = document.createElement("span");
  made.textContent = text;
  made.className = className;
  return made;
}
