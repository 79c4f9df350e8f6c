package wasi

// Random sources. Twin of wasmjs/wasi/random.ts.

import (
	"crypto/rand"
	"math/bits"

	"pressbox/vfs"
)

// Random is a guest's source of random bytes.
type Random interface {
	Fill(p []byte)
}

// SystemRandom is the machine's random source.
func SystemRandom() Random { return systemRandom{} }

type systemRandom struct{}

func (systemRandom) Fill(p []byte) { rand.Read(p) } // never fails

// SeededRandom gives the same bytes for the same seed, for comparing two
// hosts: xoshiro128** whose four words come from splitmix32, its outputs as
// little-endian bytes. No byte is dropped, however the calls cut them.
func SeededRandom(seed uint32) Random {
	r := &seededRandom{}
	for i := range r.state {
		seed += 0x9e3779b9
		z := seed
		z = (z ^ z>>16) * 0x21f0aaad
		z = (z ^ z>>15) * 0x735a2d97
		r.state[i] = z ^ z>>15
	}
	return r
}

type seededRandom struct {
	state [4]uint32
	rest  uint32 // bytes of the last output that were not given out
	left  int
}

func (r *seededRandom) next() uint32 {
	s := &r.state
	result := bits.RotateLeft32(s[1]*5, 7) * 9
	t := s[1] << 9
	s[2] ^= s[0]
	s[3] ^= s[1]
	s[1] ^= s[2]
	s[0] ^= s[3]
	s[2] ^= t
	s[3] = bits.RotateLeft32(s[3], 11)
	return result
}

func (r *seededRandom) Fill(p []byte) {
	for i := range p {
		if r.left == 0 {
			r.rest, r.left = r.next(), 4
		}
		p[i] = byte(r.rest)
		r.rest >>= 8
		r.left--
	}
}

// random_get(buffer, size)
func randomGet(h *Host, m memory, a []uint64) vfs.Errno {
	b, errno := m.bytes(uint32(a[0]), uint32(a[1]))
	if errno == vfs.Success {
		h.random.Fill(b)
	}
	return errno
}
