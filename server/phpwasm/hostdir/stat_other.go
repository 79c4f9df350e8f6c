//go:build !linux

package hostdir

import (
	"hash/fnv"
	"io/fs"
	"os"
	"time"

	"pressbox/vfs"
)

// statOf has no number of an inode to tell, so it makes one from what it sees:
// good enough to tell two files of a directory apart.
func statOf(info fs.FileInfo) vfs.Stat {
	s := vfs.Stat{Kind: kindOf(info.Mode()), Nlink: 1, Mtim: info.ModTime().UnixNano()}
	if s.Kind == vfs.RegularFile || s.Kind == vfs.SymbolicLink {
		s.Size = info.Size()
	}
	s.Atim, s.Ctim = s.Mtim, s.Mtim
	hash := fnv.New64a()
	hash.Write([]byte(info.Name()))
	s.Ino = hash.Sum64()
	return s
}

// setTimes is offered for paths only; see SetTimesAt.
func setTimes(f *os.File, atim, mtim time.Time) error { return os.ErrInvalid }
