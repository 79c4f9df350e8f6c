package vfs_test

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"testing"

	"pressbox/vfs"
)

// model is a file system as a map: no inodes, no links, no order. It knows
// only plain names beneath the root.
type model map[string]string // path → contents; a directory ends in "/"

func (m model) isDir(p string) bool { _, ok := m[p+"/"]; return ok || p == "." }
func (m model) isFile(p string) bool {
	_, ok := m[p]
	return ok
}
func (m model) exists(p string) bool { return m.isDir(p) || m.isFile(p) }
func (m model) empty(p string) bool {
	for other := range m {
		if strings.HasPrefix(other, p+"/") && other != p+"/" {
			return false
		}
	}
	return true
}

// parent says why p cannot be made or found.
func (m model) parent(p string) vfs.Errno {
	dir := path.Dir(p)
	for _, prefix := range prefixes(dir) {
		if m.isFile(prefix) {
			return vfs.NOTDIR
		}
		if !m.isDir(prefix) {
			return vfs.NOENT
		}
	}
	return vfs.Success
}

func prefixes(p string) []string {
	if p == "." {
		return nil
	}
	return append(prefixes(path.Dir(p)), p)
}

func (m model) mkdir(p string) vfs.Errno {
	if errno := m.parent(p); errno != 0 {
		return errno
	}
	if m.exists(p) {
		return vfs.EXIST
	}
	m[p+"/"] = ""
	return 0
}

func (m model) write(p, data string) vfs.Errno {
	if errno := m.parent(p); errno != 0 {
		return errno
	}
	if m.isDir(p) {
		return vfs.ISDIR
	}
	m[p] = data
	return 0
}

func (m model) unlink(p string) vfs.Errno {
	if errno := m.parent(p); errno != 0 {
		return errno
	}
	if m.isDir(p) {
		return vfs.ISDIR
	}
	if !m.isFile(p) {
		return vfs.NOENT
	}
	delete(m, p)
	return 0
}

func (m model) rmdir(p string) vfs.Errno {
	if errno := m.parent(p); errno != 0 {
		return errno
	}
	switch {
	case m.isFile(p):
		return vfs.NOTDIR
	case !m.isDir(p):
		return vfs.NOENT
	case !m.empty(p):
		return vfs.NOTEMPTY
	}
	delete(m, p+"/")
	return 0
}

func (m model) rename(a, b string) vfs.Errno {
	if errno := m.parent(a); errno != 0 {
		return errno
	}
	if errno := m.parent(b); errno != 0 {
		return errno
	}
	switch {
	case !m.exists(a):
		return vfs.NOENT
	case a == b:
		return 0
	case m.isDir(a) && strings.HasPrefix(b+"/", a+"/"):
		return vfs.INVAL
	case m.isDir(a) && m.isFile(b):
		return vfs.NOTDIR
	case m.isFile(a) && m.isDir(b):
		return vfs.ISDIR
	case m.isDir(b) && !m.empty(b):
		return vfs.NOTEMPTY
	}
	if m.isFile(a) {
		m[b] = m[a]
		delete(m, a)
		return 0
	}
	for p, data := range m {
		if strings.HasPrefix(p, a+"/") {
			delete(m, p)
			m[b+strings.TrimPrefix(p, a)] = data
		}
	}
	return 0
}

func (m model) list() string {
	var paths []string
	for p, data := range m {
		if strings.HasSuffix(p, "/") {
			p = strings.TrimSuffix(p, "/")
		} else {
			data = "=" + data
		}
		paths = append(paths, "/"+p+data)
	}
	sort.Strings(paths)
	return strings.Join(paths, "\n")
}

func list(t *testing.T, tree *vfs.Tree) string {
	var paths []string
	tree.Walk(func(p string, s vfs.Stat) error {
		if s.Kind == vfs.RegularFile {
			data, errno := tree.ReadFile(p)
			if errno != vfs.Success {
				t.Fatalf("read %s: %v", p, errno)
			}
			p += "=" + string(data)
		}
		paths = append(paths, p)
		return nil
	})
	sort.Strings(paths)
	return strings.Join(paths, "\n")
}

// FuzzOperations runs the same operations on a Tree and on the model; half way
// the tree is frozen and goes on as an Overlay, whose Changes must then lead
// from the lower to it.
func FuzzOperations(f *testing.F) {
	f.Add([]byte("\x00\x00\x01\x01\x02\x02\x03\x03\x04\x04"))
	f.Add([]byte("mkdir and rename and so on, over and over again, until something breaks"))
	f.Add([]byte{0, 1, 0, 0, 13, 0, 1, 25, 7, 4, 1, 2, 255, 0, 0, 4, 2, 1, 3, 25, 0, 2, 13, 0, 1, 25, 9})
	names := []string{"a", "b", "c", "a/a", "a/b", "b/a", "b/c", "a/a/a", "a/b/c", "b/a/a", "c/a", "b/c/a/a"}
	f.Fuzz(func(t *testing.T, program []byte) {
		tree := vfs.NewTree(vfs.Options{})
		m := model{}
		var lower *vfs.Tree
		for i := 0; i+2 < len(program); i += 3 {
			if program[i] == 255 && lower == nil {
				lower = tree
				tree = vfs.NewOverlay(lower, vfs.Options{})
			}
			root, _ := tree.OpenRoot()
			a, b := names[int(program[i+1])%len(names)], names[int(program[i+2])%len(names)]
			var got, want vfs.Errno
			var did string
			switch program[i] % 5 {
			case 0:
				did, got, want = "mkdir "+a, root.Mkdir(a), m.mkdir(a)
			case 1:
				data := fmt.Sprint(program[i+2])
				did, got, want = "write "+a, tree.WriteFile("/"+a, []byte(data)), m.write(a, data)
			case 2:
				did, got, want = "unlink "+a, root.Unlink(a), m.unlink(a)
			case 3:
				did, got, want = "rmdir "+a, root.Rmdir(a), m.rmdir(a)
			case 4:
				did, got, want = "rename "+a+" "+b, root.Rename(a, root, b), m.rename(a, b)
			}
			root.Close()
			if got != want {
				t.Fatalf("step %d, %s: got %s, want %s", i/3, did, got.Name(), want.Name())
			}
		}
		if got, want := list(t, tree), m.list(); got != want {
			t.Fatalf("tree:\n%s\nmodel:\n%s", got, want)
		}
		if lower == nil {
			return
		}
		// Applying the changes to another overlay gives the same tree.
		again := vfs.NewOverlay(lower, vfs.Options{})
		for _, c := range tree.Changes() {
			var errno vfs.Errno
			switch {
			case c.Op == vfs.Removed:
				errno = again.RemoveAll(c.Path)
			case c.Kind == vfs.Directory:
				errno = again.MkdirAll(c.Path)
			default:
				data, _ := tree.ReadFile(c.Path)
				errno = again.WriteFile(c.Path, data)
			}
			if errno != vfs.Success {
				t.Fatalf("apply %s %s: %v", c.Op, c.Path, errno)
			}
		}
		if got, want := list(t, again), list(t, tree); got != want {
			t.Fatalf("changes applied:\n%s\nwant:\n%s", got, want)
		}
		if bytes, inodes := tree.Used(); bytes < 0 || inodes < 0 {
			t.Fatalf("used %d bytes, %d inodes", bytes, inodes)
		}
	})
}

// FuzzPath looks for a path that leaves its directory, and for a panic.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"a/b", "..", "a/../..", "link/x", "up/x", "a//b/", "./a/.", "\x00", "\xff", "link/../..", "loop"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, target, p string) {
		tree := vfs.NewTree(vfs.Options{})
		tree.MkdirAll("/base/a/b")
		tree.WriteFile("/secret", []byte("secret"))
		root, _ := tree.OpenRoot()
		base, _ := root.Open("base", vfs.OpenOptions{Read: true})
		base.Symlink(target, "link")
		base.Symlink("link/"+target, "a/link")
		base.Symlink("..", "up")
		base.Symlink("loop", "loop")
		secret, _ := tree.Stat("/secret")
		for _, follow := range []bool{true, false} {
			if s, errno := base.StatAt(p, follow); errno == vfs.Success && (s.Ino == secret.Ino || s.Ino == 1) {
				t.Fatalf("target %q, path %q: left the directory", target, p)
			}
		}
		base.Mkdir(p)
		if h, errno := base.Open(p, vfs.OpenOptions{Flags: vfs.Creat, Write: true, Follow: true}); errno == vfs.Success {
			h.Write([]byte("x"))
			h.Close()
		}
		base.Symlink("x", p)
		base.Link("a", base, p)
		base.Rename(p, base, "a/moved")
		base.Unlink(p)
		base.Rmdir(p)
		if entries, errno := tree.ReadDir("/"); errno != vfs.Success || len(entries) != 2 {
			t.Fatalf("target %q, path %q: root holds %v", target, p, entries)
		}
		if data, _ := tree.ReadFile("/secret"); string(data) != "secret" {
			t.Fatalf("target %q, path %q: secret is %q", target, p, data)
		}
	})
}
