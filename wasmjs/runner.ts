// Runs php.wasm: as a command that ends, or as an Instance that boots once and
// answers one request at a time. Twin of server/phpwasm/instance.go.

import type { Tree } from "./vfs/tree.ts";
import type { Clock } from "./wasi/clock.ts";
import { type Config, Host, type Limits } from "./wasi/host.ts";
import { moduleName, preview1 } from "./wasi/preview1.ts";
import { GuestExit, GuestLimit } from "./wasi/proc.ts";
import type { Random } from "./wasi/random.ts";
import { bytesSource, Collector } from "./wasi/stdio.ts";
import { type Trace, traced } from "./wasi/trace.ts";

/** Trap says that the guest was killed by something it did. */
export class Trap extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "Trap";
  }
}

/** Ended is every way in which a guest ends and its instance is dead. */
export type Ended = GuestExit | GuestLimit | Trap;

/** InstanceConfig is what an Instance gets. */
export interface InstanceConfig {
  /** tree is preopened as /. */
  readonly tree: Tree;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly limits?: Partial<Limits>;
  /** trace is told of every call the guest makes. */
  readonly trace?: Trace;
}

/** Result is what a request wrote. */
export interface Result {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exit: number;
}

/** Failure is a request that ended its instance, and what it wrote before. */
export interface Failure {
  readonly ended: Ended;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

// How long a script may go on after it was told to stop, in milliseconds: its
// shutdown functions and destructors run then.
const grace = 5000;

type Export = (...args: number[]) => number;

/** exportsMissing names what a module lacks to be php.wasm. */
export function exportsMissing(module: WebAssembly.Module): string[] {
  const there = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const wanted = ["memory", "_initialize", "php_boot", "php_handle", "php_interrupt_ptr", "php_timed_out_ptr"];
  return wanted.filter((name) => !there.has(name));
}

function instantiate(module: WebAssembly.Module, host: Host, trace?: Trace): WebAssembly.Exports {
  const table = preview1(host);
  const imports = { [moduleName]: trace === undefined ? table : traced(host, table, trace) };
  const { exports } = new WebAssembly.Instance(module, imports as WebAssembly.Imports);
  host.memory.attach(exports["memory"] as WebAssembly.Memory);
  return exports;
}

function ended(error: unknown): Ended {
  return error instanceof GuestExit || error instanceof GuestLimit ? error : new Trap(error);
}

/**
 * command runs a module's _start with nothing given that is not in config, and
 * returns its exit status. A Trap or GuestLimit is thrown.
 */
export function command(module: WebAssembly.Module, config: Config, trace?: Trace): number {
  const host = new Host(config);
  const exports = instantiate(module, host, trace);
  try {
    (exports["_start"] as Export)();
    return 0;
  } catch (error) {
    const end = ended(error);
    if (end instanceof GuestExit) return end.code;
    throw end;
  } finally {
    host.descriptors.closeAll();
  }
}

/** Instance is a booted PHP. Once dead, it stays dead. */
export class Instance {
  readonly #host: Host;
  readonly #exports: WebAssembly.Exports;
  readonly #interruptPtr: number;
  readonly #timedOutPtr: number;
  #deadline = Infinity;
  #dead = false;

  /**
   * Makes an instance and boots PHP in it. An Error with the reason is thrown
   * when PHP does not start.
   */
  constructor(module: WebAssembly.Module, config: InstanceConfig) {
    const missing = exportsMissing(module);
    if (missing.length > 0) throw new Error(`this is not php.wasm: it lacks ${missing.join(", ")}`);
    const { clock, random, limits } = config;
    this.#host = new Host({
      args: ["php"],
      preopens: [{ guestPath: "/", fs: config.tree }],
      watch: () => this.#watch(),
      ...(clock !== undefined && { clock }),
      ...(random !== undefined && { random }),
      ...(limits !== undefined && { limits }),
    });
    const stderr = new Collector();
    this.#host.setRequest([], null, null, stderr);
    this.#exports = instantiate(module, this.#host, config.trace);
    let status: number;
    try {
      this.#call("_initialize");
      this.#interruptPtr = this.#call("php_interrupt_ptr") >>> 0;
      this.#timedOutPtr = this.#call("php_timed_out_ptr") >>> 0;
      status = this.#call("php_boot");
    } catch (error) {
      this.close();
      throw new Error(`PHP did not start: ${ended(error).message}. ${new TextDecoder().decode(stderr.bytes)}`);
    }
    if (status !== 0) {
      this.close();
      throw new Error(`PHP did not start: error ${status}. ${new TextDecoder().decode(stderr.bytes)}`);
    }
  }

  #call(name: string): number {
    return (this.#exports[name] as Export)();
  }

  // watch tells a script that has run too long to stop, and ends one that
  // does not. It runs inside the guest's own calls: a script that makes none
  // is out of reach of its own thread, and the page must end the worker.
  #watch(): void {
    const now = performance.now();
    if (now < this.#deadline) return;
    if (now > this.#deadline + grace) throw new GuestLimit("time", "the script did not stop when its time was over");
    this.#interrupt(1);
  }

  #interrupt(value: number): void {
    const memory = this.#host.memory;
    if (!memory.has(this.#interruptPtr, 1) || !memory.has(this.#timedOutPtr, 1)) return;
    memory.setU8(this.#timedOutPtr, value);
    memory.setU8(this.#interruptPtr, value);
  }

  /** dead is true once a request has ended the instance. */
  get dead(): boolean {
    return this.#dead;
  }

  /** memoryBytes is the size of the guest's memory. */
  get memoryBytes(): number {
    return this.#host.memory.size;
  }

  /**
   * handle runs one CGI request. A Failure leaves the instance dead. timeout
   * is in milliseconds. With a push, what the script flushes is passed on at once,
   * and stdout of the Result is the rest.
   */
  handle(env: readonly string[], body: Uint8Array, timeout = Infinity, push?: (piece: Uint8Array) => void): Result | Failure {
    if (this.#dead) throw new Error("handle on a dead instance");
    const stdout = new Collector(push);
    const stderr = new Collector();
    this.#host.setRequest(env, bytesSource(body), stdout, stderr);
    this.#interrupt(0); // what came too late for the last request
    this.#deadline = performance.now() + timeout;
    try {
      const exit = this.#call("php_handle");
      return { stdout: stdout.bytes, stderr: stderr.bytes, exit };
    } catch (error) {
      this.close();
      return { ended: ended(error), stdout: stdout.bytes, stderr: stderr.bytes };
    } finally {
      this.#deadline = Infinity;
    }
  }

  /** close gives up what the guest holds open. */
  close(): void {
    this.#dead = true;
    this.#host.descriptors.closeAll();
  }
}
