package vfs

// Handle: an open inode with an offset and flags. Twin of
// wasmjs/vfs/handle.ts.

// Handle is a File of a Tree.
type Handle struct {
	tree        *Tree
	inode       *inode // perhaps an older copy: see Tree.current
	off         int64
	flags       FdFlags
	read, write bool
	closed      bool
	owner       any // OpenOptions.Owner
}

var _ File = (*Handle)(nil)

// newHandle opens the current inode n.
func (t *Tree) newHandle(n *inode, o OpenOptions) *Handle {
	t.countOpen(n, 1)
	return &Handle{tree: t, inode: n, flags: o.FdFlags, read: o.Read, write: o.Write, owner: o.Owner}
}

// countOpen counts handles of n. Nothing in a frozen tree is counted, since
// nothing there is ever released.
func (t *Tree) countOpen(n *inode, delta int) {
	switch {
	case t.frozen:
	case n.tree == t:
		n.opens += delta
	default:
		t.upper[n.ino].opens += delta
	}
}

// begin takes the lock and brings the handle to its current inode.
func (h *Handle) begin() (*inode, Errno) {
	h.tree.mu.Lock()
	if h.closed {
		return nil, BADF
	}
	h.inode = h.tree.current(h.inode)
	return h.inode, Success
}

// beginDirectory is begin for an operation beneath a directory.
func (h *Handle) beginDirectory() (*inode, Errno) {
	n, errno := h.begin()
	if errno == Success && n.kind != Directory {
		errno = NOTDIR
	}
	return n, errno
}

func (h *Handle) end() { h.tree.mu.Unlock() }

// Close implements File.
func (h *Handle) Close() Errno {
	n, errno := h.begin()
	defer h.end()
	if errno != Success {
		return errno
	}
	h.closed = true
	h.tree.locks.drop(n.ino, h)
	h.tree.countOpen(n, -1)
	h.tree.release(n)
	return Success
}

// Kind implements File.
func (h *Handle) Kind() Kind { return h.inode.kind }

// Flags implements File.
func (h *Handle) Flags() FdFlags { return h.flags }

// SetFlags implements File.
func (h *Handle) SetFlags(flags FdFlags) Errno {
	if h.closed {
		return BADF
	}
	h.flags = flags
	return Success
}

// Stat implements File.
func (h *Handle) Stat() (Stat, Errno) {
	n, errno := h.begin()
	defer h.end()
	if errno != Success {
		return Stat{}, errno
	}
	return n.stat(), Success
}

// beginRead is begin for reading contents.
func (h *Handle) beginRead() (*inode, Errno) {
	n, errno := h.begin()
	switch {
	case errno != Success:
	case !h.read:
		errno = BADF
	case n.kind == Directory:
		errno = ISDIR
	}
	return n, errno
}

// beginWrite is begin for changing contents. A directory is never open for
// writing.
func (h *Handle) beginWrite() (*inode, Errno) {
	n, errno := h.begin()
	if errno == Success && !h.write {
		errno = BADF
	}
	return n, errno
}

// Read implements File.
func (h *Handle) Read(p []byte) (int, Errno) {
	n, errno := h.beginRead()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	count, errno := h.tree.readAt(n, p, h.off)
	h.advance(n, count)
	return count, errno
}

// Pread implements File.
func (h *Handle) Pread(p []byte, off int64) (int, Errno) {
	n, errno := h.beginRead()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	return h.tree.readAt(n, p, off)
}

// Write implements File. With Append it goes to the end as it is now.
func (h *Handle) Write(p []byte) (int, Errno) {
	n, errno := h.beginWrite()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	off := h.off
	if h.flags&Append != 0 {
		off = n.size()
	}
	count, errno := h.tree.writeAt(n, p, off)
	if errno == Success {
		h.off = off
		h.advance(n, count)
	}
	return count, errno
}

// advance moves the offset, which a device does not have.
func (h *Handle) advance(n *inode, count int) {
	if n.kind == CharacterDevice {
		h.off = 0
		return
	}
	h.off += int64(count)
}

// Pwrite implements File. Append does not change where it writes, as POSIX
// has it.
func (h *Handle) Pwrite(p []byte, off int64) (int, Errno) {
	n, errno := h.beginWrite()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	return h.tree.writeAt(n, p, off)
}

// SeekTo implements File.
//
// # Errors
//
// BADF for a directory; INVAL for a place before the beginning.
func (h *Handle) SeekTo(off int64, whence Whence) (int64, Errno) {
	n, errno := h.begin()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	if n.kind == Directory {
		return 0, BADF
	}
	if n.kind == CharacterDevice {
		return 0, Success
	}
	from := int64(0)
	switch whence {
	case SeekSet:
	case SeekCur:
		from = h.off
	case SeekEnd:
		from = n.size()
	default:
		return 0, INVAL
	}
	to := from + off
	if to < 0 || off > 0 && to < from {
		return 0, INVAL
	}
	h.off = to
	return to, Success
}

// Tell implements File.
func (h *Handle) Tell() (int64, Errno) { return h.SeekTo(0, SeekCur) }

// SetSize implements File.
func (h *Handle) SetSize(size int64) Errno {
	n, errno := h.beginWrite()
	defer h.end()
	if errno != Success {
		return errno
	}
	return h.tree.setSize(n, size)
}

// SetTimes implements File.
func (h *Handle) SetTimes(atim, mtim TimeChange) Errno {
	n, errno := h.begin()
	defer h.end()
	if errno != Success {
		return errno
	}
	return h.tree.setTimes(n, atim, mtim)
}

// Space implements File. What counts is what a guest may write; a lower has its
// room already.
func (h *Handle) Space() (free, total int64, errno Errno) {
	_, errno = h.begin()
	defer h.end()
	if errno != Success {
		return 0, 0, errno
	}
	total = max(0, h.tree.limits.Bytes)
	return max(0, total-h.tree.bytes), total, Success
}

// Sync implements File. There is nothing to wait for.
func (h *Handle) Sync() Errno {
	_, errno := h.begin()
	defer h.end()
	return errno
}

// ReadDir implements File.
func (h *Handle) ReadDir(cookie uint64, entries []Dirent) (int, Errno) {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	return h.tree.readDir(n, cookie, entries), Success
}

// Open implements File.
func (h *Handle) Open(path string, o OpenOptions) (File, Errno) {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return nil, errno
	}
	opened, errno := h.tree.open(n, path, o)
	if errno != Success {
		return nil, errno
	}
	return opened, Success
}

// StatAt implements File.
func (h *Handle) StatAt(path string, follow bool) (Stat, Errno) {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return Stat{}, errno
	}
	n, errno = h.tree.resolveExisting(n, path, followIf(follow))
	if errno != Success {
		return Stat{}, errno
	}
	return n.stat(), Success
}

func followIf(follow bool) lastLink {
	if follow {
		return followLast
	}
	return keepLast
}

// SetTimesAt implements File.
func (h *Handle) SetTimesAt(path string, follow bool, atim, mtim TimeChange) Errno {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return errno
	}
	n, errno = h.tree.resolveExisting(n, path, followIf(follow))
	if errno != Success {
		return errno
	}
	return h.tree.setTimes(n, atim, mtim)
}

// Mkdir implements File.
func (h *Handle) Mkdir(path string) Errno {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return errno
	}
	return h.tree.mkdir(n, path)
}

// Rmdir implements File.
func (h *Handle) Rmdir(path string) Errno {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return errno
	}
	return h.tree.rmdir(n, path)
}

// Unlink implements File.
func (h *Handle) Unlink(path string) Errno {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return errno
	}
	return h.tree.unlink(n, path)
}

// Rename implements File.
func (h *Handle) Rename(old string, to File, new string) Errno {
	return h.pair(to, func(from, into *inode) Errno { return h.tree.rename(from, old, into, new) })
}

// Link implements File.
func (h *Handle) Link(old string, to File, new string) Errno {
	return h.pair(to, func(from, into *inode) Errno { return h.tree.link(from, old, into, new) })
}

// pair runs an operation between two directories of one tree.
func (h *Handle) pair(to File, operation func(from, into *inode) Errno) Errno {
	other, ok := to.(*Handle)
	if !ok || other.tree != h.tree {
		return XDEV
	}
	from, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return errno
	}
	if other.closed {
		return BADF
	}
	into := h.tree.current(other.inode)
	if into.kind != Directory {
		return NOTDIR
	}
	return operation(from, into)
}

// Symlink implements File.
func (h *Handle) Symlink(target, path string) Errno {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return errno
	}
	return h.tree.symlink(target, n, path)
}

// Readlink implements File.
func (h *Handle) Readlink(path string, p []byte) (int, Errno) {
	n, errno := h.beginDirectory()
	defer h.end()
	if errno != Success {
		return 0, errno
	}
	return h.tree.readlink(n, path, p)
}
