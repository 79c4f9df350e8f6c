import assert from "node:assert/strict";
import { test } from "node:test";
import { Jar } from "../cookies.ts";
import { SUCCESS } from "../vfs/errno.ts";
import * as host from "../vfs/host.ts";
import { Kind } from "../vfs/inode.ts";
import { changes } from "../vfs/overlay.ts";
import { Tree } from "../vfs/tree.ts";
import { crc32 } from "../worker/crc32.ts";
import { openJournal, type SyncFile } from "../worker/journal.ts";
import { freshTree, Keeper, restoreTree } from "../worker/keeper.ts";
import { applyRecord, lowerInodes } from "../worker/record.ts";

/** MemoryFile is a sync access handle that can be cut, altered and full. */
class MemoryFile implements SyncFile {
  bytes = new Uint8Array(0);
  limit = Infinity;

  read(into: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    const part = this.bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }

  write(bytes: Uint8Array<ArrayBuffer>, { at }: { at: number }): number {
    const n = Math.max(0, Math.min(bytes.length, this.limit - at));
    if (at + n > this.bytes.length) {
      const larger = new Uint8Array(at + n);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes.subarray(0, n), at);
    return n;
  }

  truncate(size: number): void {
    const next = new Uint8Array(size);
    next.set(this.bytes.subarray(0, size));
    this.bytes = next;
  }

  flush(): void {}
  close(): void {}

  getSize(): number {
    return this.bytes.length;
  }
}

const digest = Uint8Array.from({ length: 32 }, (_, i) => i);
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const read = (bytes: readonly Uint8Array[]): string[] => bytes.map((part) => new TextDecoder().decode(part));

function files(): [MemoryFile, MemoryFile] {
  return [new MemoryFile(), new MemoryFile()];
}

test("crc32 is the one everybody has", () => {
  assert.equal(crc32(text("123456789")), 0xcbf43926);
});

test("what was appended is read again, in order", () => {
  const both = files();
  const { journal, records } = openJournal(both, digest);
  assert.deepEqual(records, []);
  for (const part of ["one", "", "three"]) journal.append(text(part));
  const again = openJournal(both, digest);
  assert.deepEqual(read(again.records), ["one", "", "three"]);
  again.journal.append(text("four"));
  assert.deepEqual(read(openJournal(both, digest).records), ["one", "", "three", "four"]);
});

test("a torn tail is cut off, wherever it tore, and writing goes on after it", () => {
  const parts = ["first", "second one", "3"];
  const whole = files();
  const { journal } = openJournal(whole, digest);
  const ends: number[] = [];
  for (const part of parts) {
    journal.append(text(part));
    ends.push(journal.size);
  }
  for (let size = 0; size <= whole[0].bytes.length; size++) {
    const both = files();
    both[0].bytes = whole[0].bytes.slice(0, size);
    const opened = openJournal(both, digest);
    const want = parts.slice(0, ends.filter((end) => end <= size).length);
    assert.deepEqual(read(opened.records), want, `cut to ${size} bytes`);
    opened.journal.append(text("new"));
    assert.deepEqual(read(openJournal(both, digest).records), [...want, "new"], `cut to ${size} bytes, then written`);
  }
});

test("no altered byte is ever trusted", () => {
  const parts = ["first", "second one", "3"];
  const whole = files();
  const { journal } = openJournal(whole, digest);
  for (const part of parts) journal.append(text(part));
  for (let at = 0; at < whole[0].bytes.length; at++) {
    const both = files();
    both[0].bytes = whole[0].bytes.slice();
    both[0].bytes[at] = (both[0].bytes[at] as number) ^ 0x41;
    const got = read(openJournal(both, digest).records);
    assert.ok(got.length < parts.length, `byte ${at}`);
    assert.deepEqual(got, parts.slice(0, got.length), `byte ${at}`);
  }
});

test("a journal of another snapshot is not read", () => {
  const both = files();
  openJournal(both, digest).journal.append(text("x"));
  assert.deepEqual(openJournal(both, new Uint8Array(32)).records, []);
});

test("compaction leaves one record, and goes back and forth between the files", () => {
  const both = files();
  const { journal } = openJournal(both, digest);
  for (let round = 0; round < 3; round++) {
    journal.append(text("small"));
    journal.compact(text(`all ${round}`));
    journal.append(text("after"));
    assert.deepEqual(read(openJournal(both, digest).records), [`all ${round}`, "after"]);
  }
});

test("a compaction that was cut off changes nothing", () => {
  const before = files();
  openJournal(before, digest).journal.append(text("kept"));
  const after = files();
  after[0].bytes = before[0].bytes.slice();
  openJournal(after, digest).journal.compact(text("kept, compacted"));
  for (let size = 0; size < after[1].bytes.length; size++) {
    const torn = files();
    torn[0].bytes = before[0].bytes.slice();
    torn[1].bytes = after[1].bytes.slice(0, size);
    assert.deepEqual(read(openJournal(torn, digest).records), ["kept"], `cut to ${size} bytes`);
  }
  // Both are whole between the last write and the emptying of the first.
  after[0].bytes = before[0].bytes.slice();
  assert.deepEqual(read(openJournal(after, digest).records), ["kept, compacted"]);
});

test("a file that is full is an error, and what was there stays", () => {
  const both = files();
  const { journal } = openJournal(both, digest);
  journal.append(text("kept"));
  both[0].limit = journal.size + 3;
  assert.throws(() => journal.append(text("too much")), /wrote 3 of 8 bytes/);
  assert.deepEqual(read(openJournal(both, digest).records), ["kept"]);
});

test("clear forgets everything", () => {
  const both = files();
  const { journal } = openJournal(both, digest);
  journal.append(text("x"));
  journal.clear();
  assert.deepEqual(openJournal(both, digest).records, []);
  journal.append(text("y"));
  assert.deepEqual(read(openJournal(both, digest).records), ["y"]);
});

function lowerTree(): Tree {
  const tree = new Tree({ now: () => 5n });
  const put = (path: string, data: string): void => {
    assert.equal(host.add(tree, { path, kind: Kind.RegularFile, mtim: 7n, data: text(data) }), SUCCESS);
  };
  for (const path of ["/a", "/a/deep", "/w"]) host.add(tree, { path, kind: Kind.Directory, mtim: 7n });
  put("/a/one.txt", "one");
  put("/a/deep/two.txt", "two".repeat(5000));
  put("/w/db", "x".repeat(20_000));
  host.add(tree, { path: "/a/link", kind: Kind.SymbolicLink, mtim: 7n, link: "one.txt" });
  tree.freeze();
  return tree;
}

/** show is everything a guest can see of a tree. */
function show(tree: Tree): unknown[] {
  const all: unknown[] = [tree.nextIno, tree.usedBytes, tree.usedInodes, changes(tree)];
  host.walk(tree, (path, { ino, kind, nlink, size, atim, mtim, ctim }) => {
    const line: unknown[] = [path, ino, kind, nlink, size, atim, mtim, ctim];
    if (kind === Kind.RegularFile) line.push(crc32(host.readFile(tree, path) as Uint8Array));
    if (kind === Kind.SymbolicLink) line.push(host.readlink(tree, path));
    if (kind === Kind.Directory) line.push((host.readDir(tree, path) as host.Dirent[]).map(({ name }) => name));
    all.push(line);
    return true;
  });
  return all;
}

test("a tree comes back as it was, after every request and after compaction", () => {
  const lower = lowerTree();
  const both = files();
  const { journal } = openJournal(both, digest);
  const jar = new Jar();
  const tree = freshTree(lower);
  host.mkdirAll(tree, "/tmp");
  const keeper = new Keeper(tree, jar, journal);
  const write = (path: string, off: number, data: string): void => {
    const parsed = { text: path, parts: path.split("/").filter(Boolean), absolute: false, slash: false, long: false };
    const handle = tree.open(tree.root, parsed, { write: true, create: true });
    assert.ok("pwrite" in handle);
    handle.pwrite(text(data), off);
    handle.close();
  };
  const steps: (() => unknown)[] = [
    () => write("/w/db", 8192, "page"),
    () => write("/w/db", 19_999, "beyond"),
    () => host.writeFile(tree, "/a/new.txt", text("new")),
    () => host.writeFile(tree, "/a/one.txt", text("shorter, then longer")),
    () => host.rename(tree, "/a/deep", "/w/moved"),
    () => host.writeFile(tree, "/w/moved/two.txt", text("2")),
    () => host.mkdirAll(tree, "/up/2026/11"),
    () => host.writeFile(tree, "/up/2026/11/image", new Uint8Array(100_000).fill(3)),
    () => host.remove(tree, "/a/new.txt"),
    () => host.symlink(tree, "../w/db", "/a/other"),
    () => host.setTimes(tree, "/a", 1n, 2n),
    () => host.rename(tree, "/a/one.txt", "/a/link"),
    () => host.removeAll(tree, "/up/2026"),
    () => host.writeFile(tree, "/w/journal", text("gone before anybody looks")) === host.remove(tree, "/w/journal"),
    () => jar.take("a=1; path=/", { host: "h", path: "/", secure: false }, 1),
    () => write("/w/db", 100, "again"),
  ];
  for (const [i, step] of steps.entries()) {
    step();
    keeper.keep();
    if (i % 5 === 4) {
      // A record of the whole tree must say the same as those before it.
      const restored = restoreTree(lower, new Jar(), openJournal(both, digest).records).tree;
      assert.deepEqual(show(restored), show(tree), `after step ${i}`);
    }
  }
  const again = new Jar();
  const opened = openJournal(both, digest);
  const restored = restoreTree(lower, again, opened.records);
  assert.equal(restored.refused, 0);
  assert.deepEqual(show(restored.tree), show(tree));
  assert.equal(again.header({ host: "h", path: "/", secure: false }, 2), "a=1");

  const size = journal.size;
  keeper.keep();
  assert.equal(journal.size, size, "nothing changed, nothing is written");
});

test("only the pages of a file that changed are written", () => {
  const lower = lowerTree();
  const both = files();
  const { journal } = openJournal(both, digest);
  const tree = freshTree(lower);
  const keeper = new Keeper(tree, new Jar(), journal);
  host.writeFile(tree, "/w/big", new Uint8Array(1 << 20));
  keeper.keep();
  const before = journal.size;
  const handle = tree.open(tree.root, { text: "", parts: ["w", "big"], absolute: false, slash: false, long: false }, { write: true });
  assert.ok("pwrite" in handle);
  handle.pwrite(text("x"), 500_000);
  keeper.keep();
  assert.ok(journal.size - before < 4096 + 200, `${journal.size - before} bytes for one`);
});

test("a journal that grows is compacted, and the tree stays", () => {
  const lower = lowerTree();
  const both = files();
  const { journal } = openJournal(both, digest);
  const tree = freshTree(lower);
  const keeper = new Keeper(tree, new Jar(), journal);
  const megabyte = new Uint8Array(1 << 20);
  for (let i = 0; i < 20; i++) {
    host.writeFile(tree, "/w/log", megabyte.fill(i));
    keeper.keep();
  }
  assert.ok(journal.size < 12 << 20, `${journal.size} bytes`);
  assert.deepEqual(show(restoreTree(lower, new Jar(), openJournal(both, digest).records).tree), show(tree));
});

test("a keeper whose journal fails says so once and goes on", () => {
  const both = files();
  const { journal } = openJournal(both, digest);
  const tree = freshTree(lowerTree());
  const keeper = new Keeper(tree, new Jar(), journal);
  both[0].limit = 60;
  host.writeFile(tree, "/x", text("x"));
  assert.throws(() => keeper.keep());
  host.writeFile(tree, "/y", text("y"));
  keeper.keep();
});

test("a record that no journal wrote is refused, with all after it", () => {
  const lower = lowerTree();
  const both = files();
  const { journal } = openJournal(both, digest);
  const tree = freshTree(lower);
  const keeper = new Keeper(tree, new Jar(), journal);
  host.writeFile(tree, "/x", text("x"));
  keeper.keep();
  const [good] = openJournal(both, digest).records;
  assert.ok(good !== undefined);
  for (let len = 0; len < good.length; len++) {
    const part = good.slice(0, len);
    const fresh = freshTree(lower);
    try {
      applyRecord(fresh, lowerInodes(lower), part);
    } catch (error) {
      assert.ok(error instanceof RangeError, `cut to ${len}: ${String(error)}`);
    }
  }
  for (let at = 0; at < good.length; at++) {
    const altered = good.slice();
    altered[at] = (altered[at] as number) ^ 0xff;
    // What comes out may be wrong; what matters is that it comes out.
    const restored = restoreTree(lower, new Jar(), [good, altered, good]);
    assert.ok(restored.records >= 1);
  }
});
