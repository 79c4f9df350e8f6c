package snapshots

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"pressbox/vfs"
)

var update = flag.Bool("update", false, "write testdata anew")

const vectorsFile = "testdata/manifests.json"

// vector is one case of testdata/manifests.json, which wasmjs/tests reads too:
// the bytes of a manifest and what a reader makes of them.
type vector struct {
	Name    string   `json:"name"`
	Hex     string   `json:"hex"`
	Listing []string `json:"listing,omitempty"`
	Offset  int64    `json:"offset"`
	Reason  string   `json:"reason,omitempty"`
}

// parts are the parts of a manifest before they are put together, so that a
// test can make each of them wrong.
type parts struct {
	magic    string
	version  uint32
	metadata string
	packs    []packRecord
	contents []contentRecord
	entries  []entryRecord
	extra    string // after the names
	counts   map[int]uint32
}

type packRecord struct {
	count, zero uint32
	size        uint64
}

type contentRecord struct {
	size   uint32
	digest byte
}

type entryRecord struct {
	kind, zero   byte
	shared       uint16
	rest, target string
	content      uint32
	mtim         uint64
	restLen      uint16 // instead of len(rest), if not zero
}

func small() *parts {
	return &parts{
		magic:    manifestMagic,
		version:  Version,
		metadata: `{"admin":{"password":"p","user":"u"},"later":[1],"plugins":{"a":"1"},"title":"é"}`,
		packs:    []packRecord{{count: 2, size: 5}, {count: 1, size: 7}},
		contents: []contentRecord{{0, 1}, {5, 2}, {7, 3}},
		entries: []entryRecord{
			{kind: 3, rest: "a", mtim: 1},
			{kind: 4, shared: 1, rest: "-b", content: 0, mtim: 1},
			{kind: 4, shared: 1, rest: "/é.php", content: 1, mtim: 1_700_000_000_000_000_007},
			{kind: 4, rest: "b.css", content: 2},
			{kind: 4, shared: 1, rest: "2", content: 1},
			{kind: 7, rest: "l", target: "a/../a"},
		},
	}
}

func (p *parts) bytes() []byte {
	le := binary.LittleEndian
	var packs, contents, entries, names []byte
	for i, pack := range p.packs {
		packs = le.AppendUint32(packs, pack.count)
		packs = le.AppendUint32(packs, pack.zero)
		packs = le.AppendUint64(packs, pack.size)
		packs = append(packs, bytes.Repeat([]byte{byte(0xa0 + i)}, 32)...)
	}
	for _, content := range p.contents {
		contents = le.AppendUint32(contents, content.size)
		contents = append(contents, bytes.Repeat([]byte{content.digest}, 32)...)
	}
	for _, entry := range p.entries {
		restLen := uint16(len(entry.rest))
		if entry.restLen != 0 {
			restLen = entry.restLen
		}
		entries = append(entries, entry.kind, entry.zero)
		entries = le.AppendUint16(entries, entry.shared)
		entries = le.AppendUint16(entries, restLen)
		entries = le.AppendUint16(entries, uint16(len(entry.target)))
		entries = le.AppendUint32(entries, entry.content)
		entries = le.AppendUint64(entries, entry.mtim)
		names = append(append(names, entry.rest...), entry.target...)
	}
	b := le.AppendUint32([]byte(p.magic), p.version)
	for i, count := range []int{len(p.metadata), len(p.packs), len(p.contents), len(p.entries), len(names)} {
		if forged, ok := p.counts[i]; ok {
			count = int(forged)
		}
		b = le.AppendUint32(b, uint32(count))
	}
	b = append(b, p.metadata...)
	return append(append(append(append(append(b, packs...), contents...), entries...), names...), p.extra...)
}

// vectors returns all cases without what is to come out.
func vectors() []vector {
	var all []vector
	add := func(name string, b []byte) { all = append(all, vector{Name: name, Hex: hex.EncodeToString(b)}) }
	with := func(name string, change func(p *parts)) {
		p := small()
		change(p)
		add(name, p.bytes())
	}
	empty := &parts{magic: manifestMagic, version: Version, metadata: "{}", packs: []packRecord{{}}}
	add("the smallest", empty.bytes())
	add("a small one", small().bytes())

	add("nothing", nil)
	with("another magic", func(p *parts) { p.magic = "GIF89a\r\n" })
	with("a copy made as text", func(p *parts) { p.magic = strings.ReplaceAll(manifestMagic, "\r\n", "\n") + "\x01" })
	with("a newer version", func(p *parts) { p.version = 2 })
	with("version zero", func(p *parts) { p.version = 0 })
	whole := small().bytes()
	for _, n := range []int{1, 8, 11, 12, 31, 32, len(whole) - 1} {
		add(fmt.Sprintf("cut after %d bytes", n), whole[:n])
	}
	with("bytes at the end", func(p *parts) { p.extra = "x" })
	with("all counts at their largest", func(p *parts) {
		p.counts = map[int]uint32{0: 65536, 1: 16, 2: 0xffffffff, 3: 0xffffffff, 4: 0xffffffff}
	})
	with("metadata too large", func(p *parts) { p.counts = map[int]uint32{0: 65537} })
	with("no pack", func(p *parts) { p.counts = map[int]uint32{1: 0} })
	with("17 packs", func(p *parts) { p.counts = map[int]uint32{1: 17} })
	with("one content more than there is", func(p *parts) { p.counts = map[int]uint32{2: 4} })
	with("one entry more than there is", func(p *parts) { p.counts = map[int]uint32{3: 7} })

	for _, metadata := range []string{"", "[]", "null", "{", "{}x", "{\"title\":\"\xff\"}", "\ufeff{}"} {
		with(fmt.Sprintf("metadata %q", metadata), func(p *parts) { p.metadata = metadata })
	}
	for _, metadata := range []string{`{"title":1}`, `{"base":null}`, `{"admin":"u"}`, `{"admin":{"user":{}}}`, `{"plugins":[]}`} {
		with("metadata "+metadata, func(p *parts) { p.metadata = metadata })
	}

	with("pack: reserved number", func(p *parts) { p.packs[1].zero = 9 })
	with("pack: too many contents", func(p *parts) { p.packs[1].count = 2 })
	with("pack: too few contents", func(p *parts) { p.packs[1] = packRecord{} })
	with("pack: a size that is no sum", func(p *parts) { p.packs[0].size = 6 })
	with("pack: a size beyond 63 bits", func(p *parts) { p.packs[0].size = 1<<63 + 5 })
	with("content: larger than a file may be", func(p *parts) { p.contents[1].size = 1<<30 + 1 })

	with("entry: reserved number", func(p *parts) { p.entries[2].zero = 1 })
	with("entry: kind of a device", func(p *parts) { p.entries[0].kind = 2 })
	with("entry: no path", func(p *parts) { p.entries[0].rest = "" })
	with("entry: the same path twice", func(p *parts) { p.entries[4] = entryRecord{kind: 4, shared: 5, content: 1} })
	with("entry: a path before the one before", func(p *parts) { p.entries[1].rest = "" })
	with("entry: out of order", func(p *parts) { p.entries[3].rest = "B" })
	with("entry: shares less than it could", func(p *parts) { p.entries[4] = entryRecord{kind: 4, rest: "b2", content: 1} })
	with("entry: shares more than there is", func(p *parts) { p.entries[4].shared = 6 })
	with("entry: path past the end", func(p *parts) { p.entries[5].restLen = 2 })
	with("entry: names left over", func(p *parts) { p.entries[5].rest, p.entries[5].restLen = "lm", 1 })
	for _, rest := range []string{"/b", "b/", "b//c", ".", "..", "b\x00c", "b\xff", "\xc3", strings.Repeat("n", 256)} {
		with(fmt.Sprintf("entry: name %.12q", rest), func(p *parts) { p.entries[5].rest = "l" + rest; p.entries[5].kind = 3; p.entries[5].target = "" })
	}
	with("entry: name ..", func(p *parts) { p.entries = append([]entryRecord{{kind: 3, rest: ".."}}, p.entries...) })
	with("entry: name .", func(p *parts) { p.entries = append([]entryRecord{{kind: 3, rest: "."}}, p.entries...) })
	with("entry: absolute path", func(p *parts) { p.entries = append([]entryRecord{{kind: 3, rest: "/a"}}, p.entries...) })
	with("entry: directory is missing", func(p *parts) { p.entries[5].rest = "l/m" })
	with("entry: directory is a file", func(p *parts) { p.entries[4] = entryRecord{kind: 4, shared: 5, rest: "/x", content: 1} })
	with("entry: content that is not there", func(p *parts) { p.entries[3].content = 3 })
	with("entry: content out of order", func(p *parts) { p.entries[1].content, p.entries[2].content = 1, 0 })
	with("entry: content nobody names", func(p *parts) { p.entries[3].content = 1 })
	with("entry: content of a directory", func(p *parts) { p.entries[0].content = 1 })
	with("entry: target of a file", func(p *parts) { p.entries[3].target = "a" })
	with("entry: time beyond 63 bits", func(p *parts) { p.entries[3].mtim = 1 << 63 })
	for _, target := range []string{"", "/etc/passwd", "..", "a/../..", "a/../../a", "\xff", "a\x00"} {
		with(fmt.Sprintf("link to %q", target), func(p *parts) { p.entries[5].target = target })
	}
	with("link to its own directory", func(p *parts) { p.entries[5].target = "./a/.." })
	return all
}

// listing writes a manifest as lines, for people and for the vectors.
func listing(m *Manifest) []string {
	metadata, _ := m.Metadata.encode()
	lines := []string{"metadata " + string(metadata)}
	for i, pack := range m.Packs {
		lines = append(lines, fmt.Sprintf("pack %d: %d bytes, %s", i, pack.Size, pack.Digest.String()[:8]))
	}
	for i := range m.Entries {
		entry := &m.Entries[i]
		line := fmt.Sprintf("%s %s %d %d", entry.Kind, entry.Path, m.Size(entry), entry.Mtim)
		switch entry.Kind {
		case vfs.RegularFile:
			content := m.Contents[entry.Content]
			line += fmt.Sprintf(" pack %d at %d %s", content.Pack, content.Off, content.Digest.String()[:8])
		case vfs.SymbolicLink:
			line += " -> " + entry.Target
		}
		lines = append(lines, line)
	}
	return lines
}

// TestDecodeManifest_vectors checks the shared vectors: what is readable and
// how it reads, and for everything else the place and the sentence.
func TestDecodeManifest_vectors(t *testing.T) {
	got := vectors()
	for i := range got {
		b, err := hex.DecodeString(got[i].Hex)
		if err != nil {
			t.Fatal(err)
		}
		m, err := DecodeManifest(b)
		var wrong *FormatError
		switch {
		case errors.As(err, &wrong):
			got[i].Offset, got[i].Reason = wrong.Offset, wrong.Reason
		case err != nil:
			t.Fatalf("%s: %T is no FormatError: %v", got[i].Name, err, err)
		default:
			got[i].Listing = listing(m)
		}
	}
	if *update {
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var want []vector
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d vectors here, %d in %s: run go test ./snapshots -update", len(got), len(want), vectorsFile)
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%s:\n got %+v\nwant %+v", got[i].Name, got[i], want[i])
		}
	}
}

// TestDecodeManifest_pathsDoNotMultiply checks that a small manifest cannot
// ask for gigabytes of paths by sharing their beginnings.
func TestDecodeManifest_pathsDoNotMultiply(t *testing.T) {
	p := &parts{magic: manifestMagic, version: Version, metadata: "{}", packs: []packRecord{{}}}
	name := strings.Repeat("d", 255)
	path := ""
	for len(path) < 4000-256 {
		entry := entryRecord{kind: 3, rest: name}
		if path != "" {
			entry.shared, entry.rest = uint16(len(path)), "/"+name
		}
		p.entries = append(p.entries, entry)
		path += entry.rest
	}
	for i := range 40_000 {
		shared := len(path)
		rest := fmt.Sprintf("/%05d", i)
		if i > 0 {
			before := fmt.Sprintf("/%05d", i-1)
			n := sharedLen(before, rest)
			shared, rest = shared+n, rest[n:]
		}
		p.entries = append(p.entries, entryRecord{kind: 3, shared: uint16(shared), rest: rest})
	}
	_, err := DecodeManifest(p.bytes())
	var wrong *FormatError
	if !errors.As(err, &wrong) || !strings.Contains(wrong.Reason, "bytes in all") {
		t.Errorf("DecodeManifest = %v, want a FormatError about all paths together", err)
	}
}

// FuzzDecodeManifest: decoding never panics, and what is read is in the one
// form that there is.
func FuzzDecodeManifest(f *testing.F) {
	for _, v := range vectors() {
		b, err := hex.DecodeString(v.Hex)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := DecodeManifest(b)
		if err != nil {
			var wrong *FormatError
			if !errors.As(err, &wrong) || wrong.Offset < 0 || wrong.Offset > int64(len(b)) {
				t.Fatalf("error %v is no FormatError within %d bytes", err, len(b))
			}
			return
		}
		before := ""
		for i, entry := range m.Entries {
			if i > 0 && entry.Path <= before || !validPath(entry.Path) {
				t.Fatalf("entry %q after %q", entry.Path, before)
			}
			before = entry.Path
			if entry.Kind == vfs.RegularFile {
				content := m.Contents[entry.Content]
				if content.Off < 0 || content.Off+content.Size > m.Packs[content.Pack].Size {
					t.Fatalf("content of %q lies outside its pack", entry.Path)
				}
			}
		}
	})
}
