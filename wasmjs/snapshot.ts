// Decoding of a snapshot's manifest, laid out as snapshots/doc.go draws it.
// The bytes are hostile until the last check has passed: every size, count,
// name, order, kind, link and reference is compared with what the bytes
// themselves hold before it is used. The first thing that is wrong ends the
// reading with its place and a sentence; nothing is repaired.

import { type Errno, SUCCESS } from "./vfs/errno.ts";
import { add } from "./vfs/host.ts";
import { Kind } from "./vfs/inode.ts";
import { Tree } from "./vfs/tree.ts";

/** version is the format's version, the one this file reads. */
export const version = 1;

// Limits of what is read, the same as in snapshots/manifest.go.
const maxManifestSize = 64 * 1024 * 1024;
const maxMetadataSize = 64 * 1024;
const maxPacks = 16;
const maxPathsSize = 64 * 1024 * 1024;
const maxContentSize = 1024 * 1024 * 1024;
const maxPathLen = 4096;
const maxNameLen = 255;

const manifestMagic = [0x89, 0x50, 0x42, 0x4d, 0x46, 0x0d, 0x0a, 0x1a];
const manifestHeadLen = 32;
const packRecordLen = 48;
const contentLen = 36;
const entryLen = 20;
const digestLen = 32;

const notASnapshot = "this is not a Pressbox snapshot: make one with `pressbox snapshot build`";
const cutShort = "the snapshot is cut short: copy it again, or make a new one with `pressbox snapshot build`";

function newerVersion(found: number): string {
  return `the snapshot has format version ${found} and this Pressbox reads version ${version}: use the Pressbox that made it, or make the snapshot anew with \`pressbox snapshot build\``;
}

/**
 * FormatError says why bytes are not a snapshot that can be used. reason is a
 * sentence for the person who chose it; offset is where the reader stopped.
 */
export class FormatError {
  readonly offset: number;
  readonly reason: string;

  constructor(offset: number, reason: string) {
    this.offset = offset;
    this.reason = reason;
  }
}

/** Metadata is what a snapshot says about itself. It is public. */
export interface Metadata {
  readonly admin: { readonly user: string; readonly password: string };
  readonly base: string;
  readonly php: string;
  readonly plugins: ReadonlyMap<string, string>;
  readonly source: string;
  readonly theme: string;
  readonly title: string;
  readonly wordpress: string;
}

/** Pack describes one pack. */
export interface Pack {
  readonly size: number;
  readonly digest: Uint8Array;
}

/** Content describes one distinct content and where it lies. */
export interface Content {
  readonly size: number;
  readonly digest: Uint8Array;
  readonly pack: number;
  readonly off: number;
}

/** Entry is one path of the site. */
export interface Entry {
  /** path is relative to the root, without a slash in front. */
  readonly path: string;
  readonly kind: Kind;
  /** mtim counts nanoseconds since 1970. */
  readonly mtim: bigint;
  /** content is an index into contents; only of a RegularFile. */
  readonly content: number;
  /** target is only of a SymbolicLink. */
  readonly target: string;
}

/** Manifest is a decoded manifest. */
export interface Manifest {
  readonly metadata: Metadata;
  readonly packs: readonly Pack[];
  readonly contents: readonly Content[];
  /** entries are in bytewise order of their paths. */
  readonly entries: readonly Entry[];
}

/** decodeManifest reads a manifest. Digests stay views of bytes. */
export function decodeManifest(bytes: Uint8Array): Manifest | FormatError {
  const wrong = checkMagic(bytes);
  if (wrong !== null) return wrong;
  if (bytes.length < manifestHeadLen) return new FormatError(bytes.length, cutShort);
  if (bytes.length > maxManifestSize) {
    return new FormatError(0, `the snapshot's manifest has ${bytes.length} bytes and may have ${maxManifestSize}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const metadataLen = view.getUint32(12, true);
  const packCount = view.getUint32(16, true);
  const contentCount = view.getUint32(20, true);
  const entryCount = view.getUint32(24, true);
  const namesLen = view.getUint32(28, true);
  if (metadataLen > maxMetadataSize) {
    return new FormatError(12, `the snapshot's metadata have ${metadataLen} bytes and may have ${maxMetadataSize}`);
  }
  if (packCount < 1 || packCount > maxPacks) {
    return new FormatError(16, `the snapshot has ${packCount} packs and may have 1 to ${maxPacks}`);
  }
  // Products of 32-bit numbers and small constants: exact in a number.
  const packsOff = manifestHeadLen + metadataLen;
  const contentsOff = packsOff + packCount * packRecordLen;
  const entriesOff = contentsOff + contentCount * contentLen;
  const namesOff = entriesOff + entryCount * entryLen;
  const end = namesOff + namesLen;
  if (end > bytes.length) return new FormatError(bytes.length, cutShort);
  if (end < bytes.length) {
    return new FormatError(end, "bytes follow the snapshot's manifest that do not belong to it");
  }

  const metadata = decodeMetadata(bytes.subarray(manifestHeadLen, packsOff), manifestHeadLen);
  if (metadata instanceof FormatError) return metadata;
  const packed = decodePacks(bytes, view, packsOff, contentsOff, packCount, contentCount);
  if (packed instanceof FormatError) return packed;
  const entries = decodeEntries(bytes, view, entriesOff, namesOff, packed);
  if (entries instanceof FormatError) return entries;
  return { metadata, packs: packed.packs, contents: packed.contents, entries };
}

/** checkMagic checks the first 12 bytes: what this is, and its version. */
function checkMagic(bytes: Uint8Array): FormatError | null {
  const n = Math.min(bytes.length, manifestMagic.length);
  for (let i = 0; i < n; i++) {
    if (bytes[i] !== manifestMagic[i]) return new FormatError(0, notASnapshot);
  }
  if (n === 0) return new FormatError(0, notASnapshot);
  if (bytes.length < manifestMagic.length + 4) return new FormatError(bytes.length, cutShort);
  const found = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  return found === version ? null : new FormatError(8, newerVersion(found));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** decodeMetadata: a key of the wrong type is an error, a missing one is empty. */
function decodeMetadata(bytes: Uint8Array, off: number): Metadata | FormatError {
  let value: unknown = null;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // Not UTF-8, or not JSON: both leave null, which is no object.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
  if (!isObject(value)) return new FormatError(off, "the snapshot's metadata are not a JSON object");
  const object = new Map(Object.entries(value));
  const texts = new Map<string, string>();
  for (const key of ["base", "php", "source", "theme", "title", "wordpress"]) {
    const text = object.get(key) ?? (object.has(key) ? null : "");
    if (typeof text !== "string") return new FormatError(off, `the snapshot's metadata "${key}" are not text`);
    texts.set(key, text);
  }
  const objects = new Map<string, Map<string, string>>();
  for (const key of ["admin", "plugins"]) {
    const inner = object.has(key) ? object.get(key) : {};
    const members = isObject(inner) ? Object.entries(inner) : null;
    if (members === null || members.some(([, text]) => typeof text !== "string")) {
      return new FormatError(off, `the snapshot's metadata "${key}" are not an object of texts`);
    }
    objects.set(key, new Map(members as [string, string][]));
  }
  const text = (key: string): string => texts.get(key) ?? "";
  const admin = objects.get("admin");
  return {
    admin: { user: admin?.get("user") ?? "", password: admin?.get("password") ?? "" },
    base: text("base"),
    php: text("php"),
    plugins: objects.get("plugins") ?? new Map(),
    source: text("source"),
    theme: text("theme"),
    title: text("title"),
    wordpress: text("wordpress"),
  };
}

interface Packed {
  readonly packs: Pack[];
  readonly contents: Content[];
  /** firsts: for each pack its first content, and one more: their number. */
  readonly firsts: number[];
}

/** decodePacks reads the packs and the contents. */
function decodePacks(
  bytes: Uint8Array, view: DataView, packsOff: number, contentsOff: number, packCount: number, contentCount: number,
): Packed | FormatError {
  const packs: Pack[] = [];
  const contents: Content[] = [];
  const firsts = [0];
  for (let i = 0; i < packCount; i++) {
    const at = packsOff + i * packRecordLen;
    const count = view.getUint32(at, true);
    const zero = view.getUint32(at + 4, true);
    if (zero !== 0) {
      return new FormatError(at + 4, `a reserved number in the snapshot's manifest is ${zero}, not zero`);
    }
    const size = view.getBigUint64(at + 8, true);
    if (count > contentCount - contents.length) {
      return new FormatError(at, `pack ${i} claims more contents than the snapshot has`);
    }
    let off = 0;
    for (let j = 0; j < count; j++) {
      const place = contentsOff + contents.length * contentLen;
      const size = view.getUint32(place, true);
      if (size > maxContentSize) {
        return new FormatError(place, `a file has ${size} bytes and may have ${maxContentSize}`);
      }
      contents.push({ size, digest: bytes.subarray(place + 4, place + 4 + digestLen), pack: i, off });
      off += size;
    }
    if (size !== BigInt(off)) {
      return new FormatError(at + 8, `the size of pack ${i} is not the sum of its contents' sizes`);
    }
    packs.push({ size: off, digest: bytes.subarray(at + 16, at + 16 + digestLen) });
    firsts.push(contents.length);
  }
  if (contents.length !== contentCount) {
    return new FormatError(contentsOff, "the snapshot has contents that are in no pack");
  }
  return { packs, contents, firsts };
}

const kinds: ReadonlyMap<number, Kind> = new Map(
  [Kind.Directory, Kind.RegularFile, Kind.SymbolicLink].map((kind) => [kind, kind]),
);

const maxTime = 0x7fff_ffff_ffff_ffffn;

/**
 * decodeEntries reads the entries, whose names end the manifest. Contents must
 * be named for the first time in the order in which they lie in their pack.
 */
function decodeEntries(
  bytes: Uint8Array, view: DataView, entriesOff: number, namesOff: number, packed: Packed,
): Entry[] | FormatError {
  const { contents, firsts } = packed;
  const entries: Entry[] = [];
  const directories = new Set<string>();
  const next = firsts.slice(0, -1);
  const path = new Uint8Array(maxPathLen);
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let pathLen = 0;
  let pathsLen = 0;
  let names = namesOff;
  for (let at = entriesOff; at < namesOff; at += entryLen) {
    const kind = view.getUint8(at);
    const shared = view.getUint16(at + 2, true);
    const rest = view.getUint16(at + 4, true);
    const targetLen = view.getUint16(at + 6, true);
    const content = view.getUint32(at + 8, true);
    const mtim = view.getBigUint64(at + 12, true);
    const zero = view.getUint8(at + 1);
    if (zero !== 0) {
      return new FormatError(at + 1, `a reserved number in the snapshot's manifest is ${zero}, not zero`);
    }
    if (rest + targetLen > bytes.length - names) {
      return new FormatError(at + 4, "a path in the snapshot runs past the manifest's end");
    }
    if (shared > pathLen) {
      return new FormatError(at + 2, "a path in the snapshot shares more with the path before it than that has");
    }
    if (rest === 0 || (shared < pathLen && (bytes[names] as number) <= (path[shared] as number))) {
      return new FormatError(at + 2, "the paths in the snapshot are not in order");
    }
    if (shared + rest > maxPathLen) {
      return new FormatError(at + 4, `a path in the snapshot has ${shared + rest} bytes and may have ${maxPathLen}`);
    }
    pathsLen += shared + rest;
    if (pathsLen > maxPathsSize) {
      return new FormatError(at + 4, `the snapshot's paths have more than ${maxPathsSize} bytes in all`);
    }
    path.set(bytes.subarray(names, names + rest), shared);
    pathLen = shared + rest;
    const name = validPath(path.subarray(0, pathLen), utf8);
    if (name === null) return new FormatError(names, "the snapshot has a path that no site can have");
    const slash = name.lastIndexOf("/");
    if (slash >= 0 && !directories.has(name.slice(0, slash))) {
      return new FormatError(names, "the snapshot has a path whose directory is missing");
    }
    names += rest;

    const known = kinds.get(kind);
    let target = "";
    switch (known) {
      case Kind.Directory:
        directories.add(name);
        break;
      case Kind.RegularFile: {
        const found = contents[content];
        if (found === undefined) {
          return new FormatError(at + 8, "a file in the snapshot names a content that is not there");
        }
        const expected = next[found.pack] as number;
        if (content > expected) {
          return new FormatError(at + 8, "the contents of the snapshot are not in the order of their files");
        }
        if (content === expected) next[found.pack] = expected + 1;
        break;
      }
      case Kind.SymbolicLink: {
        const valid = validTarget(name, bytes.subarray(names, names + targetLen), utf8);
        if (valid === null) return new FormatError(names, "a link in the snapshot leads out of the site");
        target = valid;
        names += targetLen;
        break;
      }
      default:
        return new FormatError(at, `the snapshot has an entry of the unknown kind ${kind}`);
    }
    if (known !== Kind.SymbolicLink && targetLen !== 0) {
      return new FormatError(at + 6, "the snapshot has a link's target at a path that is no link");
    }
    if (known !== Kind.RegularFile && content !== 0) {
      return new FormatError(at + 8, "the snapshot has a content at a path that is no file");
    }
    if (mtim > maxTime) return new FormatError(at + 12, "the snapshot has a time out of range");
    entries.push({ path: name, kind: known, mtim, content, target });
  }
  if (names !== bytes.length) {
    return new FormatError(names, "the snapshot has names that belong to no path");
  }
  for (let pack = 0; pack < next.length; pack++) {
    if (next[pack] !== firsts[pack + 1]) {
      return new FormatError(entriesOff, `pack ${pack} of the snapshot has a content that no file names`);
    }
  }
  return entries;
}

/** decodeUTF8 returns null for bytes that are not UTF-8. */
function decodeUTF8(bytes: Uint8Array, utf8: TextDecoder): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** validPath returns a path that doc.go allows as text, else null. */
function validPath(bytes: Uint8Array, utf8: TextDecoder): string | null {
  const dot = 0x2e;
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    const byte = i < bytes.length ? bytes[i] : 0x2f;
    if (byte === 0) return null;
    if (byte !== 0x2f) continue;
    const len = i - start;
    if (len === 0 || len > maxNameLen) return null;
    if (bytes[start] === dot && (len === 1 || (len === 2 && bytes[start + 1] === dot))) return null;
    start = i + 1;
  }
  return decodeUTF8(bytes, utf8);
}

/**
 * validTarget returns the target that a link at path may have, else null: it is
 * relative and never above the root, wherever it turns on the way. Whether it
 * leads to something is not asked: links may dangle.
 */
function validTarget(path: string, bytes: Uint8Array, utf8: TextDecoder): string | null {
  if (bytes.length === 0 || bytes.length > maxPathLen || bytes.includes(0)) return null;
  const target = decodeUTF8(bytes, utf8);
  if (target === null || target.startsWith("/")) return null;
  let depth = path.split("/").length - 1;
  for (const name of target.split("/")) {
    if (name === "..") depth--;
    else if (name !== "" && name !== ".") depth++;
    if (depth < 0) return null;
  }
  return target;
}

/** Contents gives bytes of a pack, synchronously: they are shared, never written. */
export type Contents = (pack: number, off: number, len: number) => Uint8Array | Errno;

/**
 * buildTree returns the site as a frozen tree. A file's contents are asked for
 * when it is first read. Inodes are numbered in the manifest's order, from 2.
 */
export function buildTree(manifest: Manifest, contents: Contents): Tree {
  const tree = new Tree({
    // The limits are for what is written above a snapshot; its own size is
    // bounded by the format.
    limits: { bytes: Number.MAX_SAFE_INTEGER, inodes: Number.MAX_SAFE_INTEGER },
    // A frozen tree has no use for a clock but its root's time, which must not
    // depend on when the snapshot was opened.
    now: () => 0n,
  });
  for (const { path, kind, mtim, content, target } of manifest.entries) {
    const found = kind === Kind.RegularFile ? manifest.contents[content] : undefined;
    const errno = add(tree, {
      path: `/${path}`,
      kind,
      mtim,
      link: target,
      ...(found !== undefined && { size: found.size, load: () => contents(found.pack, found.off, found.size) }),
    });
    // decodeManifest has refused whatever add could refuse.
    if (errno !== SUCCESS) throw new Error(`add ${path} from snapshot: ${errno.name}`);
  }
  tree.freeze();
  return tree;
}

/** verifyPack reports whether bytes are the pack that the manifest means. */
export async function verifyPack(pack: Pack, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (bytes.length !== pack.size) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.every((byte, i) => byte === pack.digest[i]);
}

/** digestOf returns the SHA-256 of bytes as text: of a manifest, the snapshot's digest. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** hex writes a digest as text. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
