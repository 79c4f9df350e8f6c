package phpwasm

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pressbox/server"
	"pressbox/vfs"
)

// phpModule compiles the real php.wasm once for all tests: PHP_WASM, or the one
// in the cache.
var phpModule = sync.OnceValues(func() (*Module, error) {
	cache := cacheDir()
	return LoadModule(context.Background(), Options{Path: phpPath(), CacheDir: filepath.Join(cache, "wazero")})
})

func cacheDir() string {
	if dir := os.Getenv("PRESSBOX_CACHE"); dir != "" {
		return dir
	}
	dir, _ := os.UserCacheDir()
	return filepath.Join(dir, "pressbox")
}

func phpPath() string {
	if path := os.Getenv("PHP_WASM"); path != "" {
		return path
	}
	return filepath.Join(cacheDir(), "php", "php.wasm")
}

// realPHP skips a test where there is no php.wasm; with PRESSBOX_REQUIRE_PHP=1,
// as in `make test`, that is a failure.
func realPHP(t testing.TB) *Module {
	t.Helper()
	if _, err := os.Stat(phpPath()); err != nil && os.Getenv("PRESSBOX_REQUIRE_PHP") != "1" {
		t.Skipf("there is no php.wasm at %s; `make php` makes one", phpPath())
	}
	m, err := phpModule()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// newSite makes a site of files below /wordpress.
func newSite(t testing.TB, m *Module, c SiteConfig, files map[string]string) *Site {
	t.Helper()
	lower := vfs.NewTree(vfs.Options{Now: func() int64 { return 1_700_000_000_123_456_789 }})
	for name, text := range files {
		path := "/wordpress/" + name
		if errno := lower.MkdirAll(filepath.Dir(path)); errno != vfs.Success {
			t.Fatal(errno)
		}
		if errno := lower.WriteFile(path, []byte(text)); errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	s := NewSite(m, vfs.NewOverlay(lower, vfs.Options{}), c)
	t.Cleanup(func() { s.Close() })
	return s
}

func get(t testing.TB, s *Site, url string) *server.Response {
	t.Helper()
	return run(t, s, &server.Request{Method: "GET", URL: url})
}

func run(t testing.TB, s *Site, r *server.Request) *server.Response {
	t.Helper()
	r.Host, r.Scheme = "demo.pressbox.localhost:8080", "http"
	response, err := s.Run(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return response
}
