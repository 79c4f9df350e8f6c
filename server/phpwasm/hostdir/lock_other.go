//go:build !linux

package hostdir

import (
	"os"

	"pressbox/vfs"
)

// Locks are asked for on Linux only. A guest takes NOTSUP for granted.

func lockFile(f *os.File, mode vfs.LockMode) error { return os.ErrInvalid }

func lockRange(f *os.File, l vfs.Lock) vfs.Errno { return vfs.NOTSUP }
