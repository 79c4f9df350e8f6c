// Locks: flock(2) for a handle, and fcntl(2)'s record locks for who opened it.
// Nobody waits here: a lock is had at once or it is AGAIN. Twin of vfs/lock.go.

import { AGAIN, BADF, type Errno, INVAL, NOLCK, SUCCESS } from "./errno.ts";
import type { Handle } from "./handle.ts";

/** LockMode is what is asked for. The numbers are those of php/posix/locks.c. */
export const LockMode = { Shared: 1, Exclusive: 2, Unlock: 3 } as const;
export type LockMode = (typeof LockMode)[keyof typeof LockMode];

/** Lock is a request for a lock, or for giving one up. */
export interface Lock {
  /** mode is a LockMode; a guest's can be any number. */
  readonly mode: number;
  /**
   * record asks for a lock of the handle's owner on a range; otherwise it is
   * one of the handle itself on the whole file. The two kinds do not see each
   * other.
   */
  readonly record?: boolean;
  /** test, with record, only says whether the lock would be had. */
  readonly test?: boolean;
  /**
   * off and len are the range. Length 0, or one that leads past maxLockOff,
   * reaches to the end, however far the file grows.
   */
  readonly off?: number;
  readonly len?: number;
}

/** maxLocks is how many locks a Tree holds at once; one more is NOLCK. */
export const maxLocks = 4096;

/** maxLockOff is where every range ends. No file is as large. */
export const maxLockOff = 2 ** 52;

interface FileLocks {
  handles: Map<Handle, number>;
  records: RecordLock[];
}

interface RecordLock {
  readonly owner: object;
  readonly mode: number;
  readonly off: number;
  readonly end: number;
}

function conflicts(a: number, b: number): boolean {
  return a === LockMode.Exclusive || b === LockMode.Exclusive;
}

/** LockTable holds a Tree's locks, by the number of the inode. */
export class LockTable {
  #files = new Map<number, FileLocks>();
  #count = 0;

  /**
   * lock takes or gives up a lock of an open handle.
   *
   * # Errors
   *
   * AGAIN, NOLCK; BADF for a record lock that is shared without reading or
   * exclusive without writing; INVAL.
   */
  lock(handle: Handle, lock: Lock): Errno {
    const { mode, record = false, test = false, off = 0, len = 0 } = lock;
    if (mode < LockMode.Shared || mode > LockMode.Unlock) return INVAL;
    if (test && (!record || mode === LockMode.Unlock)) return INVAL;
    const ino = handle.inode.ino;
    if (!record) return this.#lockHandle(ino, handle, mode);
    if (off < 0 || off >= maxLockOff || len < 0) return INVAL;
    if (!test && mode === LockMode.Shared && !handle.reads) return BADF;
    if (!test && mode === LockMode.Exclusive && !handle.writes) return BADF;
    const end = len === 0 ? maxLockOff : Math.min(off + len, maxLockOff);
    return this.#lockRecord(ino, { owner: handle.owner, mode, off, end }, test);
  }

  /**
   * drop ends the locks of a handle that closes. Closing any handle of a file
   * ends all that its owner holds there, as POSIX has it for processes.
   */
  drop(handle: Handle): void {
    const ino = handle.inode.ino;
    if (!this.#files.has(ino)) return;
    this.#lockHandle(ino, handle, LockMode.Unlock);
    this.#lockRecord(ino, { owner: handle.owner, mode: LockMode.Unlock, off: 0, end: maxLockOff }, false);
  }

  #file(ino: number): FileLocks {
    return this.#files.get(ino) ?? { handles: new Map(), records: [] };
  }

  #keep(ino: number, file: FileLocks): void {
    if (file.handles.size + file.records.length > 0) this.#files.set(ino, file);
    else this.#files.delete(ino);
  }

  // lockHandle gives a handle a lock in place of the one it has. Asking for
  // another mode gives up the old one even if the new one is not had, as on
  // Linux: otherwise two that both want to change from shared to exclusive
  // would wait for each other.
  #lockHandle(ino: number, handle: Handle, mode: number): Errno {
    const file = this.#file(ino);
    if (file.handles.get(handle) === mode) return SUCCESS;
    if (file.handles.delete(handle)) {
      this.#count--;
      this.#keep(ino, file);
    }
    if (mode === LockMode.Unlock) return SUCCESS;
    for (const held of file.handles.values()) {
      if (conflicts(held, mode)) return AGAIN;
    }
    if (this.#count >= maxLocks) return NOLCK;
    file.handles.set(handle, mode);
    this.#count++;
    this.#keep(ino, file);
    return SUCCESS;
  }

  // lockRecord puts a lock in the place of what its owner holds in that range.
  #lockRecord(ino: number, record: RecordLock, test: boolean): Errno {
    const file = this.#file(ino);
    const kept: RecordLock[] = [];
    for (const held of file.records) {
      if (held.end <= record.off || record.end <= held.off) {
        kept.push(held);
      } else if (held.owner !== record.owner) {
        if (record.mode !== LockMode.Unlock && conflicts(held.mode, record.mode)) return AGAIN;
        kept.push(held);
      } else {
        // What the owner holds before and after stays.
        if (held.off < record.off) kept.push({ ...held, end: record.off });
        if (record.end < held.end) kept.push({ ...held, off: record.end });
      }
    }
    if (test) return SUCCESS;
    if (record.mode !== LockMode.Unlock) kept.push(record);
    const more = kept.length - file.records.length;
    if (more > 0 && this.#count + more > maxLocks) return NOLCK;
    this.#count += more;
    file.records = kept;
    this.#keep(ino, file);
    return SUCCESS;
  }
}
