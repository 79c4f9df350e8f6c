package snapshots

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pressbox/vfs"
)

// site returns a small tree: what WordPress has of every kind.
func site(t testing.TB) *vfs.Tree {
	t.Helper()
	tree := vfs.NewTree(vfs.Options{Now: func() int64 { return 42 }})
	for _, entry := range []vfs.Entry{
		{Path: "/wordpress", Kind: vfs.Directory, Mtim: 1},
		{Path: "/tmp", Kind: vfs.Directory, Mtim: 2}, // not in order: Write sorts
		{Path: "/wordpress/z.css", Kind: vfs.RegularFile, Mtim: 3, Data: []byte("a{}")},
		{Path: "/wordpress/index.php", Kind: vfs.RegularFile, Mtim: 1_700_000_000_123_456_789, Data: []byte("<?php")},
		{Path: "/wordpress/copy.php", Kind: vfs.RegularFile, Mtim: 5, Data: []byte("<?php")},
		{Path: "/wordpress/empty", Kind: vfs.RegularFile, Mtim: 6},
		{Path: "/wordpress/a", Kind: vfs.Directory, Mtim: 7},
		{Path: "/wordpress/a-b.js", Kind: vfs.RegularFile, Mtim: 8, Data: []byte("a{}")}, // equal to z.css
		{Path: "/wordpress/a/ü.json", Kind: vfs.RegularFile, Mtim: 9, Data: []byte("{}")},
		{Path: "/wordpress/a/link", Kind: vfs.SymbolicLink, Mtim: 10, Link: "../index.php"},
	} {
		if errno := tree.Add(entry); errno != vfs.Success {
			t.Fatalf("add %s: %v", entry.Path, errno)
		}
	}
	return tree
}

var metadata = Metadata{
	Admin:     Admin{User: "admin", Password: "pa<&>ss"},
	Plugins:   map[string]string{"b": "2", "a": "1"},
	Title:     "A site",
	WordPress: "7.1",
}

func pack(t testing.TB, tree *vfs.Tree) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(&b, tree, metadata); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWrite_listing(t *testing.T) {
	s, err := Decode(pack(t, site(t)))
	if err != nil {
		t.Fatal(err)
	}
	got := []byte("snapshot " + s.Digest().String() + "\n" + strings.Join(listing(s.Manifest()), "\n") + "\n")
	const golden = "testdata/listing.txt"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("listing is\n%s\nwant\n%s", got, want)
	}
}

func TestWrite_sameTreeSameBytes(t *testing.T) {
	first := pack(t, site(t))
	if !bytes.Equal(first, pack(t, site(t))) {
		t.Error("packing the same tree twice gives different bytes")
	}
	s, err := Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := s.Tree()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, pack(t, tree)) {
		t.Error("packing a snapshot's tree gives another snapshot")
	}
	overlay := vfs.NewOverlay(tree, vfs.Options{Now: func() int64 { return 99 }})
	if errno := overlay.AddDevices(); errno != vfs.Success {
		t.Fatal(errno)
	}
	if errno := overlay.WriteFile("/tmp/x", []byte("x")); errno != vfs.Success {
		t.Fatal(errno)
	}
	changed, err := Decode(pack(t, overlay))
	if err != nil {
		t.Fatal(err)
	}
	if changed.Digest() == s.Digest() {
		t.Error("a changed tree has the digest of the unchanged one")
	}
	for _, entry := range changed.Manifest().Entries {
		if entry.Kind == vfs.CharacterDevice {
			t.Errorf("the device %s was packed", entry.Path)
		}
	}
}

func TestSnapshot_treeIsWhatWasPacked(t *testing.T) {
	want := site(t)
	path := filepath.Join(t.TempDir(), "site.snap")
	digest, err := WriteFile(path, want, metadata)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if s.Digest() != digest {
		t.Errorf("Open has digest %v, WriteFile returned %v", s.Digest(), digest)
	}
	if err := s.Verify(); err != nil {
		t.Errorf("Verify = %v", err)
	}
	if got := s.Manifest().Metadata; !reflect.DeepEqual(got, metadata) {
		t.Errorf("Metadata = %+v, want %+v", got, metadata)
	}
	got, err := s.Tree()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := describe(t, got), describe(t, want); a != b {
		t.Errorf("the tree is\n%s\nwant\n%s", a, b)
	}
	if errno := got.WriteFile("/tmp/x", nil); errno != vfs.ROFS {
		t.Errorf("writing to a snapshot's tree: %v, want ROFS", errno)
	}
	for i, entry := range s.Manifest().Entries {
		if stat, errno := got.Lstat("/" + entry.Path); errno != vfs.Success || stat.Ino != uint64(i)+2 {
			t.Errorf("%s has inode %d (%v), want %d", entry.Path, stat.Ino, errno, i+2)
		}
	}
}

// describe lists a tree with its contents, in order.
func describe(t testing.TB, tree *vfs.Tree) string {
	t.Helper()
	var b strings.Builder
	err := tree.Walk(func(path string, stat vfs.Stat) error {
		fmt.Fprintf(&b, "%s %s %d %d", stat.Kind, path, stat.Size, stat.Mtim)
		switch stat.Kind {
		case vfs.RegularFile:
			data, errno := tree.ReadFile(path)
			fmt.Fprintf(&b, " %q %d", data, errno)
		case vfs.SymbolicLink:
			target, errno := tree.Readlink(path)
			fmt.Fprintf(&b, " -> %s %d", target, errno)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite_refusesWhatCannotBeRead(t *testing.T) {
	tests := []struct {
		name string
		add  vfs.Entry
		want string
	}{
		{"absolute link", vfs.Entry{Path: "/l", Kind: vfs.SymbolicLink, Link: "/etc/passwd"}, "leads out of the site"},
		{"link above the root", vfs.Entry{Path: "/l", Kind: vfs.SymbolicLink, Link: "../x"}, "leads out of the site"},
		{"time before 1970", vfs.Entry{Path: "/f", Kind: vfs.RegularFile, Mtim: -1}, "before 1970"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tree := site(t)
			if errno := tree.Add(test.add); errno != vfs.Success {
				t.Fatal(errno)
			}
			if _, err := Write(&bytes.Buffer{}, tree, metadata); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Write = %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestDecode_corruptFile(t *testing.T) {
	good := pack(t, site(t))
	s, err := Decode(good)
	if err != nil {
		t.Fatal(err)
	}
	packOff := fileHeaderLen + len(s.ManifestBytes())
	tests := []struct {
		name   string
		change func(b []byte) []byte
		want   string // of the reason
	}{
		{"empty", func(b []byte) []byte { return nil }, "not a Pressbox snapshot"},
		{"a zip", func(b []byte) []byte { return []byte("PK\x03\x04 and so on and on and on") }, "not a Pressbox snapshot"},
		{"a copy made as text", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }, "not a Pressbox snapshot"},
		{"only magic", func(b []byte) []byte { return b[:8] }, "cut short"},
		{"half a header", func(b []byte) []byte { return b[:40] }, "cut short"},
		{"half a manifest", func(b []byte) []byte { return b[:fileHeaderLen+10] }, "cut short"},
		{"without packs", func(b []byte) []byte { return b[:packOff] }, "cut short"},
		{"without the last byte", func(b []byte) []byte { return b[:len(b)-1] }, "cut short"},
		{"one byte more", func(b []byte) []byte { return append(b, 0) }, "bytes follow"},
		{"newer version", func(b []byte) []byte { b[8] = 7; return b }, "format version 7"},
		{"reserved number", func(b []byte) []byte { b[12] = 1; return b }, "altered"},
		{"manifest larger than the file", func(b []byte) []byte { binary.LittleEndian.PutUint64(b[16:], 1<<63+3); return b }, "altered"},
		{"manifest smaller", func(b []byte) []byte { b[16]--; return b }, "altered"},
		{"size beyond 63 bits", func(b []byte) []byte { b[31] = 0x80; return b }, "cut short"},
		{"size smaller", func(b []byte) []byte { binary.LittleEndian.PutUint64(b[24:], uint64(len(b)-1)); return b }, "bytes follow"},
		{"another digest", func(b []byte) []byte { b[32]++; return b }, "altered"},
		{"a bit of the manifest", func(b []byte) []byte { b[packOff-1] ^= 4; return b }, "altered"},
		{"a manifest whose packs are larger than the file", func(b []byte) []byte {
			return withManifest(b, packOff, func(manifest []byte) []byte {
				p := small()
				p.contents[2].size = 1 << 30
				p.packs[1].size = 1 << 30
				return p.bytes()
			})
		}, "altered"},
		{"a manifest that is none", func(b []byte) []byte {
			return withManifest(b, packOff, func(manifest []byte) []byte { return []byte("hello") })
		}, "not a Pressbox snapshot"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := test.change(bytes.Clone(good))
			path := filepath.Join(t.TempDir(), "bad.snap")
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path)
			var wrong *FormatError
			if !errors.As(err, &wrong) || !strings.Contains(wrong.Reason, test.want) {
				t.Fatalf("Open = %v, want a FormatError with %q", err, test.want)
			}
			if wrong.Offset < 0 || wrong.Offset > int64(len(b)) {
				t.Errorf("Offset = %d of %d bytes", wrong.Offset, len(b))
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("%q does not name the file", err)
			}
		})
	}
}

// withManifest puts another manifest into a file and makes the header agree.
func withManifest(b []byte, packOff int, change func([]byte) []byte) []byte {
	manifest := change(b[fileHeaderLen:packOff])
	digest := DigestOf(manifest)
	out := append(bytes.Clone(b[:fileHeaderLen]), manifest...)
	out = append(out, b[packOff:]...)
	binary.LittleEndian.PutUint64(out[16:], uint64(len(manifest)))
	binary.LittleEndian.PutUint64(out[24:], uint64(len(out)))
	copy(out[32:], digest[:])
	return out
}

func TestSnapshot_verifyFindsEveryByte(t *testing.T) {
	good := pack(t, site(t))
	s, err := Decode(good)
	if err != nil {
		t.Fatal(err)
	}
	for off := fileHeaderLen + len(s.ManifestBytes()); off < len(good); off++ {
		b := bytes.Clone(good)
		b[off] ^= 1
		s, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		var wrong *FormatError
		if err := s.Verify(); !errors.As(err, &wrong) || !strings.Contains(wrong.Reason, "altered") {
			t.Errorf("byte %d changed: Verify = %v", off, err)
		}
	}
}

func TestWriteFile_keepsTheOldOneOnFailure(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "site.snap")
	if _, err := WriteFile(path, site(t), metadata); err != nil {
		t.Fatal(err)
	}
	bad := site(t)
	if errno := bad.Add(vfs.Entry{Path: "/l", Kind: vfs.SymbolicLink, Link: "/x"}); errno != vfs.Success {
		t.Fatal(errno)
	}
	if _, err := WriteFile(path, bad, metadata); err == nil {
		t.Fatal("a tree with an absolute link was written")
	}
	if _, err := Open(path); err != nil {
		t.Errorf("the old snapshot is gone: %v", err)
	}
	if left, err := os.ReadDir(directory); err != nil || len(left) != 1 {
		t.Errorf("%d files are left, want 1 (%v)", len(left), err)
	}
}

func TestParseDigest(t *testing.T) {
	digest := DigestOf([]byte("x"))
	if got, err := ParseDigest(digest.String()); err != nil || got != digest {
		t.Errorf("ParseDigest(String()) = %v, %v", got, err)
	}
	for _, bad := range []string{"", "00", digest.String() + "0", strings.ToUpper(digest.String()), strings.Repeat("g", 64)} {
		if _, err := ParseDigest(bad); err == nil {
			t.Errorf("ParseDigest(%q) has no error", bad)
		}
	}
}

func TestPackOf(t *testing.T) {
	for path, want := range map[string]int{
		"wordpress/index.php":                                   BootPack,
		"wordpress/wp-content/database/.ht.sqlite":              BootPack,
		"wordpress/wp-includes/theme.json":                      BootPack,
		"wordpress/README":                                      BootPack,
		"wordpress/v1.js/readme":                                BootPack,
		"wordpress/wp-includes/js/a.min.js":                     StaticPack,
		"wordpress/wp-content/uploads/A.PNG":                    StaticPack,
		"wordpress/wp-includes/css/buttons.css":                 StaticPack,
		"wordpress/wp-includes/blocks/navigation/style.min.css": BootPack,
		"wordpress/wp-includes/blocks/navigation/style.css":     StaticPack,
		"wordpress/wp-content/themes/mine/style.css":            BootPack,
		"wordpress/wp-admin/images/dashboard-background.svg":    BootPack,
		"wordpress/wp-admin/images/menu.svg":                    StaticPack,
	} {
		if got := PackOf(path); got != want {
			t.Errorf("PackOf(%q) = %d, want %d", path, got, want)
		}
	}
}

func BenchmarkDecodeManifest(b *testing.B) {
	tree := vfs.NewTree(vfs.Options{})
	for i := range 50 {
		directory := fmt.Sprintf("/directory-%02d", i)
		if errno := tree.Add(vfs.Entry{Path: directory, Kind: vfs.Directory}); errno != vfs.Success {
			b.Fatal(errno)
		}
		for j := range 80 {
			path := fmt.Sprintf("%s/file-%02d.php", directory, j)
			if errno := tree.Add(vfs.Entry{Path: path, Kind: vfs.RegularFile, Data: []byte(path)}); errno != vfs.Success {
				b.Fatal(errno)
			}
		}
	}
	s, err := Decode(pack(b, tree))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(s.ManifestBytes())))
	for b.Loop() {
		if _, err := DecodeManifest(s.ManifestBytes()); err != nil {
			b.Fatal(err)
		}
	}
}
