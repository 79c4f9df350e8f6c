package vfs_test

import (
	"testing"

	"pressbox/vfs"
)

func TestMaxLocks(t *testing.T) {
	tree := vfs.NewTree(vfs.Options{})
	tree.WriteFile("/a", nil)
	tree.WriteFile("/b", nil)
	root, _ := tree.OpenRoot()
	open := func(path string) vfs.File {
		h, errno := root.Open(path, vfs.OpenOptions{Read: true, Write: true})
		if errno != vfs.Success {
			t.Fatal(errno)
		}
		return h
	}
	a, b := open("a"), open("b")
	if errno := a.Lock(vfs.Lock{Mode: vfs.LockShared}); errno != vfs.Success {
		t.Fatal(errno)
	}
	// Every second byte, so that no two are one range.
	for i := range int64(vfs.MaxLocks - 1) {
		if errno := a.Lock(vfs.Lock{Mode: vfs.LockExclusive, Record: true, Off: 2 * i, Len: 1}); errno != vfs.Success {
			t.Fatalf("lock %d: %s", i, errno.Name())
		}
	}
	for name, l := range map[string]vfs.Lock{
		"a handle": {Mode: vfs.LockShared},
		"a record": {Mode: vfs.LockShared, Record: true},
	} {
		if errno := b.Lock(l); errno != vfs.NOLCK {
			t.Errorf("%s: %s, want NOLCK", name, errno.Name())
		}
	}
	// A hole makes two of one.
	a.Lock(vfs.Lock{Mode: vfs.Unlock})
	if errno := a.Lock(vfs.Lock{Mode: vfs.LockExclusive, Record: true, Off: 1 << 20, Len: 3}); errno != vfs.Success {
		t.Fatal(errno)
	}
	if errno := a.Lock(vfs.Lock{Mode: vfs.Unlock, Record: true, Off: 1<<20 + 1, Len: 1}); errno != vfs.NOLCK {
		t.Errorf("a hole: %s, want NOLCK", errno.Name())
	}
	a.Close()
	if errno := b.Lock(vfs.Lock{Mode: vfs.LockExclusive}); errno != vfs.Success {
		t.Errorf("after the handle's end: %s", errno.Name())
	}
}

func BenchmarkLock(b *testing.B) {
	tree := vfs.NewTree(vfs.Options{})
	tree.WriteFile("/a", nil)
	root, _ := tree.OpenRoot()
	h, _ := root.Open("a", vfs.OpenOptions{Read: true, Write: true})
	for _, c := range []struct {
		name string
		lock vfs.Lock
	}{
		{"handle", vfs.Lock{Mode: vfs.LockExclusive}},
		{"record", vfs.Lock{Mode: vfs.LockExclusive, Record: true, Len: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				h.Lock(c.lock)
				unlock := c.lock
				unlock.Mode = vfs.Unlock
				h.Lock(unlock)
			}
		})
	}
}
