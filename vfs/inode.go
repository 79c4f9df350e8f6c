package vfs

// The inode: a file, a directory, a symbolic link or a device, without a name.
// Twin of wasmjs/vfs/inode.ts.

// inode belongs to one Tree. Once that Tree is frozen it never changes again,
// because any number of Overlays read it without a lock.
type inode struct {
	tree *Tree
	ino  uint64
	kind Kind
	// builtin marks what AddDevices made: it is no change of the visitor's.
	builtin bool
	device  device

	nlink            uint64
	atim, mtim, ctim int64

	// opens counts the handles that keep a nameless inode alive. The handles
	// of a lower's inode are counted in the Overlay's slot, not here.
	opens int

	// A file's contents. If shared, they belong to a lower or to whoever
	// called Add, and are copied before the first change.
	data    []byte
	shared  bool
	charged int64 // how much of the tree's bytes this inode uses

	target string // a symbolic link's

	// A directory's names. If dirShared, they belong to a lower.
	dir       *directory
	dirShared bool
	parent    *inode // a directory's; perhaps an older copy: see Tree.current
}

func (n *inode) size() int64 {
	switch n.kind {
	case RegularFile:
		return int64(len(n.data))
	case SymbolicLink:
		return int64(len(n.target))
	}
	return 0
}

func (n *inode) stat() Stat {
	return Stat{Ino: n.ino, Kind: n.kind, Nlink: n.nlink, Size: n.size(), Atim: n.atim, Mtim: n.mtim, Ctim: n.ctim}
}

// touch marks a change of contents at time now.
func (n *inode) touch(now int64) { n.mtim, n.ctim = now, now }

// newInode makes an inode with the next number.
func (t *Tree) newInode(kind Kind, now int64) *inode {
	n := &inode{tree: t, ino: t.nextIno, kind: kind, nlink: 1, atim: now, mtim: now, ctim: now}
	t.nextIno++
	if kind == Directory {
		n.dir = newDirectory()
		n.nlink = 2
	}
	return n
}

// readAt copies contents at off into p.
func (t *Tree) readAt(n *inode, p []byte, off int64) (int, Errno) {
	if off < 0 {
		return 0, INVAL
	}
	if n.kind == CharacterDevice {
		return n.device.read(t, p), Success
	}
	if off >= int64(len(n.data)) {
		return 0, Success
	}
	return copy(p, n.data[off:]), Success
}

// writeAt writes all of p at off, or nothing.
func (t *Tree) writeAt(n *inode, p []byte, off int64) (int, Errno) {
	if off < 0 {
		return 0, INVAL
	}
	if n.kind == CharacterDevice || len(p) == 0 {
		return len(p), Success
	}
	if off > MaxFileSize-int64(len(p)) {
		return 0, FBIG
	}
	size := max(off+int64(len(p)), int64(len(n.data)))
	n, errno := t.resize(n, size)
	if errno != Success {
		return 0, errno
	}
	copy(n.data[off:], p)
	n.touch(t.now())
	return len(p), Success
}

// setSize cuts or lengthens with zeros.
func (t *Tree) setSize(n *inode, size int64) Errno {
	if n.kind != RegularFile || size < 0 {
		return INVAL
	}
	if size > MaxFileSize {
		return FBIG
	}
	n, errno := t.resize(n, size)
	if errno != Success {
		return errno
	}
	n.touch(t.now())
	return Success
}

// resize makes n this Tree's own, with contents of its own of this size, and
// returns it.
func (t *Tree) resize(n *inode, size int64) (*inode, Errno) {
	if t.frozen {
		return nil, ROFS
	}
	charged := n.charged
	if n.tree != t {
		charged = 0
	}
	if errno := t.charge(size - charged); errno != Success {
		return nil, errno
	}
	n = t.own(n)
	n.charged = size
	old := n.data
	switch {
	// A capacity far above the size would let a guest hold memory that the
	// limit does not see.
	case n.shared || size > int64(cap(old)) || int64(cap(old)) > 2*size+512:
		room := size
		if size > int64(len(old)) && len(old) > 0 {
			room = max(size, 2*int64(len(old)))
		}
		n.data = make([]byte, size, room)
		copy(n.data, old)
		n.shared = false
	default:
		n.data = old[:size]
		if size > int64(len(old)) {
			clear(n.data[len(old):])
		}
	}
	return n, Success
}

// charge adds delta to the bytes in use, if the limit allows.
func (t *Tree) charge(delta int64) Errno {
	if delta > 0 && t.bytes+delta > t.limits.Bytes {
		return NOSPC
	}
	t.bytes += delta
	return Success
}

// release gives up the contents of an inode that nothing leads to any more.
func (t *Tree) release(n *inode) {
	if n.tree == t && n.nlink == 0 && n.opens == 0 {
		t.bytes -= n.charged
		n.charged, n.data, n.dir = 0, nil, nil
		if n.kind == Directory {
			n.dir = newDirectory()
		}
	}
}

// setTimes changes times as asked.
func (t *Tree) setTimes(n *inode, atim, mtim TimeChange) Errno {
	if t.frozen {
		return ROFS
	}
	now := t.now()
	n = t.own(n)
	if atim.Set {
		n.atim = atim.At
		if atim.Now {
			n.atim = now
		}
	}
	if mtim.Set {
		n.mtim = mtim.At
		if mtim.Now {
			n.mtim = now
		}
	}
	n.ctim = now
	return Success
}
