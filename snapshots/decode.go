package snapshots

// Decoding of a snapshot's manifest, laid out as snapshots/doc.go draws it.
// The bytes are hostile until the last check has passed: every size, count,
// name, order, kind, link and reference is compared with what the bytes
// themselves hold before it is used. The first thing that is wrong ends the
// reading with its place and a sentence; nothing is repaired.

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"

	"pressbox/vfs"
)

const (
	fileMagic       = "\x89PBSN\r\n\x1a"
	manifestMagic   = "\x89PBMF\r\n\x1a"
	fileHeaderLen   = 64
	manifestHeadLen = 32
	packRecordLen   = 48
	contentLen      = 36
	entryLen        = 20
)

const (
	notASnapshot = "this is not a Pressbox snapshot: make one with `pressbox snapshot build`"
	cutShort     = "the snapshot is cut short: copy it again, or make a new one with `pressbox snapshot build`"
	altered      = "the snapshot was altered after it was made: copy it again, or make a new one with `pressbox snapshot build`"
)

func newerVersion(offset int64, version uint32) *FormatError {
	return formatErrorf(offset, "the snapshot has format version %d and this Pressbox reads version %d: use the Pressbox that made it, or make the snapshot anew with `pressbox snapshot build`", version, Version)
}

// DecodeManifest reads a manifest. It keeps nothing of b.
//
// The error is a *FormatError whose Offset counts from the manifest's start.
func DecodeManifest(b []byte) (*Manifest, error) {
	m, err := decodeManifest(b)
	if err != nil {
		return nil, err
	}
	return m, nil
}

func decodeManifest(b []byte) (*Manifest, *FormatError) {
	if err := checkMagic(b, manifestMagic); err != nil {
		return nil, err
	}
	if len(b) < manifestHeadLen {
		return nil, formatErrorf(int64(len(b)), cutShort)
	}
	if len(b) > MaxManifestSize {
		return nil, formatErrorf(0, "the snapshot's manifest has %d bytes and may have %d", len(b), MaxManifestSize)
	}
	le := binary.LittleEndian
	metadataLen := int64(le.Uint32(b[12:]))
	packCount := int64(le.Uint32(b[16:]))
	contentCount := int64(le.Uint32(b[20:]))
	entryCount := int64(le.Uint32(b[24:]))
	namesLen := int64(le.Uint32(b[28:]))
	if metadataLen > MaxMetadataSize {
		return nil, formatErrorf(12, "the snapshot's metadata have %d bytes and may have %d", metadataLen, MaxMetadataSize)
	}
	if packCount < 1 || packCount > MaxPacks {
		return nil, formatErrorf(16, "the snapshot has %d packs and may have 1 to %d", packCount, MaxPacks)
	}
	// Five products of 32-bit numbers and small constants: no overflow in 64 bits.
	packsOff := manifestHeadLen + metadataLen
	contentsOff := packsOff + packCount*packRecordLen
	entriesOff := contentsOff + contentCount*contentLen
	namesOff := entriesOff + entryCount*entryLen
	end := namesOff + namesLen
	if end > int64(len(b)) {
		return nil, formatErrorf(int64(len(b)), cutShort)
	}
	if end < int64(len(b)) {
		return nil, formatErrorf(end, "bytes follow the snapshot's manifest that do not belong to it")
	}

	m := &Manifest{}
	var err *FormatError
	if m.Metadata, err = decodeMetadata(b[manifestHeadLen:packsOff], manifestHeadLen); err != nil {
		return nil, err
	}
	firsts, err := m.decodePacks(b, packsOff, contentsOff, contentCount)
	if err != nil {
		return nil, err
	}
	if err := m.decodeEntries(b, entriesOff, namesOff, firsts); err != nil {
		return nil, err
	}
	return m, nil
}

// checkMagic checks the first 12 bytes: what the file is, and its version.
func checkMagic(b []byte, magic string) *FormatError {
	n := min(len(b), len(magic))
	if n == 0 || string(b[:n]) != magic[:n] {
		return formatErrorf(0, notASnapshot)
	}
	if len(b) < len(magic)+4 {
		return formatErrorf(int64(len(b)), cutShort)
	}
	if version := binary.LittleEndian.Uint32(b[8:]); version != Version {
		return newerVersion(8, version)
	}
	return nil
}

// decodePacks reads the packs and the contents. It returns, for each pack, the
// index of its first content, and one more: the number of contents.
func (m *Manifest) decodePacks(b []byte, packsOff, contentsOff, contentCount int64) ([]int, *FormatError) {
	le := binary.LittleEndian
	packCount := int((contentsOff - packsOff) / packRecordLen)
	m.Packs = make([]Pack, 0, packCount)
	m.Contents = make([]Content, 0, contentCount)
	firsts := []int{0}
	for i := range packCount {
		at := packsOff + int64(i)*packRecordLen
		count := int64(le.Uint32(b[at:]))
		if zero := le.Uint32(b[at+4:]); zero != 0 {
			return nil, formatErrorf(at+4, "a reserved number in the snapshot's manifest is %d, not zero", zero)
		}
		size := le.Uint64(b[at+8:])
		if count > contentCount-int64(len(m.Contents)) {
			return nil, formatErrorf(at, "pack %d claims more contents than the snapshot has", i)
		}
		var off int64
		for range count {
			at := contentsOff + int64(len(m.Contents))*contentLen
			content := Content{Size: int64(le.Uint32(b[at:])), Digest: Digest(b[at+4 : at+contentLen]), Pack: i, Off: off}
			if content.Size > MaxContentSize {
				return nil, formatErrorf(at, "a file has %d bytes and may have %d", content.Size, int64(MaxContentSize))
			}
			off += content.Size
			m.Contents = append(m.Contents, content)
		}
		if size > math.MaxInt64 || int64(size) != off {
			return nil, formatErrorf(at+8, "the size of pack %d is not the sum of its contents' sizes", i)
		}
		m.Packs = append(m.Packs, Pack{Size: off, Digest: Digest(b[at+16 : at+packRecordLen])})
		firsts = append(firsts, len(m.Contents))
	}
	if int64(len(m.Contents)) != contentCount {
		return nil, formatErrorf(contentsOff, "the snapshot has contents that are in no pack")
	}
	return firsts, nil
}

// decodeEntries reads the entries, whose names end the manifest. Contents must
// be named for the first time in the order in which they lie in their pack.
func (m *Manifest) decodeEntries(b []byte, entriesOff, namesOff int64, firsts []int) *FormatError {
	le := binary.LittleEndian
	entryCount := int((namesOff - entriesOff) / entryLen)
	m.Entries = make([]Entry, 0, entryCount)
	directories := make(map[string]struct{})
	next := append([]int(nil), firsts[:len(firsts)-1]...)
	path := make([]byte, 0, MaxPathLen)
	names := namesOff
	pathsLen := 0
	for i := range entryCount {
		at := entriesOff + int64(i)*entryLen
		entry := Entry{Kind: vfs.Kind(b[at])}
		shared, rest, target := int(le.Uint16(b[at+2:])), int(le.Uint16(b[at+4:])), int(le.Uint16(b[at+6:]))
		content, mtim := le.Uint32(b[at+8:]), le.Uint64(b[at+12:])
		if zero := b[at+1]; zero != 0 {
			return formatErrorf(at+1, "a reserved number in the snapshot's manifest is %d, not zero", zero)
		}
		if int64(rest)+int64(target) > int64(len(b))-names {
			return formatErrorf(at+4, "a path in the snapshot runs past the manifest's end")
		}
		more := b[names : names+int64(rest)]
		if shared > len(path) {
			return formatErrorf(at+2, "a path in the snapshot shares more with the path before it than that has")
		}
		if rest == 0 || shared < len(path) && more[0] <= path[shared] {
			return formatErrorf(at+2, "the paths in the snapshot are not in order")
		}
		if shared+rest > MaxPathLen {
			return formatErrorf(at+4, "a path in the snapshot has %d bytes and may have %d", shared+rest, MaxPathLen)
		}
		if pathsLen += shared + rest; pathsLen > MaxPathsSize {
			return formatErrorf(at+4, "the snapshot's paths have more than %d bytes in all", MaxPathsSize)
		}
		path = append(path[:shared], more...)
		entry.Path = string(path)
		if !validPath(entry.Path) {
			return formatErrorf(names, "the snapshot has a path that no site can have")
		}
		if parent, _, found := cutLast(entry.Path); found {
			if _, ok := directories[parent]; !ok {
				return formatErrorf(names, "the snapshot has a path whose directory is missing")
			}
		}
		names += int64(rest)

		switch entry.Kind {
		case vfs.Directory:
			directories[entry.Path] = struct{}{}
		case vfs.RegularFile:
			if int64(content) >= int64(len(m.Contents)) {
				return formatErrorf(at+8, "a file in the snapshot names a content that is not there")
			}
			entry.Content = int(content)
			pack := m.Contents[content].Pack
			if entry.Content > next[pack] {
				return formatErrorf(at+8, "the contents of the snapshot are not in the order of their files")
			}
			if entry.Content == next[pack] {
				next[pack]++
			}
		case vfs.SymbolicLink:
			entry.Target = string(b[names : names+int64(target)])
			if !validTarget(entry.Path, entry.Target) {
				return formatErrorf(names, "a link in the snapshot leads out of the site")
			}
			names += int64(target)
		default:
			return formatErrorf(at, "the snapshot has an entry of the unknown kind %d", uint8(entry.Kind))
		}
		if entry.Kind != vfs.SymbolicLink && target != 0 {
			return formatErrorf(at+6, "the snapshot has a link's target at a path that is no link")
		}
		if entry.Kind != vfs.RegularFile && content != 0 {
			return formatErrorf(at+8, "the snapshot has a content at a path that is no file")
		}
		if mtim > math.MaxInt64 {
			return formatErrorf(at+12, "the snapshot has a time out of range")
		}
		entry.Mtim = int64(mtim)
		m.Entries = append(m.Entries, entry)
	}
	if names != int64(len(b)) {
		return formatErrorf(names, "the snapshot has names that belong to no path")
	}
	for pack := range next {
		if next[pack] != firsts[pack+1] {
			return formatErrorf(entriesOff, "pack %d of the snapshot has a content that no file names", pack)
		}
	}
	return nil
}

// validPath reports whether a path is one that doc.go allows.
func validPath(path string) bool {
	if path == "" || len(path) > MaxPathLen || !utf8.ValidString(path) || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." || name == ".." || len(name) > MaxNameLen {
			return false
		}
	}
	return true
}

// validTarget reports whether a link at path may have this target: relative,
// and never above the root, wherever it turns on the way. Whether it leads to
// something is not asked: links may dangle.
func validTarget(path, target string) bool {
	if target == "" || len(target) > MaxPathLen || target[0] == '/' || !utf8.ValidString(target) || strings.IndexByte(target, 0) >= 0 {
		return false
	}
	depth := strings.Count(path, "/")
	for name := range strings.SplitSeq(target, "/") {
		switch name {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return false
			}
		default:
			depth++
		}
	}
	return true
}

// cutLast splits a path before its last name.
func cutLast(path string) (parent, name string, found bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}
