package vfs

// Locks: flock(2) for a handle, and fcntl(2)'s record locks for who opened it.
// Nobody waits here: a lock is had at once or it is AGAIN. Twin of
// wasmjs/vfs/lock.ts.

import "slices"

// LockMode is what is asked for.
type LockMode uint8

// The modes of a lock. The numbers are those of php/posix/locks.c.
const (
	LockShared    LockMode = 1
	LockExclusive LockMode = 2
	Unlock        LockMode = 3
)

// Lock is a request for a lock, or for giving one up.
type Lock struct {
	Mode LockMode
	// Record asks for a lock of the handle's owner on a range; otherwise it
	// is one of the handle itself on the whole file. The two kinds do not see
	// each other.
	Record bool
	// Test, with Record, only says whether the lock would be had.
	Test bool
	// Off and Len are the range. Len 0, or one that leads past MaxLockOff,
	// reaches to the end, however far the file grows.
	Off, Len int64
}

// MaxLocks is how many locks a Tree holds at once; one more is NOLCK.
const MaxLocks = 4096

// MaxLockOff is where every range ends. No file is as large.
const MaxLockOff = 1 << 52

// lockTable holds a Tree's locks, by the number of the inode: beside the inodes
// because one is copied when it first changes.
type lockTable struct {
	files map[uint64]fileLocks
	count int // of all locks
}

type fileLocks struct {
	handles []handleLock
	records []recordLock
}

type handleLock struct {
	handle *Handle
	mode   LockMode
}

type recordLock struct {
	owner    any
	mode     LockMode
	off, end int64
}

func (a LockMode) conflicts(b LockMode) bool { return a == LockExclusive || b == LockExclusive }

// Lock implements File.
//
// # Errors
//
// AGAIN, NOLCK; BADF for a record lock that is shared without reading or
// exclusive without writing; INVAL.
func (h *Handle) Lock(l Lock) Errno {
	n, errno := h.begin()
	defer h.end()
	if errno != Success {
		return errno
	}
	table := &h.tree.locks
	switch {
	case l.Mode < LockShared || l.Mode > Unlock || l.Test && (!l.Record || l.Mode == Unlock):
		return INVAL
	case !l.Record:
		return table.lockHandle(n.ino, h, l.Mode)
	case l.Off < 0 || l.Off >= MaxLockOff || l.Len < 0:
		return INVAL
	case !l.Test && (l.Mode == LockShared && !h.read || l.Mode == LockExclusive && !h.write):
		return BADF
	}
	r := recordLock{owner: h.lockOwner(), mode: l.Mode, off: l.Off, end: MaxLockOff}
	if l.Len > 0 && l.Len < MaxLockOff-l.Off {
		r.end = l.Off + l.Len
	}
	return table.lockRecord(n.ino, r, l.Test)
}

// lockOwner is whose record locks those of h are.
func (h *Handle) lockOwner() any {
	if h.owner == nil {
		return h
	}
	return h.owner
}

// lockHandle gives h a lock in place of the one it has. Asking for another
// mode gives up the old one even if the new one is not had, as on Linux:
// otherwise two that both want to change from shared to exclusive would wait
// for each other.
func (t *lockTable) lockHandle(ino uint64, h *Handle, mode LockMode) Errno {
	l := t.files[ino]
	for i, held := range l.handles {
		if held.handle == h {
			if held.mode == mode {
				return Success
			}
			l.handles = slices.Delete(l.handles, i, i+1)
			t.set(ino, l)
			t.count--
			break
		}
	}
	if mode == Unlock {
		return Success
	}
	for _, held := range l.handles {
		if held.mode.conflicts(mode) {
			return AGAIN
		}
	}
	if t.count >= MaxLocks {
		return NOLCK
	}
	l.handles = append(l.handles, handleLock{h, mode})
	t.set(ino, l)
	t.count++
	return Success
}

// lockRecord puts a lock in the place of what its owner holds in that range.
func (t *lockTable) lockRecord(ino uint64, r recordLock, test bool) Errno {
	l := t.files[ino]
	var kept []recordLock
	for _, held := range l.records {
		switch {
		case held.end <= r.off || r.end <= held.off:
			kept = append(kept, held)
		case held.owner != r.owner:
			if r.mode != Unlock && held.mode.conflicts(r.mode) {
				return AGAIN
			}
			kept = append(kept, held)
		default: // what the owner holds before and after stays
			if held.off < r.off {
				kept = append(kept, recordLock{held.owner, held.mode, held.off, r.off})
			}
			if r.end < held.end {
				kept = append(kept, recordLock{held.owner, held.mode, r.end, held.end})
			}
		}
	}
	if test {
		return Success
	}
	if r.mode != Unlock {
		kept = append(kept, r)
	}
	more := len(kept) - len(l.records)
	if more > 0 && t.count+more > MaxLocks {
		return NOLCK
	}
	l.records = kept
	t.set(ino, l)
	t.count += more
	return Success
}

// drop ends the locks of a handle that closes. Closing any handle of a file
// ends all that its owner holds there, as POSIX has it for processes.
func (t *lockTable) drop(ino uint64, h *Handle) {
	if _, locked := t.files[ino]; !locked {
		return
	}
	t.lockHandle(ino, h, Unlock)
	t.lockRecord(ino, recordLock{owner: h.lockOwner(), mode: Unlock, end: MaxLockOff}, false)
}

func (t *lockTable) set(ino uint64, l fileLocks) {
	if len(l.handles)+len(l.records) == 0 {
		delete(t.files, ino)
		return
	}
	if t.files == nil {
		t.files = map[uint64]fileLocks{}
	}
	t.files[ino] = l
}
