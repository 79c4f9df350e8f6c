package phpwasm

import (
	"sync/atomic"

	"github.com/tetratelabs/wazero/experimental"
)

// guestMemory is the linear memory of one instance: all of its limit reserved
// at once, so that it never moves and growing copies nothing. Go's collector
// does not see it.
type guestMemory struct {
	all []byte
	cut atomic.Bool // see cutOff
	err error
}

var _ experimental.MemoryAllocator = (*guestMemory)(nil)
var _ experimental.LinearMemory = (*guestMemory)(nil)

// Allocate implements experimental.MemoryAllocator.
func (m *guestMemory) Allocate(_, limit uint64) experimental.LinearMemory {
	// A module that is refused never runs; its memory must still be one.
	if m.all, m.err = reserve(int(limit)); m.err != nil {
		m.all = make([]byte, limit)
	}
	return m
}

// Reallocate implements experimental.LinearMemory.
func (m *guestMemory) Reallocate(size uint64) []byte {
	if m.cut.Load() {
		// Not nothing: wazero then tells the running guest an address of 0
		// before it tells the length, and an access between the two ends this
		// program instead of the guest.
		return m.all[:1]
	}
	if size > uint64(len(m.all)) {
		return nil
	}
	return m.all[:size:size]
}

// Free implements experimental.LinearMemory.
func (m *guestMemory) Free() {
	if m.err == nil && m.all != nil {
		giveBack(m.all)
	}
	m.all = nil
}
