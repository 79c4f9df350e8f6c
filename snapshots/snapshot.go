package snapshots

import (
	"encoding/binary"
	"fmt"
	"os"
)

// Snapshot is an open snapshot. It never changes and is safe for concurrent
// use; what its methods return is not to be written to.
type Snapshot struct {
	digest   Digest
	manifest *Manifest
	bytes    []byte // of the manifest
	packs    [][]byte
}

// Open reads the snapshot in a file. Everything about its form is checked, and
// the manifest's digest; the digests of the packs and contents are left to
// Verify.
//
// If the file can be read but is no snapshot that can be used, the error wraps
// a *FormatError.
func Open(path string) (*Snapshot, error) {
	// The file is read, not mapped: a snapshot must not change while it is
	// served, and a mapped file that someone cuts short kills the program.
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := Decode(b)
	if err != nil {
		return nil, fmt.Errorf("open snapshot %s: %w", path, err)
	}
	return s, nil
}

// Decode is Open for bytes in memory. The snapshot keeps b.
func Decode(b []byte) (*Snapshot, error) {
	s, err := decode(b)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func decode(b []byte) (*Snapshot, *FormatError) {
	if err := checkMagic(b, fileMagic); err != nil {
		return nil, err
	}
	if len(b) < fileHeaderLen {
		return nil, formatErrorf(int64(len(b)), cutShort)
	}
	le := binary.LittleEndian
	if zero := le.Uint32(b[12:]); zero != 0 {
		return nil, formatErrorf(12, altered)
	}
	manifestSize, size := le.Uint64(b[16:]), le.Uint64(b[24:])
	switch have := uint64(len(b)); {
	case size > have:
		return nil, formatErrorf(int64(have), cutShort)
	case size < have:
		return nil, formatErrorf(24, "bytes follow the snapshot that do not belong to it: copy it again, or make a new one with `pressbox snapshot build`")
	case manifestSize > have-fileHeaderLen:
		return nil, formatErrorf(16, altered)
	}
	s := &Snapshot{digest: Digest(b[32:fileHeaderLen]), bytes: b[fileHeaderLen : fileHeaderLen+manifestSize : fileHeaderLen+manifestSize]}
	if DigestOf(s.bytes) != s.digest {
		return nil, formatErrorf(32, altered)
	}
	var err *FormatError
	if s.manifest, err = decodeManifest(s.bytes); err != nil {
		return nil, formatErrorf(err.Offset+fileHeaderLen, "%s", err.Reason)
	}
	off := fileHeaderLen + int64(manifestSize)
	for _, pack := range s.manifest.Packs {
		if pack.Size > int64(len(b))-off {
			return nil, formatErrorf(24, altered)
		}
		s.packs = append(s.packs, b[off:off+pack.Size:off+pack.Size])
		off += pack.Size
	}
	if off != int64(len(b)) {
		return nil, formatErrorf(24, altered)
	}
	return s, nil
}

// Digest returns the snapshot's name: the SHA-256 of its manifest.
func (s *Snapshot) Digest() Digest { return s.digest }

// Manifest returns the decoded manifest.
func (s *Snapshot) Manifest() *Manifest { return s.manifest }

// ManifestBytes returns the manifest as it lies in the file.
func (s *Snapshot) ManifestBytes() []byte { return s.bytes }

// Pack returns the bytes of a pack, which must be one that the manifest lists.
func (s *Snapshot) Pack(i int) []byte { return s.packs[i] }

// Content returns the bytes of a content of this snapshot's manifest.
func (s *Snapshot) Content(c *Content) []byte {
	return s.packs[c.Pack][c.Off : c.Off+c.Size : c.Off+c.Size]
}

// Verify compares every pack and every content with its digest. It reads all
// bytes twice.
func (s *Snapshot) Verify() error {
	off := int64(fileHeaderLen + len(s.bytes))
	for i, pack := range s.manifest.Packs {
		if DigestOf(s.packs[i]) != pack.Digest {
			return formatErrorf(off, altered)
		}
		off += pack.Size
	}
	for i := range s.manifest.Contents {
		content := &s.manifest.Contents[i]
		if DigestOf(s.Content(content)) != content.Digest {
			off := int64(fileHeaderLen+len(s.bytes)) + content.Off
			for _, pack := range s.manifest.Packs[:content.Pack] {
				off += pack.Size
			}
			return formatErrorf(off, altered)
		}
	}
	return nil
}
