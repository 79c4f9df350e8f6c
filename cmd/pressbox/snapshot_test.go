package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pressbox/snapshots"
	"pressbox/vfs"
)

// tinySnapshot writes a snapshot of two files and a link.
func tinySnapshot(t *testing.T) string {
	t.Helper()
	tree := vfs.NewTree(vfs.Options{})
	for _, entry := range []vfs.Entry{
		{Path: "/wordpress", Kind: vfs.Directory},
		{Path: "/wordpress/index.php", Kind: vfs.RegularFile, Mtim: 1_700_000_000_000_000_000, Data: []byte("<?php")},
		{Path: "/wordpress/a.js", Kind: vfs.RegularFile, Data: []byte("x")},
		{Path: "/wordpress/\x1b[2Jevil", Kind: vfs.SymbolicLink, Link: "index.php"},
	} {
		if errno := tree.Add(entry); errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	path := filepath.Join(t.TempDir(), "tiny.snap")
	meta := snapshots.Metadata{Title: "A \x1b[31mtitle", WordPress: "7.1", Admin: snapshots.Admin{User: "u", Password: "p"}}
	if _, err := snapshots.WriteFile(path, tree, meta); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSnapshot_inspect(t *testing.T) {
	path := tinySnapshot(t)
	var out, errs bytes.Buffer
	if status := runSnapshot(context.Background(), []string{"inspect", "--files", "--verify", path}, &out, &errs); status != exitOK {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	s, err := snapshots.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		s.Digest().String(), `"A \x1b[31mtitle"`, "as u with the password p", "4: 2 files (2 different contents), 1 directories, 1 links",
		"every byte has its digest", "2023-11-14 22:13:20", "wordpress/index.php", `"wordpress/\x1b[2Jevil" -> index.php`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output does not contain %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("a snapshot can write escape sequences to the terminal")
	}
}

func TestSnapshot_sentences(t *testing.T) {
	good, err := os.ReadFile(tinySnapshot(t))
	if err != nil {
		t.Fatal(err)
	}
	file := func(b []byte) string {
		path := filepath.Join(t.TempDir(), "x.snap")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := bytes.Clone(good)
	newer[8] = 2
	altered := bytes.Clone(good)
	altered[len(altered)-1]++
	t.Setenv("PRESSBOX_CACHE", t.TempDir())
	t.Setenv("PHP_WASM", "")
	tests := []struct {
		name   string
		args   []string
		status int
		wants  []string
	}{
		{"nothing", nil, exitUsage, []string{"Usage: pressbox snapshot build"}},
		{"unknown", []string{"destroy"}, exitUsage, []string{`"destroy"`, "pressbox help snapshot"}},
		{"unknown flag", []string{"inspect", "--wat"}, exitUsage, []string{"wat"}},
		{"two files", []string{"inspect", "a", "b"}, exitUsage, []string{"one file"}},
		{"words after build", []string{"build", "now"}, exitUsage, []string{`"now"`}},
		{"none yet", []string{"inspect"}, exitFailed, []string{"there is no snapshot at", "pressbox snapshot build"}},
		{"no snapshot", []string{"inspect", file([]byte("hello"))}, exitFailed, []string{"not a Pressbox snapshot", "pressbox snapshot build"}},
		{"cut short", []string{"inspect", file(good[:len(good)-2])}, exitFailed, []string{"cut short", "copy it again"}},
		{"newer", []string{"inspect", file(newer)}, exitFailed, []string{"format version 2", "reads version 1"}},
		{"altered", []string{"inspect", "--verify", file(altered)}, exitFailed, []string{"altered", "copy it again"}},
		{"no php.wasm", []string{"build"}, exitFailed, []string{"there is no php.wasm at", "make php"}},
		{"damaged php.wasm", []string{"build", "--php-wasm", file([]byte("hello"))}, exitFailed, []string{"is not a WebAssembly module"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if status := runSnapshot(context.Background(), test.args, &out, &errs); status != test.status {
				t.Errorf("status %d, want %d", status, test.status)
			}
			for _, want := range test.wants {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("the message does not contain %q:\n%s", want, errs.String())
				}
			}
		})
	}
}

// TestSnapshot_buildTwice makes the real snapshot twice, of what the cache
// holds.
func TestSnapshot_buildTwice(t *testing.T) {
	module, err := moduleFile("")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := cacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, needed := range []string{module, filepath.Join(cache, "downloads", "debian-wordpress", "download.json")} {
		if _, err := os.Stat(needed); err != nil {
			t.Skipf("%s is not there yet: `make snapshot` makes it", needed)
		}
	}
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	var digests []snapshots.Digest
	for _, name := range []string{"a.snap", "b.snap"} {
		path := filepath.Join(t.TempDir(), name)
		var out, errs bytes.Buffer
		if status := runSnapshot(context.Background(), []string{"build", "--out", path}, &out, &errs); status != exitOK {
			t.Fatalf("status %d: %s\n%s", status, errs.String(), out.String())
		}
		s, err := snapshots.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, s.Digest())
		if !strings.Contains(out.String(), s.Digest().String()) {
			t.Errorf("the summary does not name the digest:\n%s", out.String())
		}
		if meta := s.Manifest().Metadata; meta.Theme == "" || meta.WordPress == "" || meta.PHP == "" || meta.Plugins["sqlite-database-integration"] == "" {
			t.Errorf("metadata are %+v", meta)
		}
	}
	if digests[0] != digests[1] {
		t.Errorf("two builds of the same inputs have the digests %v and %v", digests[0], digests[1])
	}
}
