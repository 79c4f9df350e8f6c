package wordpress

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestFiles_resolve(t *testing.T) {
	f := files{
		"site/a.php":          {data: []byte("a")},
		"site/link":           {link: "a.php"},
		"site/twice":          {link: "link"},
		"site/dir":            {link: "../lib"},
		"site/absolute":       {link: "/lib/deep/x"},
		"site/through":        {link: "dir/deep/x"},
		"site/above-the-root": {link: "../../../lib/x"},
		"site/none":           {link: "nothing"},
		"site/sub/up":         {link: "../a.php"},
		"lib/x":               {data: []byte("x")},
		"lib/deep/x":          {data: []byte("deep")},
		"other":               {data: []byte("not in the site")},
	}
	resolved, dangling, err := f.resolve("site")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for p, file := range resolved {
		got[p] = string(file.data)
	}
	want := map[string]string{
		"a.php": "a", "link": "a", "twice": "a", "dir/x": "x", "dir/deep/x": "deep", "absolute": "deep",
		"through": "deep", "above-the-root": "x", "sub/up": "a",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("resolved %v, want %v", got, want)
	}
	if !reflect.DeepEqual(dangling, []string{"site/none"}) {
		t.Errorf("dangling = %v", dangling)
	}
}

func TestFiles_resolveEndsInCircles(t *testing.T) {
	for name, f := range map[string]files{
		"two links":                     {"site/a": {link: "b"}, "site/b": {link: "a"}},
		"a directory that holds itself": {"site/x": {data: []byte("x")}, "site/again": {link: "."}},
	} {
		if _, _, err := f.resolve("site"); err == nil || !strings.Contains(err.Error(), "circles") {
			t.Errorf("%s: resolve = %v, want an error about circles", name, err)
		}
	}
}

// zipped makes a zip; a name that ends in @ is a symbolic link.
func zipped(t *testing.T, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		header := &zip.FileHeader{Name: members[i], Method: zip.Deflate, Modified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		if strings.HasSuffix(members[i], "@") {
			header.SetMode(os.ModeSymlink | 0o777)
		}
		member, err := w.CreateHeader(header)
		if err == nil {
			_, err = member.Write([]byte(members[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadZip_hostile(t *testing.T) {
	small := limits{size: 100, files: 4}
	tests := []struct {
		name string
		zip  []byte
		want string
	}{
		{"no zip", []byte("hello"), "not a valid zip"},
		{"parent", zipped(t, "../evil.php", ""), `"../evil.php"`},
		{"parent in the middle", zipped(t, "a/../../evil.php", ""), `"a/../../evil.php"`},
		{"absolute", zipped(t, "/etc/passwd", ""), `"/etc/passwd"`},
		{"backslash", zipped(t, `a\..\evil.php`, ""), `evil.php`},
		{"drive", zipped(t, "C:evil.php", ""), `"C:evil.php"`},
		{"NUL", zipped(t, "a\x00.php", ""), `a\x00.php`},
		{"not UTF-8", zipped(t, "a\xff.php", ""), `a\xff.php`},
		{"no name", zipped(t, "a//b", ""), `"a//b"`},
		{"link", zipped(t, "a@", "/etc/passwd"), "neither file nor directory"},
		{"twice", zipped(t, "a", "1", "a", "2"), "twice"},
		{"file and directory", zipped(t, "a", "1", "a/b/c", "2"), `"a" is a file and a directory`},
		{"too large", zipped(t, "a", strings.Repeat("0", 60), "b", strings.Repeat("0", 60)), "more than 100 bytes"},
		{"too many", zipped(t, "a", "", "b", "", "c", "", "d", "", "e", ""), "5 files and may have 4"},
		{"damaged", func() []byte {
			b := zipped(t, "a", "some text that is compressed")
			b[40] ^= 0xff
			return b
		}(), "a: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := readZip(test.zip, small); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("readZip = %v, want an error with %q", err, test.want)
			}
		})
	}
	got, err := readZip(zipped(t, "d/", "", "d/a", "1", "ü", "2"), small)
	if err != nil || len(got) != 2 || string(got["d/a"].data) != "1" || got["ü"].mtim.Year() != 2026 {
		t.Errorf("readZip of a good zip = %v, %v", got, err)
	}
}

func TestReadDirectory(t *testing.T) {
	outside := write(t, map[string]string{"lib/x.php": "x"})
	root := write(t, map[string]string{"a.php": "a", ".git/config": "no", "sub/node_modules/m.js": "no", "sub/b": "b"})
	for link, target := range map[string]string{"lib": filepath.Join(outside, "lib"), "dangling": "nothing", "same": "a.php"} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readDirectory(root, siteLimits())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a.php", "lib/x.php", "same", "sub/b"}; !reflect.DeepEqual(got.paths(), want) {
		t.Errorf("readDirectory found %v, want %v", got.paths(), want)
	}
	for _, most := range []limits{{size: 2, files: 10}, {size: 100, files: 2}} {
		if _, err := readDirectory(root, most); err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("with %+v: %v, want an error", most, err)
		}
	}
	if err := os.Symlink(".", filepath.Join(root, "again")); err != nil {
		t.Fatal(err)
	}
	if _, err := readDirectory(root, siteLimits()); err == nil {
		t.Error("a directory that links to itself was read to its end")
	}
}

func TestReadSource(t *testing.T) {
	const php = "<?php\n$wp_version = '6.9.1';\n"
	directory := write(t, map[string]string{versionFile: php, "index.php": "i"})
	official := filepath.Join(t.TempDir(), "w.zip")
	if err := os.WriteFile(official, zipped(t, "wordpress/"+versionFile, php, "wordpress/index.php", "i"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{directory: "WordPress 6.9.1 from a directory", official: "WordPress 6.9.1 from a zip"} {
		s, err := readSource(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.description != want || string(s.files["index.php"].data) != "i" {
			t.Errorf("readSource = %q with %v, want %q", s.description, s.files.paths(), want)
		}
	}
	plain := filepath.Join(directory, "index.php")
	for name, want := range map[string]string{
		filepath.Join(directory, "none"): "no such file",
		t.TempDir():                      "no WordPress is in it",
		plain:                            "not a valid zip",
	} {
		_, err := readSource(name)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--wordpress takes") {
			t.Errorf("readSource(%s) = %v, want %q and what --wordpress takes", name, err, want)
		}
	}
}

func TestReadSQLite(t *testing.T) {
	directory := t.TempDir()
	for name, zip := range map[string][]byte{
		"good.zip":  zipped(t, "plugin-x/load.php", "<?php\n/**\n * Version: 3.0\n */", "plugin-x/wp-includes/sqlite/db.php", "db"),
		"other.zip": zipped(t, "hello/hello.php", "x"),
	} {
		if err := os.WriteFile(filepath.Join(directory, name), zip, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plugin, err := readSQLite(filepath.Join(directory, "good.zip"))
	if err != nil || string(plugin["wp-includes/sqlite/db.php"].data) != "db" || sqlitePluginVersion(plugin) != "3.0" {
		t.Errorf("readSQLite = %v, %v", plugin.paths(), err)
	}
	for _, name := range []string{"other.zip", "none.zip"} {
		if _, err := readSQLite(filepath.Join(directory, name)); err == nil || !strings.Contains(err.Error(), "--sqlite PATH") {
			t.Errorf("readSQLite(%s) = %v, want how to go on", name, err)
		}
	}
}

func TestOlder(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"6.1.9", "6.4", true}, {"6.4", "6.4", false}, {"6.4.1", "6.4", false}, {"6.10", "6.4", false}, {"7.1.4", "6.4", false},
		{"6", "6.4", true}, {"7", "6.4", false}, {"6.4-beta1", "6.4", false}, {"6.1.9", "", false}, {"5.9-99", "6.4", true},
	} {
		if got := older(test.a, test.b); got != test.want {
			t.Errorf("older(%q, %q) = %v, want %v", test.a, test.b, got, test.want)
		}
	}
}
