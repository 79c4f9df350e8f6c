// A reader of behaviour scripts. The format is described beside them, in
// vfs/testdata/scripts/README.md.

import { Errno, ILSEQ, INVAL, SUCCESS } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import { addDevices } from "../vfs/device.ts";
import * as host from "../vfs/host.ts";
import { Kind, type Stat } from "../vfs/inode.ts";
import { LockMode } from "../vfs/lock.ts";
import { changes, newOverlay } from "../vfs/overlay.ts";
import { parsePath, type Path } from "../vfs/path.ts";
import { type TimeChange, Tree } from "../vfs/tree.ts";

type Answer = string | Errno;

const latin = new TextDecoder("latin1");

/** runScript returns one line per disagreement. */
export function runScript(text: string): string[] {
  const failures: string[] = [];
  const run = new Run();
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const [command, want] = cut(line);
    const got = run.line(words(command));
    const answer = got instanceof Errno ? got.name : got;
    if (want === undefined ? got instanceof Errno : answer !== want) {
      failures.push(`line ${index + 1}: ${line}: got ${answer}`);
    }
  });
  return failures;
}

// cut separates the command from the answer, whose spaces become single ones.
function cut(line: string): [string, string | undefined] {
  const at = outside(line, "->");
  if (at < 0) return [line, undefined];
  return [line.slice(0, at), squeeze(line.slice(at + 2))];
}

function outside(line: string, mark: string): number {
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === "\\" && quoted) i++;
    else if (line[i] === '"') quoted = !quoted;
    else if (!quoted && line.startsWith(mark, i)) return i;
  }
  return -1;
}

function squeeze(text: string): string {
  let out = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === "\\" && quoted) out += c + text[++i];
    else if (c === '"') {
      quoted = !quoted;
      out += c;
    } else if (c === " " && !quoted) {
      if (!out.endsWith(" ")) out += c;
    } else out += c;
  }
  return out.trim();
}

/** words are bytes: one character of Latin-1 each. */
function words(line: string): string[] {
  const out: string[] = [];
  let i = 0;
  const bytes = Buffer.from(line, "utf8").toString("latin1");
  while (i < bytes.length) {
    if (bytes[i] === " ") {
      i++;
      continue;
    }
    let word = "";
    while (i < bytes.length && bytes[i] !== " ") {
      if (bytes[i] !== '"') {
        word += bytes[i++];
        continue;
      }
      let piece = "";
      for (i++; bytes[i] !== '"'; i++) {
        if (bytes[i] !== "\\") piece += bytes[i];
        else {
          const c = bytes[++i];
          if (c === "n") piece += "\n";
          else if (c === "t") piece += "\t";
          else if (c === "x") {
            piece += String.fromCharCode(parseInt(bytes.slice(i + 1, i + 3), 16));
            i += 2;
          } else piece += c;
        }
      }
      i++;
      const times = /^\*(\d+)/.exec(bytes.slice(i));
      if (times !== null) {
        piece = piece.repeat(Number(times[1]));
        i += times[0].length;
      }
      word += piece;
    }
    out.push(word);
  }
  return out;
}

function toBytes(word: string): Uint8Array {
  return Uint8Array.from(word, (c) => c.charCodeAt(0));
}

// toText is the path a word of bytes spells; bytes that are not UTF-8 have none.
function toText(word: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(toBytes(word));
  } catch {
    return null;
  }
}

function quote(bytes: Uint8Array): string {
  let out = '"';
  for (const byte of bytes) {
    const c = String.fromCharCode(byte);
    if (c === "\n") out += "\\n";
    else if (c === "\t") out += "\\t";
    else if (c === '"' || c === "\\") out += "\\" + c;
    else if (byte >= 0x20 && byte <= 0x7e) out += c;
    else out += "\\x" + byte.toString(16).padStart(2, "0");
  }
  return out + '"';
}

function quoteName(name: string): string {
  return /^[A-Za-z0-9._-]+$/.test(name) ? name : quote(new TextEncoder().encode(name));
}

const kinds = new Map<number, string>([
  [Kind.RegularFile, "file"], [Kind.Directory, "directory"], [Kind.SymbolicLink, "symlink"],
  [Kind.CharacterDevice, "device"],
]);

function fields(stat: Stat | Errno, names: string[]): Answer {
  if (stat instanceof Errno) return stat;
  const all: Record<string, string> = {
    kind: kinds.get(stat.kind) ?? "unknown", ino: `${stat.ino}`, nlink: `${stat.nlink}`, size: `${stat.size}`,
    atim: `${stat.atim}`, mtim: `${stat.mtim}`, ctim: `${stat.ctim}`,
  };
  if (names.length === 0) return "ok";
  return names.map((name) => all[name] ?? `no field ${name}`).join(" ");
}

function done(result: Errno): Answer {
  return result === SUCCESS ? "ok" : result;
}

function time(word: string | undefined): TimeChange {
  if (word === "now") return "now";
  return word === "omit" || word === undefined ? null : BigInt(word);
}

const lockModes: Record<string, number> = { shared: LockMode.Shared, exclusive: LockMode.Exclusive, off: LockMode.Unlock };

// Equal words are one owner.
const owners = new Map<string, object>();

function owner(flags: string[]): { owner?: object } {
  const word = flags.find((flag) => flag.startsWith("owner="));
  if (word === undefined) return {};
  if (!owners.has(word)) owners.set(word, {});
  return { owner: owners.get(word) as object };
}

class Run {
  #clock = 1000n;
  #now = (): bigint => this.#clock++;
  #byte = 0;
  #random = (bytes: Uint8Array): void => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = ++this.#byte;
  };
  #limits: { bytes: number; inodes: number } | undefined;
  #tree: Tree | null = null;
  #lower = false;
  #handles = new Map<string, Handle>();

  get #current(): Tree {
    return (this.#tree ??= new Tree({ now: this.#now, random: this.#random, limits: this.#lower ? undefined : this.#limits }));
  }

  line(args: string[]): Answer {
    const [command, ...rest] = args as [string, ...string[]];
    switch (command) {
      case "limits": {
        const all = Object.fromEntries(rest.map((word) => word.split("=") as [string, string]));
        this.#limits = {
          bytes: all["bytes"] === undefined ? 2 ** 40 : Number(all["bytes"]),
          inodes: all["inodes"] === undefined ? 2 ** 40 : Number(all["inodes"]),
        };
        return "ok";
      }
      case "lower":
        this.#lower = true;
        return "ok";
      case "overlay":
        this.#tree = newOverlay(this.#current, { now: this.#now, random: this.#random, limits: this.#limits });
        this.#lower = false;
        this.#handles.clear();
        return "ok";
      case "freeze":
        this.#current.freeze();
        return "ok";
      case "devices":
        return done(addDevices(this.#current));
      case "clock":
        this.#current;
        this.#clock = BigInt(rest[0] as string);
        return "ok";
      case "used":
        return `${this.#current.usedBytes} ${this.#current.usedInodes}`;
      case "changes": {
        const all = changes(this.#current).map(({ path, op }) => {
          const word = `${op}:${path}`;
          return /^[A-Za-z0-9._:/-]+$/.test(word) ? word : quote(new TextEncoder().encode(word));
        });
        return all.length === 0 ? "none" : all.join(" ");
      }
      case "host":
        return this.#host(rest);
      default:
        return this.#guest(args);
    }
  }

  #host(args: string[]): Answer {
    const tree = this.#current;
    const [command, ...words] = args as [string, ...string[]];
    const text = words.map((word) => toText(word) ?? "\ud800");
    const [a, b] = text as [string, string];
    switch (command) {
      case "readFile": {
        const bytes = host.readFile(tree, a);
        return bytes instanceof Errno ? bytes : quote(bytes);
      }
      case "writeFile":
        return done(host.writeFile(tree, a, toBytes(words[1] ?? "")));
      case "mkdirAll":
        return done(host.mkdirAll(tree, a));
      case "stat":
        return fields(host.stat(tree, a), words.slice(1));
      case "lstat":
        return fields(host.lstat(tree, a), words.slice(1));
      case "readDir": {
        const names = host.readDir(tree, a);
        if (names instanceof Errno) return names;
        return names.length === 0 ? "none" : names.map(({ name }) => quoteName(name)).join(" ");
      }
      case "symlink":
        return done(host.symlink(tree, a, b));
      case "readlink": {
        const target = host.readlink(tree, a);
        return target instanceof Errno ? target : quote(new TextEncoder().encode(target));
      }
      case "remove":
        return done(host.remove(tree, a));
      case "removeAll":
        return done(host.removeAll(tree, a));
      case "rename":
        return done(host.rename(tree, a, b));
      case "setTimes":
        return done(host.setTimes(tree, a, BigInt(words[1] ?? 0), BigInt(words[2] ?? 0)));
      case "walk": {
        const all: string[] = [];
        host.walk(tree, (path) => all.push(/^[A-Za-z0-9._/-]+$/.test(path) ? path : quote(new TextEncoder().encode(path))) > 0);
        return all.length === 0 ? "none" : all.join(" ");
      }
      case "add": {
        const kind = [...kinds].find(([, name]) => name === b)?.[0] as Kind | undefined;
        if (kind === undefined) return `no kind ${b}`;
        const entry = { path: a, kind, mtim: BigInt(words[2] ?? 0) };
        if (kind === Kind.RegularFile) return done(host.add(tree, { ...entry, data: toBytes(words[3] ?? "") }));
        if (kind === Kind.SymbolicLink) return done(host.add(tree, { ...entry, link: text[3] ?? "" }));
        return done(host.add(tree, entry));
      }
      default:
        return `no host command ${command}`;
    }
  }

  #handle(name: string | undefined): Handle {
    const handle = this.#handles.get(name ?? "");
    if (handle === undefined) throw new Error(`nothing is open as ${name}`);
    return handle;
  }

  #guest(args: string[]): Answer {
    const tree = this.#current;
    let base = tree.root;
    if (args[0] === "at") {
      base = this.#handle(args[1]).inode;
      args = args.slice(2);
    }
    const [command, a = "", b = "", c = ""] = args;
    const path = (word: string): Path | Errno => {
      const text = toText(word);
      return text === null ? ILSEQ : parsePath(text);
    };
    const flags = args.slice(1);
    switch (command) {
      case "mkdir":
      case "rmdir":
      case "unlink": {
        const at = path(a);
        return at instanceof Errno ? at : done(tree[command](base, at));
      }
      case "rename":
      case "link": {
        const from = path(a);
        if (from instanceof Errno) return from;
        const to = path(b);
        if (to instanceof Errno) return to;
        const under = flags.find((word) => word.startsWith("@"));
        const toBase = under === undefined ? base : this.#handle(under.slice(1)).inode;
        if (command === "rename") return done(tree.rename(base, from, toBase, to));
        return done(tree.link(base, from, toBase, to));
      }
      case "symlink": {
        const target = toText(a);
        if (target === null) return ILSEQ;
        const at = path(b);
        return at instanceof Errno ? at : done(tree.symlink(target, base, at));
      }
      case "readlink": {
        const at = path(a);
        if (at instanceof Errno) return at;
        const target = tree.readlink(base, at);
        if (target instanceof Errno) return target;
        const bytes = new TextEncoder().encode(target);
        return quote(b === "" ? bytes : bytes.subarray(0, Number(b)));
      }
      case "stat": {
        const at = path(a);
        if (at instanceof Errno) return at;
        const names = flags.slice(1).filter((word) => word !== "nofollow");
        return fields(tree.stat(base, at, !flags.includes("nofollow")), names);
      }
      case "times": {
        const at = path(a);
        if (at instanceof Errno) return at;
        const [atim, mtim] = flags.slice(1).filter((word) => word !== "nofollow");
        const inode = tree.stat(base, at, !flags.includes("nofollow"));
        return inode instanceof Errno ? inode : done(tree.setTimes(inode, time(atim), time(mtim)));
      }
      case "open": {
        const at = path(b);
        if (at instanceof Errno) return at;
        const has = (word: string): boolean => flags.slice(2).includes(word);
        const handle = tree.open(base, at, {
          read: has("r"), write: has("w"), create: has("creat"), exclusive: has("excl"), truncate: has("trunc"),
          directory: has("directory"), fdFlags: has("append") ? 1 : 0, follow: !has("nofollow"),
          ...owner(flags),
        });
        if (handle instanceof Errno) return handle;
        this.#handles.set(a, handle);
        return "ok";
      }
      case "ls": {
        const at = path(a);
        if (at instanceof Errno) return at;
        const handle = tree.open(base, at, { read: true, directory: true, follow: true });
        if (handle instanceof Errno) return handle;
        const names: string[] = [];
        const errno = handle.readDir(0, (name) => names.push(quoteName(new TextDecoder().decode(name))) > 0);
        handle.close();
        return errno === SUCCESS ? names.join(" ") : errno;
      }
      case "close": {
        return done(this.#handle(a).close());
      }
      case "sync":
        return done(this.#handle(a).sync());
      case "read":
      case "pread": {
        const into = new Uint8Array(Number(b));
        const handle = this.#handle(a);
        const n = command === "read" ? handle.read(into, 0, into.length) : handle.pread(into, 0, into.length, Number(c));
        return n instanceof Errno ? n : quote(into.subarray(0, n));
      }
      case "write":
      case "pwrite": {
        const handle = this.#handle(a);
        const n = command === "write" ? handle.write(toBytes(b)) : handle.pwrite(toBytes(b), Number(c));
        return n instanceof Errno ? n : `${n}`;
      }
      case "seek": {
        const whence = { set: 0, cur: 1, end: 2 }[c];
        if (whence === undefined) return INVAL;
        const off = this.#handle(a).seek(Number(b), whence as 0 | 1 | 2);
        return off instanceof Errno ? off : `${off}`;
      }
      case "tell": {
        const off = this.#handle(a).tell();
        return off instanceof Errno ? off : `${off}`;
      }
      case "size":
        return done(this.#handle(a).setSize(Number(b)));
      case "flags":
        this.#handle(a).flags = flags.includes("append") ? 1 : 0;
        return "ok";
      case "space": {
        const { free, total } = this.#handle(a).space();
        return `${free} ${total}`;
      }
      case "flock":
        return done(this.#handle(a).lock({ mode: lockModes[b] ?? 0 }));
      case "lock":
      case "testlock": {
        const range = { off: Number(c), len: Number(args[4]) };
        return done(this.#handle(a).lock({ mode: lockModes[b] ?? 0, record: true, test: command === "testlock", ...range }));
      }
      case "ftimes":
        return done(this.#handle(a).setTimes(time(b), time(c)));
      case "fstat":
        return fields(this.#handle(a).inode, flags.slice(1));
      case "readdir": {
        const out: string[] = [];
        const errno = this.#handle(a).readDir(Number(b), (name, _ino, _kind, next) => {
          if (out.length >= Number(c)) return false;
          out.push(`${quoteName(latin.decode(name))}@${next}`);
          return true;
        });
        if (errno !== SUCCESS) return errno;
        return out.length === 0 ? "end" : out.join(" ");
      }
      default:
        return `no command ${command}`;
    }
  }
}
