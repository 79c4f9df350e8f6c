package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSnapshotExtract(t *testing.T) {
	cache(t)
	dir := filepath.Join(t.TempDir(), "site")
	var out, errs strings.Builder
	if code := runSnapshot(t.Context(), []string{"extract", dir}, &out, &errs); code != exitOK {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	found := 0
	if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found++
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Error("no file was written")
	}
	if code := runSnapshot(t.Context(), []string{"extract", dir}, &out, &errs); code == exitOK || !strings.Contains(errs.String(), "is not empty: name a new directory") {
		t.Errorf("into a directory that is not empty: exit %d, %q", code, errs.String())
	}
}
