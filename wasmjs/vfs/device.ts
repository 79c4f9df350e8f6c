// Devices: the few character devices that programs expect below /dev. Twin of
// vfs/device.go.

import { type Errno, NOTDIR, ROFS, SUCCESS } from "./errno.ts";
import { type Inode, Kind } from "./inode.ts";
import type { Tree } from "./tree.ts";

/** Device says which one a CharacterDevice is. */
export type Device = "null" | "zero" | "urandom";

// The generator of every engine answers at most this much at once.
const randomPiece = 65_536;

/** readDevice fills what it is given, as far as the device goes. */
export function readDevice(tree: Tree, device: Device | null, into: Uint8Array): number {
  switch (device) {
    case "zero":
      into.fill(0);
      return into.length;
    case "urandom":
      for (let done = 0; done < into.length; done += randomPiece) {
        tree.random(into.subarray(done, done + randomPiece));
      }
      return into.length;
    default:
      return 0;
  }
}

/**
 * addDevices puts null, zero and urandom into /dev, which it makes if it is
 * missing. They are no part of changes and walk, count against no limit, and
 * leave the times of the root as they were. What is already there stays.
 *
 * # Errors
 *
 * ROFS if the tree is frozen, NOTDIR if /dev is not a directory.
 */
export function addDevices(tree: Tree): Errno {
  if (tree.frozen) return ROFS;
  const now = tree.now();
  let dev: Inode | null = tree.lookup(tree.root, "dev");
  if (dev === null) {
    dev = tree.place(tree.root, "dev", Kind.Directory, now);
    dev.builtin = true;
  } else if (dev.kind !== Kind.Directory) {
    return NOTDIR;
  }
  for (const device of ["null", "zero", "urandom"] satisfies Device[]) {
    if (tree.lookup(dev, device) !== null) continue;
    const inode = tree.place(dev, device, Kind.CharacterDevice, now);
    inode.builtin = true;
    inode.device = device;
  }
  return SUCCESS;
}
