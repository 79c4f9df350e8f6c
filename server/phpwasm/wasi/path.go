package wasi

// Functions on a path beneath an open directory. Twin of wasmjs/wasi/path.ts.

import "pressbox/vfs"

// at finds a directory's descriptor and a path in guest memory.
func (h *Host) at(m memory, fd, ptr, size uint64) (*descriptor, string, vfs.Errno) {
	d, errno := h.descriptors.get(uint32(fd))
	if errno != vfs.Success {
		return nil, "", errno
	}
	path, errno := m.text(uint32(ptr), uint32(size))
	return d, path, errno
}

// toChange is at for an operation that changes something there.
func (h *Host) toChange(m memory, fd, ptr, size uint64) (*descriptor, string, vfs.Errno) {
	d, path, errno := h.at(m, fd, ptr, size)
	if errno == vfs.Success && d.readOnly {
		errno = vfs.ROFS
	}
	return d, path, errno
}

// path_create_directory(fd, path)
func pathCreateDirectory(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.toChange(m, a[0], a[1], a[2])
	if errno != vfs.Success {
		return errno
	}
	return d.file.Mkdir(path)
}

// path_filestat_get(fd, lookup flags, path, out)
func pathFilestatGet(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.at(m, a[0], a[2], a[3])
	if errno != vfs.Success {
		return errno
	}
	stat, errno := d.file.StatAt(path, a[1]&lookupFollow != 0)
	if errno != vfs.Success {
		return errno
	}
	return m.putFilestat(uint32(a[4]), d.dev, stat)
}

// path_filestat_set_times(fd, lookup flags, path, atim, mtim, flags)
func pathFilestatSetTimes(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.toChange(m, a[0], a[2], a[3])
	if errno != vfs.Success {
		return errno
	}
	atim, mtim, errno := timeChanges(a[4], a[5], a[6])
	if errno != vfs.Success {
		return errno
	}
	return d.file.SetTimesAt(path, a[1]&lookupFollow != 0, atim, mtim)
}

// path_link(old fd, lookup flags, old path, new fd, new path). Following a link
// in the last component is not offered, as in other hosts.
func pathLink(h *Host, m memory, a []uint64) vfs.Errno {
	from, old, errno := h.toChange(m, a[0], a[2], a[3])
	if errno != vfs.Success {
		return errno
	}
	to, new, errno := h.toChange(m, a[4], a[5], a[6])
	if errno != vfs.Success {
		return errno
	}
	if a[1]&lookupFollow != 0 {
		return vfs.INVAL
	}
	return from.file.Link(old, to.file, new)
}

// path_open(fd, lookup flags, path, oflags, rights, inherited rights, fdflags, out)
func pathOpen(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.at(m, a[0], a[2], a[3])
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(uint32(a[8]), 4); errno != vfs.Success {
		return errno
	}
	if uint32(a[4]) > allOpenFlags || uint32(a[7]) > allFdFlags {
		return vfs.INVAL
	}
	if errno := h.descriptors.room(); errno != vfs.Success {
		return errno
	}
	base, inheriting := a[5], a[6]
	o := vfs.OpenOptions{
		Flags:   vfs.OpenFlags(a[4]),
		Read:    base&rightFdRead != 0,
		Write:   base&rightFdWrite != 0,
		FdFlags: vfs.FdFlags(a[7]),
		Follow:  a[1]&lookupFollow != 0,
		Owner:   h,
	}
	// Guests ask for every right there is when they open a directory.
	if o.Flags&vfs.OpenDirectory != 0 {
		o.Write = false
	}
	var file vfs.File
	if d.readOnly {
		file, errno = openReadOnly(d.file, path, o)
	} else {
		file, errno = d.file.Open(path, o)
	}
	if errno != vfs.Success {
		return errno
	}
	if file.Kind() == vfs.Directory {
		base &= directoryRights(d.readOnly)
	} else {
		base &= rightsFile
		inheriting = 0
	}
	fd, errno := h.descriptors.add(descriptor{
		file: file, dev: d.dev, readOnly: d.readOnly, base: base, inheriting: inheriting,
	})
	if errno != vfs.Success {
		file.Close()
		return errno
	}
	return m.putUint32(uint32(a[8]), fd)
}

// openReadOnly opens what is there and makes nothing.
func openReadOnly(dir vfs.File, path string, o vfs.OpenOptions) (vfs.File, vfs.Errno) {
	creat := o.Flags&vfs.Creat != 0
	if creat && o.Flags&vfs.OpenDirectory != 0 {
		return nil, vfs.INVAL
	}
	if creat {
		_, errno := dir.StatAt(path, o.Follow && o.Flags&vfs.Excl == 0)
		switch {
		case errno == vfs.NOENT:
			return nil, vfs.ROFS
		case errno != vfs.Success:
			return nil, errno
		case o.Flags&vfs.Excl != 0:
			return nil, vfs.EXIST
		}
	}
	if o.Write || o.Flags&vfs.Trunc != 0 {
		return nil, vfs.ROFS
	}
	o.Flags &^= vfs.Creat | vfs.Excl
	return dir.Open(path, o)
}

// path_readlink(fd, path, buffer, size, out)
func pathReadlink(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.at(m, a[0], a[1], a[2])
	if errno != vfs.Success {
		return errno
	}
	b, errno := m.bytes(uint32(a[3]), uint32(a[4]))
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(uint32(a[5]), 4); errno != vfs.Success {
		return errno
	}
	n, errno := d.file.Readlink(path, b)
	if errno != vfs.Success {
		return errno
	}
	return m.putUint32(uint32(a[5]), uint32(n))
}

// path_remove_directory(fd, path)
func pathRemoveDirectory(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.toChange(m, a[0], a[1], a[2])
	if errno != vfs.Success {
		return errno
	}
	return d.file.Rmdir(path)
}

// path_rename(fd, old path, new fd, new path)
func pathRename(h *Host, m memory, a []uint64) vfs.Errno {
	from, old, errno := h.toChange(m, a[0], a[1], a[2])
	if errno != vfs.Success {
		return errno
	}
	to, new, errno := h.toChange(m, a[3], a[4], a[5])
	if errno != vfs.Success {
		return errno
	}
	return from.file.Rename(old, to.file, new)
}

// path_symlink(target, fd, path)
func pathSymlink(h *Host, m memory, a []uint64) vfs.Errno {
	target, errno := m.text(uint32(a[0]), uint32(a[1]))
	if errno != vfs.Success {
		return errno
	}
	d, path, errno := h.toChange(m, a[2], a[3], a[4])
	if errno != vfs.Success {
		return errno
	}
	return d.file.Symlink(target, path)
}

// path_unlink_file(fd, path)
func pathUnlinkFile(h *Host, m memory, a []uint64) vfs.Errno {
	d, path, errno := h.toChange(m, a[0], a[1], a[2])
	if errno != vfs.Success {
		return errno
	}
	return d.file.Unlink(path)
}
