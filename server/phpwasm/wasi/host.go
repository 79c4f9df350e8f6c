// Package wasi is the WASI preview 1 host of a guest. Skeleton: signatures.
package wasi

import "pressbox/vfs"

// Clock is a guest's source of time.
type Clock interface {
	Realtime() int64  // nanoseconds since the epoch
	Monotonic() int64 // nanoseconds since some beginning
	Sleep(ns int64)
}

// Random is a guest's source of random bytes.
type Random interface {
	Fill(p []byte)
}

// Preopen is a root handed to the guest before start.
type Preopen struct {
	GuestPath string
	FS        vfs.FS
	ReadOnly  bool
}

// Limits bound what a guest may use of its host.
type Limits struct {
	Descriptors int   // default 1024; MFILE
	OutputBytes int64 // default 64 MiB on fd 1 and fd 2 together
}

// SystemClock is the machine's clock.
func SystemClock() Clock { return nil }

// FixedClock starts at start and advances by step at each reading.
func FixedClock(start, step int64) Clock { return nil }

// SystemRandom is the machine's random source.
func SystemRandom() Random { return nil }

// SeededRandom is xoshiro128** seeded by splitmix32, as little-endian bytes.
func SeededRandom(seed uint32) Random { return nil }
