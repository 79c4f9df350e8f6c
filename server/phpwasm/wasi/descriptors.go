package wasi

// Descriptors: the guest's integers for open files. Twin of
// wasmjs/wasi/descriptors.ts.

import "pressbox/vfs"

// descriptor is one open file. Without a file it is free.
type descriptor struct {
	file             vfs.File
	dev              uint64 // which file system, as told by filestat
	preopen          string // the guest's path, if handed over before start
	readOnly         bool
	base, inheriting uint64 // rights
}

// descriptors gives out the lowest free number, as POSIX asks.
type descriptors struct {
	table []descriptor
	limit int
	free  int // no number below is free
}

// get finds an open descriptor. The pointer is good until the next add.
func (d *descriptors) get(fd uint32) (*descriptor, vfs.Errno) {
	if uint64(fd) >= uint64(len(d.table)) || d.table[fd].file == nil {
		return nil, vfs.BADF
	}
	return &d.table[fd], vfs.Success
}

// room says whether add would succeed.
func (d *descriptors) room() vfs.Errno {
	for d.free < len(d.table) && d.table[d.free].file != nil {
		d.free++
	}
	if d.free >= d.limit {
		return vfs.MFILE
	}
	return vfs.Success
}

func (d *descriptors) add(x descriptor) (uint32, vfs.Errno) {
	if errno := d.room(); errno != vfs.Success {
		return 0, errno
	}
	fd := d.free
	if fd == len(d.table) {
		d.table = append(d.table, x)
	} else {
		d.table[fd] = x
	}
	d.free++
	return uint32(fd), vfs.Success
}

// set puts a descriptor at a number, closing what was there. The numbers below
// must exist or be set in order.
func (d *descriptors) set(fd uint32, x descriptor) {
	for uint64(fd) >= uint64(len(d.table)) {
		d.table = append(d.table, descriptor{})
	}
	if old := d.table[fd].file; old != nil {
		old.Close()
	}
	d.table[fd] = x
}

func (d *descriptors) close(fd uint32) vfs.Errno {
	x, errno := d.get(fd)
	if errno != vfs.Success {
		return errno
	}
	errno = x.file.Close()
	*x = descriptor{}
	d.free = min(d.free, int(fd))
	return errno
}

// renumber moves an open descriptor over another open one.
func (d *descriptors) renumber(from, to uint32) vfs.Errno {
	x, errno := d.get(from)
	if errno != vfs.Success {
		return errno
	}
	y, errno := d.get(to)
	if errno != vfs.Success || from == to {
		return errno
	}
	errno = y.file.Close()
	*y = *x
	*x = descriptor{}
	d.free = min(d.free, int(from))
	return errno
}

func (d *descriptors) closeAll() {
	for i := range d.table {
		if d.table[i].file != nil {
			d.table[i].file.Close()
		}
	}
	d.table, d.free = nil, 0
}
