package wasi

// Space: what php/posix/space.c asks for by fd_advise, since preview 1 cannot
// say how much room there is. Twin of wasmjs/wasi/space.ts.
//
// The offset says by bit 61 that it is none; the rest of it is 0 for what is
// free and 1 for all there is. NOSPC says that so many bytes do not fit.

import "pressbox/vfs"

const (
	spaceMark  = 1 << 61
	spaceFree  = 0
	spaceTotal = 1
)

// isSpace reports whether advice is a question about space.
func isSpace(off uint64, advice uint32) bool { return off>>61 == 1 && advice == 0 }

func space(file vfs.File, off, size uint64) vfs.Errno {
	free, total, errno := file.Space()
	if errno != vfs.Success {
		return errno
	}
	var room int64
	switch off &^ spaceMark {
	case spaceFree:
		room = free
	case spaceTotal:
		room = total
	default:
		return vfs.INVAL
	}
	if size > uint64(room) {
		return vfs.NOSPC
	}
	return vfs.Success
}
