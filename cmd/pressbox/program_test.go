package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pressbox/snapshots"
	"pressbox/vfs"
)

// emptyModule is a WebAssembly module that is whole and has nothing that PHP
// has: one custom section.
var emptyModule = []byte("\x00asm\x01\x00\x00\x00\x00\x05\x04name")

// output takes what the program writes while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// cache makes a cache of the test's own, with a module and a snapshot that
// serve takes.
func cache(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PRESSBOX_CACHE", dir)
	t.Setenv("PHP_WASM", "")
	write(t, filepath.Join(dir, "php", "php.wasm"), emptyModule)
	write(t, filepath.Join(dir, "snapshots", "default.snap"), smallSnapshot(t))
	return dir
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func smallSnapshot(t *testing.T) []byte {
	t.Helper()
	tree := vfs.NewTree(vfs.Options{Now: func() int64 { return 0 }})
	if errno := tree.MkdirAll("/wordpress"); errno != vfs.Success {
		t.Fatal(errno)
	}
	if errno := tree.WriteFile("/wordpress/index.php", []byte("<?php echo 'hello';")); errno != vfs.Success {
		t.Fatal(errno)
	}
	var b bytes.Buffer
	if _, err := snapshots.Write(&b, tree, snapshots.Metadata{WordPress: "6.9"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run calls the program, and interrupts it when it serves.
func run(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var out, mistakes output
	m := &Main{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &mistakes, Ready: func(string) { stop() }}
	status = m.Run(ctx, args)
	return status, out.String(), mistakes.String()
}

func TestMain_sentences(t *testing.T) {
	dir := cache(t)
	snapshot := smallSnapshot(t)
	newer := bytes.Clone(snapshot)
	newer[8]++
	altered := bytes.Clone(snapshot)
	altered[len(altered)-1] ^= 1
	inManifest := bytes.Clone(snapshot)
	inManifest[100] ^= 1
	files := filepath.Join(dir, "files")
	for name, b := range map[string][]byte{
		"text.wasm": []byte("this is no module"), "cut.wasm": emptyModule[:len(emptyModule)-1], "header.wasm": emptyModule[:8],
		"built/php.wasm": emptyModule, "built/manifest.json": []byte(`{"sha256":"` + strings.Repeat("0", 64) + `"}`),
		"cut.snap": snapshot[:len(snapshot)-1], "begun.snap": snapshot[:10], "newer.snap": newer, "altered.snap": altered,
		"manifest.snap": inManifest, "text.snap": []byte("this is no snapshot, but it is long enough to be one, or is it?"), "empty.snap": nil,
	} {
		write(t, filepath.Join(files, name), b)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()

	serve := func(flags ...string) []string { return append([]string{"serve", "--listen", "127.0.0.1:0"}, flags...) }
	at := func(name string) string { return filepath.Join(files, name) }
	for _, test := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"no command", nil, 2, "Usage: pressbox COMMAND"},
		{"no such command", []string{"fly"}, 2, "there is no command \"fly\"; `pressbox help` lists them"},
		{"help about no command", []string{"help", "fly"}, 2, "there is no command \"fly\""},
		{"version of something", []string{"version", "x"}, 2, "version takes no arguments"},

		{"no such flag", serve("--fast"), 2, "flag provided but not defined: -fast; `pressbox help serve` lists the flags"},
		{"something left over", serve("now"), 2, "serve does not know what to do with \"now\""},
		{"port in use", []string{"serve", "--listen", taken.Addr().String()}, 1, "listens on " + taken.Addr().String() + " already, perhaps another Pressbox: stop it, or take another port"},
		{"no address", []string{"serve", "--listen", "8080"}, 2, `"8080" is not an address to listen on`},
		{"no port", []string{"serve", "--listen", "127.0.0.1:99999"}, 1, "try --listen 127.0.0.1:8080"},
		{"another machine's address", []string{"serve", "--listen", "192.0.2.1:8080"}, 1, "is not an address of this machine"},
		{"no sources", serve("--dev"), 2, "--dev bundles the page from its sources"},

		{"no php.wasm", serve("--php-wasm", at("gone.wasm")), 1, "there is no php.wasm at " + at("gone.wasm") + ": build it with `make php`"},
		{"no module", serve("--php-wasm", at("text.wasm")), 1, "is not a WebAssembly module: build it again with `make php`"},
		{"module cut short", serve("--php-wasm", at("cut.wasm")), 1, "is cut short: build it again with `make php`"},
		{"module cut to nothing", serve("--php-wasm", at("header.wasm")), 1, "is an empty module: build it again with `make php`"},
		{"module altered", serve("--php-wasm", at("built/php.wasm")), 1, "was altered after it was built: build it again with `make php`"},
		{"a folder as module", serve("--php-wasm", files), 1, "read php.wasm: "},

		{"no snapshot", serve("--snapshot", at("gone.snap")), 1, "there is no snapshot at " + at("gone.snap") + ": check the name, or make one with `pressbox snapshot build --out"},
		{"snapshot cut short", serve("--snapshot", at("cut.snap")), 1, "the snapshot is cut short: copy it again, or make a new one with `pressbox snapshot build`"},
		{"snapshot barely begun", serve("--snapshot", at("begun.snap")), 1, "the snapshot is cut short"},
		{"newer snapshot", serve("--snapshot", at("newer.snap")), 1, "the snapshot has format version 2 and this Pressbox reads version 1"},
		{"snapshot altered", serve("--snapshot", at("altered.snap")), 1, "the snapshot was altered after it was made: copy it again"},
		{"manifest altered", serve("--snapshot", at("manifest.snap")), 1, "the snapshot was altered after it was made: copy it again"},
		{"no snapshot at all", serve("--snapshot", at("text.snap")), 1, "this is not a Pressbox snapshot"},
		{"empty snapshot", serve("--snapshot", at("empty.snap")), 1, "this is not a Pressbox snapshot"},

		{"php without hyphens", []string{"php"}, 2, "PHP's arguments follow two hyphens"},
		{"php with an argument before them", []string{"php", "x", "--"}, 2, `php does not know what to do with "x"`},
		{"half a folder", []string{"php", "--dir", "/tmp", "--"}, 2, "a folder is given as HOST::GUEST"},
		{"a folder below nothing", []string{"php", "--dir", "/tmp::work", "--"}, 2, "a folder is given as HOST::GUEST"},
		{"no such folder", []string{"php", "--dir", at("gone") + "::/work", "--"}, 1, "there is no folder " + at("gone")},
		{"half a variable", []string{"php", "--env", "A", "--"}, 2, "a variable is given as NAME=VALUE"},
		{"php without a module", []string{"php", "--php-wasm", at("gone.wasm"), "--"}, 1, "build it with `make php`"},
		{"php in another module", []string{"php", "--"}, 1, "_start"},
		{"snapshot of nothing", []string{"snapshot", "fly"}, 2, "snapshot can build"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := run(t, test.args...)
			if status != test.status || !strings.Contains(stderr, test.want) || stdout != "" {
				t.Errorf("status %d, stdout %q, stderr %q; want %d and %q", status, stdout, stderr, test.status, test.want)
			}
		})
	}
}

func TestMain_withoutAnythingBuilt(t *testing.T) {
	dir := cache(t)
	if err := os.Remove(filepath.Join(dir, "snapshots", "default.snap")); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := run(t, "serve"); status != 1 || !strings.Contains(stderr, "make one with `pressbox snapshot build` (or `make snapshot`)") {
		t.Errorf("status %d, stderr %q; want 1 and how to make a snapshot", status, stderr)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := run(t, "serve"); status != 1 || !strings.Contains(stderr, filepath.Join(dir, "php", "php.wasm")+": build it with `make php`") {
		t.Errorf("status %d, stderr %q; want 1 and how to build php.wasm", status, stderr)
	}
}

func TestMain_PHP_WASM(t *testing.T) {
	cache(t)
	t.Setenv("PHP_WASM", "/nowhere/php.wasm")
	if status, _, stderr := run(t, "serve"); status != 1 || !strings.Contains(stderr, "no php.wasm at /nowhere/php.wasm") {
		t.Errorf("status %d, stderr %q; want 1 and the file that PHP_WASM names", status, stderr)
	}
}

func TestMain_help(t *testing.T) {
	for args, want := range map[string]string{
		"help":          "serve WordPress in a browser tab",
		"--help":        "Usage: pressbox COMMAND",
		"help serve":    "-listen ADDRESS",
		"serve -help":   "-snapshot FILE",
		"help php":      "HOST::GUEST",
		"php -h":        "HOST::GUEST",
		"help snapshot": "inspect",
		"help version":  "Usage: pressbox version",
		"version":       "pressbox ",
		"--version":     "pressbox ",
	} {
		status, stdout, stderr := run(t, strings.Fields(args)...)
		if status != 0 || !strings.Contains(stdout, want) || stderr != "" {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want 0 and %q", args, status, stdout, stderr, want)
		}
	}
}

// The program as it is, but for PHP: the module is empty.
func TestMain_serves(t *testing.T) {
	cache(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready := make(chan string, 1)
	var stdout, stderr output
	m := &Main{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Ready: func(address string) { ready <- address }}
	ended := make(chan int, 1)
	go func() { ended <- m.Run(ctx, []string{"serve", "--listen", "127.0.0.1:0"}) }()
	var address string
	select {
	case address = <-ready:
	case status := <-ended:
		t.Fatalf("ended with %d: %s", status, stderr.String())
	}
	if want := "Pressbox serves WordPress 6.9 at " + address + "\n"; stdout.String() != want {
		t.Errorf("stdout = %q, want %q", stdout.String(), want)
	}
	_, port, found := strings.Cut(strings.TrimSuffix(address, "/"), "localhost:")
	if !found {
		t.Fatalf("address = %s, want one with a port", address)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	get := func(url string) (int, string) {
		t.Helper()
		response, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}

	if status, body := get("http://localhost:" + port + "/"); status != 200 || !strings.Contains(body, "<title>Pressbox</title>") {
		t.Errorf("page: %d %.100q", status, body)
	}
	var start struct {
		PHP struct {
			URL  string
			Size int
		}
		Snapshot struct {
			ManifestURL string
			PackURLs    []string
			PackSizes   []int
		}
	}
	if _, body := get(address + "api/start"); json.Unmarshal([]byte(body), &start) != nil {
		t.Fatalf("start = %q", body)
	}
	if status, body := get(strings.TrimSuffix(address, "/") + start.PHP.URL); status != 200 || body != string(emptyModule) || start.PHP.Size != len(emptyModule) {
		t.Errorf("php.wasm: %d %q, size %d", status, body, start.PHP.Size)
	}
	for i, url := range start.Snapshot.PackURLs {
		if status, body := get(strings.TrimSuffix(address, "/") + url); status != 200 || len(body) != start.Snapshot.PackSizes[i] {
			t.Errorf("pack %d: %d, %d bytes; want %d", i, status, len(body), start.Snapshot.PackSizes[i])
		}
	}
	response, err := client.Post(address+"api/sites", "application/json", strings.NewReader(`{"name":"demo"}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if status, body := get("http://demo-server.pressbox.localhost:" + port + "/"); status != 500 || !strings.Contains(body, "its php.wasm could not be started") {
		t.Errorf("a site without PHP: %d %q, want 500 and a sentence", status, body)
	}
	if !strings.Contains(stderr.String(), "sites cannot run on the server: ") {
		t.Errorf("stderr = %q, want why", stderr.String())
	}
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("status = %d, want 0", status)
	}
}

func TestParseDirectory(t *testing.T) {
	for text, want := range map[string]directory{
		".::/work":       {".", "/work", false},
		".::/work:ro":    {".", "/work", true},
		"/a:b::/c":       {"/a:b", "/c", false},
		"/a::/b::/c":     {"/a", "/b::/c", false},
		"::/work":        {},
		".::work":        {},
		".:/work":        {},
		"":               {},
		".::":            {},
		".::/work:ro:ro": {".", "/work:ro", true},
	} {
		got, err := parseDirectory(text)
		if (err != nil) != (want == directory{}) || err == nil && got != want {
			t.Errorf("parseDirectory(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}
