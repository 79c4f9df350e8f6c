package wordpress

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pressbox/server"
	"pressbox/snapshots"
	"pressbox/vfs"
)

// fakePHP answers as WordPress and build.php do, and writes what they write.
type fakePHP struct {
	tree     *vfs.Tree
	requests []string
	answer   func(request *server.Request) (status int, body string)
	closed   int
}

func (f *fakePHP) Run(_ context.Context, request *server.Request) (*server.Response, error) {
	f.requests = append(f.requests, request.Method+" "+request.Host+request.URL)
	if f.answer != nil {
		if status, body := f.answer(request); status != 0 {
			return &server.Response{Status: status, Body: []byte(body), Log: []string{"PHP Warning:  a line"}}, nil
		}
	}
	body := ""
	switch {
	case strings.HasPrefix(request.URL, "/wp-admin/install.php"):
		f.tree.WriteFile(content+"/database/.ht.sqlite", []byte("SQLite format 3"))
		f.tree.WriteFile("/tmp/left-over", nil)
		body = `<a href="/wp-login.php">Log in</a>`
	case strings.HasPrefix(request.URL, "/wp-content/pressbox-build/build.php"):
		body = `{"ok":true,"theme":"mine"}`
	case request.URL == "/":
		body = "<title>" + Title + "</title>"
	case request.URL == "/wp-login.php":
		body = `<input id="user_login">`
	default:
		body = `[{"link":"http:\/\/demo.pressbox.localhost\/x"}]`
	}
	return &server.Response{Status: 200, Body: []byte(body)}, nil
}

func (f *fakePHP) Close() error {
	f.closed++
	return nil
}

// options build a tiny WordPress with a fake PHP.
func options(t *testing.T, answer func(*server.Request) (int, string)) (Options, *[]*fakePHP) {
	t.Helper()
	directory := t.TempDir()
	zips := map[string][]byte{
		"wordpress.zip": zipped(t,
			"wordpress/"+versionFile, "<?php $wp_version = '7.1';",
			"wordpress/wp-config.php", "a real secret",
			"wordpress/wp-content/db.php", "another database",
			"wordpress/wp-content/database/.ht.sqlite", "another site",
			"wordpress/wp-content/plugins/hello/hello.php", "<?php\n/*\nPlugin Name: Hello\nVersion: 1.7\n*/",
			"wordpress/wp-content/plugins/akismet/akismet.php", "x",
			"wordpress/wp-includes/js/dist/a.js", "long",
			"wordpress/wp-includes/js/dist/a.min.js", "a",
			"wordpress/wp-includes/js/dist/only.js", "only",
		),
		"sqlite.zip": zipped(t, "p/load.php", "<?php\n/**\n * Version: 3.0\n */", "p/wp-includes/sqlite/db.php", "db"),
	}
	for name, b := range zips {
		if err := os.WriteFile(filepath.Join(directory, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	started := &[]*fakePHP{}
	return Options{
		WordPress: filepath.Join(directory, "wordpress.zip"),
		SQLite:    filepath.Join(directory, "sqlite.zip"),
		PHP:       "php digest",
		Start: func(_ context.Context, c StartConfig) (Runner, error) {
			if c.Seed == 0 || c.Time.IsZero() {
				t.Error("no seed or time was given")
			}
			if errno := c.Tree.AddDevices(); errno != vfs.Success {
				return nil, errno
			}
			f := &fakePHP{tree: c.Tree, answer: answer}
			*started = append(*started, f)
			return f, nil
		},
	}, started
}

func TestBuild(t *testing.T) {
	o, started := options(t, nil)
	site, err := Build(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	if err := site.Tree.Walk(func(path string, _ vfs.Stat) error { paths = append(paths, path); return nil }); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(paths, "\n") + "\n"
	for _, want := range []string{
		"/tmp\n", "/wordpress/wp-config.php\n", "/wordpress/wp-content/db.php\n", "/wordpress/wp-content/mu-plugins/pressbox.php\n",
		"/wordpress/wp-content/mu-plugins/pressbox/person.png\n", "/wordpress/wp-content/uploads/demo/hills-1024x576.png\n",
		"/wordpress/wp-content/mu-plugins/sqlite-database-integration/wp-includes/sqlite/db.php\n",
		"/wordpress/wp-content/plugins/hello/hello.php\n", "/wordpress/wp-content/upgrade\n", "/wordpress/wp-content/themes\n",
		"/wordpress/wp-includes/js/dist/a.min.js\n", "/wordpress/wp-includes/js/dist/only.js\n",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the site has no %s", want)
		}
	}
	for _, gone := range []string{"/tmp/", "/dev", "pressbox-build", "akismet", "/dist/a.js"} {
		if strings.Contains(all, gone) {
			t.Errorf("the site has something of %s", gone)
		}
	}
	if b, _ := site.Tree.ReadFile("/wordpress/wp-config.php"); bytes.Contains(b, []byte("a real secret")) || !bytes.Contains(b, []byte("WP_HOME")) {
		t.Error("wp-config.php is the given one")
	}
	if b, _ := site.Tree.ReadFile(content + "/database/.ht.sqlite"); string(b) != "SQLite format 3" {
		t.Errorf("the database is %q", b)
	}
	want := snapshots.Metadata{
		Admin: snapshots.Admin{User: "admin", Password: "password"}, PHP: "php digest", Source: "WordPress 7.1 from a zip",
		Plugins: map[string]string{"hello": "1.7", "sqlite-database-integration": "3.0"},
		Theme:   "mine", Title: Title, WordPress: "7.1",
	}
	got := site.Metadata
	for name, version := range want.Plugins {
		if got.Plugins[name] != version {
			t.Errorf("plugin %s has version %q, want %q", name, got.Plugins[name], version)
		}
	}
	got.Plugins, want.Plugins = nil, nil
	if got.Admin != want.Admin || got.PHP != want.PHP || got.Source != want.Source || got.Theme != want.Theme || got.Title != want.Title || got.WordPress != want.WordPress {
		t.Errorf("metadata are %+v, want %+v", got, want)
	}
	if len(*started) != 2 || (*started)[0].closed == 0 || (*started)[1].closed == 0 {
		t.Errorf("PHP was started %d times, or not ended", len(*started))
	}
	for _, request := range (*started)[0].requests {
		if !strings.Contains(request, " "+installHost+"/") {
			t.Errorf("%s was asked of another host", request)
		}
	}
	if errno := site.Tree.WriteFile("/x", nil); errno != vfs.ROFS {
		t.Errorf("the site can be written: %v", errno)
	}
}

func TestBuild_sameInputsSameDigest(t *testing.T) {
	digest := func() snapshots.Digest {
		o, _ := options(t, nil)
		site, err := Build(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		d, err := snapshots.Write(&bytes.Buffer{}, site.Tree, site.Metadata)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if a, b := digest(), digest(); a != b {
		t.Errorf("digests are %v and %v", a, b)
	}
}

func TestBuild_sentences(t *testing.T) {
	at := func(part string, status int, body string) func(*server.Request) (int, string) {
		return func(request *server.Request) (int, string) {
			if strings.Contains(request.Host+request.URL, part) {
				return status, body
			}
			return 0, ""
		}
	}
	tests := []struct {
		name   string
		answer func(*server.Request) (int, string)
		wants  []string
	}{
		{"installer fails", at("install.php", 500, "<html><style>p{}</style><p>No &amp; no</p>"), []string{"run WordPress's installer", "status 500", "No &amp; no", "PHP Warning:  a line"}},
		{"installer refuses", at("install.php", 200, "<p>Your password is empty</p>"), []string{"run WordPress's installer", "Your password is empty"}},
		{"content fails", at("step=content", 200, `{"error":"the category x was not made"}`), []string{"fill the site", "step content says: the category x"}},
		{"content is no JSON", at("step=content", 200, "<b>Fatal error</b>"), []string{"fill the site", "Fatal error"}},
		{"finish fails", at("step=finish", 200, `{"ok":false,"error":"the database is damaged"}`), []string{"the database is damaged"}},
		{"no database", at("install.php", 200, "wp-login.php"), []string{"clean the site", "no database"}},
		{"front page fails", at("demo.pressbox.localhost/wp-login.php", 200, ""), []string{"open the finished site", "user_login", "(nothing)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o, _ := options(t, test.answer)
			_, err := Build(context.Background(), o)
			var step *StepError
			if !errors.As(err, &step) {
				t.Fatalf("Build = %v, want a StepError", err)
			}
			for _, want := range test.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not contain %q", err, want)
				}
			}
		})
	}
}

func TestBuild_findsTheInstallHost(t *testing.T) {
	o, _ := options(t, nil)
	start := o.Start
	o.Start = func(ctx context.Context, c StartConfig) (Runner, error) {
		runner, err := start(ctx, c)
		if f, ok := runner.(*fakePHP); ok {
			f.answer = func(request *server.Request) (int, string) {
				if !strings.Contains(request.URL, "install.php") {
					return 0, ""
				}
				c.Tree.WriteFile(content+"/database/.ht.sqlite", []byte("a link to http://install.invalid/x here"))
				return 200, "wp-login.php"
			}
		}
		return runner, err
	}
	if _, err := Build(context.Background(), o); err == nil || !strings.Contains(err.Error(), "still names the host") {
		t.Errorf("Build = %v, want an error about the host", err)
	}
}

func TestPictures(t *testing.T) {
	found, described, err := pictures()
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := pictures()
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for name, b := range found {
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(b, again[name]) {
			t.Errorf("%s is another picture the second time", name)
		}
		if !bytes.Contains(described, []byte(`"file":"`+strings.TrimPrefix(name, "demo/")+`"`)) && !bytes.Contains(described, []byte(`"file":"`+name+`"`)) {
			t.Errorf("%s is not described", name)
		}
		total += len(b)
	}
	if total > 400_000 {
		t.Errorf("the pictures have %d bytes", total)
	}
}
