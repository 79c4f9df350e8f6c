package phpwasm

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pressbox/server"
	"pressbox/server/phpwasm/wasi"
)

func TestSite_runsScripts(t *testing.T) {
	s := newSite(t, realPHP(t), SiteConfig{}, map[string]string{
		"index.php":       `<?php header('X-Way: front'); setcookie('a', '1'); setcookie('b', '2'); echo "front ", $_SERVER['REQUEST_URI'], " ", $_GET['q'] ?? '';`,
		"sub/index.php":   `<?php echo "sub ", $_SERVER['SCRIPT_NAME'];`,
		"post.php":        `<?php echo $_SERVER['REQUEST_METHOD'], " ", $_POST['x'] ?? '', " ", file_get_contents('php://input');`,
		"info.php":        `<?php echo $_SERVER['PATH_INFO'] ?? 'none', " ", $_SERVER['PHP_SELF'];`,
		"status.php":      `<?php http_response_code(418); echo "tea";`,
		"redirect.php":    `<?php header('Location: /elsewhere');`,
		"count.php":       `<?php $f = '/wordpress/count'; $n = (int)@file_get_contents($f) + 1; file_put_contents($f, (string)$n, LOCK_EX); static $calls = 0; echo $n, " ", ++$calls;`,
		"log.php":         `<?php error_log("one"); error_log("two"); echo "logged";`,
		"fatal.php":       `<?php missing_function();`,
		"fatal-late.php":  `<?php echo "half"; missing_function();`,
		"exit.php":        `<?php echo "before"; exit(3); echo "after";`,
		"empty.php":       `<?php`,
		"sqlite.php":      `<?php $d = new PDO('sqlite:/wordpress/x.db'); $d->exec('create table if not exists t (n)'); $d->exec('insert into t values (1)'); echo $d->query('select count(*) from t')->fetchColumn();`,
		"wp-content/x.js": `let x`,
	})
	for _, c := range []struct {
		method, url, body string
		status            int
		kind              server.Kind
		want              string
	}{
		{"GET", "/", "", 200, "php", "front / "},
		{"GET", "/a/pretty/permalink?q=1", "", 200, "php", "front /a/pretty/permalink?q=1 1"},
		{"GET", "/sub/", "", 200, "php", "sub /sub/index.php"},
		{"POST", "/post.php", "x=y", 200, "php", "POST y x=y"},
		{"HEAD", "/post.php", "", 200, "php", ""},
		{"GET", "/info.php/a/b", "", 200, "php", "/a/b /info.php/a/b"},
		{"GET", "/status.php", "", 418, "php", "tea"},
		{"GET", "/redirect.php", "", 302, "php", ""},
		{"GET", "/count.php", "", 200, "php", "1 1"},
		{"GET", "/count.php", "", 200, "php", "2 1"},
		{"GET", "/sqlite.php", "", 200, "php", "1"},
		{"GET", "/sqlite.php", "", 200, "php", "2"},
		{"GET", "/exit.php", "", 200, "php", "before"},
		{"GET", "/empty.php", "", 200, "php", ""},
		{"GET", "/log.php", "", 200, "php", "logged"},
	} {
		r := run(t, s, &server.Request{Method: c.method, URL: c.url, Body: []byte(c.body),
			Header: server.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}}})
		if r.Status != c.status || r.Kind != c.kind || string(r.Body) != c.want {
			t.Errorf("%s %s: %d %s %q, want %d %s %q; log %v", c.method, c.url, r.Status, r.Kind, r.Body, c.status, c.kind, c.want, r.Log)
		}
		if r.MemoryBytes == 0 || r.Duration <= 0 {
			t.Errorf("%s: %d bytes of memory, %s", c.url, r.MemoryBytes, r.Duration)
		}
	}
	if r := get(t, s, "/"); len(r.Header.Values("set-cookie")) != 2 || r.Header.Value("x-way") != "front" {
		t.Errorf("header %v", r.Header)
	}
	if r := get(t, s, "/log.php"); len(r.Log) != 2 || !strings.HasSuffix(r.Log[0], "one") {
		t.Errorf("log %q", r.Log)
	}
	if r := get(t, s, "/sub?x"); r.Status != 301 || r.Kind != server.KindRedirect || r.Header.Value("location") != "/sub/?x" {
		t.Errorf("a directory without a slash: %d %v", r.Status, r.Header)
	}
	// A fatal error costs one response: a sentence where PHP wrote nothing.
	r := get(t, s, "/fatal.php")
	if r.Status != 500 || r.Kind != server.KindError || !strings.Contains(string(r.Body), "fatal error") || !strings.Contains(strings.Join(r.Log, "\n"), "missing_function") {
		t.Errorf("fatal: %d %s %q, log %q", r.Status, r.Kind, r.Body, r.Log)
	}
	if r := get(t, s, "/fatal-late.php"); string(r.Body) != "half" || len(r.Log) == 0 {
		t.Errorf("fatal after output: %d %q, log %q", r.Status, r.Body, r.Log)
	}
	if r := get(t, s, "/status.php"); r.Status != 418 {
		t.Errorf("the request after a fatal error: %d", r.Status)
	}
}

// Each of these ends an instance or a script; the next request must not know.
func TestSite_survives(t *testing.T) {
	files := map[string]string{
		"ok.php":     `<?php echo "ok";`,
		"loop.php":   `<?php echo "x"; while (true) {}`,
		"sleep.php":  `<?php sleep(1000); echo "slept";`,
		"deaf.php":   `<?php register_shutdown_function(function () { while (true) {} }); while (true) {}`,
		"output.php": `<?php while (true) echo str_repeat('x', 100000);`,
		"limit.php":  `<?php $a = []; while (true) $a[] = str_repeat('x', 1000000);`,
		"deep.php":   `<?php class A { function __get($n) { return (new A)->{$n . 'x'}; } } ini_set('memory_limit', '-1'); echo (new A)->a;`,
		"files.php":  `<?php $h = []; while ($f = @fopen('/tmp/' . count($h), 'w')) $h[] = $f; echo count($h);`,
	}
	module := realPHP(t)
	limits := wasi.Limits{OutputBytes: 1 << 20, Descriptors: 64}
	// Only what never ends by itself runs against the clock: on a busy machine
	// the others would meet it before their own limit. It is long enough for a
	// new instance to start within.
	patient := newSite(t, module, SiteConfig{Limits: limits}, files)
	hasty := newSite(t, module, SiteConfig{Limits: limits, RequestTimeout: 2 * time.Second}, files)
	for _, c := range []struct {
		site     *Site
		url      string
		status   int
		sentence string // in the body or the log
	}{
		{hasty, "/loop.php", 0, "Maximum execution time"},
		{hasty, "/sleep.php", 0, "Maximum execution time"},
		{hasty, "/deaf.php", 0, "Maximum execution time"},
		{patient, "/output.php", 500, "PHP wrote more than one response may hold (1048576 bytes)"},
		{patient, "/limit.php", 500, "Allowed memory size of"},
		{patient, "/deep.php", 500, ""},
		{patient, "/files.php", 200, "59"},
	} {
		s := c.site
		began := time.Now()
		r := get(t, s, c.url)
		took := time.Since(began)
		all := string(r.Body) + strings.Join(r.Log, "\n")
		if c.status != 0 && r.Status != c.status || !strings.Contains(all, c.sentence) {
			t.Errorf("%s: %d %.300q, log %.300q", c.url, r.Status, r.Body, r.Log)
		}
		t.Logf("%s: %d %s, %.200q, log %.200q", c.url, r.Status, took.Round(time.Millisecond), r.Body, r.Log)
		if took > 20*time.Second {
			t.Errorf("%s took %s", c.url, took)
		}
		if r := get(t, s, "/ok.php"); string(r.Body) != "ok" {
			t.Errorf("after %s: %d %q, log %q", c.url, r.Status, r.Body, r.Log)
		}
	}
}

// Static files need no PHP: the site here has none.
func TestSite_staticFiles(t *testing.T) {
	s := newSite(t, nil, SiteConfig{MaxBody: 10}, map[string]string{
		"style.css":                      "0123456789",
		"docs/index.html":                "<p>docs",
		"wp-content/database/.ht.sqlite": "secret",
		"wp-content/database/x.txt":      "secret",
		".htaccess":                      "secret",
		"backup.sqlite":                  "secret",
	})
	whole := get(t, s, "/style.css?ver=1")
	etag, modified := whole.Header.Value("etag"), whole.Header.Value("last-modified")
	if whole.Status != 200 || whole.Kind != server.KindStatic || string(whole.Body) != "0123456789" ||
		whole.Header.Value("content-type") != "text/css; charset=utf-8" || whole.Header.Value("content-length") != "10" ||
		modified != "Tue, 14 Nov 2023 22:13:20 GMT" || len(etag) < 4 {
		t.Fatalf("%d %v %q", whole.Status, whole.Header, whole.Body)
	}
	for _, c := range []struct {
		name, method, url string
		header            server.Header
		status            int
		body, field       string // field: name=value
	}{
		{"HEAD", "HEAD", "/style.css", nil, 200, "", "content-length=10"},
		{"an index", "GET", "/docs/", nil, 200, "<p>docs", "content-type=text/html; charset=utf-8"},
		{"to the index", "GET", "/docs", nil, 301, "", "location=/docs/"},
		{"POST", "POST", "/style.css", nil, 405, "*", "allow=GET, HEAD"},
		{"the same tag", "GET", "/style.css", server.Header{{Name: "if-none-match", Value: `"x", W/` + etag}}, 304, "", "etag=" + etag},
		{"any tag", "HEAD", "/style.css", server.Header{{Name: "if-none-match", Value: "*"}}, 304, "", ""},
		{"another tag, same date", "GET", "/style.css", server.Header{{Name: "if-none-match", Value: `"x"`}, {Name: "if-modified-since", Value: modified}}, 200, "0123456789", ""},
		{"the same date", "GET", "/style.css", server.Header{{Name: "if-modified-since", Value: modified}}, 304, "", ""},
		{"an older date", "GET", "/style.css", server.Header{{Name: "if-modified-since", Value: "Tue, 14 Nov 2023 22:13:19 GMT"}}, 200, "0123456789", ""},
		{"no date", "GET", "/style.css", server.Header{{Name: "if-modified-since", Value: "yesterday"}}, 200, "0123456789", ""},
		{"a range", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=2-4"}}, 206, "234", "content-range=bytes 2-4/10"},
		{"one byte", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=0-0"}}, 206, "0", "content-length=1"},
		{"an open range", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=7-"}}, 206, "789", "content-range=bytes 7-9/10"},
		{"a range past the end", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=7-99999999999999999999"}}, 206, "789", "content-range=bytes 7-9/10"},
		{"the last bytes", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=-3"}}, 206, "789", "content-range=bytes 7-9/10"},
		{"more last bytes than there are", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=-30"}}, 206, "0123456789", "content-range=bytes 0-9/10"},
		{"a range behind the end", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=10-"}}, 416, "*", "content-range=bytes */10"},
		{"no last bytes", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=-0"}}, 416, "*", "content-range=bytes */10"},
		{"a range backwards", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=4-2"}}, 200, "0123456789", ""},
		{"two ranges", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=0-1,3-4"}}, 200, "0123456789", ""},
		{"no range", "GET", "/style.css", server.Header{{Name: "range", Value: "lines=1-2"}}, 200, "0123456789", ""},
		{"HEAD with a range", "HEAD", "/style.css", server.Header{{Name: "range", Value: "bytes=2-4"}}, 200, "", "content-length=10"},
		{"if-range, same", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=2-4"}, {Name: "if-range", Value: etag}}, 206, "234", ""},
		{"if-range, other", "GET", "/style.css", server.Header{{Name: "range", Value: "bytes=2-4"}, {Name: "if-range", Value: `"x"`}}, 200, "0123456789", ""},
		{"database", "GET", "/wp-content/database/.ht.sqlite", nil, 404, "*", ""},
		{"database folder", "GET", "/wp-content/database/x.txt", nil, 404, "*", ""},
		{"database, encoded", "GET", "/wp-content/%64atabase/%2eht.sqlite", nil, 404, "*", ""},
		{"database, slashes", "GET", "/wp-content//database/x.txt", nil, 404, "*", ""},
		{"htaccess", "GET", "/.htaccess", nil, 404, "*", ""},
		{"backup", "GET", "/backup.sqlite", nil, 404, "*", ""},
		{"up", "GET", "/../etc/passwd", nil, 400, "*", ""},
		{"nothing", "GET", "/missing", nil, 404, "*", ""},
	} {
		r := run(t, s, &server.Request{Method: c.method, URL: c.url, Header: c.header})
		if r.Status != c.status || c.body != "*" && string(r.Body) != c.body || strings.Contains(string(r.Body), "secret") {
			t.Errorf("%s: %d %q, want %d %q", c.name, r.Status, r.Body, c.status, c.body)
		}
		if name, value, ok := strings.Cut(c.field, "="); ok && r.Header.Value(name) != value {
			t.Errorf("%s: %s is %q, want %q", c.name, name, r.Header.Value(name), value)
		}
	}
	r := run(t, s, &server.Request{Method: "POST", URL: "/missing", Body: make([]byte, 11)})
	if r.Status != 413 || r.Kind != server.KindError || !strings.Contains(string(r.Body), "at most 10") {
		t.Errorf("a body that is too large: %d %q", r.Status, r.Body)
	}
}

// Hammer: many requests at once, static ones among them. The race detector is
// the judge, and the counter must not lose one.
func TestSite_hammer(t *testing.T) {
	s := newSite(t, realPHP(t), SiteConfig{}, map[string]string{
		"count.php": `<?php $n = (int)@file_get_contents('/tmp/n') + 1; file_put_contents('/tmp/n', (string)$n); file_put_contents('/wordpress/a.txt', str_repeat('y', $n)); echo $n;`,
		"a.txt":     "x",
	})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 10 {
				get(t, s, "/count.php")
				get(t, s, "/a.txt")
			}
		})
	}
	wait.Wait()
	if r := get(t, s, "/count.php"); string(r.Body) != "41" {
		t.Errorf("the counter says %q, want 41", r.Body)
	}
	s.Close()
	if _, err := s.Run(context.Background(), &server.Request{Method: "GET", URL: "/count.php"}); err == nil {
		t.Error("a closed site ran PHP")
	}
}

// Two sites with the same clock and seed give the same bytes.
func TestSite_isReproducible(t *testing.T) {
	m := realPHP(t)
	var bodies [2]string
	for i := range bodies {
		s := newSite(t, m, SiteConfig{Clock: wasi.FixedClock(1_700_000_000e9, 1000), Random: wasi.SeededRandom(7)}, map[string]string{
			"index.php": `<?php echo microtime(true), " ", bin2hex(random_bytes(8)), " ", mt_rand(), " ", uniqid(), " ", hrtime(true), " ", date('c');`,
		})
		for range 3 {
			bodies[i] += string(get(t, s, "/").Body) + "\n"
		}
	}
	if bodies[0] != bodies[1] || !strings.Contains(bodies[0], "2023-11-14T22:13:2") {
		t.Errorf("got\n%s\nand\n%s", bodies[0], bodies[1])
	}
}

func BenchmarkSite_hello(b *testing.B) {
	s := newSite(b, realPHP(b), SiteConfig{}, map[string]string{"index.php": `<?php echo "hello";`})
	b.ReportAllocs()
	for b.Loop() {
		if r := get(b, s, "/"); string(r.Body) != "hello" {
			b.Fatal(fmt.Sprintf("%d %q", r.Status, r.Body))
		}
	}
}

// The collector must not wait for a script that calls nothing, because the
// timer that ends such a script would then wait for the collector; see the
// package's comment.
func TestSite_loopWhileCollecting(t *testing.T) {
	s := newSite(t, realPHP(t), SiteConfig{RequestTimeout: 2 * time.Second}, map[string]string{
		"loop.php": `<?php while (true) {}`,
		"call.php": `<?php function f() {} while (true) array_map('f', [1, 2, 3]);`,
		"ok.php":   `<?php echo "ok";`,
	})
	get(t, s, "/ok.php")
	for _, url := range []string{"/loop.php", "/call.php"} {
		done := make(chan time.Duration)
		go func() {
			var longest time.Duration
			for range 10 {
				began := time.Now()
				runtime.GC()
				longest = max(longest, time.Since(began))
			}
			done <- longest
		}()
		if r := get(t, s, url); !strings.Contains(strings.Join(r.Log, "\n"), "Maximum execution time") {
			t.Errorf("%s: %d %q, log %q", url, r.Status, r.Body, r.Log)
		}
		t.Logf("%s: the longest collection took %s", url, <-done)
	}
}

// What a site is given besides CGI's variables reaches its scripts, and only
// its own.
func TestSite_env(t *testing.T) {
	module := realPHP(t)
	files := map[string]string{"env.php": `<?php echo getenv('PRESSBOX_SECRET') ?: 'none';`}
	for _, c := range []struct {
		env  []string
		want string
	}{
		{nil, "none"},
		{[]string{"PRESSBOX_SECRET=one"}, "one"},
		{[]string{"PRESSBOX_SECRET=two"}, "two"},
	} {
		s := newSite(t, module, SiteConfig{Env: c.env}, files)
		for range 2 {
			if r := get(t, s, "/env.php"); string(r.Body) != c.want {
				t.Errorf("with %v: %q, want %q", c.env, r.Body, c.want)
			}
		}
	}
}

func TestSite_sendsPieces(t *testing.T) {
	s := newSite(t, realPHP(t), SiteConfig{}, map[string]string{
		"slow.php": `<?php header('X-A: 1'); header('Content-Length: 99'); setcookie('c', 'd'); echo 'one '; flush();
			while (!file_exists('/wordpress/go')) { usleep(1000); clearstatcache(); }
			echo 'two '; flush(); echo 'three'; @unlink('/wordpress/go');`,
		"large.php":  `<?php for ($i = 0; $i < 5; $i++) echo str_repeat('x', 700000);`,
		"plain.php":  `<?php echo 'whole';`,
		"empty.php":  `<?php http_response_code(204); flush(); echo 'nobody sees this';`,
		"broken.php": `<?php echo 'one '; flush(); while (true) echo str_repeat('x', 100000);`,
		"gone.php":   `<?php register_shutdown_function(fn() => file_put_contents('/wordpress/gone', connection_status())); while (true) { echo 'x'; flush(); }`,
	})
	run := func(method, url string, early func(*server.Response) error) *server.Response {
		t.Helper()
		response, err := s.Run(context.Background(), &server.Request{Method: method, URL: url, Host: "localhost", Scheme: "http", Early: early})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	var got []string
	keep := func(part *server.Response) error {
		got = append(got, string(part.Body))
		return nil
	}

	response := run("GET", "/slow.php", func(part *server.Response) error {
		if part.Status != 200 || part.Header.Value("x-a") != "1" || part.Header.Value("set-cookie") == "" || part.Header.Value("content-length") != "" {
			t.Errorf("part: %+v", part)
		}
		if len(got) == 0 {
			s.tree.WriteFile("/wordpress/go", nil) // the script waits for this
		}
		return keep(part)
	})
	if strings.Join(got, "|") != "one |two " || string(response.Body) != "three" || response.Header.Value("x-a") != "1" {
		t.Errorf("pieces %q, rest %q", got, response.Body)
	}

	got = nil
	if response = run("GET", "/large.php", keep); len(got) < 2 || len(strings.Join(got, ""))+len(response.Body) != 3500000 {
		t.Errorf("%d pieces of an answer that nobody flushed, rest of %d bytes", len(got), len(response.Body))
	}
	got = nil
	if response = run("GET", "/plain.php", keep); len(got) != 0 || string(response.Body) != "whole" {
		t.Errorf("pieces %q, rest %q", got, response.Body)
	}
	if response = run("GET", "/empty.php", keep); len(got) != 0 || len(response.Body) != 0 || response.Status != 204 {
		t.Errorf("pieces %q, rest %q, status %d", got, response.Body, response.Status)
	}
	s.tree.WriteFile("/wordpress/go", nil)
	if response = run("HEAD", "/slow.php", keep); len(got) != 0 || len(response.Body) != 0 {
		t.Errorf("HEAD: pieces %q, rest %q", got, response.Body)
	}
	if response = run("GET", "/broken.php", keep); response.Kind != server.KindError || got[0] != "one " {
		t.Errorf("an answer over its limit: kind %s, pieces begin with %q", response.Kind, got[0])
	}
	run("GET", "/gone.php", func(*server.Response) error { return io.ErrClosedPipe })
	if status, _ := s.tree.ReadFile("/wordpress/gone"); string(status) != "1" {
		t.Errorf("the script's connection_status() is %q after its visitor went away, want 1 (aborted)", status)
	}
}
