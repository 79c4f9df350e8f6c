// Fetching what a site starts from: the module, the manifest and the boot pack,
// at the same time, telling how far each has come.

import { decodeManifest, digestOf, FormatError, type Manifest, verifyPack } from "../snapshot.ts";
import type { ModuleSource, SnapshotSource, Step } from "./protocol.ts";

/** Failed is a sentence for the visitor and a detail for who wants to know. */
export class Failed extends Error {
  readonly detail: string;

  constructor(sentence: string, detail: string) {
    super(sentence);
    this.name = "Failed";
    this.detail = detail;
  }
}

/** Progress is told about bytes that came. */
export type Progress = (step: Step, loaded: number, total: number) => void;

/** reason makes a line of whatever was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function get(url: string, what: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Failed(`${what} could not be fetched. Is the network there? Reload to try again.`, `${url}: ${reason(error)}`);
  }
  if (!response.ok) {
    throw new Failed(`${what} is not there. Reload the page: it may have been updated.`, `${url}: ${response.status}`);
  }
  return response;
}

// read fills one array of the size that is promised, so that nothing is copied
// twice and no answer can take more memory.
async function read(
  response: Response, size: number | null, what: string, progress: (loaded: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const cut = (loaded: number): Failed =>
    new Failed(`${what} was cut short. Reload to try again.`, `${response.url}: ${loaded} of ${size ?? "?"} bytes`);
  if (size === null || response.body === null) return new Uint8Array(await response.arrayBuffer());
  const bytes = new Uint8Array(size);
  const reader = response.body.getReader();
  let loaded = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (loaded + value.length > size) throw cut(loaded + value.length);
      bytes.set(value, loaded);
      loaded += value.length;
      progress(loaded);
    }
  } catch (error) {
    throw error instanceof Failed ? error : cut(loaded);
  }
  if (loaded !== size) throw cut(loaded);
  return bytes;
}

/** fetchModule compiles php.wasm while it streams. */
export async function fetchModule(source: ModuleSource, progress: Progress): Promise<WebAssembly.Module> {
  progress("module", 0, source.size);
  // Nothing may touch this response: only an untouched one of an immutable URL
  // lets the engine keep the compiled code for the next visit.
  try {
    const module = await WebAssembly.compileStreaming(get(source.url, "PHP"));
    progress("module", source.size, source.size);
    return module;
  } catch (error) {
    if (error instanceof Failed) throw error;
    if (error instanceof WebAssembly.CompileError) {
      throw new Failed(
        "This browser is too old to run PHP (it lacks WebAssembly exceptions). Use the server instead, or update the browser.",
        reason(error),
      );
    }
    throw new Failed("PHP could not be fetched in whole. Reload to try again.", reason(error));
  }
}

/** fetchManifest fetches and checks the list of a snapshot's files. */
export async function fetchManifest(source: SnapshotSource, progress: Progress): Promise<Manifest> {
  const what = "The list of the site's files";
  const response = await get(source.manifestUrl, what);
  const bytes = await read(response, null, what, () => {});
  progress("manifest", bytes.length, bytes.length);
  const digest = await digestOf(bytes);
  if (digest !== source.digest) {
    throw new Failed(
      `${what} was altered on its way. Reload to try again.`,
      `${source.manifestUrl}: the digest is ${digest}, wanted ${source.digest}`,
    );
  }
  const manifest = decodeManifest(bytes);
  if (manifest instanceof FormatError) {
    throw new Failed(
      `The site's snapshot cannot be read: ${manifest.reason}.`,
      `${source.manifestUrl}: at byte ${manifest.offset}`,
    );
  }
  return manifest;
}

/** fetchPack fetches one pack in whole; check it with checkPack. */
export async function fetchPack(
  source: SnapshotSource, index: number, progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = source.packUrls[index];
  const size = source.packSizes[index];
  if (url === undefined || size === undefined) throw new Failed("The site's snapshot lacks its files.", `pack ${index}`);
  const what = "The site's files";
  progress("files", 0, size);
  return read(await get(url, what), size, what, (loaded) => progress("files", loaded, size));
}

/** checkPack compares a pack with what the manifest says of it. */
export async function checkPack(manifest: Manifest, index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const pack = manifest.packs[index];
  if (pack === undefined || !(await verifyPack(pack, bytes))) {
    throw new Failed("The site's files were altered on their way. Reload to try again.", `pack ${index}`);
  }
}
