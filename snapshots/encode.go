package snapshots

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"pressbox/vfs"
)

// Write packs a tree into a snapshot and returns its digest. The same tree and
// metadata give the same bytes. Devices are left out.
func Write(w io.Writer, tree *vfs.Tree, meta Metadata) (Digest, error) {
	p := packing{metadata: meta}
	if err := p.collect(tree); err != nil {
		return Digest{}, fmt.Errorf("pack snapshot: %w", err)
	}
	manifest, err := p.manifest()
	if err != nil {
		return Digest{}, fmt.Errorf("pack snapshot: %w", err)
	}
	digest := DigestOf(manifest)
	if _, err := w.Write(p.header(manifest, digest)); err != nil {
		return Digest{}, err
	}
	if _, err := w.Write(manifest); err != nil {
		return Digest{}, err
	}
	for _, pack := range p.packs {
		for _, content := range pack {
			if _, err := w.Write(content.data); err != nil {
				return Digest{}, err
			}
		}
	}
	return digest, nil
}

// WriteFile is Write into a file. The file is there whole or not at all: an
// older one with its name stays until the new one is complete.
func WriteFile(path string, tree *vfs.Tree, meta Metadata) (Digest, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return Digest{}, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return Digest{}, err
	}
	defer os.Remove(file.Name()) // fails once the file has its real name
	digest, err := Write(file, tree, meta)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return Digest{}, err
	}
	return digest, nil
}

// packing is a tree on its way into a snapshot.
type packing struct {
	metadata Metadata
	entries  []packedEntry
	packs    [][]*packedContent
}

type packedEntry struct {
	path, target string
	kind         vfs.Kind
	mtim         int64
	content      *packedContent
}

type packedContent struct {
	data   []byte
	digest Digest
	pack   int
	index  int
}

// collect reads the tree into entries in the format's order and places each
// distinct content in the lowest pack that one of its files asks for.
func (p *packing) collect(tree *vfs.Tree) error {
	contents := make(map[Digest]*packedContent)
	err := tree.Walk(func(path string, stat vfs.Stat) error {
		path = strings.Trim(path, "/")
		if path == "" || stat.Kind == vfs.CharacterDevice {
			return nil
		}
		if !validPath(path) {
			return fmt.Errorf("the path %q cannot be stored", path)
		}
		if stat.Mtim < 0 {
			return fmt.Errorf("the file %q was changed before 1970", path)
		}
		entry := packedEntry{path: path, kind: stat.Kind, mtim: stat.Mtim}
		switch stat.Kind {
		case vfs.Directory:
		case vfs.RegularFile:
			data, errno := tree.ReadFile("/" + path)
			if errno != vfs.Success {
				return fmt.Errorf("read %s: %w", path, errno)
			}
			if len(data) > MaxContentSize {
				return fmt.Errorf("the file %q has %d bytes and may have %d", path, len(data), MaxContentSize)
			}
			digest := DigestOf(data)
			content := contents[digest]
			if content == nil {
				content = &packedContent{data: data, digest: digest, pack: PackOf(path)}
				contents[digest] = content
			}
			content.pack = min(content.pack, PackOf(path))
			entry.content = content
		case vfs.SymbolicLink:
			target, errno := tree.Readlink("/" + path)
			if errno != vfs.Success {
				return fmt.Errorf("read link %s: %w", path, errno)
			}
			if !validTarget(path, target) {
				return fmt.Errorf("the link %q leads out of the site, to %q", path, target)
			}
			entry.target = target
		default:
			return fmt.Errorf("%q is neither file nor directory nor link", path)
		}
		p.entries = append(p.entries, entry)
		return nil
	})
	if err != nil {
		return err
	}
	sort.Slice(p.entries, func(i, j int) bool { return p.entries[i].path < p.entries[j].path })
	p.packs = make([][]*packedContent, StaticPack+1)
	placed := make(map[*packedContent]bool)
	for _, entry := range p.entries {
		if content := entry.content; content != nil && !placed[content] {
			placed[content] = true
			p.packs[content.pack] = append(p.packs[content.pack], content)
		}
	}
	index := 0
	for _, pack := range p.packs {
		for _, content := range pack {
			content.index = index
			index++
		}
	}
	return nil
}

// manifest lays out what collect found.
func (p *packing) manifest() ([]byte, error) {
	metadata, err := p.metadata.encode()
	if err != nil {
		return nil, err
	}
	if len(metadata) > MaxMetadataSize {
		return nil, fmt.Errorf("the metadata have %d bytes and may have %d", len(metadata), MaxMetadataSize)
	}
	le := binary.LittleEndian
	var packs, contents, entries, names []byte
	for _, pack := range p.packs {
		sum, size := sha256.New(), 0
		for _, content := range pack {
			sum.Write(content.data)
			size += len(content.data)
			contents = le.AppendUint32(contents, uint32(len(content.data)))
			contents = append(contents, content.digest[:]...)
		}
		packs = le.AppendUint32(packs, uint32(len(pack)))
		packs = le.AppendUint32(packs, 0)
		packs = le.AppendUint64(packs, uint64(size))
		packs = sum.Sum(packs)
	}
	before, pathsLen := "", 0
	for _, entry := range p.entries {
		shared := sharedLen(before, entry.path)
		content := 0
		if entry.content != nil {
			content = entry.content.index
		}
		entries = append(entries, byte(entry.kind), 0)
		entries = le.AppendUint16(entries, uint16(shared))
		entries = le.AppendUint16(entries, uint16(len(entry.path)-shared))
		entries = le.AppendUint16(entries, uint16(len(entry.target)))
		entries = le.AppendUint32(entries, uint32(content))
		entries = le.AppendUint64(entries, uint64(entry.mtim))
		names = append(names, entry.path[shared:]...)
		names = append(names, entry.target...)
		before, pathsLen = entry.path, pathsLen+len(entry.path)
	}
	if pathsLen > MaxPathsSize {
		return nil, fmt.Errorf("the paths have %d bytes in all and may have %d", pathsLen, MaxPathsSize)
	}
	size := manifestHeadLen + len(metadata) + len(packs) + len(contents) + len(entries) + len(names)
	if size > MaxManifestSize || size > math.MaxUint32 {
		return nil, fmt.Errorf("the manifest has %d bytes and may have %d", size, MaxManifestSize)
	}
	b := make([]byte, 0, size)
	b = append(b, manifestMagic...)
	b = le.AppendUint32(b, Version)
	b = le.AppendUint32(b, uint32(len(metadata)))
	b = le.AppendUint32(b, uint32(len(p.packs)))
	b = le.AppendUint32(b, uint32(len(contents)/contentLen))
	b = le.AppendUint32(b, uint32(len(p.entries)))
	b = le.AppendUint32(b, uint32(len(names)))
	b = append(b, metadata...)
	b = append(b, packs...)
	b = append(b, contents...)
	b = append(b, entries...)
	return append(b, names...), nil
}

func (p *packing) header(manifest []byte, digest Digest) []byte {
	le := binary.LittleEndian
	size := uint64(fileHeaderLen + len(manifest))
	for _, pack := range p.packs {
		for _, content := range pack {
			size += uint64(len(content.data))
		}
	}
	b := make([]byte, 0, fileHeaderLen)
	b = append(b, fileMagic...)
	b = le.AppendUint32(b, Version)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint64(b, uint64(len(manifest)))
	b = le.AppendUint64(b, size)
	return append(b, digest[:]...)
}

// sharedLen returns how many bytes a and b have in common at their beginning.
func sharedLen(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
