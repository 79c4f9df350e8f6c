package wasi

// The process: there is one, and all it can do is end. Twin of
// wasmjs/wasi/proc.ts.

import "pressbox/vfs"

// proc_exit(code) ends the call by a panic, which wazero turns into the error
// of the call. The module stays open: its instance may be restored.
func procExit(h *Host, m memory, a []uint64) vfs.Errno {
	panic(&ExitError{uint32(a[0])})
}

// proc_raise(signal): there are no signals.
func procRaise(h *Host, m memory, a []uint64) vfs.Errno { return vfs.NOTSUP }

// sched_yield: there is nobody to yield to.
func schedYield(h *Host, m memory, a []uint64) vfs.Errno { return vfs.Success }

// sock_accept, sock_recv, sock_send, sock_shutdown: no descriptor is a socket.
func sock(h *Host, m memory, a []uint64) vfs.Errno {
	if _, errno := h.descriptors.get(uint32(a[0])); errno != vfs.Success {
		return errno
	}
	return vfs.NOTSOCK
}
