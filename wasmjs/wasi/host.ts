// Host is what one guest is given: its arguments and environment, stdio,
// preopens, clock and random source, and limits. Nothing ambient. Twin of
// server/phpwasm/wasi/host.go.

import { Errno } from "../vfs/errno.ts";
import { Handle } from "../vfs/handle.ts";
import type { Tree } from "../vfs/tree.ts";
import { allRights, directoryRights, fileRights } from "./abi.ts";
import { type Clock, systemClock } from "./clock.ts";
import { bytesSource, type Descriptor, Descriptors, type Sink, type Source } from "./descriptors.ts";
import { Strings } from "./environ.ts";
import { Memory } from "./memory.ts";
import { type Random, systemRandom } from "./random.ts";

/** Preopen is a root handed to the guest before start. */
export interface Preopen {
  readonly guestPath: string;
  readonly fs: Tree;
  readonly readOnly?: boolean;
}

/** Limits bound what a guest may use of its host. */
export interface Limits {
  /** descriptors is how many may be open at once: MFILE. */
  readonly descriptors: number;
  /** outputBytes is how much it may write to descriptors 1 and 2 together. */
  readonly outputBytes: number;
}

export const defaultLimits: Limits = { descriptors: 1024, outputBytes: 64 * 1024 * 1024 };

export interface Config {
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly stdin?: Source;
  readonly stdout?: Sink;
  readonly stderr?: Sink;
  readonly preopens?: readonly Preopen[];
  readonly clock?: Clock;
  readonly random?: Random;
  readonly limits?: Partial<Limits>;
  /**
   * watch is called now and then while the guest runs, from inside its calls:
   * the only moment at which a worker's one thread can look at the time.
   */
  readonly watch?: () => void;
}

// How many calls pass between two calls of watch. Reading the time costs more
// than most calls.
const beatsPerWatch = 32;

const sleepPiece = 100_000_000n;

const nowhere: Sink = { write() {} };

export class Host {
  readonly memory = new Memory();
  readonly descriptors: Descriptors;
  readonly clock: Clock;
  readonly random: Random;
  args: Strings;
  env: Strings;
  readonly #watch: (() => void) | null;
  #beats = 0;

  constructor(config: Config) {
    this.args = new Strings(config.args ?? []);
    this.env = new Strings(config.env ?? []);
    this.clock = config.clock ?? systemClock();
    this.random = config.random ?? systemRandom();
    this.#watch = config.watch ?? null;
    const { descriptors } = { ...defaultLimits, ...config.limits };
    this.descriptors = new Descriptors(descriptors);
    this.descriptors.add(stdio(config.stdin ?? bytesSource(new Uint8Array(0)), null));
    this.descriptors.add(stdio(null, config.stdout ?? nowhere));
    this.descriptors.add(stdio(null, config.stderr ?? nowhere));
    for (const { guestPath, fs, readOnly } of config.preopens ?? []) {
      const added = this.descriptors.add({
        handle: new Handle(fs.root, { read: true }),
        source: null,
        sink: null,
        preopen: new TextEncoder().encode(guestPath),
        readOnly: readOnly === true,
        rights: directoryRights,
        inheriting: allRights,
      });
      if (added instanceof Errno) throw new Error("more preopens than descriptors");
    }
  }

  /** setStdin gives descriptor 0 something else to read, for the next request. */
  setStdin(source: Source): void {
    this.descriptors.set(0, stdio(source, null));
  }

  /** sleep waits as the guest asked, in pieces, so that watch is not late. */
  sleep(ns: bigint): void {
    for (let left = ns; left > 0n; left -= sleepPiece) {
      this.clock.sleep(left < sleepPiece ? left : sleepPiece);
      if (this.#watch !== null) this.#watch();
    }
  }

  /** beat is called by the functions that a busy guest cannot do without. */
  beat(): void {
    if (this.#watch !== null && ++this.#beats >= beatsPerWatch) {
      this.#beats = 0;
      this.#watch();
    }
  }
}

function stdio(source: Source | null, sink: Sink | null): Descriptor {
  return { handle: null, source, sink, preopen: null, readOnly: false, rights: fileRights, inheriting: 0 };
}
