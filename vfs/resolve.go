package vfs

// Resolution: from a directory and a path to an inode, never leaving the
// directory. Twin of wasmjs/vfs/resolve.ts.

import "strings"

// place is where a path led.
type place struct {
	// dir and name are the directory that holds the last name and that name,
	// which may be borrowed. dir is nil if the path ended in "." or "..".
	dir  *inode
	name string
	// inode is nil if nothing has that name.
	inode *inode
	// slash says that the path asked for a directory by its last letter.
	slash bool
}

// lastLink says what happens to a symbolic link in the last component.
type lastLink uint8

const (
	// followLast resolves it.
	followLast lastLink = iota
	// keepLast does not, unless a slash follows it.
	keepLast
	// nameLast never does: the operation is about the name. With a slash, the
	// operation finds that the link is no directory, as on Linux. Otherwise
	// removing "link/" would remove what the link leads to.
	nameLast
)

// resolve finds path beneath base. That nothing has the last name is no error
// here.
//
// # Errors
//
// Those of CheckPath; NOTCAPABLE for ".." above base, also by a link, and for
// an absolute link where base is not the root; NOENT and NOTDIR on the way; LOOP after more than MaxLinks
// links; NAMETOOLONG for a name.
func (t *Tree) resolve(base *inode, path string, last lastLink) (place, Errno) {
	if errno := CheckPath(path); errno != Success {
		return place{}, errno
	}
	links := 0
	return t.walk(base, base, path, last, &links)
}

// walk goes on from the directory dir. It walks along the string, so nothing
// is allocated; a link's target is walked by a nested call.
func (t *Tree) walk(base, dir *inode, path string, last lastLink, links *int) (place, Errno) {
	if path[0] == '/' { // only a link's target
		if base != t.current(t.root) {
			return place{}, NOTCAPABLE
		}
		dir, path = base, strings.TrimLeft(path, "/")
		if path == "" {
			return place{inode: base, slash: true}, Success
		}
	}
	for at := 0; ; {
		end := at
		for end < len(path) && path[end] != '/' {
			end++
		}
		name := path[at:end]
		at = end
		for at < len(path) && path[at] == '/' {
			at++
		}
		isLast, slash := at == len(path), at > end

		if name == "." || name == ".." {
			if name == ".." {
				if dir == base {
					return place{}, NOTCAPABLE
				}
				dir = t.current(dir.parent)
			}
			if isLast {
				return place{inode: dir, slash: slash}, Success
			}
			continue
		}
		if len(name) > MaxNameLen {
			return place{}, NAMETOOLONG
		}
		e := dir.dir.lookup(name)
		if e == nil {
			if isLast {
				return place{dir: dir, name: name, slash: slash}, Success
			}
			return place{}, NOENT
		}
		n := t.current(e.inode)
		if n.kind == SymbolicLink && (!isLast || last == followLast || last == keepLast && slash) {
			if *links++; *links > MaxLinks {
				return place{}, LOOP
			}
			led, errno := t.walk(base, dir, n.target, followLast, links)
			if errno != Success {
				return place{}, errno
			}
			if isLast {
				led.slash = led.slash || slash
				return led, Success
			}
			if led.inode == nil {
				return place{}, NOENT
			}
			n = led.inode
		}
		if isLast {
			return place{dir: dir, name: name, inode: n, slash: slash}, Success
		}
		if n.kind != Directory {
			return place{}, NOTDIR
		}
		dir = n
	}
}

// resolveExisting finds an inode that must be there, and be a directory if the
// path ends in a slash.
func (t *Tree) resolveExisting(base *inode, path string, last lastLink) (*inode, Errno) {
	p, errno := t.resolve(base, path, last)
	if errno != Success {
		return nil, errno
	}
	if p.inode == nil {
		return nil, NOENT
	}
	if p.slash && p.inode.kind != Directory {
		return nil, NOTDIR
	}
	return p.inode, Success
}
