package wordpress

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// write makes files in a new directory.
func write(t *testing.T, texts map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	for name, text := range texts {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

func TestAptSources(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []aptSource
	}{
		{"nothing", nil, nil},
		{"one-line", map[string]string{
			"sources.list": "# deb http://off.example main\ndeb http://a.example/debian bookworm main contrib\ndeb http://a.example/debian bookworm-updates main\ndeb-src http://s.example bookworm main\ndeb http://sec.example bookworm-security main\ndebian\ndeb [broken http://x bookworm main\ndeb http://short.example bookworm\n",
		}, []aptSource{{"http://a.example/debian", ""}}},
		{"one-line with options", map[string]string{
			"sources.list.d/x.list": "deb [arch=amd64 signed-by=/k/debian-archive-keyring.gpg trusted=no] http://b.example bookworm main # why\n",
		}, []aptSource{{"http://b.example", "signed-by: /k/debian-archive-keyring.gpg\ntrusted: no\n"}}},
		{"deb822", map[string]string{
			"sources.list.d/debian.sources": "# a mirror\nTypes: deb deb-src\nURIs: http://c.example http://d.example\nSuites: bookworm bookworm-updates\nComponents: main\nArchitectures: amd64\nSigned-By: /k/debian-archive-keyring.gpg\n\nTypes: deb\nEnabled: no\nURIs: http://off.example\nSuites: bookworm\nComponents: main\n",
		}, []aptSource{
			{"http://c.example", "Signed-By: /k/debian-archive-keyring.gpg\n"},
			{"http://d.example", "Signed-By: /k/debian-archive-keyring.gpg\n"},
		}},
		{"a key in the file, foreign archives last, other components not at all", map[string]string{
			"sources.list.d/1.sources": "Types: deb\nURIs: http://foreign.example\nSuites: stable\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n\n\nTypes: deb\nURIs: http://tool.example\nSuites: bookworm\nComponents: tool\n",
			"sources.list.d/2.list":    "deb http://own.example stable main\n",
		}, []aptSource{
			{"http://own.example", ""},
			{"http://foreign.example", "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := aptSources(write(t, test.files), []string{"bookworm", "stable"})
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("aptSources = %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestNeededBy(t *testing.T) {
	stanza := deb822("Package: wordpress\nDepends: apache2 | httpd, php-gd, libjs-underscore (>= 1.13),\n ca-certificates, php-getid3:any, libphp-phpmailer | libphp-other\nRecommends: wordpress-theme-x (= 1)\n")[0]
	want := []string{"libjs-underscore", "ca-certificates", "php-getid3", "libphp-phpmailer", "libphp-other", "wordpress-theme-x"}
	if got := neededBy(stanza); !reflect.DeepEqual(got, want) {
		t.Errorf("neededBy = %q, want %q", got, want)
	}
}

// deb makes a package with files and links out of dpkg-deb.
func deb(t *testing.T, directory, name string, files, links map[string]string) {
	t.Helper()
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("dpkg-deb is missing: this machine is not Debian")
	}
	contents := map[string]string{"DEBIAN/control": "Package: " + name + "\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: a test\n"}
	for path, text := range files {
		contents[path] = text
	}
	root := write(t, contents)
	for path, target := range links {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(root, path)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("dpkg-deb", "-b", root, filepath.Join(directory, name+"_1_all.deb")).CombinedOutput(); err != nil {
		t.Fatalf("dpkg-deb: %v\n%s", err, out)
	}
}

// cachedDebian fills a cache with two packages, as a download leaves it.
func cachedDebian(t *testing.T) string {
	t.Helper()
	directory := filepath.Join(t.TempDir(), "debian-wordpress")
	working, err := workingDirectory(directory)
	if err != nil {
		t.Fatal(err)
	}
	deb(t, working, "wordpress", map[string]string{
		"usr/share/wordpress/" + versionFile: "<?php $wp_version = '7.1';",
		"usr/share/wordpress/index.php":      "<?php",
		"usr/share/doc/wordpress/copyright":  "x",
	}, map[string]string{
		"usr/share/wordpress/.htaccess":                   "/etc/wordpress/htaccess",
		"usr/share/wordpress/wp-includes/js/underscore":   "../../../javascript/underscore",
		"usr/share/wordpress/wp-includes/ca-bundle.crt":   "/etc/ssl/certs/ca-certificates.crt",
		"usr/share/wordpress/wp-includes/dangling.php":    "/usr/share/php/none.php",
		"usr/share/wordpress/wp-includes/up-and-over.php": "../../../../../usr/share/javascript/underscore/u.js",
	})
	deb(t, working, "libs", map[string]string{
		"usr/share/javascript/underscore/u.js":        "_",
		"usr/share/ca-certificates/mozilla/B.crt":     "B\n",
		"usr/share/ca-certificates/mozilla/A.crt":     "A",
		"usr/share/ca-certificates/mozilla/README.md": "x",
	}, map[string]string{"usr/share/javascript/underscore/u.min.js": "u.js"})
	record := &download{Version: "7.1-1", From: "Debian sid"}
	if err := record.finish(working, directory, []string{"wordpress_1_all.deb", "libs_1_all.deb"}); err != nil {
		t.Fatal(err)
	}
	return directory
}

func TestDebian_cachedPackagesNeedNoNetwork(t *testing.T) {
	var lines []string
	d := &debian{etc: "/nonexistent", directory: cachedDebian(t), progress: func(line string) { lines = append(lines, line) }}
	s, err := d.fetch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for path, file := range s.files {
		got[path] = string(file.data)
	}
	want := map[string]string{
		versionFile:                          "<?php $wp_version = '7.1';",
		"index.php":                          "<?php",
		"wp-includes/js/underscore/u.js":     "_",
		"wp-includes/js/underscore/u.min.js": "_",
		"wp-includes/ca-bundle.crt":          "A\nB\n",
		"wp-includes/up-and-over.php":        "_",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("files are %q\nwant %q", got, want)
	}
	if s.description != "Debian sid, package wordpress 7.1-1" || s.version() != "7.1" {
		t.Errorf("description %q, version %q", s.description, s.version())
	}
	if text := strings.Join(lines, "\n"); !strings.Contains(text, "wp-includes/dangling.php") || strings.Contains(text, "htaccess") {
		t.Errorf("progress does not name the dangling link alone:\n%s", text)
	}
}

func TestDebian_damagedCacheIsFetchedAgain(t *testing.T) {
	directory := cachedDebian(t)
	if readDownload(directory) == nil {
		t.Fatal("the whole download is not recognised")
	}
	path := filepath.Join(directory, "libs_1_all.deb")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2]++
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if readDownload(directory) != nil {
		t.Error("a damaged download counts as whole")
	}
}

func TestDebian_sentences(t *testing.T) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("apt-get is missing: this machine is not Debian")
	}
	tests := []struct {
		name  string
		etc   map[string]string
		wants []string
	}{
		{"no os-release", nil, []string{"not Debian", "--wordpress PATH"}},
		{"another system", map[string]string{"os-release": "ID=fedora\n"}, []string{"not Debian", "--wordpress PATH"}},
		{"no archive", map[string]string{"os-release": "NAME=x\nID=\"debian\"\nVERSION_CODENAME=bookworm\n"}, []string{"no Debian archive", "--wordpress PATH"}},
		{"no network", map[string]string{
			"os-release":       "ID=debian\nVERSION_CODENAME=bookworm\n",
			"apt/sources.list": "deb [trusted=yes] file:/nonexistent/mirror bookworm main\n",
		}, []string{"get WordPress from Debian", "Debian sid", "Debian testing", "Debian stable", "Debian bookworm", "Nothing of this is in the cache", "Run the same command again", "--wordpress PATH"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &debian{etc: write(t, test.etc), directory: filepath.Join(t.TempDir(), "debian"), progress: func(string) {}}
			_, err := d.fetch(context.Background())
			if err == nil {
				t.Fatal("fetch has no error")
			}
			for _, want := range test.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not contain %q", err, want)
				}
			}
		})
	}
}
