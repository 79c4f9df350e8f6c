// Locks: what the shared scripts cannot say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Errno, NOLCK, SUCCESS } from "../vfs/errno.ts";
import type { Handle } from "../vfs/handle.ts";
import { writeFile } from "../vfs/host.ts";
import { LockMode, maxLocks } from "../vfs/lock.ts";
import { parsePath, type Path } from "../vfs/path.ts";
import { Tree } from "../vfs/tree.ts";

function open(tree: Tree, name: string): Handle {
  writeFile(tree, `/${name}`, new Uint8Array(0));
  const handle = tree.open(tree.root, parsePath(name) as Path, { read: true, write: true });
  assert.ok(!(handle instanceof Errno));
  return handle;
}

test("a tree holds only so many locks", () => {
  const tree = new Tree();
  const a = open(tree, "a");
  const b = open(tree, "b");
  assert.equal(a.lock({ mode: LockMode.Shared }), SUCCESS);
  // Every second byte, so that no two are one range.
  for (let i = 0; i < maxLocks - 1; i++) {
    assert.equal(a.lock({ mode: LockMode.Exclusive, record: true, off: 2 * i, len: 1 }), SUCCESS);
  }
  assert.equal(b.lock({ mode: LockMode.Shared }), NOLCK);
  assert.equal(b.lock({ mode: LockMode.Shared, record: true }), NOLCK);
  // A hole makes two of one.
  a.lock({ mode: LockMode.Unlock });
  assert.equal(a.lock({ mode: LockMode.Exclusive, record: true, off: 2 ** 20, len: 3 }), SUCCESS);
  assert.equal(a.lock({ mode: LockMode.Unlock, record: true, off: 2 ** 20 + 1, len: 1 }), NOLCK);
  a.close();
  assert.equal(b.lock({ mode: LockMode.Exclusive }), SUCCESS);
});
