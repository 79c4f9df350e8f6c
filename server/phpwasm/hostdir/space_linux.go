package hostdir

import (
	"os"
	"syscall"

	"pressbox/vfs"
)

// space asks the disk on which f is.
func space(f *os.File) (free, total int64, errno vfs.Errno) {
	var s syscall.Statfs_t
	if err := control(f, func(fd int) error { return syscall.Fstatfs(fd, &s) }); err != nil {
		return 0, 0, errnoOf(err)
	}
	return int64(s.Bavail) * s.Bsize, int64(s.Blocks) * s.Bsize, vfs.Success
}
