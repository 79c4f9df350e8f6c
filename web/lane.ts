// A lane is a place where PHP runs a site: this browser, or the server. The
// switch shows which one does, and how long the last page took in each.

import { timeText } from "./figures.ts";
import type { Failure } from "./failure.ts";
import type { Step } from "../wasmjs/worker/protocol.ts";
import type { Find } from "./find.ts";

export type LaneName = "browser" | "server";

/** Run is one answered request, as the log and the switch show it. */
export interface Run {
  readonly lane: LaneName;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly kind: string;
  /** ms is how long the answer took, in milliseconds. */
  readonly ms: number;
  /** memory is the size of the guest's memory in bytes, 0 when none ran. */
  readonly memory: number;
}

/** LaneEvents is what a lane tells the page about its site. */
export interface LaneEvents {
  progress(step: Step, loaded: number, total: number): void;
  run(run: Run): void;
  log(lane: LaneName, lines: readonly string[]): void;
  notice(sentence: string): void;
  /** failed comes at any time after open, when the site can go on no more. */
  failed(failure: Failure): void;
}

/** Lane is a place where the site can run. */
export interface Lane {
  readonly name: LaneName;
  /** origin is where the site's frame goes, once the lane is open. */
  readonly origin: string;
  /** open makes the site ready to be shown. It may be called again after it
   * has failed, and does nothing when the site is ready. */
  open(): Promise<Failure | undefined>;
  /** reset throws away everything that was done on the site. */
  reset(): Promise<Failure | undefined>;
}

/** laneWords names a lane in the middle of a sentence. */
export const laneWords: Readonly<Record<LaneName, string>> = {
  browser: "this browser",
  server: "the server (wazero)",
};

/** LaneSwitch is the switch between the two lanes. */
export class LaneSwitch {
  readonly #inputs: Readonly<Record<LaneName, HTMLInputElement>>;
  readonly #times: Readonly<Record<LaneName, HTMLElement>>;

  constructor(find: Find, change: (lane: LaneName) => void) {
    const inputs = [...find("lane").querySelectorAll<HTMLInputElement>("input[name=lane]")];
    const input = (lane: LaneName): HTMLInputElement => {
      const found = inputs.find((candidate) => candidate.value === lane);
      if (found === undefined) throw new Error(`the page has no switch for ${lane}`);
      return found;
    };
    this.#inputs = { browser: input("browser"), server: input("server") };
    this.#times = { browser: find("lane-browser-ms"), server: find("lane-server-ms") };
    for (const lane of ["browser", "server"] as const) {
      this.#inputs[lane].addEventListener("change", () => change(lane));
    }
  }

  /** show marks the lane that the site runs in. */
  show(lane: LaneName): void {
    this.#inputs[lane].checked = true;
  }

  /** forbid takes a lane out of the choice, with the reason. */
  forbid(lane: LaneName, reason: string): void {
    const input = this.#inputs[lane];
    input.disabled = true;
    this.#times[lane].textContent = "not here";
    input.closest("label")?.setAttribute("title", reason);
  }

  /** ran shows how long a page took. Files say nothing about PHP. */
  ran(run: Run): void {
    if (run.kind !== "php") return;
    this.#times[run.lane].textContent = timeText(run.ms);
  }
}
