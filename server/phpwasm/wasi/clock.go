package wasi

// Clocks. Twin of wasmjs/wasi/clock.ts.

import (
	"time"

	"pressbox/vfs"
)

// Clock is a guest's source of time.
type Clock interface {
	// Realtime is nanoseconds since the epoch.
	Realtime() int64
	// Monotonic is nanoseconds since some beginning, and never goes back.
	Monotonic() int64
	// Sleep waits, or returns early when done is closed.
	Sleep(ns int64, done <-chan struct{})
}

// SystemClock is the machine's clock.
func SystemClock() Clock { return systemClock{time.Now()} }

type systemClock struct{ start time.Time }

func (c systemClock) Realtime() int64  { return time.Now().UnixNano() }
func (c systemClock) Monotonic() int64 { return int64(time.Since(c.start)) }
func (c systemClock) Sleep(ns int64, done <-chan struct{}) {
	timer := time.NewTimer(time.Duration(ns))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	}
}

// FixedClock starts at start (nanoseconds since the epoch) and advances by
// step after each reading, of whichever kind: the first gives start, or 0 if
// it is monotonic. Sleeping takes no time and advances it by what was asked.
func FixedClock(start, step int64) Clock { return &fixedClock{start: start, step: step} }

type fixedClock struct{ start, step, now int64 }

func (c *fixedClock) Realtime() int64 { return c.start + c.Monotonic() }
func (c *fixedClock) Monotonic() int64 {
	now := c.now
	c.now += c.step
	return now
}
func (c *fixedClock) Sleep(ns int64, _ <-chan struct{}) { c.now += ns }

func (h *Host) readClock(id uint32) (int64, vfs.Errno) {
	switch {
	case id == clockRealtime:
		return h.clock.Realtime(), vfs.Success
	case id <= clockLast:
		return h.clock.Monotonic(), vfs.Success
	}
	return 0, vfs.INVAL
}

func clockResGet(h *Host, m memory, a []uint64) vfs.Errno {
	if uint32(a[0]) > clockLast {
		return vfs.INVAL
	}
	return m.putUint64(uint32(a[1]), 1)
}

// clock_time_get(id, precision, out)
func clockTimeGet(h *Host, m memory, a []uint64) vfs.Errno {
	if _, errno := m.bytes(uint32(a[2]), 8); errno != vfs.Success {
		return errno
	}
	now, errno := h.readClock(uint32(a[0]))
	if errno != vfs.Success {
		return errno
	}
	return m.putUint64(uint32(a[2]), uint64(now))
}
