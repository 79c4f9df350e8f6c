package wasi

// poll_oneoff: waiting. Files and streams are always ready; what remains is
// sleeping. Twin of wasmjs/wasi/poll.ts.

import (
	"math"

	"pressbox/vfs"
)

// poll_oneoff(subscriptions, events, count, stored)
//
// If any descriptor is asked for, nothing sleeps: the descriptors' events come,
// and those of the clocks whose time is over. Otherwise the guest sleeps until
// the first clock, and the events of the clocks that are then over come.
func pollOneoff(h *Host, m memory, a []uint64) vfs.Errno {
	p, errno := m.polls(uint32(a[0]), uint32(a[1]), uint32(a[2]))
	if errno != vfs.Success {
		return errno
	}
	if _, errno := m.bytes(uint32(a[3]), 4); errno != vfs.Success {
		return errno
	}
	ready := false
	shortest := int64(math.MaxInt64)
	waits := make([]int64, p.len()) // until each clock; negative: no clock
	for i := range waits {
		waits[i] = -1
		s := p.subscription(i)
		if s.tag != eventClock || s.clock > clockLast {
			ready = true
			continue
		}
		wait := int64(min(s.timeout, math.MaxInt64))
		if s.absolute {
			now, _ := h.readClock(s.clock)
			wait = max(0, wait-now)
		}
		waits[i] = wait
		shortest = min(shortest, wait)
	}
	if ready {
		shortest = 0
	}
	if shortest > 0 {
		h.clock.Sleep(shortest, h.done)
	}
	events := 0
	for i, wait := range waits {
		s := p.subscription(i)
		switch {
		case wait >= 0:
			if wait <= shortest {
				p.putEvent(events, s, vfs.Success, 0)
				events++
			}
		case s.tag == eventFdRead || s.tag == eventFdWrite:
			size, errno := h.readyBytes(s)
			p.putEvent(events, s, errno, size)
			events++
		default: // an unknown clock or an unknown kind
			p.putEvent(events, s, vfs.INVAL, 0)
			events++
		}
	}
	return m.putUint32(uint32(a[3]), uint32(events))
}

// readyBytes says how much can be read or written at once.
func (h *Host) readyBytes(s subscription) (uint64, vfs.Errno) {
	d, errno := h.descriptors.get(s.fd)
	if errno != vfs.Success {
		return 0, errno
	}
	if d.file.Kind() == vfs.RegularFile && s.tag == eventFdRead {
		stat, _ := d.file.Stat()
		off, _ := d.file.Tell()
		return uint64(max(0, stat.Size-off)), vfs.Success
	}
	return 1, vfs.Success
}
