package vfs

// The names in a directory, in the order in which they came. Twin of
// wasmjs/vfs/directory.ts.

import (
	"maps"
	"sort"
	"strings"
)

// entry is one name. One whose inode is nil was removed: the others stay where
// they are until there are enough of these to be worth moving.
type entry struct {
	name   string
	inode  *inode // perhaps an older copy: see Tree.current
	cookie uint64
	own    bool // made in this Tree and counted against its limit
}

// directory finds a name by a map and lists by position. Cookies grow with
// the position and never change, so a listing goes on by binary search however
// many names were removed meanwhile.
type directory struct {
	entries []entry
	index   map[string]int
	next    uint64 // the cookie of the next new entry
	removed int
}

// Why is the first cookie 3? A listing gives "." and ".." first, whose cookies
// are 1 and 2.
const (
	cookieDot    = 1
	cookieDotDot = 2
	firstCookie  = 3
)

func newDirectory() *directory {
	return &directory{next: firstCookie}
}

// len is the number of names.
func (d *directory) len() int { return len(d.entries) - d.removed }

// lookup finds a name; the result is valid until the next change.
func (d *directory) lookup(name string) *entry {
	if i, ok := d.index[name]; ok {
		return &d.entries[i]
	}
	return nil
}

// add appends a name that is not there yet. The name may be borrowed.
func (d *directory) add(name string, n *inode, own bool) {
	if d.index == nil {
		d.index = make(map[string]int)
	}
	name = strings.Clone(name)
	d.index[name] = len(d.entries)
	d.entries = append(d.entries, entry{name: name, inode: n, cookie: d.next, own: own})
	d.next++
}

// remove takes a name away.
func (d *directory) remove(name string) {
	i := d.index[name]
	delete(d.index, name)
	d.entries[i].name, d.entries[i].inode = "", nil
	d.removed++
	if d.removed > 32 && d.removed > len(d.entries)/2 {
		d.compact()
	}
}

func (d *directory) compact() {
	kept := make([]entry, 0, d.len())
	for _, e := range d.entries {
		if e.inode != nil {
			d.index[e.name] = len(kept)
			kept = append(kept, e)
		}
	}
	d.entries, d.removed = kept, 0
}

// clone copies d for an Overlay. What it holds counts against no limit there.
func (d *directory) clone() *directory {
	c := &directory{entries: make([]entry, len(d.entries), len(d.entries)+4), index: maps.Clone(d.index), next: d.next, removed: d.removed}
	copy(c.entries, d.entries)
	for i := range c.entries {
		c.entries[i].own = false
	}
	return c
}

// after is the position of the first entry whose cookie is greater.
func (d *directory) after(cookie uint64) int {
	return sort.Search(len(d.entries), func(i int) bool { return d.entries[i].cookie > cookie })
}

// readDir lists n, which is a directory.
func (t *Tree) readDir(n *inode, cookie uint64, out []Dirent) int {
	count := 0
	if cookie < cookieDot && count < len(out) {
		out[count] = Dirent{Next: cookieDot, Ino: n.ino, Kind: Directory, Name: "."}
		count++
	}
	if cookie < cookieDotDot && count < len(out) {
		out[count] = Dirent{Next: cookieDotDot, Ino: n.parent.ino, Kind: Directory, Name: ".."}
		count++
	}
	for i := n.dir.after(cookie); i < len(n.dir.entries) && count < len(out); i++ {
		e := &n.dir.entries[i]
		if e.inode == nil {
			continue
		}
		out[count] = Dirent{Next: e.cookie, Ino: e.inode.ino, Kind: e.inode.kind, Name: e.name}
		count++
	}
	return count
}
