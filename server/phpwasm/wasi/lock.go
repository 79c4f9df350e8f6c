package wasi

// Locks: what php/posix/locks.c asks for by fd_advise, since preview 1 has no
// call for them. Twin of wasmjs/wasi/lock.ts.
//
// The offset says that it is none by bit 62, which no file reaches. Its low 52
// bits are where the range begins, and bits 52 to 55 are the operation: the
// mode in two bits, then whether it is a record lock, then whether it only
// asks.

import "pressbox/vfs"

const (
	lockMark    = 1 << 62
	lockOffMask = vfs.MaxLockOff - 1
	lockShift   = 52
	lockRecord  = 4
	lockTest    = 8
	lockMost    = 15
)

// isLock reports whether advice is a request for a lock.
func isLock(off uint64, advice uint32) bool { return off>>62 == 1 && advice == 0 }

// lock answers at once; it is the guest that waits and tries again.
func lock(file vfs.File, off, size uint64) vfs.Errno {
	operation := (off &^ lockMark) >> lockShift
	if operation > lockMost {
		return vfs.INVAL
	}
	return file.Lock(vfs.Lock{
		Mode:   vfs.LockMode(operation & 3),
		Record: operation&(lockRecord|lockTest) != 0,
		Test:   operation&lockTest != 0,
		Off:    int64(off & lockOffMask),
		Len:    int64(min(size, vfs.MaxLockOff)),
	})
}
