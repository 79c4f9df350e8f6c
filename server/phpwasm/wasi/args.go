package wasi

// Arguments and environment: two lists of C strings. Twin of
// wasmjs/wasi/args.ts.

import "pressbox/vfs"

// args_sizes_get(count, size)
func argsSizesGet(h *Host, m memory, a []uint64) vfs.Errno { return putSizes(h.args, m, a) }

// args_get(pointers, buffer)
func argsGet(h *Host, m memory, a []uint64) vfs.Errno {
	return m.putStrings(h.args, uint32(a[0]), uint32(a[1]))
}

// environ_sizes_get(count, size)
func environSizesGet(h *Host, m memory, a []uint64) vfs.Errno { return putSizes(h.env, m, a) }

// environ_get(pointers, buffer)
func environGet(h *Host, m memory, a []uint64) vfs.Errno {
	return m.putStrings(h.env, uint32(a[0]), uint32(a[1]))
}

func putSizes(list []string, m memory, a []uint64) vfs.Errno {
	if errno := m.putUint32(uint32(a[0]), uint32(len(list))); errno != vfs.Success {
		return errno
	}
	return m.putUint32(uint32(a[1]), stringsSize(list))
}
