package server_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"pressbox/server"
)

func unpack(t *testing.T, encoding, body string) string {
	t.Helper()
	var reader io.Reader = strings.NewReader(body)
	var err error
	switch encoding {
	case "zstd":
		var decoder *zstd.Decoder
		if decoder, err = zstd.NewReader(reader); err == nil {
			defer decoder.Close()
			reader = decoder
		}
	case "br":
		reader = brotli.NewReader(reader)
	case "gzip":
		reader, err = gzip.NewReader(reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// mustCompress waits for all copies, also for those that follow in the
// background.
func mustCompress(t *testing.T, f *fixture) {
	t.Helper()
	f.Compress(t.Context())
	f.WaitForCopies()
}

func TestServer_identityUntilCopiesAreReady(t *testing.T) {
	f := mustOpenServer(t, nil)
	response := f.do("GET", moduleURL(), "", "Accept-Encoding: gzip, br, zstd")
	if got := response.Header.Get("Content-Encoding"); got != "" || bodyOf(t, response) != string(module) {
		t.Errorf("Content-Encoding = %q, want the module as it is", got)
	}
}

func TestServer_negotiatesEncoding(t *testing.T) {
	f := mustOpenServer(t, nil)
	mustCompress(t, f)
	for accept, want := range map[string]string{
		"":                          "",
		"gzip, deflate, br, zstd":   "zstd",
		"gzip, deflate, br":         "br",
		"gzip, deflate":             "gzip",
		"deflate":                   "",
		"identity":                  "",
		"*":                         "zstd",
		"zstd;q=0, *":               "br",
		"zstd;q=0,br;q=0,gzip;q=0":  "",
		"br;q=0.5":                  "br",
		"zstd; q=0.0, br ;q=1":      "br",
		"GZIP":                      "gzip",
		"zstd;q=nonsense, identity": "",
	} {
		t.Run(accept, func(t *testing.T) {
			response := f.do("GET", moduleURL(), "", "Accept-Encoding: "+accept)
			if got := response.Header.Get("Content-Encoding"); got != want {
				t.Errorf("Content-Encoding = %q, want %q", got, want)
			}
			if response.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("Vary = %q, want Accept-Encoding", response.Header.Get("Vary"))
			}
			if unpack(t, want, bodyOf(t, response)) != string(module) {
				t.Error("the body does not unpack to the module")
			}
		})
	}
}

func TestServer_conditionsAndRanges(t *testing.T) {
	f := mustOpenServer(t, nil)
	mustCompress(t, f)
	url := moduleURL()
	plain := f.do("GET", url, "").Header.Get("Etag")
	packed := f.do("GET", url, "", "Accept-Encoding: zstd").Header.Get("Etag")
	if plain == packed || plain == "" {
		t.Errorf("the tags are %s and %s, want two", plain, packed)
	}
	for _, test := range []struct {
		name    string
		headers []string
		status  int
		body    string
		want    string // header
	}{
		{"the tag of what is served", []string{"If-None-Match: " + plain}, 304, "", ""},
		{"the tag of a copy", []string{"If-None-Match: " + packed, "Accept-Encoding: zstd"}, 304, "", ""},
		{"the tag of the other encoding", []string{"If-None-Match: " + plain, "Accept-Encoding: zstd"}, 304, "", ""},
		{"weak, among others", []string{`If-None-Match: "x", W/` + packed, "Accept-Encoding: zstd"}, 304, "", ""},
		{"a range", []string{"Range: bytes=0-3"}, 206, "\x00asm", "Content-Range: bytes 0-3/20008"},
		{"a range is of the bytes as they are", []string{"Range: bytes=8-11", "Accept-Encoding: zstd"}, 206, "code", "Content-Encoding:"},
		{"the end", []string{"Range: bytes=-4"}, 206, "code", ""},
		{"past the end", []string{"Range: bytes=20008-"}, 416, "", "Content-Range: bytes */20008"},
		{"a range of what it was", []string{"Range: bytes=0-3", `If-Range: "other"`}, 200, string(module), ""},
		{"a range of a copy", []string{"Range: bytes=0-3", "If-Range: " + packed}, 200, string(module), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			response := f.do("GET", url, "", test.headers...)
			body := bodyOf(t, response)
			if response.StatusCode != test.status || test.status != 416 && body != test.body {
				t.Errorf("status %d, body %.20q; want %d and %.20q", response.StatusCode, body, test.status, test.body)
			}
			if name, value, found := strings.Cut(test.want, ":"); found && response.Header.Get(name) != strings.TrimSpace(value) {
				t.Errorf("%s = %q, want %q", name, response.Header.Get(name), strings.TrimSpace(value))
			}
		})
	}
	response := f.do("HEAD", url, "", "Accept-Encoding: zstd")
	if body := bodyOf(t, response); body != "" || response.Header.Get("Content-Encoding") != "zstd" {
		t.Errorf("HEAD: body %.20q, encoding %q; want none, zstd", body, response.Header.Get("Content-Encoding"))
	}
}

// Large copies outlive the program, and one that was damaged is made anew.
func TestServer_keepsCopies(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "compressed")
	large := append([]byte("\x00asm\x01\x00\x00\x00"), bytes.Repeat([]byte("code"), 100_000)...)
	get := func(t *testing.T) string {
		f := mustOpenServer(t, func(c *server.Config) { c.Module, c.CacheDir = large, dir })
		mustCompress(t, f)
		if text := f.log.text(); text != "" {
			t.Errorf("log = %q, want nothing", text)
		}
		start := bodyOf(t, f.do("GET", pageURL+"/api/start", ""))
		_, rest, _ := strings.Cut(start, `"php":{"url":"`)
		url, _, _ := strings.Cut(rest, `"`)
		response := f.do("GET", pageURL+url, "", "Accept-Encoding: zstd")
		if response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") != "zstd" {
			t.Fatalf("status %s, encoding %q; want zstd", response.Status, response.Header.Get("Content-Encoding"))
		}
		return bodyOf(t, response)
	}
	first := get(t)
	kept, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(kept) != 3 {
		t.Fatalf("kept %v (%v), want three copies", kept, err)
	}
	if second := get(t); second != first {
		t.Error("the second start made another copy")
	}
	for _, path := range kept {
		if err := os.WriteFile(path, []byte("damaged"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if unpack(t, "zstd", get(t)) != string(large) {
		t.Error("a damaged copy was served")
	}
}

func TestServer_removesOldCopies(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{"old.zst": 31 * 24 * time.Hour, "young.zst": 29 * 24 * time.Hour} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	mustCompress(t, mustOpenServer(t, func(c *server.Config) { c.CacheDir = dir }))
	kept, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(kept) != 1 || filepath.Base(kept[0]) != "young.zst" {
		t.Errorf("kept %v (%v), want young.zst", kept, err)
	}
}

func TestServer_cacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	large := append([]byte("\x00asm\x01\x00\x00\x00"), bytes.Repeat([]byte("code"), 100_000)...)
	f := mustOpenServer(t, func(c *server.Config) { c.Module, c.CacheDir = large, filepath.Join(file, "below") })
	mustCompress(t, f)
	if text := f.log.text(); !strings.Contains(text, "keep a compressed copy") {
		t.Errorf("log = %q, want that copies are not kept", text)
	}
}
