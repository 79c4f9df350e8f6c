package hostdir_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pressbox/server/phpwasm/hostdir"
	"pressbox/vfs"
)

// open gives a sandbox beside which lies a secret.
func open(t *testing.T, readOnly bool) (vfs.File, string) {
	t.Helper()
	base := t.TempDir()
	sandbox := filepath.Join(base, "sandbox")
	for _, err := range []error{
		os.Mkdir(sandbox, 0o755),
		os.Mkdir(filepath.Join(sandbox, "d"), 0o755),
		os.WriteFile(filepath.Join(sandbox, "f"), []byte("inside"), 0o644),
		os.WriteFile(filepath.Join(base, "secret"), []byte("secret"), 0o644),
		// Links that the host made.
		os.Symlink(filepath.Join(base, "secret"), filepath.Join(sandbox, "absolute")),
		os.Symlink("../secret", filepath.Join(sandbox, "relative")),
		os.Symlink("..", filepath.Join(sandbox, "up")),
		os.Symlink("f", filepath.Join(sandbox, "good")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	dir, err := hostdir.Open(sandbox, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	root, errno := dir.OpenRoot()
	if errno != vfs.Success {
		t.Fatal(errno)
	}
	t.Cleanup(func() {
		root.Close()
		dir.Close()
		if data, _ := os.ReadFile(filepath.Join(base, "secret")); string(data) != "secret" {
			t.Errorf("the secret is now %q", data)
		}
		if entries, _ := os.ReadDir(base); len(entries) != 2 {
			t.Errorf("beside the sandbox there is now %v", entries)
		}
	})
	return root, sandbox
}

var ways = []string{
	"..", "../secret", "../sandbox/f", "d/../../secret", "/etc/passwd", "absolute", "relative", "relative/", "up", "up/", "up/secret",
	"up/sandbox/f", "up/new", "d/../up/secret",
}

// Nothing leads out: not "..", not an absolute path, not a link of the host's.
func TestOpen_staysInside(t *testing.T) {
	root, _ := open(t, false)
	for _, path := range ways {
		for _, o := range []vfs.OpenOptions{
			{Read: true, Follow: true},
			{Read: true, Write: true, Follow: true, Flags: vfs.Creat},
			{Write: true, Follow: true, Flags: vfs.Creat | vfs.Trunc},
			{Read: true, Follow: true, Flags: vfs.OpenDirectory},
		} {
			if f, errno := root.Open(path, o); errno == vfs.Success {
				t.Errorf("open %s with %+v succeeded", path, o)
				f.Close()
			}
		}
		if s, errno := root.StatAt(path, true); errno == vfs.Success {
			t.Errorf("stat %s gave %+v", path, s)
		}
		if path == "absolute" || path == "relative" || path == "up" {
			continue // what follows is about the link itself
		}
		for name, errno := range map[string]vfs.Errno{
			"mkdir":      root.Mkdir(path + "/x"),
			"unlink":     root.Unlink(path + "/secret"),
			"rename out": root.Rename("f", root, path),
			"rename in":  root.Rename(path, root, "in"),
			"link":       root.Link(path, root, "linked"),
			"symlink":    root.Symlink("f", path+"/x"),
			"times":      root.SetTimesAt(path, true, vfs.TimeChange{Set: true}, vfs.TimeChange{Set: true}),
		} {
			if errno == vfs.Success {
				t.Errorf("%s %s succeeded", name, path)
			}
		}
	}
	if _, errno := root.StatAt("up/secret", true); errno != vfs.NOTCAPABLE {
		t.Errorf("up/secret: %s, want NOTCAPABLE", errno.Name())
	}
}

// The guest makes links to leave: those that say where they lead are refused,
// and whatever was made is not followed out.
func TestSymlink_ofTheGuestStaysInside(t *testing.T) {
	root, sandbox := open(t, false)
	for _, target := range []string{"/etc", "..", "../secret", "../../x", "./../secret", "d/../../secret"} {
		if errno := root.Symlink(target, "evil"); errno != vfs.NOTCAPABLE {
			t.Errorf("symlink to %s: %s, want NOTCAPABLE", target, errno.Name())
		}
	}
	if errno := root.Symlink("../../secret", "d/evil"); errno != vfs.NOTCAPABLE {
		t.Errorf("symlink from d: %s, want NOTCAPABLE", errno.Name())
	}
	// A link that is harmless where it is made, moved to where it is not.
	if errno := root.Symlink("../f", "d/ok"); errno != vfs.Success {
		t.Fatal(errno)
	}
	if s, errno := root.StatAt("d/ok", true); errno != vfs.Success || s.Size != 6 {
		t.Errorf("d/ok: %+v, %s", s, errno.Name())
	}
	root.Mkdir("d/e")
	root.Symlink("../../f", "d/e/deep")
	for _, name := range []string{"d/ok", "d/e/deep"} {
		if errno := root.Rename(name, root, "moved"); errno != vfs.Success {
			t.Fatal(errno)
		}
		if _, errno := root.Open("moved", vfs.OpenOptions{Read: true, Follow: true}); errno == vfs.Success {
			t.Errorf("%s, moved, leads out", name)
		}
		root.Unlink("moved")
	}
	// A chain of links.
	root.Symlink("d", "l1")
	root.Symlink("l1/../../secret", "l2")
	if _, errno := root.Open("l2", vfs.OpenOptions{Read: true, Follow: true}); errno == vfs.Success {
		t.Error("l2 leads out")
	}
	// Beneath an open directory, not even to its parent.
	d, errno := root.Open("d", vfs.OpenOptions{Read: true})
	if errno != vfs.Success {
		t.Fatal(errno)
	}
	defer d.Close()
	if _, errno := d.StatAt("../f", true); errno != vfs.NOTCAPABLE {
		t.Errorf("../f beneath d: %s, want NOTCAPABLE", errno.Name())
	}
	// The directory is replaced by a link while it is open.
	os.Rename(filepath.Join(sandbox, "d"), filepath.Join(sandbox, "old"))
	os.Symlink("..", filepath.Join(sandbox, "d"))
	if _, errno := d.StatAt("secret", true); errno != vfs.NOENT {
		t.Errorf("secret beneath what was d: %s, want NOENT", errno.Name())
	}
}

func TestReadOnly(t *testing.T) {
	root, sandbox := open(t, true)
	before, _ := os.ReadDir(sandbox)
	f, errno := root.Open("f", vfs.OpenOptions{Read: true, Follow: true})
	if errno != vfs.Success {
		t.Fatal(errno)
	}
	defer f.Close()
	p := make([]byte, 10)
	if n, errno := f.Read(p); errno != vfs.Success || string(p[:n]) != "inside" {
		t.Errorf("read %q, %s", p[:n], errno.Name())
	}
	now := vfs.TimeChange{Set: true, Now: true}
	open := func(o vfs.OpenOptions) vfs.Errno {
		_, errno := root.Open("f", o)
		return errno
	}
	creat := func(path string) vfs.Errno {
		_, errno := root.Open(path, vfs.OpenOptions{Read: true, Flags: vfs.Creat})
		return errno
	}
	for name, errno := range map[string]vfs.Errno{
		"write":     open(vfs.OpenOptions{Write: true}),
		"trunc":     open(vfs.OpenOptions{Read: true, Flags: vfs.Trunc}),
		"creat":     creat("new"),
		"mkdir":     root.Mkdir("x"),
		"rmdir":     root.Rmdir("d"),
		"unlink":    root.Unlink("f"),
		"rename":    root.Rename("f", root, "g"),
		"link":      root.Link("f", root, "g"),
		"symlink":   root.Symlink("f", "g"),
		"times":     root.SetTimesAt("f", true, now, now),
		"own times": f.SetTimes(now, now),
	} {
		if errno != vfs.ROFS {
			t.Errorf("%s: %s, want ROFS", name, errno.Name())
		}
	}
	if _, errno := f.Write([]byte("x")); errno != vfs.BADF {
		t.Errorf("write to what is open for reading: %s, want BADF", errno.Name())
	}
	if errno := creat("f"); errno != vfs.Success {
		t.Errorf("creat of what is there: %s", errno.Name())
	}
	if after, _ := os.ReadDir(sandbox); len(after) != len(before) {
		t.Errorf("the folder holds %v now", after)
	}
}

// What a guest does most, and that it lands on the disk.
func TestReadWrite(t *testing.T) {
	root, sandbox := open(t, false)
	must := func(errno vfs.Errno) {
		t.Helper()
		if errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	must(root.Mkdir("a/"))
	f, errno := root.Open("a/new", vfs.OpenOptions{Read: true, Write: true, Follow: true, Flags: vfs.Creat | vfs.Excl})
	must(errno)
	f.Write([]byte("hello"))
	f.Pwrite([]byte("J"), 0)
	f.SetFlags(vfs.Append)
	f.Write([]byte("!"))
	if off, _ := f.Tell(); off != 6 {
		t.Errorf("offset %d, want 6", off)
	}
	must(f.SetTimes(vfs.TimeChange{Set: true, At: 1e9}, vfs.TimeChange{Set: true, At: 2e9 + 3000}))
	if s, _ := f.Stat(); s.Size != 6 || s.Mtim != 2e9+3000 || s.Atim != 1e9 || s.Kind != vfs.RegularFile {
		t.Errorf("stat %+v", s)
	}
	must(f.SetSize(2))
	must(f.Sync())
	must(f.Close())
	if data, _ := os.ReadFile(filepath.Join(sandbox, "a/new")); string(data) != "Je" {
		t.Errorf("file holds %q", data)
	}
	must(root.Rename("a/new", root, "a/b"))
	must(root.Link("a/b", root, "a/c"))
	must(root.SetTimesAt("a/c", true, vfs.TimeChange{}, vfs.TimeChange{Set: true, At: 5}))
	a, errno := root.Open("a", vfs.OpenOptions{Read: true, Flags: vfs.OpenDirectory})
	must(errno)
	defer a.Close()
	entries := make([]vfs.Dirent, 3)
	n, errno := a.ReadDir(0, entries)
	must(errno)
	if n != 3 || entries[0].Name != "." || entries[2].Name != "b" || entries[2].Next != 3 {
		t.Errorf("listing %v", entries[:n])
	}
	must(a.Unlink("b")) // while listing
	if n, _ := a.ReadDir(3, entries); n != 1 || entries[0].Name != "c" {
		t.Errorf("the rest of the listing %v", entries[:n])
	}
	for name, c := range map[string]struct{ got, want vfs.Errno }{
		"rmdir of a full one":    {root.Rmdir("a"), vfs.NOTEMPTY},
		"rmdir of a file":        {root.Rmdir("f"), vfs.NOTDIR},
		"rmdir of dot":           {root.Rmdir("."), vfs.INVAL},
		"unlink of a directory":  {root.Unlink("a"), vfs.ISDIR},
		"unlink with a slash":    {root.Unlink("f/"), vfs.NOTDIR},
		"rename onto itself":     {root.Rename("d", root, "d/x"), vfs.INVAL},
		"rename of what is not":  {root.Rename("no", root, "x"), vfs.NOENT},
		"rename with a slash":    {root.Rename("f", root, "x/"), vfs.NOTDIR},
		"mkdir of what is there": {root.Mkdir("a"), vfs.EXIST},
		"link of a directory":    {root.Link("a", root, "x"), vfs.PERM},
		"rename to another":      {root.Rename("f", a, "x"), vfs.XDEV},
		"a name too long":        {root.Mkdir(strings.Repeat("x", 256)), vfs.NAMETOOLONG},
		"a NUL":                  {root.Mkdir("a\x00b"), vfs.INVAL},
		"bytes that are no text": {root.Mkdir("\xff"), vfs.ILSEQ},
		"the empty path":         {root.Mkdir(""), vfs.NOENT},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got.Name(), c.want.Name())
		}
	}
	if _, errno := root.Open("good", vfs.OpenOptions{Read: true}); errno != vfs.LOOP {
		t.Errorf("a link that is not followed: %s, want LOOP", errno.Name())
	}
	if n, _ := root.Readlink("good", make([]byte, 9)); n != 1 {
		t.Errorf("readlink gave %d bytes", n)
	}
	must(a.Unlink("c"))
	must(root.Rmdir("a/"))
}

// What is renamed takes the place of what rename(2) lets it.
func TestRename_replaces(t *testing.T) {
	root, path := open(t, false)
	for _, errno := range []vfs.Errno{root.Mkdir("full"), root.Mkdir("full/in"), root.Mkdir("empty"), root.Mkdir("moved"), root.Mkdir("moved/in")} {
		if errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	for _, c := range []struct {
		old, new string
		want     vfs.Errno
	}{
		{"moved", "full", vfs.NOTEMPTY},
		{"moved/in", "moved", vfs.NOTEMPTY},
		{"moved", "moved/in", vfs.INVAL},
		{"moved", "moved", vfs.Success},
		{"moved", "f", vfs.NOTDIR},
		{"f", "empty", vfs.ISDIR},
		{"good", "empty", vfs.ISDIR},
		{"moved", "good", vfs.NOTDIR},
		{"moved", "empty", vfs.Success},
		{"f", "good", vfs.Success},
	} {
		if got := root.Rename(c.old, root, c.new); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.old, c.new, got.Name(), c.want.Name())
		}
	}
	if _, err := os.Stat(filepath.Join(path, "empty", "in")); err != nil {
		t.Error(err)
	}
	if data, _ := os.ReadFile(filepath.Join(path, "good")); string(data) != "inside" {
		t.Errorf("good holds %q", data)
	}
}
