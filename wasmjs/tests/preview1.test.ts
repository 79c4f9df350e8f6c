// The border to the guest: what each function writes, byte for byte, and that it
// writes nothing beside it. No guest runs: the functions are called directly.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as E from "../vfs/errno.ts";
import { mkdirAll, readFile, symlink, writeFile } from "../vfs/host.ts";
import { Tree } from "../vfs/tree.ts";
import { Rights } from "../wasi/abi.ts";
import { fixedClock } from "../wasi/clock.ts";
import { type Config, Host } from "../wasi/host.ts";
import { preview1 } from "../wasi/preview1.ts";
import { GuestExit, GuestLimit } from "../wasi/proc.ts";
import { seededRandom } from "../wasi/random.ts";
import { bytesSource, Collector } from "../wasi/stdio.ts";
import { showCall, traced } from "../wasi/trace.ts";

type Arg = number | bigint;

const sentinel = 0xa5;

class Guest {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly host: Host;
  readonly #table: Record<string, (...args: never[]) => number>;

  constructor(config: Config = {}) {
    this.host = new Host({ clock: fixedClock(1_000n, 10n), random: seededRandom(1), ...config });
    this.host.memory.attach(this.memory);
    this.#table = preview1(this.host);
    this.bytes.fill(sentinel);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  call(name: string, ...args: Arg[]): string {
    const code = (this.#table[name] as unknown as (...args: Arg[]) => number)(...args);
    return E.errnos[code]?.name ?? String(code);
  }

  put(at: number, text: string): [number, number] {
    const bytes = Buffer.from(text);
    this.bytes.set(bytes, at);
    return [at, bytes.length];
  }

  iovecs(at: number, ...list: [number, number][]): void {
    list.forEach(([ptr, len], i) => {
      this.view.setUint32(at + 8 * i, ptr, true);
      this.view.setUint32(at + 8 * i + 4, len, true);
    });
  }

  /** untouched checks that all of memory but one range is as it was. */
  untouched(from: number, to: number, name: string): void {
    const { bytes } = this;
    const touched = bytes.findIndex((byte, at) => byte !== sentinel && (at < from || at >= to));
    assert.equal(touched, -1, `${name} touched byte ${touched}`);
  }

  hex(from: number, len: number): string {
    return Buffer.from(this.bytes.subarray(from, from + len)).toString("hex");
  }
}

function tree(): Tree {
  let now = 0n;
  const made = new Tree({ now: () => (now += 1n) });
  mkdirAll(made, "/d");
  writeFile(made, "/f.txt", Buffer.from("hello, world"));
  return made;
}

function guest(config: Config = {}): Guest {
  return new Guest({ preopens: [{ guestPath: "/", fs: tree() }], ...config });
}

const all = BigInt((1 << 30) - 1);

function open(g: Guest, path: string, oflags = 0, rights = all): number {
  g.put(60_000, path);
  assert.equal(g.call("path_open", 3, 1, 60_000, Buffer.byteLength(path), oflags, rights, all, 0, 60_900), "SUCCESS", path);
  return g.view.getUint32(60_900, true);
}

test("results have the layouts of the standard, and nothing beside them is written", () => {
  const at = 1000;
  const le = (value: number | bigint, len: number): string => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes.subarray(0, len).toString("hex");
  };
  const cases: { name: string; args: Arg[]; want: string; config?: Config }[] = [
    { name: "clock_time_get", args: [0, 0n, at], want: le(1000, 8) },
    { name: "clock_time_get", args: [1, 0n, at], want: le(0, 8) },
    { name: "clock_res_get", args: [1, at], want: le(1, 8) },
    { name: "fd_prestat_get", args: [3, at], want: le(0, 4) + le(1, 4) },
    { name: "fd_prestat_dir_name", args: [3, at, 1], want: "2f" },
    // dev 1, ino 1, directory, nlink 3, size 0, times 3: making f.txt was the third change
    {
      name: "fd_filestat_get", args: [3, at],
      want: le(1, 8) + le(1, 8) + le(3, 8) + le(3, 8) + le(0, 8) + le(1, 8) + le(3, 8) + le(3, 8),
    },
    // a character device without a number
    { name: "fd_filestat_get", args: [1, at], want: le(0, 16 / 2) + le(0, 8) + le(2, 8) + le(1, 8) + "00".repeat(32) },
    { name: "random_get", args: [at, 4], want: "d4197117" },
    {
      name: "args_sizes_get", args: [at, at + 4], want: le(2, 4) + le(7, 4), config: { args: ["php", "ä"] },
    },
    {
      name: "environ_get", args: [at, at + 8], want: le(at + 8, 4) + le(at + 12, 4) + Buffer.from("A=1\0B=\0").toString("hex"),
      config: { env: ["A=1", "B="] },
    },
  ];
  for (const { name, args, want, config } of cases) {
    const g = guest(config);
    assert.equal(g.call(name, ...args), "SUCCESS", name);
    assert.equal(g.hex(at, want.length / 2), want, name);
    g.untouched(at, at + want.length / 2, name);
  }
});

test("fdstat tells kind, flags and rights", () => {
  const g = guest();
  assert.equal(g.call("fd_fdstat_get", 3, 1000), "SUCCESS");
  assert.equal(g.view.getUint8(1000), 3);
  assert.equal(g.view.getUint8(1001), 0);
  assert.notEqual(g.view.getBigUint64(1008, true), 0n);
  g.untouched(1000, 1024, "fd_fdstat_get");
});

test("a range outside of memory is FAULT, and changes nothing", () => {
  const end = 65_536;
  const cases: [string, ...Arg[]][] = [
    ["clock_time_get", 0, 0n, end - 7],
    ["random_get", end - 3, 4],
    ["random_get", -1, 2],
    ["fd_filestat_get", 3, end - 63],
    ["fd_fdstat_get", 3, end - 23],
    ["fd_prestat_get", 3, end - 7],
    ["fd_read", 0, end - 4, 1, 0],
    ["fd_write", 1, 0, 1, end - 3],
    ["path_filestat_get", 3, 0, end - 1, 2, 0],
    ["path_filestat_get", 3, 0, 50, 1, end - 63],
    ["path_open", 3, 0, end - 1, 2, 1, 0n, 0n, 0, 0],
    ["path_open", 3, 0, 0, 1, 1, 0n, 0n, 0, end - 3],
    ["path_unlink_file", 3, -1, 1],
    ["path_symlink", -8, 9, 3, 0, 1],
    ["path_readlink", 3, 0, 1, end - 1, 2, 0],
    ["fd_readdir", 3, end - 10, 11, 0n, 0],
    ["poll_oneoff", end - 47, 0, 1, 0],
    ["args_sizes_get", end - 3, 0],
  ];
  for (const [name, ...args] of cases) {
    const g = guest();
    g.iovecs(0, [0, 8]);
    g.put(50, "d");
    const before = g.hex(0, end);
    assert.equal(g.call(name, ...args), "FAULT", `${name}(${args.join(", ")})`);
    assert.equal(g.hex(0, end), before, name);
  }
});

test("descriptors that are not open are BADF", () => {
  const cases: [string, ...Arg[]][] = [
    ["fd_close", 9], ["fd_close", -1], ["fd_sync", 9], ["fd_datasync", 9], ["fd_seek", 9, 0n, 0, 0], ["fd_tell", 9, 0],
    ["fd_read", 9, 0, 0, 0], ["fd_write", 9, 0, 0, 0], ["fd_pread", 9, 0, 0, 0n, 0], ["fd_pwrite", 9, 0, 0, 0n, 0],
    ["fd_advise", 9, 0n, 0n, 0], ["fd_allocate", 9, 0n, 1n], ["fd_fdstat_get", 9, 0], ["fd_fdstat_set_flags", 9, 0],
    ["fd_fdstat_set_rights", 9, 0n, 0n], ["fd_filestat_get", 9, 0], ["fd_filestat_set_size", 9, 0n],
    ["fd_filestat_set_times", 9, 0n, 0n, 0], ["fd_prestat_get", 9, 0], ["fd_prestat_get", 1, 0],
    ["fd_prestat_dir_name", 1, 0, 0], ["fd_readdir", 9, 0, 0, 0n, 0], ["fd_renumber", 9, 3], ["fd_renumber", 3, 9],
    ["path_create_directory", 9, 0, 1], ["path_filestat_get", 9, 0, 0, 1, 0], ["path_open", 9, 0, 0, 1, 0, 0n, 0n, 0, 0],
    ["path_link", 9, 0, 0, 1, 3, 0, 1], ["path_rename", 3, 0, 1, 9, 0, 1], ["path_symlink", 0, 1, 9, 0, 1],
    ["sock_shutdown", 9, 0], ["sock_accept", 9, 0, 0],
  ];
  for (const [name, ...args] of cases) assert.equal(guest().call(name, ...args), "BADF", name);
});

test("other mistakes have their errno", () => {
  const cases: [string, string, ...Arg[]][] = [
    ["NOTSOCK", "sock_shutdown", 1, 0], ["NOTSUP", "proc_raise", 9], ["SUCCESS", "sched_yield"],
    ["SPIPE", "fd_seek", 1, 0n, 0, 0], ["SPIPE", "fd_tell", 0, 0], ["INVAL", "fd_seek", 1, 0n, 3, 0],
    ["BADF", "fd_seek", 3, 0n, 0, 0], ["INVAL", "clock_time_get", 4, 0n, 0], ["INVAL", "clock_res_get", -1, 0],
    ["INVAL", "fd_pread", 3, 0, 0, -1n, 0], ["INVAL", "fd_read", 0, 0, 1025, 0], ["INVAL", "poll_oneoff", 0, 0, 0, 0],
    ["INVAL", "fd_fdstat_set_flags", 1, 32], ["NOTCAPABLE", "fd_fdstat_set_rights", 1, 1n << 13n, 0n],
    ["NAMETOOLONG", "fd_prestat_dir_name", 3, 0, 0], ["NOTDIR", "path_create_directory", 1, 0, 1],
    ["NOENT", "path_create_directory", 3, 0, 0], ["NAMETOOLONG", "path_create_directory", 3, 0, 5000],
    ["INVAL", "path_open", 3, 0, 0, 1, 16, 0n, 0n, 0, 0], ["NOTDIR", "fd_readdir", 1, 0, 0, 0n, 0],
    ["INVAL", "fd_filestat_set_times", 3, 0n, 0n, 3], ["ILSEQ", "path_unlink_file", 3, 0, 1],
  ];
  for (const [want, name, ...args] of cases) assert.equal(guest().call(name, ...args), want, `${name}(${args.join(", ")})`);
});

test("reading and writing scatter and gather", () => {
  const g = guest();
  const fd = open(g, "f.txt");
  g.iovecs(100, [1000, 2], [1002, 0], [1010, 100]);
  assert.equal(g.call("fd_read", fd, 100, 3, 200), "SUCCESS");
  assert.equal(g.view.getUint32(200, true), 12);
  assert.equal(g.hex(1000, 3), Buffer.from("he").toString("hex") + "a5");
  assert.equal(g.hex(1010, 11), Buffer.from("llo, world").toString("hex") + "a5");
  g.put(2000, "HE");
  g.iovecs(100, [2000, 1], [2001, 1]);
  assert.equal(g.call("fd_pwrite", fd, 100, 2, 0n, 200), "SUCCESS");
  assert.equal(g.call("fd_seek", fd, 0n, 1, 300), "SUCCESS");
  assert.equal(g.view.getBigUint64(300, true), 12n);
  g.iovecs(100, [1000, 5]);
  assert.equal(g.call("fd_pread", fd, 100, 1, 0n, 200), "SUCCESS");
  assert.equal(Buffer.from(g.bytes.subarray(1000, 1005)).toString(), "HEllo");
});

test("memory that grew is seen at once", () => {
  const g = guest();
  g.memory.grow(1);
  assert.equal(g.call("clock_time_get", 0, 0n, 65_536 + 8), "SUCCESS");
  assert.equal(g.view.getBigUint64(65_536 + 8, true), 1000n);
});

test("listing fills the buffer to its last byte, and goes on from any cookie", () => {
  const fs = new Tree();
  const names = Array.from({ length: 100 }, (_, i) => `name-${i}`);
  for (const name of names) writeFile(fs, `/${name}`, new Uint8Array(0));
  for (const size of [24, 25, 40, 64, 1000]) {
    const g = new Guest({ preopens: [{ guestPath: "/", fs }] });
    const seen: string[] = [];
    let cookie = 0n;
    for (;;) {
      assert.equal(g.call("fd_readdir", 3, 1000, size, cookie, 500), "SUCCESS");
      const used = g.view.getUint32(500, true);
      let at = 1000;
      let whole = 0;
      while (at + 24 <= 1000 + used) {
        const len = g.view.getUint32(at + 16, true);
        if (at + 24 + len > 1000 + used) break;
        seen.push(Buffer.from(g.bytes.subarray(at + 24, at + 24 + len)).toString());
        cookie = g.view.getBigUint64(at, true);
        at += 24 + len;
        whole++;
      }
      assert.equal(g.bytes[1000 + size], sentinel);
      if (used < size) break;
      if (whole === 0) break; // too small for a name: the guest must take a larger one
    }
    if (size >= 40) assert.deepEqual(seen, [".", "..", ...names], `buffer of ${size}`);
  }
});

test("descriptors are the lowest that is free, and have a limit", () => {
  const g = guest({ limits: { descriptors: 6 } });
  assert.equal(open(g, "f.txt"), 4);
  assert.equal(open(g, "d", 2), 5);
  assert.equal(g.call("path_open", 3, 1, ...g.put(0, "new"), 1, all, 0n, 0, 100), "MFILE");
  assert.ok(readFile(tree(), "/new") instanceof E.Errno);
  assert.equal(g.call("fd_close", 4), "SUCCESS");
  assert.equal(open(g, "f.txt"), 4);
  assert.equal(g.call("fd_renumber", 5, 4), "SUCCESS");
  assert.equal(g.call("fd_close", 5), "BADF");
  assert.equal(open(g, "f.txt"), 5);
});

test("a read-only preopen refuses every change", () => {
  const fs = tree();
  symlink(fs, "f.txt", "/l");
  const cases: [string, string, ...Arg[]][] = [
    ["ROFS", "path_create_directory", 3, 0, 1],
    ["ROFS", "path_unlink_file", 3, 2, 5],
    ["ROFS", "path_rename", 3, 2, 5, 3, 0, 1],
    ["ROFS", "path_link", 3, 0, 2, 5, 3, 0, 1],
    ["ROFS", "path_symlink", 2, 5, 3, 0, 1],
    ["ROFS", "path_open", 3, 0, 0, 1, 1, all, all, 0, 100],
    ["ROFS", "path_open", 3, 0, 2, 5, 0, all, all, 0, 100],
    ["ROFS", "path_open", 3, 0, 2, 5, 8, 2n, all, 0, 100],
    ["EXIST", "path_open", 3, 0, 2, 5, 5, 2n, all, 0, 100],
    ["SUCCESS", "path_open", 3, 0, 2, 5, 1, 2n, all, 0, 100],
    ["ROFS", "fd_filestat_set_times", 3, 0n, 0n, 1],
    ["ROFS", "path_filestat_set_times", 3, 0, 2, 5, 0n, 0n, 1],
  ];
  for (const [want, name, ...args] of cases) {
    const g = new Guest({ preopens: [{ guestPath: "/", fs, readOnly: true }] });
    g.put(0, "n");
    g.put(2, "f.txt");
    assert.equal(g.call(name, ...args), want, `${name}(${args.join(", ")})`);
  }
});

test("no path leads out of what was given", () => {
  const fs = tree();
  symlink(fs, "..", "/d/up");
  symlink(fs, "/../f.txt", "/d/absolute");
  symlink(fs, "../..", "/d/out");
  for (const path of ["..", "../f.txt", "/f.txt", "d/../../f.txt", "d/out/x", "d/absolute", "d/up/../f.txt", "d/../.."]) {
    const g = new Guest({ preopens: [{ guestPath: "/", fs }] });
    const at = g.put(0, path);
    assert.equal(g.call("path_filestat_get", 3, 1, ...at, 1000), "NOTCAPABLE", path);
    assert.equal(g.call("path_open", 3, 1, ...at, 1, all, all, 0, 1000), "NOTCAPABLE", path);
  }
});

test("a bad path is the same mistake the second time", () => {
  const g = guest();
  g.bytes.set([0x61, 0xff], 0);
  for (let i = 0; i < 2; i++) assert.equal(g.call("path_unlink_file", 3, 0, 2), "ILSEQ");
  g.bytes.set([0x61, 0x00], 0);
  for (let i = 0; i < 2; i++) assert.equal(g.call("path_unlink_file", 3, 0, 2), "INVAL");
});

test("standard streams read, write and run into the output limit", () => {
  const stdout = new Collector();
  const stderr = new Collector();
  const g = guest({ stdin: bytesSource(Buffer.from("in")), stdout, stderr, limits: { outputBytes: 5 } });
  g.iovecs(100, [1000, 10]);
  assert.equal(g.call("fd_read", 0, 100, 1, 200), "SUCCESS");
  assert.equal(g.view.getUint32(200, true), 2);
  assert.equal(g.call("fd_read", 0, 100, 1, 200), "SUCCESS");
  assert.equal(g.view.getUint32(200, true), 0);
  assert.equal(g.call("fd_read", 1, 100, 1, 200), "BADF");
  assert.equal(g.call("fd_write", 0, 100, 1, 200), "BADF");
  g.iovecs(100, g.put(1000, "abc"));
  assert.equal(g.call("fd_write", 1, 100, 1, 200), "SUCCESS");
  assert.throws(() => g.call("fd_write", 2, 100, 1, 200), GuestLimit);
  assert.equal(Buffer.from(stdout.bytes).toString(), "abc");
  assert.equal(stderr.bytes.length, 0);
});

test("proc_exit is thrown with its code", () => {
  assert.throws(() => guest().call("proc_exit", -1), (error: unknown) => error instanceof GuestExit && error.code === 0xffffffff);
});

test("poll sleeps until the first clock, and answers at once for files", () => {
  const g = guest();
  const clock = (at: number, userdata: bigint, id: number, timeout: bigint, flags: number): void => {
    g.bytes.fill(0, at, at + 48);
    g.view.setBigUint64(at, userdata, true);
    g.view.setUint32(at + 16, id, true);
    g.view.setBigUint64(at + 24, timeout, true);
    g.view.setUint16(at + 40, flags, true);
  };
  clock(0, 7n, 1, 500n, 0);
  clock(48, 8n, 1, 900n, 0);
  assert.equal(g.call("poll_oneoff", 0, 1000, 2, 2000), "SUCCESS");
  assert.equal(g.view.getUint32(2000, true), 1);
  assert.equal(g.hex(1000, 32), "0700000000000000" + "00".repeat(24));
  assert.equal(g.call("clock_time_get", 1, 0n, 2000), "SUCCESS");
  assert.equal(g.view.getBigUint64(2000, true), 500n, "the fixed clock went on by what was slept");

  g.bytes.fill(0, 48, 96);
  g.view.setBigUint64(48, 9n, true);
  g.view.setUint8(56, 1);
  g.view.setUint32(64, 42, true);
  assert.equal(g.call("poll_oneoff", 0, 1000, 2, 2000), "SUCCESS");
  assert.equal(g.view.getUint32(2000, true), 1);
  assert.equal(g.view.getBigUint64(1000, true), 9n);
  assert.equal(g.view.getUint16(1008, true), E.BADF.code);
});

test("trace sees calls, the texts in them, answers and ends", () => {
  const host = new Host({ preopens: [{ guestPath: "/", fs: tree() }] });
  const memory = new WebAssembly.Memory({ initial: 1 });
  host.memory.attach(memory);
  new Uint8Array(memory.buffer).set(Buffer.from("none"), 8);
  const seen: string[] = [];
  const table = traced(host, preview1(host), (call) => seen.push(showCall(call))) as unknown as Record<
    string,
    (...args: Arg[]) => number
  >;
  table["fd_close"]?.(-1);
  table["path_rename"]?.(3, 8, 4, 3, 8, 2);
  assert.throws(() => table["proc_exit"]?.(3));
  assert.deepEqual(seen, ["fd_close(4294967295) = BADF", 'path_rename(3, "none", 3, "no") = NOENT', "proc_exit(3) = ?"]);
});

test("the table has all functions of the standard", () => {
  const names = Object.keys(preview1(new Host({})));
  assert.equal(names.length, 46);
  assert.equal(new Set(names).size, 46);
});

test("locks come as advice on an offset that no file reaches", () => {
  const fs = tree();
  const both = 2n | 64n; // fd_read, fd_write
  const a = guest({ preopens: [{ guestPath: "/", fs }] });
  const b = guest({ preopens: [{ guestPath: "/", fs }] });
  const one = open(a, "f.txt", 0, both);
  const two = open(a, "f.txt", 0, both);
  const other = open(b, "f.txt", 0, both);
  const shared = 1, exclusive = 2, unlock = 3, record = 4, only = 8;
  const advise = (g: Guest, fd: number, operation: number, off = 0n, len = 0n): string =>
    g.call("fd_advise", fd, (1n << 62n) | (BigInt(operation) << 52n) | off, len, 0);
  const last = (1n << 52n) - 1n;
  const calls: [string, string][] = [
    [advise(a, one, exclusive), "SUCCESS"],
    [advise(a, two, shared), "AGAIN"],
    [advise(b, other, shared), "AGAIN"],
    [advise(a, one, unlock), "SUCCESS"],
    [advise(b, other, shared), "SUCCESS"],
    [advise(a, one, record | exclusive, 5n, 10n), "SUCCESS"],
    [advise(a, two, record | exclusive, 5n, 10n), "SUCCESS"],
    [advise(b, other, record | shared, 0n, 6n), "AGAIN"],
    [advise(b, other, only | shared, 0n, 6n), "AGAIN"],
    [advise(b, other, only | exclusive, 0n, 5n), "SUCCESS"],
    [advise(b, other, record | shared, 15n, -1n), "SUCCESS"],
    [advise(a, one, record | exclusive, last, 1n), "AGAIN"],
    [advise(b, other, record | unlock, 0n, last + 1n), "SUCCESS"],
    [advise(a, one, record | exclusive, last, 1n), "SUCCESS"],
    [advise(a, 1, exclusive), "SUCCESS"],
    [advise(a, 3, exclusive), "SUCCESS"],
    [advise(b, 3, exclusive), "AGAIN"],
    [advise(a, 99, exclusive), "BADF"],
    [advise(a, one, 0), "INVAL"],
    [advise(a, one, only | unlock), "INVAL"],
    [advise(a, one, 16 | exclusive), "INVAL"],
    [a.call("fd_advise", one, (1n << 62n) | (2n << 52n), 0n, 1), "SUCCESS"],
    [a.call("fd_advise", one, -(1n << 62n) | (2n << 52n), 0n, 0), "INVAL"],
    [advise(b, other, exclusive), "SUCCESS"],
    [advise(a, one, shared), "AGAIN"],
  ];
  calls.forEach(([got, want], i) => assert.equal(got, want, `call ${i}`));
  // Closing one of its descriptors ends a guest's record locks on the file,
  // and its end all its locks.
  a.call("fd_close", two);
  assert.equal(advise(b, other, record | exclusive), "SUCCESS");
  b.host.descriptors.closeAll();
  assert.equal(advise(a, one, exclusive), "SUCCESS");
  assert.equal(advise(a, one, record | exclusive), "SUCCESS");
  assert.equal(a.call("fd_renumber", 3, one), "SUCCESS");
  const c = guest({ preopens: [{ guestPath: "/", fs }] });
  const fd = open(c, "f.txt", 0, both);
  assert.equal(advise(c, fd, exclusive), "SUCCESS");
  assert.equal(advise(c, fd, record | exclusive), "SUCCESS");
});

test("how much room there is comes as advice too", () => {
  const fs = new Tree({ limits: { bytes: 100, inodes: 10 } });
  writeFile(fs, "/f.txt", Buffer.from("0123456789"));
  const g = guest({ preopens: [{ guestPath: "/", fs }] });
  const fd = open(g, "f.txt", 0, 2n);
  const free = 1n << 61n;
  const total = free + 1n;
  const calls: [string, string, string][] = [
    ["free", g.call("fd_advise", fd, free, 90n, 0), "SUCCESS"],
    ["more", g.call("fd_advise", fd, free, 91n, 0), "NOSPC"],
    ["beneath", g.call("fd_advise", 3, free, 91n, 0), "NOSPC"],
    ["total", g.call("fd_advise", 3, total, 100n, 0), "SUCCESS"],
    ["more in all", g.call("fd_advise", 3, total, -1n, 0), "NOSPC"],
    ["something else", g.call("fd_advise", fd, total + 1n, 1n, 0), "INVAL"],
    ["a stream", g.call("fd_advise", 1, free, 1n, 0), "NOTSUP"],
    ["nothing", g.call("fd_advise", 99, free, 1n, 0), "BADF"],
    ["advice", g.call("fd_advise", fd, free, 91n, 1), "SUCCESS"],
  ];
  for (const [name, got, want] of calls) assert.equal(got, want, name);
});

test("a directory for reading only is told no right to change it", () => {
  const g = guest({ preopens: [{ guestPath: "/", fs: tree(), readOnly: true }] });
  const changing = BigInt(
    Rights.PathCreateDirectory | Rights.PathCreateFile | Rights.PathLinkTarget | Rights.PathRenameSource |
    Rights.PathFilestatSetTimes | Rights.FdFilestatSetTimes | Rights.PathSymlink | Rights.PathUnlinkFile,
  );
  for (const fd of [3, open(g, "d", 2)]) {
    assert.equal(g.call("fd_fdstat_get", fd, 1000), "SUCCESS");
    const rights = g.view.getBigUint64(1008, true);
    assert.equal(rights & changing, 0n, `descriptor ${fd}`);
    assert.notEqual(rights & BigInt(Rights.FdReaddir), 0n, `descriptor ${fd}`);
  }
});
