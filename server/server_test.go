package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"pressbox/server"
	"pressbox/snapshots"
	"pressbox/vfs"
)

const (
	pageURL   = "http://pressbox.localhost:8080"
	tabURL    = "http://demo.pressbox.localhost:8080"
	serverURL = "http://demo-server.pressbox.localhost:8080"
)

// module is long enough to be compressed.
var module = append([]byte("\x00asm\x01\x00\x00\x00"), bytes.Repeat([]byte("code"), 5000)...)

var pageFiles = map[string][]byte{
	"index.html":              []byte("<!doctype html><title>the page</title>" + strings.Repeat(" ", 2000)),
	"bridge.html":             []byte("<!doctype html><title>the bridge</title>"),
	"serviceworker.js":        []byte("serviceworker()"),
	"frame.js":                []byte("frame()"),
	"assets/main-ABCDEFGH.js": []byte("main()"),
}

// mustSnapshot packs a small site.
func mustSnapshot(t testing.TB) *snapshots.Snapshot {
	t.Helper()
	tree := vfs.NewTree(vfs.Options{Now: func() int64 { return 1_700_000_000_000_000_000 }})
	for name, text := range map[string]string{
		"/wordpress/index.php":                         "<?php secret();",
		"/wordpress/readme.html":                       "<h1>read me</h1>",
		"/wordpress/wp-includes/style.css":             "body { color: red }",
		"/wordpress/wp-content/database/.ht.sqlite":    "the database",
		"/wordpress/wp-content/database/note.txt":      "beside the database",
		"/wordpress/.htaccess":                         "deny",
		"/wordpress/wp-content/uploads/backup.sqlite3": "another database",
		"/etc/passwd":                                  "outside of the site",
	} {
		if errno := tree.MkdirAll(name[:strings.LastIndexByte(name, '/')]); errno != vfs.Success {
			t.Fatal(errno)
		}
		if errno := tree.WriteFile(name, []byte(text)); errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	var b bytes.Buffer
	if _, err := snapshots.Write(&b, tree, snapshots.Metadata{WordPress: "6.9", Title: "Small"}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := snapshots.Decode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// fakeRunner answers with what run makes, and remembers what it was asked.
type fakeRunner struct {
	run func(ctx context.Context, request *server.Request) (*server.Response, error)

	mu       sync.Mutex
	requests []*server.Request
	closed   int
}

func (f *fakeRunner) Run(ctx context.Context, request *server.Request) (*server.Response, error) {
	f.mu.Lock()
	f.requests = append(f.requests, request)
	f.mu.Unlock()
	if f.run != nil {
		return f.run(ctx, request)
	}
	return htmlResponse("<html><head><title>a post</title></head></html>"), nil
}

func (f *fakeRunner) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
	return nil
}

func (f *fakeRunner) last() *server.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.requests) == 0 {
		return nil
	}
	return f.requests[len(f.requests)-1]
}

func htmlResponse(body string) *server.Response {
	return &server.Response{
		Status: 200,
		Header: server.Header{{Name: "content-type", Value: "text/html; charset=UTF-8"}},
		Body:   []byte(body),
		Kind:   server.KindPHP,
	}
}

// fixture is a Server over small parts.
type fixture struct {
	*server.Server
	snapshot *snapshots.Snapshot
	runner   *fakeRunner
	log      *logLines
}

type logLines struct {
	mu    sync.Mutex
	lines []string
}

func (l *logLines) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *logLines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// mustOpenServer makes a Server with one fake Runner for all its sites. change
// may change its configuration.
func mustOpenServer(t testing.TB, change func(*server.Config)) *fixture {
	t.Helper()
	f := &fixture{snapshot: mustSnapshot(t), runner: &fakeRunner{}, log: &logLines{}}
	config := server.Config{
		Version:   "test",
		Module:    module,
		Snapshot:  f.snapshot,
		NewRunner: func(string) (server.Runner, error) { return f.runner, nil },
		Log:       f.log.add,
	}
	if change != nil {
		change(&config)
	}
	var err error
	if f.Server, err = server.New(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	f.SetPage(pageFiles)
	return f
}

// do asks the Server for something. Headers are given as "Name: value".
func (f *fixture) do(method, url, body string, headers ...string) *http.Response {
	request := httptest.NewRequest(method, url, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Add(name, value)
	}
	recorder := httptest.NewRecorder()
	f.ServeHTTP(recorder, request)
	return recorder.Result()
}

func bodyOf(t testing.TB, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// openSite makes the site demo in the server lane.
func (f *fixture) openSite(t testing.TB, name string) {
	t.Helper()
	response := f.do("POST", pageURL+"/api/sites", `{"name":"`+name+`"}`, "Content-Type: application/json", "Origin: "+pageURL)
	if response.StatusCode != http.StatusCreated {
		t.Fatalf("open site %s: %s: %s", name, response.Status, bodyOf(t, response))
	}
}

func moduleURL() string {
	digest := sha256.Sum256(module)
	return pageURL + "/php/" + hex.EncodeToString(digest[:]) + ".wasm"
}

func TestServer_routes(t *testing.T) {
	f := mustOpenServer(t, nil)
	digest := f.snapshot.Digest().String()
	html := "Accept: text/html"
	for _, test := range []struct {
		method, url string
		headers     []string
		status      int
		body        string   // part of it
		want        []string // headers of the answer; "Name:" means that there is none
	}{
		// The page.
		{"GET", pageURL + "/", nil, 200, "the page", []string{"Content-Type: text/html; charset=utf-8", "Cache-Control: no-cache", "Origin-Agent-Cluster: ?1", "X-Content-Type-Options: nosniff", "Cross-Origin-Embedder-Policy:", "Cross-Origin-Opener-Policy:"}},
		{"HEAD", pageURL + "/", nil, 200, "", []string{"Content-Length: 2038"}},
		{"GET", pageURL + "/?site=demo&path=/x", nil, 200, "the page", nil},
		{"GET", pageURL + "/assets/main-ABCDEFGH.js", nil, 200, "main()", []string{"Content-Type: text/javascript; charset=utf-8", "Cache-Control: public, max-age=31536000, immutable"}},
		{"GET", pageURL + "/assets/gone.js", nil, 404, "The page has no file gone.js", nil},
		{"GET", pageURL + "/assets/../index.html", nil, 404, "no file", nil},
		{"GET", pageURL + "/frame.js", nil, 404, "nothing at this address", nil},
		{"POST", pageURL + "/", nil, 405, "takes GET", []string{"Allow: GET"}},

		// What a tab runs from.
		{"GET", moduleURL(), nil, 200, "\x00asm", []string{"Content-Type: application/wasm", "Cache-Control: public, max-age=31536000, immutable"}},
		{"GET", pageURL + "/php/" + strings.Repeat("0", 64) + ".wasm", nil, 404, "reload the page", nil},
		{"GET", pageURL + "/snapshots/" + digest + "/manifest", nil, 200, string(f.snapshot.ManifestBytes()), nil},
		{"GET", pageURL + "/snapshots/" + digest + "/pack/0", nil, 200, string(f.snapshot.Pack(0)), nil},
		{"GET", pageURL + "/snapshots/" + digest + "/pack/1", nil, 200, "body { color: red }", nil},
		{"GET", pageURL + "/snapshots/" + digest + "/pack/2", nil, 404, "packs 0 to 1", nil},
		{"GET", pageURL + "/snapshots/" + digest + "/pack/00", nil, 404, "packs 0 to 1", nil},
		{"GET", pageURL + "/snapshots/" + digest + "/pack/-1", nil, 404, "packs 0 to 1", nil},
		{"GET", pageURL + "/snapshots/" + strings.Repeat("0", 64) + "/manifest", nil, 404, "reload the page", nil},
		{"GET", pageURL + "/api/start", nil, 200, `"digest":"` + digest + `"`, []string{"Content-Type: application/json", "Cache-Control: no-store"}},
		{"GET", pageURL + "/api/sites", nil, 405, "takes POST", []string{"Allow: POST"}},
		{"GET", pageURL + "/api/events", []string{"Origin: " + pageURL}, 400, "WebSocket", nil},

		// A site in a tab.
		{"GET", tabURL + "/-pressbox/bridge", nil, 200, "the bridge", []string{"Origin-Agent-Cluster: ?1", "Content-Type: text/html; charset=utf-8"}},
		{"GET", tabURL + "/-pressbox/sw.js", nil, 200, "serviceworker()", []string{"Service-Worker-Allowed: /", "Cache-Control: no-cache", "Content-Type: text/javascript; charset=utf-8"}},
		{"GET", tabURL + "/-pressbox/frame.js", nil, 200, "frame()", []string{"Cache-Control: no-cache"}},
		{"GET", tabURL + "/-pressbox/main-ABCDEFGH.js", nil, 200, "main()", nil},
		{"GET", tabURL + "/-pressbox/index.html", nil, 404, "no file", nil},
		{"GET", tabURL + "/wp-includes/style.css", []string{"Cookie: a=b"}, 200, "color: red", []string{"Content-Type: text/css; charset=utf-8", "Set-Cookie:", "Cache-Control: no-cache"}},
		{"GET", tabURL + "/wp-includes/style.css?ver=6.9", nil, 200, "color: red", nil},
		{"GET", tabURL + "/wp-includes/../wp-includes/style.css", nil, 200, "color: red", nil},
		{"GET", tabURL + "/index.php", nil, 404, "no such file", nil},
		{"GET", tabURL + "/.htaccess", nil, 404, "no such file", nil},
		{"GET", tabURL + "/wp-content/database/.ht.sqlite", nil, 404, "no such file", nil},
		{"GET", tabURL + "/wp-content/database/note.txt", nil, 404, "no such file", nil},
		{"GET", tabURL + "/wp-content/uploads/backup.sqlite3", nil, 404, "no such file", nil},
		{"GET", tabURL + "/../etc/passwd", nil, 404, "no such file", nil},
		{"GET", tabURL + "/%2e%2e/etc/passwd", nil, 404, "no such file", nil},
		{"GET", tabURL + "/-pressbox/snapshot/" + digest + "/wp-includes/style.css", nil, 200, "color: red", []string{"Content-Type: text/css; charset=utf-8", "Cache-Control: public, max-age=31536000, immutable"}},
		{"GET", tabURL + "/-pressbox/snapshot/" + digest + "/index.php", nil, 404, "no such file", nil},
		{"GET", tabURL + "/-pressbox/snapshot/" + digest + "/wp-content/database/note.txt", nil, 404, "no such file", nil},
		{"GET", tabURL + "/-pressbox/snapshot/" + strings.Repeat("0", 64) + "/wp-includes/style.css", nil, 404, "reload the page", nil},
		{"GET", tabURL + "/hello/", []string{html}, 200, "Pressbox has to be open", []string{"Content-Type: text/html; charset=utf-8"}},
		{"GET", tabURL + "/hello/?a=1", []string{html}, 200, pageURL + "/?path=%2Fhello%2F%3Fa%3D1&amp;site=demo", nil},
		{"GET", tabURL + "/hello/", []string{html, "Sec-Fetch-Mode: cors"}, 404, "no such file", nil},
		{"POST", tabURL + "/wp-login.php", nil, 405, "takes GET", nil},

		// Nobody's.
		{"GET", "http://localhost:8080/?site=a", nil, 302, "", []string{"Location: " + pageURL + "/?site=a"}},
		{"GET", "http://127.0.0.1:8080//evil.example/", nil, 302, "", []string{"Location: " + pageURL + "/evil.example/"}},
		{"POST", "http://localhost:8080/", nil, 405, "", nil},
	} {
		t.Run(test.method+" "+test.url, func(t *testing.T) {
			response := f.do(test.method, test.url, "", test.headers...)
			body := bodyOf(t, response)
			if response.StatusCode != test.status || !strings.Contains(body, test.body) {
				t.Errorf("status %d, body %.200q; want %d and %q", response.StatusCode, body, test.status, test.body)
			}
			for _, header := range test.want {
				name, value, _ := strings.Cut(header, ":")
				if got := response.Header.Get(name); got != strings.TrimSpace(value) {
					t.Errorf("%s = %q, want %q", name, got, strings.TrimSpace(value))
				}
			}
		})
	}
	if text := f.log.text(); text != "" {
		t.Errorf("the log has %q, want nothing of requests that went as they should", text)
	}
	if f.runner.last() != nil {
		t.Errorf("a Runner was asked for %v, want none", f.runner.last())
	}
}

func TestServer_hosts(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	const long = "abcdefghijklmnopqrstuvwxyz012345" // 32
	for host, want := range map[string]struct {
		status int
		body   string
	}{
		"pressbox.localhost":                        {200, "the page"},
		"pressbox.localhost:1":                      {200, "the page"},
		"PressBox.LocalHost:8080":                   {200, "the page"},
		"localhost":                                 {302, ""},
		"127.0.0.1:8080":                            {302, ""},
		"[::1]:8080":                                {302, ""},
		"demo.pressbox.localhost:8080":              {200, "Open it in Pressbox"},
		"a.pressbox.localhost":                      {200, "Open it in Pressbox"},
		long + ".pressbox.localhost":                {200, "Open it in Pressbox"},
		"demo-server.pressbox.localhost:8080":       {200, "a post"},
		"other-server.pressbox.localhost":           {404, "No site “other” runs on this server"},
		long + "x.pressbox.localhost":               {421, "Open the page at"},
		"-a.pressbox.localhost":                     {421, "Open the page at"},
		"a-.pressbox.localhost":                     {421, "Open the page at"},
		"a_b.pressbox.localhost":                    {421, "Open the page at"},
		"a.b.pressbox.localhost":                    {421, "Open the page at"},
		"demo-server-server.pressbox.localhost":     {421, "Open the page at"},
		"-server.pressbox.localhost":                {421, "Open the page at"},
		".pressbox.localhost":                       {421, "Open the page at"},
		"pressbox.localhost.":                       {421, "Open the page at"},
		"pressbox.localhost:8080:1":                 {421, "Open the page at"},
		"pressbox.localhost:http":                   {421, "Open the page at"},
		"pressbox.localhost.evil.example":           {421, "Open the page at"},
		"evilpressbox.localhost":                    {421, "Open the page at"},
		"rebound.example":                           {421, "Open the page at"},
		"192.168.1.7:8080":                          {421, "Open the page at"},
		"":                                          {421, "Open the page at"},
		"demo.pressbox.localhost@rebound.example":   {421, "Open the page at"},
		"demo.pressbox.localhost%00.localhost:8080": {421, "Open the page at"},
	} {
		t.Run(host, func(t *testing.T) {
			request := httptest.NewRequest("GET", "/", nil)
			request.Host = host
			request.Header.Set("Accept", "text/html")
			recorder := httptest.NewRecorder()
			f.ServeHTTP(recorder, request)
			if recorder.Code != want.status || !strings.Contains(recorder.Body.String(), want.body) {
				t.Errorf("status %d, body %.300q; want %d and %q", recorder.Code, recorder.Body, want.status, want.body)
			}
		})
	}
}

func TestServer_pageMayRunWasmAndShowSites(t *testing.T) {
	f := mustOpenServer(t, nil)
	policy := f.do("GET", pageURL+"/", "").Header.Get("Content-Security-Policy")
	for _, directive := range []string{
		"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'",
		"connect-src 'self' ws://pressbox.localhost:8080", "frame-src http://*.pressbox.localhost:8080",
	} {
		if !strings.Contains(policy+";", directive+";") {
			t.Errorf("policy = %q, want %q in it", policy, directive)
		}
	}
	bridge := f.do("GET", tabURL+"/-pressbox/bridge", "").Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(bridge, "frame-ancestors "+pageURL) {
		t.Errorf("the bridge's policy = %q, want it in frames of %s only", bridge, pageURL)
	}
}

func TestServer_origins(t *testing.T) {
	f := mustOpenServer(t, nil)
	for _, test := range []struct {
		name    string
		headers []string
		allowed bool
	}{
		{"the page", []string{"Origin: " + pageURL}, true},
		{"no browser", nil, true},
		{"the page, without Origin", []string{"Sec-Fetch-Site: same-origin"}, true},
		{"a site", []string{"Origin: " + tabURL}, false},
		{"a site of the server lane", []string{"Origin: " + serverURL, "Sec-Fetch-Site: same-site"}, false},
		{"another port", []string{"Origin: http://pressbox.localhost:9090"}, false},
		{"another scheme", []string{"Origin: https://pressbox.localhost:8080"}, false},
		{"elsewhere", []string{"Origin: http://rebound.example"}, false},
		{"a document without an origin", []string{"Origin: null"}, false},
		{"two origins", []string{"Origin: " + pageURL, "Origin: " + tabURL}, false},
		{"a site, without Origin", []string{"Sec-Fetch-Site: same-site"}, false},
	} {
		for _, target := range []struct{ method, url, body string }{
			{"POST", pageURL + "/api/sites", `{"name":"demo"}`},
			{"DELETE", pageURL + "/api/sites/demo", ""},
			{"GET", pageURL + "/api/events", ""},
		} {
			t.Run(test.name+"/"+target.method, func(t *testing.T) {
				response := f.do(target.method, target.url, target.body, append(test.headers, "Content-Type: application/json")...)
				if forbidden := response.StatusCode == http.StatusForbidden; forbidden == test.allowed {
					t.Errorf("status %d, want allowed = %t", response.StatusCode, test.allowed)
				}
			})
		}
	}
}

func TestServer_errorsSuitWhoReadsThem(t *testing.T) {
	f := mustOpenServer(t, nil)
	for _, test := range []struct{ accept, contentType, body string }{
		{"text/html,*/*;q=0.8", "text/html; charset=utf-8", "<h1>Not Found</h1>"},
		{"application/json", "application/json", `{"code":"not_found","error":"There is nothing at this address."}`},
		{"*/*", "text/plain; charset=utf-8", "There is nothing at this address.\n"},
	} {
		response := f.do("GET", pageURL+"/nothing", "", "Accept: "+test.accept)
		if got := response.Header.Get("Content-Type"); got != test.contentType {
			t.Errorf("%s: Content-Type = %q, want %q", test.accept, got, test.contentType)
		}
		if body := bodyOf(t, response); !strings.Contains(body, test.body) {
			t.Errorf("%s: body = %q, want %q in it", test.accept, body, test.body)
		}
	}
	page := bodyOf(t, f.do("GET", tabURL+"/x/%3Cscript%3E?<script>", "", "Accept: text/html"))
	if strings.Contains(page, "<script>") {
		t.Errorf("page = %s, want nothing of the address as markup", page)
	}
}

func TestServer_inside_errorsStayInside(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		return nil, fmt.Errorf("boot php: %w", io.ErrUnexpectedEOF)
	}
	response := f.do("GET", serverURL+"/?key=secret", "", "Cookie: session=secret")
	body := bodyOf(t, response)
	if response.StatusCode != 500 || strings.Contains(body, "EOF") || !strings.Contains(body, "output of the program") {
		t.Errorf("status %d, body %q; want 500 and a sentence without the cause", response.StatusCode, body)
	}
	log := f.log.text()
	if !strings.Contains(log, "boot php: unexpected EOF") || strings.Contains(log, "secret") {
		t.Errorf("log = %q, want the cause and no secret", log)
	}
}
