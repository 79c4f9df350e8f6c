package vfs

// Overlay: a Tree above a frozen one. Twin of wasmjs/vfs/overlay.ts.

import (
	"bytes"
	"sort"
)

// slot holds what an Overlay knows about one inode of its lower.
type slot struct {
	inode *inode // the Overlay's copy, once it changed
	opens int    // handles of the lower's inode, for the day it is copied
}

// NewOverlay makes a Tree that begins as lower, which it freezes. Lower may be
// an Overlay itself.
func NewOverlay(lower *Tree, o Options) *Tree {
	lower.Freeze()
	t := newTree(o)
	t.lower = lower
	t.root = lower.current(lower.root)
	t.nextIno = lower.nextIno
	t.upper = make([]slot, lower.nextIno)
	return t
}

// Lower is the tree below, or nil.
func (t *Tree) Lower() *Tree { return t.lower }

// current is the inode that n has become. An Overlay's directories and parents
// may still lead to the lower's inode after it was copied; whoever follows one
// of these goes through here.
func (t *Tree) current(n *inode) *inode {
	for tree := t; tree != n.tree; tree = tree.lower {
		if n.ino < uint64(len(tree.upper)) {
			if c := tree.upper[n.ino].inode; c != nil {
				return c
			}
		}
	}
	return n
}

// own makes n this Tree's, if it is not, and returns it. Contents and names
// stay shared.
func (t *Tree) own(n *inode) *inode {
	n = t.current(n)
	if n.tree == t {
		return n
	}
	s := &t.upper[n.ino]
	c := *n
	c.tree, c.opens, c.charged = t, s.opens, 0
	c.shared, c.dirShared = true, true
	s.inode = &c
	return s.inode
}

// ownDirectory makes n and its names this Tree's.
func (t *Tree) ownDirectory(n *inode) *inode {
	n = t.own(n)
	if n.dirShared {
		n.dir, n.dirShared = n.dir.clone(), false
	}
	return n
}

// Change is one difference between an Overlay and its lower.
type Change struct {
	Path string
	Op   ChangeOp
	Kind Kind // of what is there now; for Removed, of what was there
}

// ChangeOp is what happened to a path.
type ChangeOp uint8

// What can happen to a path.
const (
	Removed ChangeOp = iota // a directory stands for everything beneath it
	Created
	Changed
)

// String names op as the behaviour scripts do.
func (op ChangeOp) String() string {
	switch op {
	case Removed:
		return "removed"
	case Created:
		return "created"
	}
	return "changed"
}

// Changes lists what differs from the lower, in the bytewise order of paths;
// where something else took the place of a directory (or the other way round),
// Removed comes before Created. A file or link differs if its contents, its
// target or its time of change do. A directory that exists on both sides does
// not differ. What AddDevices made is left out.
func (t *Tree) Changes() []Change {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lower == nil {
		return nil
	}
	var changes []Change
	t.compare(&changes, "/", t.lower.current(t.lower.root), t.current(t.root))
	sort.SliceStable(changes, func(i, j int) bool { return changes[i].Path < changes[j].Path })
	return changes
}

// compare adds the differences between two directories.
func (t *Tree) compare(changes *[]Change, path string, was, is *inode) {
	for _, e := range was.dir.entries {
		if e.inode == nil || e.inode.builtin {
			continue
		}
		if is.dir.lookup(e.name) == nil {
			*changes = append(*changes, Change{join(path, e.name), Removed, e.inode.kind})
		}
	}
	for _, e := range is.dir.entries {
		if e.inode == nil || e.inode.builtin {
			continue
		}
		at, n := join(path, e.name), t.current(e.inode)
		before := was.dir.lookup(e.name)
		if before == nil {
			t.created(changes, at, n)
			continue
		}
		old := t.lower.current(before.inode)
		switch {
		case old.kind != n.kind || n.kind == Directory && old.ino != n.ino:
			*changes = append(*changes, Change{at, Removed, old.kind})
			t.created(changes, at, n)
		case n.kind == Directory:
			t.compare(changes, at, old, n)
		case old != n && (old.mtim != n.mtim || old.target != n.target || !bytes.Equal(old.data, n.data)):
			*changes = append(*changes, Change{at, Changed, n.kind})
		}
	}
}

// created adds n and everything beneath it.
func (t *Tree) created(changes *[]Change, path string, n *inode) {
	*changes = append(*changes, Change{path, Created, n.kind})
	if n.kind == Directory {
		for _, e := range n.dir.entries {
			if e.inode != nil && !e.inode.builtin {
				t.created(changes, join(path, e.name), t.current(e.inode))
			}
		}
	}
}
