//go:build !linux

package hostdir

import (
	"os"

	"pressbox/vfs"
)

// space is asked for on Linux only.
func space(f *os.File) (free, total int64, errno vfs.Errno) { return 0, 0, vfs.NOTSUP }
