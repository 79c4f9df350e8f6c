// Host is what one guest is given: its arguments and environment, stdio,
// preopens, clock and random source, and limits. Nothing ambient. Twin of
// server/phpwasm/wasi/host.go.

import { Errno } from "../vfs/errno.ts";
import { Handle } from "../vfs/handle.ts";
import type { Tree } from "../vfs/tree.ts";
import { directoryRights, fileRights, rightsOfDirectory, stdinRights, stdoutRights } from "./abi.ts";
import { Strings } from "./args.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Descriptor, Descriptors } from "./descriptors.ts";
import { Memory } from "./memory.ts";
import { type Random, systemRandom } from "./random.ts";
import { Budget, type Sink, type Source } from "./stdio.ts";

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

export class Host {
  readonly memory = new Memory();
  readonly descriptors: Descriptors;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: Random;
  readonly args: Strings;
  env: Strings = new Strings([]);
  readonly #watch: (() => void) | null;
  #beats = 0;

  constructor(config: Config) {
    this.args = new Strings(config.args ?? []);
    this.clock = config.clock ?? systemClock();
    this.random = config.random ?? systemRandom();
    this.#watch = config.watch ?? null;
    this.limits = { ...defaultLimits, ...config.limits };
    this.descriptors = new Descriptors(this.limits.descriptors);
    this.setRequest(config.env ?? [], config.stdin ?? null, config.stdout ?? null, config.stderr ?? null);
    const preopens = config.preopens ?? [];
    for (const { guestPath, fs, readOnly } of preopens) {
      const added = this.descriptors.add({
        handle: new Handle(fs.root, { read: true }),
        stdio: null,
        // Preopens of one file system are one device to the guest.
        dev: preopens.findIndex((preopen) => preopen.fs === fs) + 1,
        preopen: new TextEncoder().encode(guestPath),
        readOnly: readOnly === true,
        rights: rightsOfDirectory(readOnly === true),
        inheriting: directoryRights | fileRights,
      });
      if (added instanceof Errno) throw new Error(`open ${guestPath} for the guest: ${added.message}`);
    }
  }

  /**
   * setRequest replaces what changes from call to call: the environment and
   * the standard streams, which are open again even if the guest closed them.
   */
  setRequest(env: readonly string[], stdin: Source | null, stdout: Sink | null, stderr: Sink | null): void {
    this.env = new Strings(env);
    const budget = new Budget(this.limits.outputBytes);
    this.descriptors.set(0, stdio(stdin ?? nothing, null, null));
    this.descriptors.set(1, stdio(null, stdout ?? nowhere, budget));
    this.descriptors.set(2, stdio(null, stderr ?? nowhere, budget));
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

const nothing: Source = { read: () => 0 };
const nowhere: Sink = { write() {} };

function stdio(source: Source | null, sink: Sink | null, budget: Budget | null): Descriptor {
  return {
    handle: null,
    stdio: { source, sink, budget, flags: 0 },
    dev: 0,
    preopen: null,
    readOnly: false,
    rights: source === null ? stdoutRights : stdinRights,
    inheriting: 0,
  };
}
