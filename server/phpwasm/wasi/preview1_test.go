package wasi

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"pressbox/vfs"
)

// guest is what a test plays: memory, and calls with names of the standard.
type guest struct {
	t      testing.TB
	host   *Host
	memory memory
	calls  map[string]function
	next   uint32 // free memory
}

func newGuest(t testing.TB, c Config) *guest {
	t.Helper()
	if c.Clock == nil {
		c.Clock = FixedClock(1_000_000_000, 10)
	}
	if c.Random == nil {
		c.Random = SeededRandom(1)
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	g := &guest{t: t, host: h, memory: make(memory, 1<<16), calls: map[string]function{}, next: 4096}
	for _, f := range functions() {
		g.calls[f.name] = f
	}
	return g
}

// newTreeGuest has one preopen: a tree with a few files.
func newTreeGuest(t testing.TB, readOnly bool) (*guest, *vfs.Tree) {
	tree := vfs.NewTree(vfs.Options{Now: func() int64 { return 77 }})
	tree.MkdirAll("/d")
	tree.WriteFile("/f", []byte("hello"))
	return newGuest(t, Config{Preopens: []Preopen{{"/", tree, readOnly}}}), tree
}

// call takes numbers, and strings, which become addresses and lengths.
func (g *guest) call(name string, args ...any) vfs.Errno {
	g.t.Helper()
	var stack []uint64
	for _, a := range args {
		switch a := a.(type) {
		case int:
			stack = append(stack, uint64(a))
		case uint32:
			stack = append(stack, uint64(a))
		case uint64:
			stack = append(stack, a)
		case string:
			stack = append(stack, uint64(g.put([]byte(a))), uint64(len(a)))
		}
	}
	f, ok := g.calls[name]
	if !ok || len(stack) != len(f.params()) {
		g.t.Fatalf("%s with %d parameters", name, len(stack))
	}
	return f.call(g.host, g.memory, stack)
}

func (g *guest) must(errno vfs.Errno) {
	g.t.Helper()
	if errno != vfs.Success {
		g.t.Fatal(errno.Name())
	}
}

// put puts bytes into memory, with sentinels around them.
func (g *guest) put(b []byte) uint32 {
	at := g.next
	copy(g.memory[at:], b)
	copy(g.memory[at+uint32(len(b)):], "????")
	g.next += uint32(len(b)+4+7) &^ 7
	return at
}

func (g *guest) room(size int) uint32 { return g.put(bytes.Repeat([]byte("?"), size)) }

func (g *guest) u32(at uint32) uint32 { return binary.LittleEndian.Uint32(g.memory[at:]) }
func (g *guest) u64(at uint32) uint64 { return binary.LittleEndian.Uint64(g.memory[at:]) }

// buffers makes iovecs.
func (g *guest) buffers(list ...[2]uint32) (ptr, count uint32) {
	var b []byte
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, v[0])
		b = binary.LittleEndian.AppendUint32(b, v[1])
	}
	return g.put(b), uint32(len(list))
}

func (g *guest) open(path string, oflags int, rights uint64) uint32 {
	g.t.Helper()
	out := g.room(4)
	g.must(g.call("path_open", 3, 1, path, oflags, rights, 0, 0, out))
	return g.u32(out)
}

// Every structure is written byte by byte as the standard has it, and nothing
// around it.
func TestLayouts(t *testing.T) {
	g, _ := newTreeGuest(t, false)
	for _, c := range []struct {
		name string
		size int
		call func(out uint32) vfs.Errno
		want string
	}{
		{"filestat", 64, func(out uint32) vfs.Errno { return g.call("path_filestat_get", 3, 1, "f", out) },
			"0100000000000000" + "0300000000000000" + "04" + "00000000000000" + "0100000000000000" + "0500000000000000" +
				"4d00000000000000" + "4d00000000000000" + "4d00000000000000"},
		{"filestat of a stream", 64, func(out uint32) vfs.Errno { return g.call("fd_filestat_get", 1, out) },
			"0000000000000000" + "0000000000000000" + "02" + "00000000000000" + "0100000000000000" + strings.Repeat("00", 32)},
		{"fdstat", 24, func(out uint32) vfs.Errno { return g.call("fd_fdstat_get", 3, out) },
			"0300" + "0000" + "00000000" + "99febf0f00000000" + "ffffff0f00000000"},
		{"fdstat of a stream", 24, func(out uint32) vfs.Errno { return g.call("fd_fdstat_get", 0, out) },
			"0200" + "0000" + "00000000" + "2e00200800000000" + "0000000000000000"},
		{"prestat", 8, func(out uint32) vfs.Errno { return g.call("fd_prestat_get", 3, out) }, "0000000001000000"},
		{"clock", 8, func(out uint32) vfs.Errno { return g.call("clock_time_get", 0, 0, out) }, "00ca9a3b00000000"},
		{"clock, monotonic", 8, func(out uint32) vfs.Errno { return g.call("clock_time_get", 1, 0, out) }, "0a00000000000000"},
		{"resolution", 8, func(out uint32) vfs.Errno { return g.call("clock_res_get", 1, out) }, "0100000000000000"},
	} {
		out := g.room(c.size)
		if errno := c.call(out); errno != vfs.Success {
			t.Errorf("%s: %s", c.name, errno.Name())
		}
		if got := hex.EncodeToString(g.memory[out : out+uint32(c.size)]); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		if g.memory[out+uint32(c.size)] != '?' {
			t.Errorf("%s: wrote past its end", c.name)
		}
	}
}

func TestArgsAndEnviron(t *testing.T) {
	g := newGuest(t, Config{Args: []string{"php", "", "ä"}, Env: []string{"A=1"}})
	count, size := g.room(4), g.room(4)
	g.must(g.call("args_sizes_get", count, size))
	if g.u32(count) != 3 || g.u32(size) != 8 {
		t.Errorf("sizes %d, %d", g.u32(count), g.u32(size))
	}
	pointers, buffer := g.room(12), g.room(8)
	g.must(g.call("args_get", pointers, buffer))
	if got := string(g.memory[buffer : buffer+9]); got != "php\x00\x00ä\x00?" {
		t.Errorf("strings %q", got)
	}
	if g.u32(pointers) != buffer || g.u32(pointers+4) != buffer+4 || g.u32(pointers+8) != buffer+5 {
		t.Errorf("pointers %d %d %d from %d", g.u32(pointers), g.u32(pointers+4), g.u32(pointers+8), buffer)
	}
	// The environment is read anew each time.
	g.host.SetRequest([]string{"B=2", "C=3"}, nil, nil, nil, nil)
	g.must(g.call("environ_sizes_get", count, size))
	if g.u32(count) != 2 || g.u32(size) != 8 {
		t.Errorf("sizes of the environment %d, %d", g.u32(count), g.u32(size))
	}
	g.must(g.call("environ_get", pointers, buffer))
	if got := string(g.memory[buffer : buffer+8]); got != "B=2\x00C=3\x00" {
		t.Errorf("environment %q", got)
	}
}

func TestDescriptors(t *testing.T) {
	g, _ := newTreeGuest(t, false)
	a, b := g.open("f", 0, rightFdRead), g.open("f", 0, rightFdRead)
	if a != 4 || b != 5 {
		t.Errorf("opened as %d and %d, want 4 and 5", a, b)
	}
	// The lowest free number comes next.
	g.must(g.call("fd_close", a))
	g.must(g.call("fd_close", 0))
	if c := g.open("d", 2, 0); c != 0 {
		t.Errorf("opened as %d, want 0", c)
	}
	if c := g.open("f", 0, rightFdRead); c != 4 {
		t.Errorf("opened as %d, want 4", c)
	}
	g.must(g.call("fd_renumber", 5, 4))
	for _, fd := range []uint32{5, 6, 1 << 20, math.MaxUint32} {
		for name, errno := range map[string]vfs.Errno{
			"fd_close":      g.call("fd_close", fd),
			"fd_sync":       g.call("fd_sync", fd),
			"fd_tell":       g.call("fd_tell", fd, 0),
			"fd_fdstat_get": g.call("fd_fdstat_get", fd, 0),
			"fd_renumber":   g.call("fd_renumber", fd, 4),
			"path_open":     g.call("path_open", fd, 0, "f", 0, 0, 0, 0, 0),
			"sock_recv":     g.call("sock_recv", fd, 0, 0, 0, 0, 0),
		} {
			if errno != vfs.BADF {
				t.Errorf("%s(%d): %s, want BADF", name, fd, errno.Name())
			}
		}
	}
	if errno := g.call("sock_shutdown", 4, 0); errno != vfs.NOTSOCK {
		t.Errorf("sock_shutdown: %s, want NOTSOCK", errno.Name())
	}
	if errno := g.call("fd_prestat_get", 4, 0); errno != vfs.BADF {
		t.Errorf("prestat of a file: %s, want BADF", errno.Name())
	}
	if errno := g.call("fd_prestat_dir_name", 3, 0, 0); errno != vfs.NAMETOOLONG {
		t.Errorf("a name of 1 byte in a buffer of 0: %s, want NAMETOOLONG", errno.Name())
	}
}

func TestLimits_descriptors(t *testing.T) {
	tree := vfs.NewTree(vfs.Options{})
	tree.WriteFile("/f", nil)
	g := newGuest(t, Config{Preopens: []Preopen{{"/", tree, false}}, Limits: Limits{Descriptors: 6}})
	out := g.room(4)
	g.must(g.call("path_open", 3, 0, "f", 0, 0, 0, 0, out))
	g.must(g.call("path_open", 3, 0, "f", 0, 0, 0, 0, out))
	if errno := g.call("path_open", 3, 0, "new", 1, 0, 0, 0, out); errno != vfs.MFILE {
		t.Errorf("one too many: %s, want MFILE", errno.Name())
	}
	if _, errno := tree.Stat("/new"); errno != vfs.NOENT {
		t.Error("the open that was refused made its file")
	}
	g.must(g.call("fd_close", 4))
	g.must(g.call("path_open", 3, 0, "f", 0, 0, 0, 0, out))
}

func TestLimits_output(t *testing.T) {
	var sink bytes.Buffer
	g := newGuest(t, Config{Stdout: &sink, Limits: Limits{OutputBytes: 10}})
	text := g.put([]byte("12345678"))
	list, count := g.buffers([2]uint32{text, 6}, [2]uint32{text, 2})
	out := g.room(4)
	g.must(g.call("fd_write", 1, list, count, out))
	if g.u32(out) != 8 || sink.String() != "12345612" {
		t.Errorf("wrote %d: %q", g.u32(out), sink.String())
	}
	defer func() {
		var limit *LimitError
		if err, ok := recover().(error); !ok || !errors.As(err, &limit) || limit.Limit != 10 {
			t.Errorf("one byte too many: %v", err)
		}
	}()
	g.call("fd_write", 2, list, count, out)
	t.Error("the limit did not end the guest")
}

func TestProcExit(t *testing.T) {
	g := newGuest(t, Config{})
	defer func() {
		var exit *ExitError
		if err, ok := recover().(error); !ok || !errors.As(err, &exit) || exit.Code != 7 {
			t.Errorf("got %v", err)
		}
	}()
	g.call("proc_exit", 7)
}

func TestReadWrite(t *testing.T) {
	g, tree := newTreeGuest(t, false)
	fd := g.open("f", 0, rightFdRead|rightFdWrite)
	a, b, out := g.room(3), g.room(9), g.room(8)
	list, count := g.buffers([2]uint32{a, 3}, [2]uint32{0, 0}, [2]uint32{b, 9})
	g.must(g.call("fd_read", fd, list, count, out))
	if g.u32(out) != 5 || string(g.memory[a:a+4]) != "hel?" || string(g.memory[b:b+3]) != "lo?" {
		t.Errorf("read %d: %q %q", g.u32(out), g.memory[a:a+4], g.memory[b:b+3])
	}
	g.must(g.call("fd_read", fd, list, count, out))
	if g.u32(out) != 0 {
		t.Errorf("read %d at the end", g.u32(out))
	}
	g.must(g.call("fd_pread", fd, list, count, 1, out))
	if g.u32(out) != 4 || string(g.memory[a:a+3]) != "ell" {
		t.Errorf("pread %d: %q", g.u32(out), g.memory[a:a+3])
	}
	g.must(g.call("fd_pwrite", fd, list, 1, 4, out))
	g.must(g.call("fd_tell", fd, out))
	if g.u64(out) != 5 {
		t.Errorf("the offset is %d, want 5", g.u64(out))
	}
	if data, _ := tree.ReadFile("/f"); string(data) != "hellell" {
		t.Errorf("the file holds %q", data)
	}
	// A list that lies within its own first buffer cannot make the next one
	// lead out of memory.
	evil := g.room(16)
	binary.LittleEndian.PutUint32(g.memory[evil:], evil)
	binary.LittleEndian.PutUint32(g.memory[evil+4:], 16)
	binary.LittleEndian.PutUint32(g.memory[evil+8:], a)
	binary.LittleEndian.PutUint32(g.memory[evil+12:], 1)
	tree.WriteFile("/evil", bytes.Repeat([]byte("\xff"), 32))
	fd = g.open("evil", 0, rightFdRead)
	if errno := g.call("fd_read", fd, evil, 2, out); errno != vfs.FAULT && errno != vfs.Success {
		t.Errorf("a list that changes: %s", errno.Name())
	}
	for name, c := range map[string]struct{ got, want vfs.Errno }{
		"whence":               {g.call("fd_seek", fd, 0, 3, out), vfs.INVAL},
		"before the beginning": {g.call("fd_seek", fd, uint64(math.MaxUint64), 0, out), vfs.INVAL},
		"seek of a stream":     {g.call("fd_seek", 1, 0, 0, out), vfs.SPIPE},
		"pread of a stream":    {g.call("fd_pread", 0, list, count, 0, out), vfs.SPIPE},
		"read of stdout":       {g.call("fd_read", 1, list, count, out), vfs.BADF},
		"write to stdin":       {g.call("fd_write", 0, list, count, out), vfs.BADF},
		"read of a directory":  {g.call("fd_read", g.open("d", 2, rightFdRead), list, count, out), vfs.ISDIR},
		"too many buffers":     {g.call("fd_read", fd, 0, maxIovecs+1, out), vfs.INVAL},
		"negative offset":      {g.call("fd_pread", fd, list, count, uint64(math.MaxUint64), out), vfs.INVAL},
		"flags":                {g.call("fd_fdstat_set_flags", fd, 32), vfs.INVAL},
		"more rights":          {g.call("fd_fdstat_set_rights", fd, uint64(rightFdWrite), 0), vfs.NOTCAPABLE},
		"both times":           {g.call("fd_filestat_set_times", fd, 0, 0, 3), vfs.INVAL},
		"allocate nothing":     {g.call("fd_allocate", fd, 0, 0), vfs.INVAL},
		"allocate too much":    {g.call("fd_allocate", g.open("f", 0, rightFdWrite), uint64(math.MaxInt64), 1), vfs.FBIG},
		"advice":               {g.call("fd_advise", fd, 0, 0, 6), vfs.INVAL},
		"unknown clock":        {g.call("clock_time_get", 4, 0, out), vfs.INVAL},
		"a signal":             {g.call("proc_raise", 6), vfs.NOTSUP},
		"open flags":           {g.call("path_open", 3, 0, "f", 16, 0, 0, 0, out), vfs.INVAL},
		"link, followed":       {g.call("path_link", 3, 1, "f", 3, "g"), vfs.INVAL},
		"poll for nothing":     {g.call("poll_oneoff", 0, 0, 0, out), vfs.INVAL},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got.Name(), c.want.Name())
		}
	}
}

// Locks come as advice on an offset that no file reaches. What another host
// would take for advice is not taken for a lock.
func TestLocks(t *testing.T) {
	tree := vfs.NewTree(vfs.Options{})
	tree.WriteFile("/f", []byte("0123456789"))
	a := newGuest(t, Config{Preopens: []Preopen{{"/", tree, false}}})
	b := newGuest(t, Config{Preopens: []Preopen{{"/", tree, false}}})
	both := rightFdRead | rightFdWrite
	one, two, other := a.open("f", 0, both), a.open("f", 0, both), b.open("f", 0, both)
	const shared, exclusive, unlock, record, test = 1, 2, 3, 4, 8
	advise := func(g *guest, fd uint32, operation, off, size uint64) vfs.Errno {
		return g.call("fd_advise", fd, 1<<62|operation<<52|off, size, 0)
	}
	for i, c := range []struct{ got, want vfs.Errno }{
		{advise(a, one, exclusive, 0, 0), vfs.Success},
		{advise(a, two, shared, 0, 0), vfs.AGAIN},
		{advise(b, other, shared, 0, 0), vfs.AGAIN},
		{advise(a, one, unlock, 0, 0), vfs.Success},
		{advise(b, other, shared, 0, 0), vfs.Success},
		{advise(a, one, record|exclusive, 5, 10), vfs.Success},
		{advise(a, two, record|exclusive, 5, 10), vfs.Success},
		{advise(b, other, record|shared, 0, 6), vfs.AGAIN},
		{advise(b, other, test|shared, 0, 6), vfs.AGAIN},
		{advise(b, other, test|exclusive, 0, 5), vfs.Success},
		{advise(b, other, record|shared, 15, math.MaxUint64), vfs.Success},
		{advise(a, one, record|exclusive, 1<<52-1, 1), vfs.AGAIN},
		{advise(b, other, record|unlock, 0, 1<<52), vfs.Success},
		{advise(a, one, record|exclusive, 1<<52-1, 1), vfs.Success},
		{advise(a, 1, exclusive, 0, 0), vfs.Success},
		{advise(a, 3, exclusive, 0, 0), vfs.Success},
		{advise(b, 3, exclusive, 0, 0), vfs.AGAIN},
		{advise(a, 99, exclusive, 0, 0), vfs.BADF},
		{advise(a, one, 0, 0, 0), vfs.INVAL},
		{advise(a, one, test|unlock, 0, 0), vfs.INVAL},
		{advise(a, one, 16|exclusive, 0, 0), vfs.INVAL},
		{a.call("fd_advise", one, uint64(1<<62|exclusive<<52), uint64(0), 1), vfs.Success},
		{a.call("fd_advise", one, uint64(3<<62|exclusive<<52), uint64(0), 0), vfs.INVAL},
		{advise(b, other, exclusive, 0, 0), vfs.Success},
		{advise(a, one, shared, 0, 0), vfs.AGAIN},
	} {
		if c.got != c.want {
			t.Errorf("call %d: %s, want %s", i, c.got.Name(), c.want.Name())
		}
	}
	// Closing one of its descriptors ends a guest's record locks on the file,
	// and its end all its locks.
	a.must(a.call("fd_close", two))
	b.must(advise(b, other, record|exclusive, 0, 0))
	b.host.Close()
	a.must(advise(a, one, exclusive, 0, 0))
	a.must(advise(a, one, record|exclusive, 0, 0))
	a.must(a.call("fd_renumber", 3, one))
	c := newGuest(t, Config{Preopens: []Preopen{{"/", tree, false}}})
	fd := c.open("f", 0, both)
	c.must(advise(c, fd, exclusive, 0, 0))
	c.must(advise(c, fd, record|exclusive, 0, 0))
}

// How much room there is comes as advice too.
func TestSpace(t *testing.T) {
	tree := vfs.NewTree(vfs.Options{Limits: vfs.Limits{Bytes: 100}})
	tree.WriteFile("/f", []byte("0123456789"))
	g := newGuest(t, Config{Preopens: []Preopen{{"/", tree, false}}})
	fd := g.open("f", 0, rightFdRead)
	const free, total = 1 << 61, 1<<61 + 1
	for name, c := range map[string]struct{ got, want vfs.Errno }{
		"free":           {g.call("fd_advise", fd, uint64(free), uint64(90), 0), vfs.Success},
		"more":           {g.call("fd_advise", fd, uint64(free), uint64(91), 0), vfs.NOSPC},
		"beneath":        {g.call("fd_advise", 3, uint64(free), uint64(91), 0), vfs.NOSPC},
		"total":          {g.call("fd_advise", 3, uint64(total), uint64(100), 0), vfs.Success},
		"more in all":    {g.call("fd_advise", 3, uint64(total), uint64(math.MaxUint64), 0), vfs.NOSPC},
		"something else": {g.call("fd_advise", fd, uint64(total+1), uint64(1), 0), vfs.INVAL},
		"a stream":       {g.call("fd_advise", 1, uint64(free), uint64(1), 0), vfs.NOTSUP},
		"nothing":        {g.call("fd_advise", 99, uint64(free), uint64(1), 0), vfs.BADF},
		"advice":         {g.call("fd_advise", fd, uint64(free), uint64(91), 1), vfs.Success},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got.Name(), c.want.Name())
		}
	}
}

// What a guest may only read it cannot change, and each try is ROFS.
func TestReadOnlyPreopen(t *testing.T) {
	g, tree := newTreeGuest(t, true)
	tree.Symlink("nowhere", "/dangling")
	out := g.room(4)
	fd := g.open("f", 0, rightFdRead)
	// A guest learns from its rights that it is no place to make files.
	fdstat := g.room(24)
	for _, dir := range []uint32{3, g.open("d", 2, math.MaxUint64)} {
		g.must(g.call("fd_fdstat_get", dir, fdstat))
		if rights := g.u64(fdstat + 8); rights&rightsChange != 0 || rights&rightFdReaddir == 0 {
			t.Errorf("rights of descriptor %d: %b", dir, rights)
		}
	}
	for name, c := range map[string]struct{ got, want vfs.Errno }{
		"mkdir":               {g.call("path_create_directory", 3, "x"), vfs.ROFS},
		"rmdir":               {g.call("path_remove_directory", 3, "d"), vfs.ROFS},
		"unlink":              {g.call("path_unlink_file", 3, "f"), vfs.ROFS},
		"rename":              {g.call("path_rename", 3, "f", 3, "g"), vfs.ROFS},
		"link":                {g.call("path_link", 3, 0, "f", 3, "g"), vfs.ROFS},
		"symlink":             {g.call("path_symlink", "f", 3, "g"), vfs.ROFS},
		"times":               {g.call("path_filestat_set_times", 3, 1, "f", 0, 0, 5), vfs.ROFS},
		"own times":           {g.call("fd_filestat_set_times", fd, 0, 0, 5), vfs.ROFS},
		"size":                {g.call("fd_filestat_set_size", fd, 0), vfs.BADF},
		"open for writing":    {g.call("path_open", 3, 0, "f", 0, uint64(rightFdWrite), 0, 0, out), vfs.ROFS},
		"truncating":          {g.call("path_open", 3, 0, "f", 8, 0, 0, 0, out), vfs.ROFS},
		"making":              {g.call("path_open", 3, 0, "x", 1, 0, 0, 0, out), vfs.ROFS},
		"making by a link":    {g.call("path_open", 3, 1, "dangling", 1, 0, 0, 0, out), vfs.ROFS},
		"making what exists":  {g.call("path_open", 3, 0, "f", 1, 0, 0, 0, out), vfs.Success},
		"making it anew":      {g.call("path_open", 3, 0, "f", 5, 0, 0, 0, out), vfs.EXIST},
		"making a directory":  {g.call("path_open", 3, 0, "x", 3, 0, 0, 0, out), vfs.INVAL},
		"beneath a directory": {g.call("path_create_directory", g.open("d", 2, 0), "x"), vfs.ROFS},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got.Name(), c.want.Name())
		}
	}
}

func TestReaddir(t *testing.T) {
	g, tree := newTreeGuest(t, false)
	buffer, out := g.room(200), g.room(4)
	g.must(g.call("fd_readdir", 3, buffer, 200, 0, out))
	want := "0100000000000000" + "0100000000000000" + "01000000" + "03000000" + hex.EncodeToString([]byte(".")) +
		"0200000000000000" + "0100000000000000" + "02000000" + "03000000" + hex.EncodeToString([]byte("..")) +
		"0300000000000000" + "0200000000000000" + "01000000" + "03000000" + hex.EncodeToString([]byte("d")) +
		"0400000000000000" + "0300000000000000" + "01000000" + "04000000" + hex.EncodeToString([]byte("f"))
	if got := hex.EncodeToString(g.memory[buffer : buffer+g.u32(out)]); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	// A buffer that is full, with half an entry.
	g.must(g.call("fd_readdir", 3, buffer, 30, 2, out))
	if g.u32(out) != 30 || g.u64(buffer) != 3 || g.u64(buffer+25)&0xff != 4 {
		t.Errorf("filled %d bytes", g.u32(out))
	}
	// More entries than the host asks its file system for at once.
	tree.MkdirAll("/many")
	for i := range 1000 {
		tree.WriteFile("/many/"+string(rune('a'+i%26))+strings.Repeat("x", i), nil)
		if i == 200 {
			break
		}
	}
	fd, count := g.open("many", 2, 0), 0
	big := g.room(1000)
	for cookie := uint64(0); ; {
		g.must(g.call("fd_readdir", fd, big, 1000, cookie, out))
		at := uint32(0)
		for at+direntSize <= g.u32(out) {
			size := g.u32(big + at + 16)
			if at+direntSize+size > g.u32(out) {
				break
			}
			cookie = g.u64(big + at)
			at += direntSize + size
			count++
		}
		if g.u32(out) < 1000 {
			break
		}
	}
	if count != 203 {
		t.Errorf("listed %d names, want 203", count)
	}
	if errno := g.call("fd_readdir", 1, buffer, 0, 0, out); errno != vfs.NOTDIR {
		t.Errorf("listing a stream: %s, want NOTDIR", errno.Name())
	}
}

func TestPoll(t *testing.T) {
	g, _ := newTreeGuest(t, false)
	fd := g.open("f", 0, rightFdRead)
	subscribe := func(userdata uint64, tag byte, id uint32, timeout uint64, flags uint16) []byte {
		b := make([]byte, subscriptionSize)
		binary.LittleEndian.PutUint64(b, userdata)
		b[8] = tag
		binary.LittleEndian.PutUint32(b[16:], id)
		binary.LittleEndian.PutUint64(b[24:], timeout)
		binary.LittleEndian.PutUint16(b[40:], flags)
		return b
	}
	type event struct {
		userdata uint64
		errno    vfs.Errno
		tag      byte
		size     uint64
	}
	poll := func(subscriptions ...[]byte) (events []event) {
		t.Helper()
		in, out, count := g.put(bytes.Join(subscriptions, nil)), g.room(eventSize*len(subscriptions)), g.room(4)
		g.must(g.call("poll_oneoff", in, out, len(subscriptions), count))
		for i := range g.u32(count) {
			at := out + i*eventSize
			events = append(events, event{g.u64(at), vfs.Errno(g.u32(at + 8)), g.memory[at+10], g.u64(at + 16)})
			events[i].errno &= 0xffff
		}
		return events
	}
	expect := func(name string, got []event, want ...event) {
		t.Helper()
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
			return
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: event %d is %v, want %v", name, i, got[i], want[i])
			}
		}
	}
	now := func() int64 { return g.host.clock.Monotonic() }
	before := now()
	expect("two clocks", poll(subscribe(1, 0, 1, 5000, 0), subscribe(2, 0, 0, 9000, 0)), event{1, 0, 0, 0})
	if slept := now() - before; slept < 5000 || slept > 5100 {
		t.Errorf("slept %d", slept)
	}
	expect("an absolute clock that is over", poll(subscribe(3, 0, 1, 1, 1)), event{3, 0, 0, 0})
	before = now()
	expect("a file and a clock", poll(subscribe(4, 1, fd, 0, 0), subscribe(5, 0, 1, 1e12, 0)), event{4, 0, 1, 5})
	if slept := now() - before; slept > 100 {
		t.Errorf("slept %d although a file was ready", slept)
	}
	expect("a stream, and what is not open", poll(subscribe(6, 2, 1, 0, 0), subscribe(7, 1, 99, 0, 0)), event{6, 0, 2, 1}, event{7, vfs.BADF, 1, 0})
	expect("an unknown clock", poll(subscribe(8, 0, 9, 0, 0)), event{8, vfs.INVAL, 0, 0})
	expect("an unknown kind", poll(subscribe(9, 3, 0, 0, 0)), event{9, vfs.INVAL, 3, 0})
}

func TestVectors_random(t *testing.T) {
	text, err := os.ReadFile("../testdata/random.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Cases []struct {
			Seed  uint32
			Bytes string
		}
	}
	if err := json.Unmarshal(text, &v); err != nil || len(v.Cases) == 0 {
		t.Fatal(err)
	}
	for _, c := range v.Cases {
		r := SeededRandom(c.Seed)
		got := make([]byte, len(c.Bytes)/2)
		for at, size := 0, 1; at < len(got); at, size = at+size, size+1 { // however it is cut
			r.Fill(got[at:min(at+size, len(got))])
		}
		if hex.EncodeToString(got) != c.Bytes {
			t.Errorf("seed %d: %x, want %s", c.Seed, got, c.Bytes)
		}
	}
}

func TestTrace(t *testing.T) {
	g, _ := newTreeGuest(t, false)
	var lines bytes.Buffer
	for name, f := range g.calls {
		g.calls[name] = traced(f, TraceTo(&lines))
	}
	out := g.room(64)
	g.call("path_filestat_get", 3, 1, "missing", out)
	func() {
		defer func() { recover() }()
		g.call("proc_exit", 3)
	}()
	want := "path_filestat_get(3, 1, \"missing\", " // the address is the test's own
	if got := lines.String(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ") = NOENT\nproc_exit(3) = ?\n") {
		t.Errorf("trace %q", got)
	}
}

// An address or a length that leads out of memory is FAULT, whichever it is.
func TestPointers_fault(t *testing.T) {
	g, _ := newTreeGuest(t, false)
	g.host.SetRequest([]string{"A=1"}, nil, nil, nil, nil)
	g.host.args = []string{"words"}
	fd := g.open("f", 0, rightFdRead|rightFdWrite)
	g.must(g.call("path_symlink", "f", 3, "l"))
	list, count := g.buffers([2]uint32{g.room(4), 4})
	bad, _ := g.buffers([2]uint32{65536 - 3, 4})
	ok := g.room(64)
	for _, out := range []uint32{65536, 65536 - 3, math.MaxUint32, math.MaxUint32 - 7} {
		for name, errno := range map[string]vfs.Errno{
			"args_get":                g.call("args_get", out, ok),
			"args_get, buffer":        g.call("args_get", ok, out),
			"args_sizes_get":          g.call("args_sizes_get", out, ok),
			"args_sizes_get, size":    g.call("args_sizes_get", ok, out),
			"environ_get":             g.call("environ_get", out, ok),
			"environ_sizes_get":       g.call("environ_sizes_get", out, ok),
			"clock_res_get":           g.call("clock_res_get", 0, out),
			"clock_time_get":          g.call("clock_time_get", 0, 0, out),
			"fd_fdstat_get":           g.call("fd_fdstat_get", fd, out),
			"fd_filestat_get":         g.call("fd_filestat_get", fd, out),
			"fd_pread":                g.call("fd_pread", fd, list, count, 0, out),
			"fd_pread, list":          g.call("fd_pread", fd, out, 1, 0, ok),
			"fd_pread, buffer":        g.call("fd_pread", fd, bad, 1, 0, ok),
			"fd_prestat_get":          g.call("fd_prestat_get", 3, out),
			"fd_prestat_dir_name":     g.call("fd_prestat_dir_name", 3, out, 4),
			"fd_pwrite":               g.call("fd_pwrite", fd, bad, 1, 0, ok),
			"fd_read":                 g.call("fd_read", fd, list, count, out),
			"fd_readdir":              g.call("fd_readdir", 3, out, 64, 0, ok),
			"fd_readdir, out":         g.call("fd_readdir", 3, ok, 64, 0, out),
			"fd_seek":                 g.call("fd_seek", fd, 0, 0, out),
			"fd_tell":                 g.call("fd_tell", fd, out),
			"fd_write":                g.call("fd_write", fd, list, count, out),
			"fd_write, list":          g.call("fd_write", fd, out, 1, ok),
			"path_create_directory":   g.call("path_create_directory", 3, out, 4),
			"path_filestat_get":       g.call("path_filestat_get", 3, 0, "f", out),
			"path_filestat_get, path": g.call("path_filestat_get", 3, 0, out, 4, ok),
			"path_filestat_set_times": g.call("path_filestat_set_times", 3, 0, out, 4, 0, 0, 0),
			"path_link":               g.call("path_link", 3, 0, "f", 3, out, 4),
			"path_open":               g.call("path_open", 3, 0, "f", 0, 0, 0, 0, out),
			"path_open, path":         g.call("path_open", 3, 0, out, 4, 0, 0, 0, 0, ok),
			"path_readlink":           g.call("path_readlink", 3, "l", out, 4, ok),
			"path_readlink, out":      g.call("path_readlink", 3, "l", ok, 4, out),
			"path_remove_directory":   g.call("path_remove_directory", 3, out, 4),
			"path_rename":             g.call("path_rename", 3, out, 4, 3, "x"),
			"path_symlink":            g.call("path_symlink", out, 4, 3, "x"),
			"path_unlink_file":        g.call("path_unlink_file", 3, out, 4),
			"poll_oneoff":             g.call("poll_oneoff", out, ok, 1, ok),
			"poll_oneoff, events":     g.call("poll_oneoff", ok, out, 1, ok),
			"poll_oneoff, count":      g.call("poll_oneoff", ok, ok, 1, out),
			"random_get":              g.call("random_get", out, 4),
			"random_get, length":      g.call("random_get", ok, uint32(math.MaxUint32)),
		} {
			if errno != vfs.FAULT {
				t.Errorf("%s with %d: %s, want FAULT", name, out, errno.Name())
			}
		}
	}
}

// FuzzPreview1 calls any function with anything: the host must neither panic
// nor write outside its own world.
func FuzzPreview1(f *testing.F) {
	names := functions()
	for i := range names {
		f.Add([]byte{byte(i), 3, 1, 0, 16, 2, 0, 0, 0, 0, 200})
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		g, _ := newTreeGuest(t, false)
		copy(g.memory[4096:], "f\x00d/link/../x")
		for i := 0; i+10 < len(program); i += 11 {
			copy(g.memory[program[i+10]:], program[i:])
			stack := make([]uint64, 9)
			for j := range stack {
				// Small numbers, addresses of something, and now and then nonsense.
				switch v := uint64(program[i+1+j]); {
				case v < 200:
					stack[j] = v
				case v < 250:
					stack[j] = 4096 + v - 200
				default:
					stack[j] = math.MaxUint64 - v
				}
			}
			func() {
				defer func() {
					switch p := recover().(type) {
					case nil, *ExitError, *LimitError:
					default:
						panic(p)
					}
				}()
				call := names[int(program[i])%len(names)]
				call.call(g.host, g.memory, stack)
			}()
		}
	})
}

// The calls that PHP makes most allocate nothing.
func TestHotCalls_allocateNothing(t *testing.T) {
	g, _ := newTreeGuest(t, false)
	fd := uint64(g.open("f", 0, rightFdRead))
	path, out := uint64(g.put([]byte("f"))), uint64(g.room(64))
	list, count := g.buffers([2]uint32{g.room(4), 4})
	for name, stack := range map[string][]uint64{
		"path_filestat_get": {3, 1, path, 1, out},
		"fd_filestat_get":   {fd, out},
		"fd_fdstat_get":     {fd, out},
		"fd_read":           {fd, uint64(list), uint64(count), out},
		"fd_pread":          {fd, uint64(list), uint64(count), 0, out},
		"fd_seek":           {fd, 0, 0, out},
		"clock_time_get":    {0, 0, out},
		"fd_readdir":        {3, out, 60, 0, out + 60},
	} {
		call := g.calls[name].call
		if allocs := testing.AllocsPerRun(100, func() { call(g.host, g.memory, stack) }); allocs != 0 {
			t.Errorf("%s allocates %v times", name, allocs)
		}
	}
}

func BenchmarkPathFilestatGet(b *testing.B) {
	g, _ := newTreeGuest(b, false)
	stack := []uint64{3, 1, uint64(g.put([]byte("f"))), 1, uint64(g.room(64))}
	call := g.calls["path_filestat_get"].call
	b.ReportAllocs()
	for b.Loop() {
		call(g.host, g.memory, stack)
	}
}
