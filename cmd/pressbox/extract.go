package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"pressbox/snapshots"
	"pressbox/vfs"
)

// snapshotExtract is "pressbox snapshot extract": a snapshot's files in a
// directory of the host, for any program that has never heard of snapshots.
func (m *Main) snapshotExtract(args []string) error {
	flags := m.flags("snapshot extract", "Usage: pressbox snapshot extract [FLAGS] DIRECTORY\n\nWrites a snapshot's files into a directory that is new or empty.\n\n")
	file := flags.String("snapshot", "", "the snapshot `FILE` (default: snapshots/default.snap in the cache)")
	if err := flags.Parse(args); err != nil {
		return parse(flags, args) // says what is wrong as the other commands do
	}
	if flags.NArg() != 1 {
		return usagef("snapshot extract takes one directory, and its flags before it")
	}
	dir := flags.Arg(0)
	if *file == "" {
		path, err := defaultSnapshot()
		if err != nil {
			return err
		}
		*file = path
	}
	s, err := snapshots.Open(*file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no snapshot at %s: make one with `pressbox snapshot build`", *file)
	}
	if err != nil {
		return err
	}
	if err := s.Verify(); err != nil {
		return err
	}
	tree, err := s.Tree()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make directory: %w", err)
	}
	if names, err := os.ReadDir(dir); err != nil {
		return fmt.Errorf("read directory: %w", err)
	} else if len(names) > 0 {
		return fmt.Errorf("%s is not empty: name a new directory", dir)
	}
	// A snapshot may come from anyone: the root keeps its names and its links
	// inside the directory.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	defer root.Close()
	return extract(tree, root)
}

// extract writes a tree below root, files with the times they have in the tree.
func extract(tree *vfs.Tree, root *os.Root) error {
	return tree.Walk(func(path string, stat vfs.Stat) error {
		name := strings.TrimPrefix(path, "/")
		var err error
		switch stat.Kind {
		case vfs.Directory:
			err = root.Mkdir(name, 0o755)
		case vfs.SymbolicLink:
			target, errno := tree.Readlink(path)
			if errno != vfs.Success {
				return fmt.Errorf("read %s: %w", path, errno)
			}
			err = root.Symlink(target, name)
		case vfs.RegularFile:
			data, errno := tree.ReadFile(path)
			if errno != vfs.Success {
				return fmt.Errorf("read %s: %w", path, errno)
			}
			if err = root.WriteFile(name, data, 0o644); err == nil {
				at := time.Unix(0, stat.Mtim)
				err = root.Chtimes(name, at, at)
			}
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		return nil
	})
}
