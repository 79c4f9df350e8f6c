package wasi

// Functions on an open descriptor. Twin of wasmjs/wasi/fd.ts.

import (
	"math"

	"pressbox/vfs"
)

// fd_advise(fd, off, len, advice): advice is taken politely and not followed,
// unless it asks for a lock or about space.
func fdAdvise(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	switch {
	case errno != vfs.Success:
		return errno
	case isLock(a[1], uint32(a[3])):
		return lock(d.file, a[1], a[2])
	case isSpace(a[1], uint32(a[3])):
		return space(d.file, a[1], a[2])
	case d.file.Kind() == vfs.Directory:
		return vfs.BADF
	case uint32(a[3]) > 5 || int64(a[1]) < 0 || int64(a[2]) < 0:
		return vfs.INVAL
	}
	return vfs.Success
}

// fd_allocate(fd, off, len) makes the file at least that large.
func fdAllocate(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	if d.file.Kind() == vfs.Directory {
		return vfs.BADF
	}
	off, size := int64(a[1]), int64(a[2])
	if off < 0 || size <= 0 {
		return vfs.INVAL
	}
	if off > math.MaxInt64-size {
		return vfs.FBIG
	}
	stat, errno := d.file.Stat()
	if errno != vfs.Success {
		return errno
	}
	return d.file.SetSize(max(stat.Size, off+size))
}

// fd_close(fd)
func fdClose(h *Host, m memory, a []uint64) vfs.Errno { return h.descriptors.close(uint32(a[0])) }

// fd_datasync(fd) and fd_sync(fd)
func fdSync(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	return d.file.Sync()
}

// fd_fdstat_get(fd, out)
func fdFdstatGet(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	return m.putFdstat(uint32(a[1]), d.file.Kind(), d.file.Flags(), d.base, d.inheriting)
}

// fd_fdstat_set_flags(fd, flags)
func fdFdstatSetFlags(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	if uint32(a[1]) > allFdFlags {
		return vfs.INVAL
	}
	return d.file.SetFlags(vfs.FdFlags(a[1]))
}

// fd_fdstat_set_rights(fd, base, inheriting) can only take rights away.
func fdFdstatSetRights(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	if a[1]&^d.base != 0 || a[2]&^d.inheriting != 0 {
		return vfs.NOTCAPABLE
	}
	d.base, d.inheriting = a[1], a[2]
	return vfs.Success
}

// fd_filestat_get(fd, out)
func fdFilestatGet(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	stat, errno := d.file.Stat()
	if errno != vfs.Success {
		return errno
	}
	return m.putFilestat(uint32(a[1]), d.dev, stat)
}

// fd_filestat_set_size(fd, size)
func fdFilestatSetSize(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	return d.file.SetSize(int64(a[1]))
}

// timeChanges decodes atim, mtim and fst_flags.
func timeChanges(atim, mtim, flags uint64) (a, m vfs.TimeChange, errno vfs.Errno) {
	if flags&setAtim != 0 && flags&setAtimNow != 0 || flags&setMtim != 0 && flags&setMtimNow != 0 || uint32(flags) > 15 {
		return a, m, vfs.INVAL
	}
	a = vfs.TimeChange{Set: flags&(setAtim|setAtimNow) != 0, Now: flags&setAtimNow != 0, At: int64(atim)}
	m = vfs.TimeChange{Set: flags&(setMtim|setMtimNow) != 0, Now: flags&setMtimNow != 0, At: int64(mtim)}
	return a, m, vfs.Success
}

// fd_filestat_set_times(fd, atim, mtim, flags)
func fdFilestatSetTimes(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	atim, mtim, errno := timeChanges(a[1], a[2], a[3])
	if errno != vfs.Success {
		return errno
	}
	if d.readOnly {
		return vfs.ROFS
	}
	return d.file.SetTimes(atim, mtim)
}

// transfer goes through the buffers until one is not filled. An error counts
// only if nothing was transferred before it.
func transfer(h *Host, m memory, fd, list, count, out uint32, one func(vfs.File, []byte, int64) (int, vfs.Errno)) vfs.Errno {
	d, errno := h.descriptors.get(fd)
	if errno != vfs.Success {
		return errno
	}
	v, errno := m.iovecs(list, count)
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(out, 4); errno != vfs.Success {
		return errno
	}
	total := 0
	for i := range v.len() {
		b, errno := v.buffer(i)
		if errno != vfs.Success {
			return errno
		}
		// A buffer of no length still asks whether the operation is allowed.
		n, errno := one(d.file, b, int64(total))
		if errno != vfs.Success {
			if total > 0 {
				break
			}
			return errno
		}
		total += n
		if n < len(b) {
			break
		}
	}
	return m.putUint32(out, uint32(total))
}

// fd_read(fd, iovecs, count, out)
func fdRead(h *Host, m memory, a []uint64) vfs.Errno {
	return transfer(h, m, uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[3]),
		func(f vfs.File, b []byte, _ int64) (int, vfs.Errno) { return f.Read(b) })
}

// fd_write(fd, iovecs, count, out)
func fdWrite(h *Host, m memory, a []uint64) vfs.Errno {
	return transfer(h, m, uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[3]),
		func(f vfs.File, b []byte, _ int64) (int, vfs.Errno) { return f.Write(b) })
}

// fd_pread(fd, iovecs, count, off, out)
func fdPread(h *Host, m memory, a []uint64) vfs.Errno {
	off := int64(a[3])
	if off < 0 {
		return vfs.INVAL
	}
	return transfer(h, m, uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[4]),
		func(f vfs.File, b []byte, done int64) (int, vfs.Errno) {
			if off > math.MaxInt64-done {
				return 0, vfs.Success
			}
			return f.Pread(b, off+done)
		})
}

// fd_pwrite(fd, iovecs, count, off, out)
func fdPwrite(h *Host, m memory, a []uint64) vfs.Errno {
	off := int64(a[3])
	if off < 0 {
		return vfs.INVAL
	}
	return transfer(h, m, uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[4]),
		func(f vfs.File, b []byte, done int64) (int, vfs.Errno) {
			if off > math.MaxInt64-done {
				return 0, vfs.FBIG
			}
			return f.Pwrite(b, off+done)
		})
}

// fd_prestat_get(fd, out)
func fdPrestatGet(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	if d.preopen == "" {
		return vfs.BADF
	}
	return m.putPrestat(uint32(a[1]), len(d.preopen))
}

// fd_prestat_dir_name(fd, buffer, size)
func fdPrestatDirName(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	if d.preopen == "" {
		return vfs.BADF
	}
	b, errno := m.bytes(uint32(a[1]), uint32(a[2]))
	if errno != vfs.Success {
		return errno
	}
	if len(b) < len(d.preopen) {
		return vfs.NAMETOOLONG
	}
	copy(b, d.preopen)
	return vfs.Success
}

// fd_readdir(fd, buffer, size, cookie, out) fills the buffer to its last byte,
// if need be with half an entry: that is how a guest learns that there is more.
func fdReaddir(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	b, errno := m.bytes(uint32(a[1]), uint32(a[2]))
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(uint32(a[4]), 4); errno != vfs.Success {
		return errno
	}
	cookie, used := a[3], 0
	for used < len(b) {
		n, errno := d.file.ReadDir(cookie, h.dirents[:])
		if errno != vfs.Success {
			return errno
		}
		for _, e := range h.dirents[:n] {
			used += putDirent(b[used:], e)
			cookie = e.Next
		}
		if n < len(h.dirents) {
			break
		}
	}
	if used == 0 && len(b) == 0 && d.file.Kind() != vfs.Directory {
		return vfs.NOTDIR
	}
	return m.putUint32(uint32(a[4]), uint32(used))
}

// fd_renumber(from, to)
func fdRenumber(h *Host, m memory, a []uint64) vfs.Errno {
	return h.descriptors.renumber(uint32(a[0]), uint32(a[1]))
}

// fd_seek(fd, off, whence, out)
func fdSeek(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(uint32(a[3]), 8); errno != vfs.Success {
		return errno
	}
	if uint32(a[2]) > uint32(vfs.SeekEnd) {
		return vfs.INVAL
	}
	off, errno := d.file.SeekTo(int64(a[1]), vfs.Whence(a[2]))
	if errno != vfs.Success {
		return errno
	}
	return m.putUint64(uint32(a[3]), uint64(off))
}

// fd_tell(fd, out)
func fdTell(h *Host, m memory, a []uint64) vfs.Errno {
	d, errno := h.descriptors.get(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	off, errno := d.file.Tell()
	if errno != vfs.Success {
		return errno
	}
	return m.putUint64(uint32(a[1]), uint64(off))
}
