package vfs

// The host's side of a Tree: operations by absolute path, for the code that
// serves, fills and packs one. They follow links as a guest would. Twin of wasmjs/vfs/host.ts.

import (
	"sort"
)

// atRoot takes the lock, and turns an absolute path into one beneath the root.
func (t *Tree) atRoot(path string) (*inode, string, Errno) {
	t.mu.Lock()
	path, errno := hostPath(path)
	return t.current(t.root), path, errno
}

func (t *Tree) existing(path string, last lastLink) (*inode, Errno) {
	root, path, errno := t.atRoot(path)
	if errno != Success {
		return nil, errno
	}
	return t.resolveExisting(root, path, last)
}

// ReadFile returns a file's contents. The caller must not change them.
//
// # Errors
//
// NOENT, ISDIR and those of resolution; INVAL for a device.
func (t *Tree) ReadFile(path string) ([]byte, Errno) {
	n, errno := t.existing(path, followLast)
	defer t.mu.Unlock()
	switch {
	case errno != Success:
		return nil, errno
	case n.kind == Directory:
		return nil, ISDIR
	case n.kind != RegularFile:
		return nil, INVAL
	case n.shared: // nobody will ever change these
		return n.data, Success
	}
	return append([]byte(nil), n.data...), Success
}

// WriteFile makes or replaces a file's contents, as open with Creat and Trunc,
// and write, would. The bytes are copied.
func (t *Tree) WriteFile(path string, data []byte) Errno {
	root, path, errno := t.atRoot(path)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	h, errno := t.open(root, path, OpenOptions{Flags: Creat | Trunc, Write: true, Follow: true})
	if errno != Success {
		return errno
	}
	_, errno = t.writeAt(t.current(h.inode), data, 0)
	t.countOpen(t.current(h.inode), -1)
	return errno
}

// MkdirAll makes a directory and those above it that are missing.
//
// # Errors
//
// NOTDIR if something else is in the way.
func (t *Tree) MkdirAll(path string) Errno {
	root, path, errno := t.atRoot(path)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	for end := 0; end < len(path); {
		for end < len(path) && path[end] != '/' {
			end++
		}
		p, errno := t.resolve(root, path[:end], followLast)
		switch {
		case errno != Success:
			return errno
		case p.inode == nil:
			if _, errno := t.make(p, Directory, ""); errno != Success {
				return errno
			}
		case p.inode.kind != Directory:
			return NOTDIR
		}
		for end < len(path) && path[end] == '/' {
			end++
		}
	}
	return Success
}

// Stat describes what path leads to.
func (t *Tree) Stat(path string) (Stat, Errno) {
	n, errno := t.existing(path, followLast)
	defer t.mu.Unlock()
	if errno != Success {
		return Stat{}, errno
	}
	return n.stat(), Success
}

// Lstat is Stat that does not follow a link in the last component.
func (t *Tree) Lstat(path string) (Stat, Errno) {
	n, errno := t.existing(path, keepLast)
	defer t.mu.Unlock()
	if errno != Success {
		return Stat{}, errno
	}
	return n.stat(), Success
}

// ReadDir lists a directory in its order, without "." and "..".
func (t *Tree) ReadDir(path string) ([]Dirent, Errno) {
	n, errno := t.existing(path, followLast)
	defer t.mu.Unlock()
	switch {
	case errno != Success:
		return nil, errno
	case n.kind != Directory:
		return nil, NOTDIR
	}
	entries := make([]Dirent, n.dir.len())
	return entries[:t.readDir(n, cookieDotDot, entries)], Success
}

// Symlink makes a symbolic link at path.
func (t *Tree) Symlink(target, path string) Errno {
	root, path, errno := t.atRoot(path)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	return t.symlink(target, root, path)
}

// Readlink returns a link's target.
func (t *Tree) Readlink(path string) (string, Errno) {
	n, errno := t.existing(path, keepLast)
	defer t.mu.Unlock()
	switch {
	case errno != Success:
		return "", errno
	case n.kind != SymbolicLink:
		return "", INVAL
	}
	return n.target, Success
}

// Remove removes a file, a link or an empty directory.
func (t *Tree) Remove(path string) Errno {
	root, path, errno := t.atRoot(path)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	p, errno := t.resolve(root, path, nameLast)
	if errno == Success && p.inode != nil && p.inode.kind == Directory {
		return t.rmdir(root, path)
	}
	return t.unlink(root, path)
}

// RemoveAll removes path and everything beneath it: the deepest first, in the
// order of each directory. Links are removed, not followed. That path does not
// exist is no error.
func (t *Tree) RemoveAll(path string) Errno {
	root, path, errno := t.atRoot(path)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	p, errno := t.resolve(root, path, nameLast)
	switch {
	case errno == NOENT || errno == Success && p.inode == nil:
		return Success
	case errno != Success:
		return errno
	case p.dir == nil:
		return INVAL
	case p.slash && p.inode.kind != Directory:
		return NOTDIR
	case t.frozen:
		return ROFS
	}
	t.removeAll(p)
	return Success
}

func (t *Tree) removeAll(p place) {
	if p.inode.kind == Directory {
		// The list is copied because removing may move entries.
		for _, e := range append([]entry(nil), p.inode.dir.entries...) {
			if e.inode != nil {
				n := t.current(p.inode)
				t.removeAll(place{dir: n, name: e.name, inode: t.current(e.inode)})
			}
		}
	}
	p.dir, p.inode = t.current(p.dir), t.current(p.inode)
	t.removeName(p, t.now())
}

// Rename moves a name. See File.Rename.
func (t *Tree) Rename(old, new string) Errno {
	root, old, errno := t.atRoot(old)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	new, errno = hostPath(new)
	if errno != Success {
		return errno
	}
	return t.rename(root, old, root, new)
}

// SetTimes sets the times of what path leads to.
func (t *Tree) SetTimes(path string, atim, mtim int64) Errno {
	n, errno := t.existing(path, followLast)
	defer t.mu.Unlock()
	if errno != Success {
		return errno
	}
	return t.setTimes(n, TimeChange{Set: true, At: atim}, TimeChange{Set: true, At: mtim})
}

// Entry is a ready inode for Add: what a snapshot holds.
type Entry struct {
	Path string // absolute; "/" sets the times of the root
	Kind Kind   // Directory, RegularFile or SymbolicLink
	Mtim int64  // all three of its times
	Data []byte // a file's contents: kept, not copied, and never changed
	Link string // a link's target
}

// Add puts an entry into a tree that is being built. Its parent must be there
// and keeps its times; limits do not count it; numbers are given in the order
// of the calls.
//
// # Errors
//
// INVAL if the path is not clean or the kind is another one; those of
// CheckText; NOENT, NOTDIR (also for a link on the way) and EXIST; FBIG; ROFS.
func (t *Tree) Add(e Entry) Errno {
	if errno := CheckText(e.Path); errno != Success {
		return errno
	}
	if !isClean(e.Path) {
		return INVAL
	}
	root, path, _ := t.atRoot(e.Path)
	defer t.mu.Unlock()
	if path == "." {
		if e.Kind != Directory {
			return INVAL
		}
		if t.frozen {
			return ROFS
		}
		root = t.own(root)
		root.atim, root.mtim, root.ctim = e.Mtim, e.Mtim, e.Mtim
		return Success
	}
	links := MaxLinks // so that the first link on the way is one too many
	p, errno := t.walk(root, root, path, nameLast, &links)
	switch {
	case errno == LOOP:
		return NOTDIR
	case errno != Success:
		return errno
	case p.inode != nil:
		return EXIST
	case t.frozen:
		return ROFS
	case len(e.Data) > MaxFileSize:
		return FBIG
	}
	switch e.Kind {
	case Directory, RegularFile:
	case SymbolicLink:
		if errno := CheckText(e.Link); errno != Success {
			return errno
		}
	default:
		return INVAL
	}
	n := t.newInode(e.Kind, e.Mtim)
	dir := t.ownDirectory(p.dir)
	switch e.Kind {
	case Directory:
		n.parent = dir
		dir.nlink++
	case RegularFile:
		n.data, n.shared = e.Data, true
	case SymbolicLink:
		n.target = e.Link
	}
	dir.dir.add(p.name, n, false)
	return Success
}

// Walk calls visit for every path but the root, in the bytewise order of
// paths (a directory comes before what it holds), without what AddDevices
// made. It sees the tree as it was when Walk began; visit may use the tree. An
// error of visit ends the walk and is returned.
func (t *Tree) Walk(visit func(path string, s Stat) error) error {
	type found struct {
		path string
		stat Stat
	}
	var all []found
	var collect func(path string, dir *inode)
	collect = func(path string, dir *inode) {
		for _, e := range dir.dir.entries {
			if e.inode == nil || e.inode.builtin {
				continue
			}
			n, at := t.current(e.inode), join(path, e.name)
			all = append(all, found{at, n.stat()})
			if n.kind == Directory {
				collect(at, n)
			}
		}
	}
	t.mu.Lock()
	collect("/", t.current(t.root))
	t.mu.Unlock()
	sort.Slice(all, func(i, j int) bool { return all[i].path < all[j].path })
	for _, f := range all {
		if err := visit(f.path, f.stat); err != nil {
			return err
		}
	}
	return nil
}
