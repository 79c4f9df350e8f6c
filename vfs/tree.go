package vfs

// Tree: the in-memory file system, and the operations on names beneath a
// directory. Twin of wasmjs/vfs/tree.ts.

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

// Tree is an in-memory file system; above a lower, an Overlay. It is safe for
// concurrent use.
type Tree struct {
	mu     sync.Mutex
	limits Limits
	now    func() int64
	random func(p []byte)

	root    *inode
	nextIno uint64
	frozen  bool

	bytes, inodes int64 // in use, of limits

	locks lockTable

	lower *Tree
	upper []slot // by the number of a lower's inode
}

// NewTree makes a tree that holds an empty root directory.
func NewTree(o Options) *Tree {
	t := newTree(o)
	t.nextIno = rootIno
	t.root = t.newInode(Directory, t.now())
	t.root.parent = t.root
	return t
}

// Why is the root number 1? Number 0 means "unknown" to some guests.
const rootIno = 1

func newTree(o Options) *Tree {
	t := &Tree{limits: o.Limits, now: o.Now, random: o.Random}
	if t.limits.Bytes == 0 {
		t.limits.Bytes = DefaultBytes
	}
	if t.limits.Inodes == 0 {
		t.limits.Inodes = DefaultInodes
	}
	if t.now == nil {
		t.now = func() int64 { return time.Now().UnixNano() }
	}
	if t.random == nil {
		t.random = func(p []byte) { rand.Read(p) } // never fails
	}
	return t
}

// Freeze makes the tree immutable: every change is ROFS from now on. It is
// then fit to be the lower of any number of Overlays.
func (t *Tree) Freeze() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frozen = true
}

// Frozen reports whether Freeze was called.
func (t *Tree) Frozen() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.frozen
}

// Used tells how much of the limits is in use.
func (t *Tree) Used() (bytes, inodes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes, t.inodes
}

// OpenRoot opens the root directory.
func (t *Tree) OpenRoot() (File, Errno) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newHandle(t.current(t.root), OpenOptions{Read: true}), Success
}

// The operations below expect the lock to be held, and base to be a current
// directory.

// open opens, and perhaps makes, a file.
//
// # Errors
//
// INVAL for Creat with OpenDirectory; NOENT; NOTDIR; EXIST for Excl; LOOP for
// a link that is not to be followed; ISDIR for Creat, Trunc or Write on a
// directory, and for Creat with a slash at the end; ROFS; NOSPC. Like open(2).
func (t *Tree) open(base *inode, path string, o OpenOptions) (*Handle, Errno) {
	creat := o.Flags&Creat != 0
	if creat && o.Flags&OpenDirectory != 0 {
		return nil, INVAL
	}
	last := keepLast
	if o.Follow && !(creat && o.Flags&Excl != 0) {
		last = followLast
	}
	if creat && last == keepLast {
		last = nameLast
	}
	p, errno := t.resolve(base, path, last)
	if errno != Success {
		return nil, errno
	}
	if creat && p.slash {
		return nil, ISDIR
	}
	if p.inode == nil {
		if !creat {
			return nil, NOENT
		}
		n, errno := t.make(p, RegularFile, "")
		if errno != Success {
			return nil, errno
		}
		return t.newHandle(n, o), Success
	}
	n := p.inode
	switch {
	case creat && o.Flags&Excl != 0:
		return nil, EXIST
	case n.kind == SymbolicLink:
		return nil, LOOP
	case n.kind != Directory && (p.slash || o.Flags&OpenDirectory != 0):
		return nil, NOTDIR
	case n.kind == Directory && (creat || o.Write || o.Flags&Trunc != 0):
		return nil, ISDIR
	case n.kind == RegularFile && o.Write && t.frozen:
		return nil, ROFS
	}
	if o.Flags&Trunc != 0 && n.kind == RegularFile {
		if errno := t.setSize(n, 0); errno != Success {
			return nil, errno
		}
		n = t.current(n)
	}
	return t.newHandle(n, o), Success
}

// vacant checks that a new name can be made at p.
func (t *Tree) vacant(p place, isDirectory bool) Errno {
	switch {
	case p.inode != nil:
		return EXIST
	case p.slash && !isDirectory:
		return NOENT
	case p.dir.nlink == 0: // removed while open
		return NOENT
	case t.frozen:
		return ROFS
	case t.inodes >= t.limits.Inodes:
		return NOSPC
	}
	return Success
}

// make makes a new inode at a place that must be vacant.
func (t *Tree) make(p place, kind Kind, target string) (*inode, Errno) {
	if errno := t.vacant(p, kind == Directory); errno != Success {
		return nil, errno
	}
	if errno := t.charge(int64(len(target))); errno != Success {
		return nil, errno
	}
	now := t.now()
	n := t.newInode(kind, now)
	n.target = strings.Clone(target)
	n.charged = int64(len(target))
	dir := t.ownDirectory(p.dir)
	if kind == Directory {
		n.parent = dir
		dir.nlink++
	}
	t.inodes++
	dir.dir.add(p.name, n, true)
	dir.touch(now)
	return n, Success
}

// mkdir makes a directory. Like mkdir(2).
//
// # Errors
//
// EXIST, ROFS, NOSPC.
func (t *Tree) mkdir(base *inode, path string) Errno {
	p, errno := t.resolve(base, path, nameLast)
	if errno == Success {
		_, errno = t.make(p, Directory, "")
	}
	return errno
}

// symlink makes a symbolic link; where it leads is looked at only when it is
// followed. Like symlink(2).
//
// # Errors
//
// Those of CheckText for the target; EXIST, ROFS, NOSPC.
func (t *Tree) symlink(target string, base *inode, path string) Errno {
	if errno := CheckText(target); errno != Success {
		return errno
	}
	p, errno := t.resolve(base, path, nameLast)
	if errno == Success {
		_, errno = t.make(p, SymbolicLink, target)
	}
	return errno
}

// link gives an inode another name. Like linkat(2) without flags.
//
// # Errors
//
// NOENT; PERM for a directory; EXIST, ROFS, NOSPC.
func (t *Tree) link(base *inode, old string, to *inode, new string) Errno {
	from, errno := t.resolve(base, old, nameLast)
	if errno != Success {
		return errno
	}
	p, errno := t.resolve(to, new, nameLast)
	if errno != Success {
		return errno
	}
	n := from.inode
	switch {
	case n == nil:
		return NOENT
	case n.kind == Directory:
		return PERM
	case from.slash:
		return NOTDIR
	}
	if errno := t.vacant(p, false); errno != Success {
		return errno
	}
	now := t.now()
	n = t.own(n)
	n.nlink++
	n.ctim = now
	dir := t.ownDirectory(p.dir)
	t.inodes++
	dir.dir.add(p.name, n, true)
	dir.touch(now)
	return Success
}

// unlink takes a name from anything but a directory. Like unlink(2).
//
// # Errors
//
// NOENT; ISDIR; NOTDIR for a slash at the end; ROFS.
func (t *Tree) unlink(base *inode, path string) Errno {
	p, errno := t.resolve(base, path, nameLast)
	switch {
	case errno != Success:
		return errno
	case p.inode == nil:
		return NOENT
	case p.inode.kind == Directory:
		return ISDIR
	case p.slash:
		return NOTDIR
	case t.frozen:
		return ROFS
	}
	t.removeName(p, t.now())
	return Success
}

// rmdir removes an empty directory. Like rmdir(2).
//
// # Errors
//
// INVAL if the path ends in "." or ".."; NOENT; NOTDIR; NOTEMPTY; ROFS.
func (t *Tree) rmdir(base *inode, path string) Errno {
	p, errno := t.resolve(base, path, nameLast)
	switch {
	case errno != Success:
		return errno
	case p.inode == nil:
		return NOENT
	case p.dir == nil:
		return INVAL
	case p.inode.kind != Directory:
		return NOTDIR
	case p.inode.dir.len() > 0:
		return NOTEMPTY
	case t.frozen:
		return ROFS
	}
	t.removeName(p, t.now())
	return Success
}

// removeName removes what is at p.
func (t *Tree) removeName(p place, now int64) {
	dir := t.ownDirectory(p.dir)
	if dir.dir.lookup(p.name).own {
		t.inodes--
	}
	dir.dir.remove(p.name)
	dir.touch(now)
	t.dropName(p.inode, dir, now)
}

// dropName counts one name less for n, which was in dir.
func (t *Tree) dropName(n, dir *inode, now int64) {
	n = t.own(n)
	n.ctim = now
	if n.kind == Directory {
		n.nlink = 0
		dir.nlink--
	} else {
		n.nlink--
	}
	t.release(n)
}

// rename moves a name. What had the new name before is replaced, and its place
// in the order of its directory kept. Like rename(2).
//
// # Errors
//
// INVAL if either path ends in "." or "..", or a directory would move beneath
// itself; NOENT; NOTDIR for a directory onto anything else, or a slash after
// anything else; ISDIR for anything else onto a directory; NOTEMPTY; ROFS.
func (t *Tree) rename(base *inode, old string, to *inode, new string) Errno {
	from, errno := t.resolve(base, old, nameLast)
	if errno != Success {
		return errno
	}
	into, errno := t.resolve(to, new, nameLast)
	if errno != Success {
		return errno
	}
	moved, replaced := from.inode, into.inode
	switch {
	case moved == nil:
		return NOENT
	case from.dir == nil || into.dir == nil:
		return INVAL
	case (from.slash || into.slash) && moved.kind != Directory:
		return NOTDIR
	case moved == replaced:
		return Success
	case into.dir.nlink == 0: // removed while open
		return NOENT
	case moved.kind == Directory && t.isBeneath(into.dir, moved):
		return INVAL
	}
	if replaced != nil {
		switch {
		case moved.kind == Directory && replaced.kind != Directory:
			return NOTDIR
		case moved.kind != Directory && replaced.kind == Directory:
			return ISDIR
		case replaced.kind == Directory && replaced.dir.len() > 0:
			return NOTEMPTY
		}
	}
	if t.frozen {
		return ROFS
	}

	now := t.now()
	oldDir := t.ownDirectory(from.dir)
	newDir := t.ownDirectory(into.dir)
	moved = t.own(moved)
	own := oldDir.dir.lookup(from.name).own
	if e := newDir.dir.lookup(into.name); e != nil {
		if e.own {
			t.inodes--
		}
		e.inode, e.own = moved, own
		t.dropName(replaced, newDir, now)
	} else {
		newDir.dir.add(into.name, moved, own)
	}
	oldDir.dir.remove(from.name)
	oldDir.touch(now)
	newDir.touch(now)
	moved.ctim = now
	if moved.kind == Directory {
		moved.parent = newDir
		oldDir.nlink--
		newDir.nlink++
	}
	return Success
}

// isBeneath reports whether the directory n is top or lies beneath it.
func (t *Tree) isBeneath(n, top *inode) bool {
	for {
		if n == top {
			return true
		}
		parent := t.current(n.parent)
		if parent == n {
			return false
		}
		n = parent
	}
}

// readlink copies a link's target into p.
//
// # Errors
//
// NOENT; INVAL for anything but a link.
func (t *Tree) readlink(base *inode, path string, p []byte) (int, Errno) {
	n, errno := t.resolveExisting(base, path, keepLast)
	switch {
	case errno != Success:
		return 0, errno
	case n.kind != SymbolicLink:
		return 0, INVAL
	}
	return copy(p, n.target), Success
}
