package vfs_test

import (
	"fmt"
	"sync"
	"testing"

	"pressbox/vfs"
)

// The numbers are part of the ABI: a change here is a bug.
func TestErrno_numbers(t *testing.T) {
	for _, c := range []struct {
		errno vfs.Errno
		want  uint16
	}{
		{vfs.Success, 0}, {vfs.ACCES, 2}, {vfs.BADF, 8}, {vfs.EXIST, 20}, {vfs.FAULT, 21}, {vfs.FBIG, 22},
		{vfs.ILSEQ, 25}, {vfs.INVAL, 28}, {vfs.IO, 29}, {vfs.ISDIR, 31}, {vfs.LOOP, 32}, {vfs.MFILE, 33},
		{vfs.NAMETOOLONG, 37}, {vfs.NOENT, 44}, {vfs.NOSPC, 51}, {vfs.NOSYS, 52}, {vfs.NOTDIR, 54},
		{vfs.NOTEMPTY, 55}, {vfs.NOTSOCK, 57}, {vfs.NOTSUP, 58}, {vfs.OVERFLOW, 61}, {vfs.PERM, 63}, {vfs.ROFS, 69},
		{vfs.SPIPE, 70}, {vfs.XDEV, 75}, {vfs.NOTCAPABLE, 76},
	} {
		if uint16(c.errno) != c.want {
			t.Errorf("%s = %d, want %d", c.errno.Name(), c.errno, c.want)
		}
	}
	if got := vfs.Errno(77).Error(); got != "error 77" {
		t.Errorf("unknown errno says %q", got)
	}
}

// Listing a large directory, removing as it goes, must not be quadratic and
// must meet every name once.
func TestReadDir_removesWhileListing(t *testing.T) {
	const names = 10_000
	tree := vfs.NewTree(vfs.Options{})
	tree.MkdirAll("/d")
	for i := range names {
		tree.WriteFile(fmt.Sprintf("/d/%05d", i), nil)
	}
	overlay := vfs.NewOverlay(tree, vfs.Options{})
	root, _ := overlay.OpenRoot()
	dir, _ := root.Open("d", vfs.OpenOptions{Read: true})
	entries := make([]vfs.Dirent, 100)
	seen := 0
	for cookie := uint64(2); ; {
		n, errno := dir.ReadDir(cookie, entries)
		if errno != vfs.Success {
			t.Fatal(errno)
		}
		for _, e := range entries[:n] {
			if want := fmt.Sprintf("%05d", seen); e.Name != want {
				t.Fatalf("name %d is %s, want %s", seen, e.Name, want)
			}
			seen++
			cookie = e.Next
			if errno := dir.Unlink(e.Name); errno != vfs.Success {
				t.Fatal(errno)
			}
		}
		if n < len(entries) {
			break
		}
	}
	if seen != names {
		t.Errorf("saw %d names, want %d", seen, names)
	}
	if entries, _ := tree.ReadDir("/d"); len(entries) != names {
		t.Errorf("the lower lists %d names, want %d", len(entries), names)
	}
}

// Two overlays of one lower never see each other.
func TestOverlay_isolation(t *testing.T) {
	lower := vfs.NewTree(vfs.Options{})
	lower.WriteFile("/f", []byte("lower"))
	a, b := vfs.NewOverlay(lower, vfs.Options{}), vfs.NewOverlay(lower, vfs.Options{})
	root, _ := a.OpenRoot()
	h, _ := root.Open("f", vfs.OpenOptions{Read: true, Write: true})
	h.Write([]byte("A"))
	a.WriteFile("/a", nil)
	if data, _ := b.ReadFile("/f"); string(data) != "lower" {
		t.Errorf("the other overlay reads %q", data)
	}
	if data, _ := lower.ReadFile("/f"); string(data) != "lower" {
		t.Errorf("the lower reads %q", data)
	}
	if _, errno := b.Stat("/a"); errno != vfs.NOENT {
		t.Errorf("the other overlay finds the new file: %v", errno)
	}
	// An overlay may be a lower itself.
	c := vfs.NewOverlay(a, vfs.Options{})
	if data, _ := c.ReadFile("/f"); string(data) != "Aower" {
		t.Errorf("an overlay above it reads %q", data)
	}
	c.WriteFile("/f", []byte("C"))
	if changes := c.Changes(); len(changes) != 1 || changes[0].Path != "/f" {
		t.Errorf("changes %v", changes)
	}
	if data, _ := a.ReadFile("/f"); string(data) != "Aower" {
		t.Errorf("the overlay below reads %q", data)
	}
	if _, errno := h.Write([]byte("x")); errno != vfs.ROFS {
		t.Errorf("writing below an overlay: %v, want ROFS", errno)
	}
	if errno := h.Close(); errno != vfs.Success {
		t.Errorf("close: %v", errno)
	}
}

// What a guest holds is bounded by what it is charged for.
func TestLimits_shrinkingFreesMemory(t *testing.T) {
	tree := vfs.NewTree(vfs.Options{Limits: vfs.Limits{Bytes: 1 << 20}})
	root, _ := tree.OpenRoot()
	for i := range 100 {
		h, errno := root.Open(fmt.Sprint(i), vfs.OpenOptions{Flags: vfs.Creat, Write: true})
		if errno != vfs.Success {
			t.Fatal(errno)
		}
		if errno := h.SetSize(1 << 19); errno != vfs.Success {
			t.Fatalf("file %d: %v", i, errno)
		}
		if errno := h.SetSize(1); errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	if bytes, inodes := tree.Used(); bytes != 100 || inodes != 100 {
		t.Errorf("used %d, %d", bytes, inodes)
	}
}

// Hammer: many overlays of one lower, and one tree used by several goroutines.
// The race detector is the judge.
func TestOverlay_hammer(t *testing.T) {
	lower := vfs.NewTree(vfs.Options{})
	for i := range 50 {
		lower.MkdirAll(fmt.Sprintf("/d%d", i%5))
		lower.WriteFile(fmt.Sprintf("/d%d/%d", i%5, i), []byte("lower"))
	}
	shared := vfs.NewOverlay(lower, vfs.Options{})
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			tree := shared
			if g%2 == 0 {
				tree = vfs.NewOverlay(lower, vfs.Options{})
			}
			root, _ := tree.OpenRoot()
			defer root.Close()
			for i := range 200 {
				path := fmt.Sprintf("d%d/%d", i%5, i%50)
				if h, errno := root.Open(path, vfs.OpenOptions{Read: true, Write: true}); errno == vfs.Success {
					h.Write([]byte("x"))
					h.Pread(make([]byte, 10), 0)
					h.Close()
				}
				tree.ReadFile("/" + path)
				root.Unlink(path)
				tree.WriteFile("/"+path, []byte("again"))
				lower.ReadFile("/" + path)
				if i%50 == 0 {
					tree.Changes()
				}
			}
		})
	}
	wait.Wait()
}

func benchTree() vfs.File {
	lower := vfs.NewTree(vfs.Options{})
	lower.MkdirAll("/wordpress/wp-includes/blocks")
	for i := range 1000 {
		lower.WriteFile(fmt.Sprintf("/wordpress/wp-includes/file-%d.php", i), []byte("<?php"))
	}
	root, _ := vfs.NewOverlay(lower, vfs.Options{}).OpenRoot()
	return root
}

func TestStatAt_allocatesNothing(t *testing.T) {
	root := benchTree()
	h, _ := root.Open("wordpress/wp-includes/file-7.php", vfs.OpenOptions{Read: true})
	p := make([]byte, 16)
	for name, f := range map[string]func(){
		"StatAt":         func() { root.StatAt("wordpress/wp-includes/file-500.php", true) },
		"StatAt missing": func() { root.StatAt("wordpress/wp-includes/missing.php", true) },
		"Stat":           func() { h.Stat() },
		"Pread":          func() { h.Pread(p, 0) },
	} {
		if allocs := testing.AllocsPerRun(100, f); allocs != 0 {
			t.Errorf("%s allocates %v times", name, allocs)
		}
	}
}

func BenchmarkStatAt(b *testing.B) {
	root := benchTree()
	b.ReportAllocs()
	for b.Loop() {
		root.StatAt("wordpress/wp-includes/file-500.php", true)
	}
}

func BenchmarkOpenReadClose(b *testing.B) {
	root := benchTree()
	p := make([]byte, 16)
	b.ReportAllocs()
	for b.Loop() {
		h, _ := root.Open("wordpress/wp-includes/file-500.php", vfs.OpenOptions{Read: true, Follow: true})
		h.Read(p)
		h.Close()
	}
}

func BenchmarkAppend(b *testing.B) {
	tree := vfs.NewTree(vfs.Options{})
	root, _ := tree.OpenRoot()
	h, _ := root.Open("log", vfs.OpenOptions{Flags: vfs.Creat, Write: true, FdFlags: vfs.Append})
	line := make([]byte, 200)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, errno := h.Write(line); errno != vfs.Success {
			h.SetSize(0)
		}
	}
}

func BenchmarkNewOverlay(b *testing.B) {
	lower := vfs.NewTree(vfs.Options{})
	for i := range 3000 {
		lower.WriteFile(fmt.Sprint("/", i), nil)
	}
	b.ReportAllocs()
	for b.Loop() {
		vfs.NewOverlay(lower, vfs.Options{})
	}
}
