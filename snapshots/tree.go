package snapshots

import (
	"fmt"

	"pressbox/vfs"
)

// Tree returns the site as a frozen tree. Contents are shared with the
// snapshot, not copied. Inodes are numbered in the manifest's order, from 2.
func (s *Snapshot) Tree() (*vfs.Tree, error) {
	tree := vfs.NewTree(vfs.Options{
		// The limits are for what is written above a snapshot; its own size
		// is bounded by the format.
		Limits: vfs.Limits{Bytes: 1 << 62, Inodes: 1 << 62},
		// A frozen tree has no use for a clock but its root's time, which must
		// not depend on when the snapshot was opened.
		Now: func() int64 { return 0 },
	})
	for i := range s.manifest.Entries {
		entry := &s.manifest.Entries[i]
		e := vfs.Entry{Path: "/" + entry.Path, Kind: entry.Kind, Mtim: entry.Mtim, Link: entry.Target}
		if entry.Kind == vfs.RegularFile {
			e.Data = s.Content(&s.manifest.Contents[entry.Content])
		}
		if errno := tree.Add(e); errno != vfs.Success {
			return nil, fmt.Errorf("add %s from snapshot: %w", entry.Path, errno)
		}
	}
	tree.Freeze()
	return tree, nil
}
