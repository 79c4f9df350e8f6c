// Package hostdir gives a guest a directory of the host, as a vfs.FS over
// os.Root: no path and no link leads out of it, not even one that the guest
// makes itself.
//
// Files, directories and symbolic links exist for the guest; a device, a pipe
// or a socket of the host cannot be opened (NOTSUP). Unlike a vfs.Tree there
// are no limits of bytes and names: the host's disk is the limit. Listings are
// sorted by name. Renaming and linking work between paths beneath one open
// directory only (XDEV), which is how wasi-libc asks for them.
package hostdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"pressbox/vfs"
)

// Dir is a directory of the host as a file system of a guest.
type Dir struct {
	root     *os.Root
	readOnly bool
}

var _ vfs.FS = (*Dir)(nil)

// Open opens a directory of the host. With readOnly, every change is ROFS.
func Open(hostPath string, readOnly bool) (*Dir, error) {
	root, err := os.OpenRoot(hostPath)
	if err != nil {
		return nil, fmt.Errorf("give a folder to the guest: %w", err)
	}
	return &Dir{root, readOnly}, nil
}

// Close closes the directory. Files that are open stay so.
func (d *Dir) Close() error { return d.root.Close() }

// OpenRoot implements vfs.FS.
func (d *Dir) OpenRoot() (vfs.File, vfs.Errno) {
	root, err := d.root.OpenRoot(".")
	if err != nil {
		return nil, errnoOf(err)
	}
	return &handle{readOnly: d.readOnly, kind: vfs.Directory, root: root}, vfs.Success
}

// handle is an open file or, with a root, an open directory.
type handle struct {
	readOnly    bool
	kind        vfs.Kind
	root        *os.Root
	file        *os.File
	read, write bool
	flags       vfs.FdFlags
	off         int64
	listing     []vfs.Dirent // as it was when it was asked for from the beginning
}

var _ vfs.File = (*handle)(nil)

func (h *handle) Kind() vfs.Kind     { return h.kind }
func (h *handle) Flags() vfs.FdFlags { return h.flags }
func (h *handle) SetFlags(flags vfs.FdFlags) vfs.Errno {
	h.flags = flags
	return vfs.Success
}

func (h *handle) Close() vfs.Errno {
	if h.root != nil {
		return errnoOf(h.root.Close())
	}
	return errnoOf(h.file.Close())
}

func (h *handle) Stat() (vfs.Stat, vfs.Errno) {
	var info fs.FileInfo
	var err error
	if h.root != nil {
		info, err = h.root.Stat(".")
	} else {
		info, err = h.file.Stat()
	}
	if err != nil {
		return vfs.Stat{}, errnoOf(err)
	}
	return statOf(info), vfs.Success
}

func (h *handle) Read(p []byte) (int, vfs.Errno) {
	n, errno := h.Pread(p, h.off)
	h.off += int64(n)
	return n, errno
}

func (h *handle) Pread(p []byte, off int64) (int, vfs.Errno) {
	switch {
	case !h.read:
		return 0, vfs.BADF
	case h.file == nil:
		return 0, vfs.ISDIR
	case off < 0:
		return 0, vfs.INVAL
	}
	n, err := h.file.ReadAt(p, off)
	if n > 0 || err == io.EOF {
		return n, vfs.Success
	}
	return 0, errnoOf(err)
}

func (h *handle) Write(p []byte) (int, vfs.Errno) {
	off := h.off
	if h.flags&vfs.Append != 0 && h.file != nil {
		info, err := h.file.Stat()
		if err != nil {
			return 0, errnoOf(err)
		}
		off = info.Size()
	}
	n, errno := h.Pwrite(p, off)
	if errno == vfs.Success {
		h.off = off + int64(n)
	}
	return n, errno
}

func (h *handle) Pwrite(p []byte, off int64) (int, vfs.Errno) {
	switch {
	case !h.write:
		return 0, vfs.BADF
	case off < 0:
		return 0, vfs.INVAL
	}
	n, err := h.file.WriteAt(p, off)
	if n > 0 {
		return n, vfs.Success
	}
	return 0, errnoOf(err)
}

func (h *handle) SeekTo(off int64, whence vfs.Whence) (int64, vfs.Errno) {
	if h.file == nil {
		return 0, vfs.BADF
	}
	from := int64(0)
	switch whence {
	case vfs.SeekSet:
	case vfs.SeekCur:
		from = h.off
	case vfs.SeekEnd:
		info, err := h.file.Stat()
		if err != nil {
			return 0, errnoOf(err)
		}
		from = info.Size()
	default:
		return 0, vfs.INVAL
	}
	to := from + off
	if to < 0 || off > 0 && to < from {
		return 0, vfs.INVAL
	}
	h.off = to
	return to, vfs.Success
}

func (h *handle) Tell() (int64, vfs.Errno) { return h.SeekTo(0, vfs.SeekCur) }

func (h *handle) SetSize(size int64) vfs.Errno {
	switch {
	case !h.write:
		return vfs.BADF
	case size < 0:
		return vfs.INVAL
	}
	return errnoOf(h.file.Truncate(size))
}

func (h *handle) SetTimes(atim, mtim vfs.TimeChange) vfs.Errno {
	if h.readOnly {
		return vfs.ROFS
	}
	stat, errno := h.Stat()
	if errno != vfs.Success {
		return errno
	}
	a, m := changed(stat, atim, mtim)
	if h.root != nil {
		return errnoOf(h.root.Chtimes(".", a, m))
	}
	return errnoOf(setTimes(h.file, a, m))
}

// changed is the two times as they shall be.
func changed(s vfs.Stat, atim, mtim vfs.TimeChange) (a, m time.Time) {
	at := func(change vfs.TimeChange, before int64) time.Time {
		switch {
		case !change.Set:
			return time.Unix(0, before)
		case change.Now:
			return time.Now()
		}
		return time.Unix(0, change.At)
	}
	return at(atim, s.Atim), at(mtim, s.Mtim)
}

// Lock implements vfs.File by the host's own locks. A record lock is the host
// process's: of two guests with one directory in one process, neither is in the
// other's way.
func (h *handle) Lock(l vfs.Lock) vfs.Errno {
	switch {
	case h.root != nil:
		return vfs.Success // what os.Root holds is not for locking
	case l.Mode < vfs.LockShared || l.Mode > vfs.Unlock || l.Test && (!l.Record || l.Mode == vfs.Unlock):
		return vfs.INVAL
	case !l.Record:
		return errnoOf(lockFile(h.file, l.Mode))
	case l.Off < 0 || l.Off >= vfs.MaxLockOff || l.Len < 0:
		return vfs.INVAL
	case !l.Test && (l.Mode == vfs.LockShared && !h.read || l.Mode == vfs.LockExclusive && !h.write):
		return vfs.BADF
	}
	if l.Len >= vfs.MaxLockOff-l.Off {
		l.Len = 0
	}
	return lockRange(h.file, l)
}

// Space implements vfs.File: that of the disk.
func (h *handle) Space() (free, total int64, errno vfs.Errno) {
	f := h.file
	if h.root != nil {
		dir, err := h.root.Open(".")
		if err != nil {
			return 0, 0, errnoOf(err)
		}
		defer dir.Close()
		f = dir
	}
	return space(f)
}

func (h *handle) Sync() vfs.Errno {
	if h.file == nil {
		return vfs.Success
	}
	return errnoOf(h.file.Sync())
}

func (h *handle) ReadDir(cookie uint64, entries []vfs.Dirent) (int, vfs.Errno) {
	if h.root == nil {
		return 0, vfs.NOTDIR
	}
	if cookie == 0 || h.listing == nil {
		if errno := h.list(); errno != vfs.Success {
			return 0, errno
		}
	}
	if cookie >= uint64(len(h.listing)) {
		return 0, vfs.Success
	}
	return copy(entries, h.listing[cookie:]), vfs.Success
}

// list reads the whole directory: the n-th entry's cookie is n.
func (h *handle) list() vfs.Errno {
	dir, err := h.root.Open(".")
	if err != nil {
		return errnoOf(err)
	}
	defer dir.Close()
	found, err := dir.ReadDir(-1)
	if err != nil {
		return errnoOf(err)
	}
	slices.SortFunc(found, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	self, errno := h.Stat()
	if errno != vfs.Success {
		return errno
	}
	h.listing = []vfs.Dirent{{Ino: self.Ino, Kind: vfs.Directory, Name: "."}, {Ino: self.Ino, Kind: vfs.Directory, Name: ".."}}
	for _, e := range found {
		info, err := e.Info()
		if err != nil {
			continue // removed meanwhile
		}
		s := statOf(info)
		h.listing = append(h.listing, vfs.Dirent{Ino: s.Ino, Kind: s.Kind, Name: e.Name()})
	}
	for i := range h.listing {
		h.listing[i].Next = uint64(i + 1)
	}
	return vfs.Success
}

// at checks a path. It returns it without the slash at its end, and whether
// there was one.
func (h *handle) at(path string) (string, bool, vfs.Errno) {
	if h.root == nil {
		return "", false, vfs.NOTDIR
	}
	if errno := vfs.CheckPath(path); errno != vfs.Success {
		return "", false, errno
	}
	trimmed := strings.TrimRight(path, "/")
	for name := range strings.SplitSeq(trimmed, "/") {
		if len(name) > vfs.MaxNameLen {
			return "", false, vfs.NAMETOOLONG
		}
	}
	// The path may lie in guest memory, and errors of os keep theirs.
	return strings.Clone(trimmed), len(trimmed) < len(path), vfs.Success
}

// toChange is at for an operation on a name.
func (h *handle) toChange(path string) (string, bool, vfs.Errno) {
	path, slash, errno := h.at(path)
	if errno == vfs.Success && h.readOnly {
		errno = vfs.ROFS
	}
	return path, slash, errno
}

// endsInDots reports whether the last component is no name.
func endsInDots(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return last == "." || last == ".."
}

// stat looks at a checked path.
func (h *handle) stat(path string, slash, follow bool) (vfs.Stat, vfs.Errno) {
	look := h.root.Lstat
	if follow || slash {
		look = h.root.Stat
	}
	info, err := look(path)
	if err != nil {
		return vfs.Stat{}, errnoOf(err)
	}
	s := statOf(info)
	if slash && s.Kind != vfs.Directory {
		return s, vfs.NOTDIR
	}
	return s, vfs.Success
}

func (h *handle) StatAt(path string, follow bool) (vfs.Stat, vfs.Errno) {
	path, slash, errno := h.at(path)
	if errno != vfs.Success {
		return vfs.Stat{}, errno
	}
	return h.stat(path, slash, follow)
}

func (h *handle) Open(path string, o vfs.OpenOptions) (vfs.File, vfs.Errno) {
	path, slash, errno := h.at(path)
	if errno != vfs.Success {
		return nil, errno
	}
	creat, excl, trunc := o.Flags&vfs.Creat != 0, o.Flags&vfs.Excl != 0, o.Flags&vfs.Trunc != 0
	if creat && o.Flags&vfs.OpenDirectory != 0 {
		return nil, vfs.INVAL
	}
	if creat && slash {
		return nil, vfs.ISDIR
	}
	s, errno := h.stat(path, slash, o.Follow && !(creat && excl))
	missing := errno == vfs.NOENT && creat
	switch {
	case missing:
		if h.readOnly {
			return nil, vfs.ROFS
		}
	case errno != vfs.Success:
		return nil, errno
	case creat && excl:
		return nil, vfs.EXIST
	case s.Kind == vfs.SymbolicLink:
		return nil, vfs.LOOP
	case s.Kind != vfs.Directory && o.Flags&vfs.OpenDirectory != 0:
		return nil, vfs.NOTDIR
	case s.Kind == vfs.Directory && (creat || o.Write || trunc):
		return nil, vfs.ISDIR
	case s.Kind == vfs.Directory:
		root, err := h.root.OpenRoot(path)
		if err != nil {
			return nil, errnoOf(err)
		}
		return &handle{readOnly: h.readOnly, kind: vfs.Directory, root: root, read: o.Read, flags: o.FdFlags}, vfs.Success
	case s.Kind != vfs.RegularFile:
		return nil, vfs.NOTSUP // opening a pipe would wait for its other end
	case h.readOnly && (o.Write || trunc):
		return nil, vfs.ROFS
	}
	mode := os.O_RDONLY
	switch {
	case o.Read && o.Write || trunc:
		mode = os.O_RDWR
	case o.Write:
		mode = os.O_WRONLY
	}
	if missing {
		mode |= os.O_CREATE
		if excl {
			mode |= os.O_EXCL
		}
	}
	if trunc {
		mode |= os.O_TRUNC
	}
	file, err := h.root.OpenFile(path, mode, 0o666)
	if err != nil {
		return nil, errnoOf(err)
	}
	return &handle{readOnly: h.readOnly, kind: vfs.RegularFile, file: file, read: o.Read, write: o.Write, flags: o.FdFlags}, vfs.Success
}

func (h *handle) SetTimesAt(path string, follow bool, atim, mtim vfs.TimeChange) vfs.Errno {
	path, slash, errno := h.toChange(path)
	if errno != vfs.Success {
		return errno
	}
	s, errno := h.stat(path, slash, follow)
	switch {
	case errno != vfs.Success:
		return errno
	case s.Kind == vfs.SymbolicLink:
		return vfs.NOTSUP
	}
	a, m := changed(s, atim, mtim)
	return errnoOf(h.root.Chtimes(path, a, m))
}

func (h *handle) Mkdir(path string) vfs.Errno {
	path, _, errno := h.toChange(path)
	switch {
	case errno != vfs.Success:
		return errno
	case endsInDots(path):
		return vfs.EXIST
	}
	return errnoOf(h.root.Mkdir(path, 0o777))
}

func (h *handle) Rmdir(path string) vfs.Errno {
	path, _, errno := h.toChange(path)
	if errno != vfs.Success {
		return errno
	}
	s, errno := h.stat(path, false, false)
	switch {
	case errno != vfs.Success:
		return errno
	case endsInDots(path):
		return vfs.INVAL
	case s.Kind != vfs.Directory:
		return vfs.NOTDIR
	}
	return errnoOf(h.root.Remove(path))
}

func (h *handle) Unlink(path string) vfs.Errno {
	path, slash, errno := h.toChange(path)
	if errno != vfs.Success {
		return errno
	}
	s, errno := h.stat(path, false, false)
	switch {
	case errno != vfs.Success:
		return errno
	case s.Kind == vfs.Directory:
		return vfs.ISDIR
	case slash:
		return vfs.NOTDIR
	}
	return errnoOf(h.root.Remove(path))
}

func (h *handle) Rename(old string, to vfs.File, new string) vfs.Errno {
	old, new, slash, s, errno := h.pair(old, to, new)
	switch {
	case errno != vfs.Success:
		return errno
	case slash && s.Kind != vfs.Directory:
		return vfs.NOTDIR
	}
	// os puts nothing in a directory's place, not even what rename(2) would: an
	// empty one makes way for another.
	if replaced, errno := h.stat(new, false, false); errno == vfs.Success && replaced.Kind == vfs.Directory {
		switch {
		case s.Kind != vfs.Directory:
			return vfs.ISDIR
		case replaced.Ino == s.Ino:
			return vfs.Success
		case strings.HasPrefix(new, old+"/"):
			return vfs.INVAL
		}
		if err := h.root.Remove(new); err != nil {
			return errnoOf(err)
		}
	}
	return errnoOf(h.root.Rename(old, new))
}

func (h *handle) Link(old string, to vfs.File, new string) vfs.Errno {
	old, new, slash, s, errno := h.pair(old, to, new)
	switch {
	case errno != vfs.Success:
		return errno
	case s.Kind == vfs.Directory:
		return vfs.PERM
	case slash:
		return vfs.NOTDIR
	}
	return errnoOf(h.root.Link(old, new))
}

// pair checks two paths of one operation, and looks at the first.
func (h *handle) pair(old string, to vfs.File, new string) (from, into string, slash bool, s vfs.Stat, errno vfs.Errno) {
	if to != vfs.File(h) {
		return "", "", false, s, vfs.XDEV
	}
	from, slashFrom, errno := h.toChange(old)
	if errno != vfs.Success {
		return "", "", false, s, errno
	}
	into, slashInto, errno := h.toChange(new)
	if errno != vfs.Success {
		return "", "", false, s, errno
	}
	s, errno = h.stat(from, false, false)
	if errno == vfs.Success && (endsInDots(from) || endsInDots(into)) {
		errno = vfs.INVAL
	}
	return from, into, slashFrom || slashInto, s, errno
}

// Symlink refuses targets that lead out: nothing would follow them for the
// guest, but a program of the host might.
func (h *handle) Symlink(target, path string) vfs.Errno {
	if errno := vfs.CheckText(target); errno != vfs.Success {
		return errno
	}
	path, slash, errno := h.toChange(path)
	if errno != vfs.Success {
		return errno
	}
	if slash {
		return vfs.NOENT
	}
	if target[0] == '/' || climbs(path, target) {
		return vfs.NOTCAPABLE
	}
	return errnoOf(h.root.Symlink(strings.Clone(target), path))
}

// climbs reports whether target, seen from the link at path, goes above the
// directory in which path begins.
func climbs(path, target string) bool {
	depth := 0
	components := append(strings.Split(path, "/"), strings.Split(target, "/")...)
	link := strings.Count(path, "/") // the link's own name is no step
	for i, name := range components {
		switch {
		case i == link || name == "" || name == ".":
		case name == "..":
			if depth--; depth < 0 {
				return true
			}
		default:
			depth++
		}
	}
	return false
}

func (h *handle) Readlink(path string, p []byte) (int, vfs.Errno) {
	path, slash, errno := h.at(path)
	if errno != vfs.Success {
		return 0, errno
	}
	s, errno := h.stat(path, slash, false)
	switch {
	case errno != vfs.Success:
		return 0, errno
	case s.Kind != vfs.SymbolicLink:
		return 0, vfs.INVAL
	}
	target, err := h.root.Readlink(path)
	if err != nil {
		return 0, errnoOf(err)
	}
	return copy(p, target), vfs.Success
}

func kindOf(mode fs.FileMode) vfs.Kind {
	switch {
	case mode.IsRegular():
		return vfs.RegularFile
	case mode.IsDir():
		return vfs.Directory
	case mode&fs.ModeSymlink != 0:
		return vfs.SymbolicLink
	case mode&fs.ModeCharDevice != 0:
		return vfs.CharacterDevice
	}
	return vfs.Unknown
}

// errnoOf translates an error of package os.
func errnoOf(err error) vfs.Errno {
	if err == nil {
		return vfs.Success
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		for _, pair := range [...]struct {
			host  syscall.Errno
			guest vfs.Errno
		}{
			{syscall.ENOENT, vfs.NOENT}, {syscall.EEXIST, vfs.EXIST}, {syscall.ENOTDIR, vfs.NOTDIR},
			{syscall.EISDIR, vfs.ISDIR}, {syscall.ENOTEMPTY, vfs.NOTEMPTY}, {syscall.EINVAL, vfs.INVAL},
			{syscall.EACCES, vfs.ACCES}, {syscall.EPERM, vfs.PERM}, {syscall.ELOOP, vfs.LOOP},
			{syscall.ENAMETOOLONG, vfs.NAMETOOLONG}, {syscall.ENOSPC, vfs.NOSPC}, {syscall.EROFS, vfs.ROFS},
			{syscall.EXDEV, vfs.XDEV}, {syscall.EMFILE, vfs.NFILE}, {syscall.ENFILE, vfs.NFILE},
			{syscall.EFBIG, vfs.FBIG}, {syscall.EBADF, vfs.BADF}, {syscall.EBUSY, vfs.BUSY},
			{syscall.EAGAIN, vfs.AGAIN}, {syscall.ENOLCK, vfs.NOLCK}, {syscall.EMLINK, vfs.MLINK}, {syscall.EDQUOT, vfs.DQUOT}, {syscall.ENOTSUP, vfs.NOTSUP},
		} {
			if number == pair.host {
				return pair.guest
			}
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return vfs.NOENT
	case errors.Is(err, fs.ErrExist):
		return vfs.EXIST
	case errors.Is(err, fs.ErrPermission):
		return vfs.ACCES
	case errors.Is(err, fs.ErrClosed):
		return vfs.BADF
	case strings.Contains(err.Error(), "path escapes from parent"): // os has no name for it
		return vfs.NOTCAPABLE
	case strings.Contains(err.Error(), "not a directory"):
		return vfs.NOTDIR
	}
	return vfs.IO
}
