package wasi

// The standard streams as files. Twin of wasmjs/wasi/stdio.ts.

import (
	"io"

	"pressbox/vfs"
)

// stdio is descriptor 0, 1 or 2: a character device that cannot seek and is no
// terminal.
type stdio struct {
	host   *Host
	in     io.Reader
	out    io.Writer
	output bool // 1 or 2
	flags  vfs.FdFlags
}

var _ vfs.File = (*stdio)(nil)

func (s *stdio) Stat() (vfs.Stat, vfs.Errno) {
	return vfs.Stat{Kind: vfs.CharacterDevice, Nlink: 1}, vfs.Success
}
func (s *stdio) Kind() vfs.Kind                         { return vfs.CharacterDevice }
func (s *stdio) Flags() vfs.FdFlags                     { return s.flags }
func (s *stdio) SetFlags(flags vfs.FdFlags) vfs.Errno   { s.flags = flags; return vfs.Success }
func (s *stdio) Lock(vfs.Lock) vfs.Errno                { return vfs.Success } // nobody else has it
func (s *stdio) Space() (int64, int64, vfs.Errno)       { return 0, 0, vfs.NOTSUP }
func (s *stdio) Close() vfs.Errno                       { return vfs.Success }
func (s *stdio) SetSize(int64) vfs.Errno                { return vfs.INVAL }
func (s *stdio) SetTimes(_, _ vfs.TimeChange) vfs.Errno { return vfs.Success }

// Flusher is a writer that somebody at its other end waits for.
type Flusher interface {
	// Flush passes on what was written so far.
	Flush() error
}

// Sync is how a guest says that what it wrote should arrive now.
func (s *stdio) Sync() vfs.Errno {
	if f, ok := s.out.(Flusher); ok && f.Flush() != nil {
		return vfs.IO
	}
	return vfs.Success
}

// Read takes what one read gives, as from a pipe.
func (s *stdio) Read(p []byte) (int, vfs.Errno) {
	switch {
	case s.output:
		return 0, vfs.BADF
	case s.in == nil || len(p) == 0:
		return 0, vfs.Success
	}
	for {
		n, err := s.in.Read(p)
		switch {
		case n > 0 || err == io.EOF:
			return n, vfs.Success
		case err != nil:
			return 0, vfs.IO
		}
	}
}

// Write ends the guest when it has written more than it may.
func (s *stdio) Write(p []byte) (int, vfs.Errno) {
	if !s.output {
		return 0, vfs.BADF
	}
	h := s.host
	if h.output += int64(len(p)); h.output > h.limits.OutputBytes {
		panic(&LimitError{"output", h.limits.OutputBytes})
	}
	if s.out == nil {
		return len(p), vfs.Success
	}
	n, err := s.out.Write(p)
	if err != nil && n == 0 {
		return 0, vfs.IO
	}
	return n, vfs.Success
}

func (s *stdio) Pread([]byte, int64) (int, vfs.Errno)          { return 0, vfs.SPIPE }
func (s *stdio) Pwrite([]byte, int64) (int, vfs.Errno)         { return 0, vfs.SPIPE }
func (s *stdio) SeekTo(int64, vfs.Whence) (int64, vfs.Errno)   { return 0, vfs.SPIPE }
func (s *stdio) Tell() (int64, vfs.Errno)                      { return 0, vfs.SPIPE }
func (s *stdio) ReadDir(uint64, []vfs.Dirent) (int, vfs.Errno) { return 0, vfs.NOTDIR }
func (s *stdio) StatAt(string, bool) (vfs.Stat, vfs.Errno)     { return vfs.Stat{}, vfs.NOTDIR }
func (s *stdio) Mkdir(string) vfs.Errno                        { return vfs.NOTDIR }
func (s *stdio) Rmdir(string) vfs.Errno                        { return vfs.NOTDIR }
func (s *stdio) Unlink(string) vfs.Errno                       { return vfs.NOTDIR }
func (s *stdio) Rename(string, vfs.File, string) vfs.Errno     { return vfs.NOTDIR }
func (s *stdio) Link(string, vfs.File, string) vfs.Errno       { return vfs.NOTDIR }
func (s *stdio) Symlink(string, string) vfs.Errno              { return vfs.NOTDIR }
func (s *stdio) Readlink(string, []byte) (int, vfs.Errno)      { return 0, vfs.NOTDIR }
func (s *stdio) Open(string, vfs.OpenOptions) (vfs.File, vfs.Errno) {
	return nil, vfs.NOTDIR
}
func (s *stdio) SetTimesAt(string, bool, vfs.TimeChange, vfs.TimeChange) vfs.Errno {
	return vfs.NOTDIR
}
