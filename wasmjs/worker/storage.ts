// Where journals are: two files in a folder per site and snapshot, in the
// browser's private file system.

import type { SyncFile } from "./journal.ts";

const folders = ["pressbox", "sites"] as const;

// How long a file may be held by a worker that was ended a moment ago, and how
// often to look, in milliseconds. A page locks its site, so nobody else holds
// it; but a worker that was ended in the middle of a request goes slowly.
const heldWait = 10_000;
const heldInterval = 50;

async function folder(names: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle> {
  let at = await navigator.storage.getDirectory();
  for (const name of names) at = await at.getDirectoryHandle(name, { create });
  return at;
}

/**
 * openFiles opens the journal of a site. It throws where there is no such file
 * system, or another worker holds the files and does not let go.
 */
export async function openFiles(site: string, digest: string): Promise<[SyncFile, SyncFile]> {
  const at = await folder([...folders, site, digest], true);
  const open = async (name: string): Promise<SyncFile> => {
    const file = await at.getFileHandle(name, { create: true });
    const began = performance.now();
    for (;;) {
      try {
        return await file.createSyncAccessHandle();
      } catch (error) {
        const held = error instanceof DOMException && error.name === "NoModificationAllowedError";
        if (!held || performance.now() - began > heldWait) throw error;
        await new Promise((resolve) => setTimeout(resolve, heldInterval));
      }
    }
  };
  const first = await open("a");
  try {
    return [first, await open("b")];
  } catch (error) {
    first.close();
    throw error;
  }
}

/** otherSnapshots lists the digests that a site has journals of, but this one. */
export async function otherSnapshots(site: string, digest: string): Promise<string[]> {
  const at = await folder([...folders, site], false);
  const names: string[] = [];
  // Not every type library knows that a directory can be listed.
  const listed = at as unknown as { keys(): AsyncIterable<string> };
  for await (const name of listed.keys()) {
    if (name !== digest) names.push(name);
  }
  return names;
}
