package hostdir

import (
	"io/fs"
	"os"
	"syscall"
	"time"

	"pressbox/vfs"
)

func statOf(info fs.FileInfo) vfs.Stat {
	s := vfs.Stat{Kind: kindOf(info.Mode()), Nlink: 1, Mtim: info.ModTime().UnixNano()}
	if s.Kind == vfs.RegularFile || s.Kind == vfs.SymbolicLink {
		s.Size = info.Size()
	}
	s.Atim, s.Ctim = s.Mtim, s.Mtim
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.Ino, s.Nlink = sys.Ino, uint64(sys.Nlink)
		s.Atim, s.Ctim = sys.Atim.Nano(), sys.Ctim.Nano()
	}
	return s
}

// setTimes sets the times of an open file, to the microsecond: more the
// system's package does not offer for one.
func setTimes(f *os.File, atim, mtim time.Time) error {
	return syscall.Futimes(int(f.Fd()), []syscall.Timeval{
		syscall.NsecToTimeval(atim.UnixNano()), syscall.NsecToTimeval(mtim.UnixNano()),
	})
}
