package phpwasm

import "testing"

// A guest may look at its memory's address and length at any moment while they
// are taken from it: both must fit together as they were and as they will be.
func TestGuestMemory_cutStaysInPlace(t *testing.T) {
	m := &guestMemory{}
	m.Allocate(0, 1<<20)
	defer m.Free()
	before := m.Reallocate(1 << 16)
	m.cut.Store(true)
	after := m.Reallocate(1 << 17)
	if len(after) != 1 || &after[0] != &before[0] {
		t.Errorf("%d bytes are left, want the first", len(after))
	}
}
