// The contents of a snapshot's files: from a pack that is here, or else, while
// PHP waits inside a system call, by a synchronous request for a range.

import { type Errno, IO } from "../vfs/errno.ts";
import type { SnapshotSource } from "./protocol.ts";

/** Contents answers the reads of a tree made by buildTree. */
export class Contents {
  readonly #source: SnapshotSource;
  #packs: (Uint8Array | undefined)[] = [];

  constructor(source: SnapshotSource) {
    this.#source = source;
  }

  /** have keeps a pack that came in whole. */
  have(index: number, bytes: Uint8Array): void {
    this.#packs[index] = bytes;
  }

  /** read gives bytes of a pack, or IO when they cannot be had. */
  read(index: number, off: number, len: number): Uint8Array | Errno {
    const pack = this.#packs[index];
    if (pack !== undefined) return off + len <= pack.length ? pack.subarray(off, off + len) : IO;
    const url = this.#source.packUrls[index];
    if (url === undefined || len === 0) return len === 0 ? new Uint8Array(0) : IO;
    return requestRange(url, off, len) ?? IO;
  }
}

function requestRange(url: string, off: number, len: number): Uint8Array | null {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.setRequestHeader("range", `bytes=${off}-${off + len - 1}`);
  try {
    request.send();
  } catch {
    return null; // no network: the guest reads an IO error
  }
  const { response } = request;
  if (request.status !== 206 || !(response instanceof ArrayBuffer) || response.byteLength !== len) return null;
  return new Uint8Array(response);
}
