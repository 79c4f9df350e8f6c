package snapshots

import "pressbox/vfs"

// Version is the format's version, the one this package writes and reads.
const Version = 1

// Limits of what is read. They are far above what a site needs and keep a
// hostile file from asking for more memory than it has bytes.
const (
	MaxManifestSize = 64 << 20
	MaxMetadataSize = 64 << 10
	MaxPacks        = 16
	MaxPathsSize    = 64 << 20 // all paths written out: sharing beginnings must not multiply them
	MaxContentSize  = 1 << 30
	MaxPathLen      = 4096
	MaxNameLen      = 255
)

// Manifest is a decoded manifest. It is not to be changed.
type Manifest struct {
	Metadata Metadata
	Packs    []Pack
	Contents []Content
	Entries  []Entry // in bytewise order of Path
}

// Pack describes one pack.
type Pack struct {
	Size   int64
	Digest Digest
}

// Content describes one distinct content and where it lies.
type Content struct {
	Size   int64
	Digest Digest
	Pack   int
	Off    int64
}

// Entry is one path of the site.
type Entry struct {
	Path    string   // relative to the root, without a slash in front
	Kind    vfs.Kind // Directory, RegularFile or SymbolicLink
	Mtim    int64    // nanoseconds since 1970
	Content int      // index into Contents; only of a RegularFile
	Target  string   // only of a SymbolicLink
}

// Size returns the size of an entry as stat shows it: a file's content or a
// link's target, zero for a directory.
func (m *Manifest) Size(e *Entry) int64 {
	switch e.Kind {
	case vfs.RegularFile:
		return m.Contents[e.Content].Size
	case vfs.SymbolicLink:
		return int64(len(e.Target))
	}
	return 0
}
