package vfs

// Devices: the few character devices that programs expect below /dev. Twin of
// wasmjs/vfs/device.ts.

// device says which one an inode is.
type device uint8

const (
	notDevice device = iota
	deviceNull
	deviceZero
	deviceRandom
)

func (d device) read(t *Tree, p []byte) int {
	switch d {
	case deviceZero:
		clear(p)
		return len(p)
	case deviceRandom:
		t.random(p)
		return len(p)
	}
	return 0
}

// AddDevices puts null, zero and urandom into /dev, which it makes if it is
// missing. They are no part of Changes and Walk, count against no limit, and
// leave the times of the root as they were. What is already there stays.
//
// # Errors
//
// ROFS if the tree is frozen, NOTDIR if /dev is not a directory.
func (t *Tree) AddDevices() Errno {
	t.mu.Lock()
	defer t.mu.Unlock()
	root := t.current(t.root)
	if t.frozen {
		return ROFS
	}
	now := t.now()
	var dev *inode
	if e := root.dir.lookup("dev"); e != nil {
		dev = t.current(e.inode)
		if dev.kind != Directory {
			return NOTDIR
		}
	} else {
		dev = t.newInode(Directory, now)
		dev.builtin = true
		root = t.ownDirectory(root)
		dev.parent = root
		root.nlink++
		root.dir.add("dev", dev, false)
	}
	for _, d := range [...]struct {
		name string
		kind device
	}{{"null", deviceNull}, {"zero", deviceZero}, {"urandom", deviceRandom}} {
		if dev.dir.lookup(d.name) != nil {
			continue
		}
		n := t.newInode(CharacterDevice, now)
		n.builtin, n.device = true, d.kind
		dev = t.ownDirectory(dev)
		dev.dir.add(d.name, n, false)
	}
	return Success
}
