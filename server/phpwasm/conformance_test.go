package phpwasm

// Conformance: the tests of Go's own packages os, io/fs and path/filepath,
// compiled for WASI preview 1, run as guests of this host: once over a Tree,
// once over a folder of the host. They come with every Go installation.

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pressbox/server/phpwasm/hostdir"
	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

func TestConformance_goPackages(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles Go's packages for WASI, which takes a minute the first time")
	}
	known := knownFailures(t)
	for _, pkg := range []string{"os", "io/fs", "path/filepath"} {
		t.Run(pkg, func(t *testing.T) {
			goroot := goRoot(t)
			guest := filepath.Join(t.TempDir(), "guest.wasm")
			build := exec.Command("go", "test", "-c", "-o", guest, pkg)
			build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			m, err := load(context.Background(), Options{Path: guest, CacheDir: filepath.Join(cacheDir(), "wazero")})
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close(context.Background())

			t.Run("tree", func(t *testing.T) {
				tree := vfs.NewTree(vfs.Options{})
				tree.AddDevices()
				tree.MkdirAll("/tmp")
				copyInto(t, goroot, pkg, func(path string, data []byte) {
					path = "/go/" + path
					tree.MkdirAll(path[:strings.LastIndexByte(path, '/')])
					if errno := tree.WriteFile(path, data); errno != vfs.Success {
						t.Fatalf("%s: %v", path, errno)
					}
				})
				compareResults(t, runGuestTests(t, m, pkg, tree), known[pkg+" tree"])
			})
			t.Run("hostdir", func(t *testing.T) {
				root := t.TempDir()
				os.Mkdir(filepath.Join(root, "tmp"), 0o777)
				copyInto(t, goroot, pkg, func(path string, data []byte) {
					path = filepath.Join(root, "go", filepath.FromSlash(path))
					os.MkdirAll(filepath.Dir(path), 0o777)
					if err := os.WriteFile(path, data, 0o666); err != nil {
						t.Fatal(err)
					}
				})
				dir, err := hostdir.Open(root, false)
				if err != nil {
					t.Fatal(err)
				}
				defer dir.Close()
				compareResults(t, runGuestTests(t, m, pkg, dir), known[pkg+" hostdir"])
			})
		})
	}
}

// goRoot asks the go command where Go is installed.
func goRoot(t *testing.T) string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// copyInto gives the files of an installation that the tests of pkg look at:
// its sources, those of the packages around it, and what lies at the top.
func copyInto(t *testing.T, goroot, pkg string, write func(path string, data []byte)) {
	installation := os.DirFS(goroot)
	top, _, _ := strings.Cut(pkg, "/")
	// Distributions leave these out; the tests only ask whether they exist.
	for _, name := range []string{"LICENSE", "CONTRIBUTING.md"} {
		write(name, nil)
	}
	for _, start := range []string{"VERSION", "go.env", "src/unicode", "src/" + top} {
		err := fs.WalkDir(installation, start, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			data, err := fs.ReadFile(installation, path)
			if err == nil {
				write(path, data)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

var testResult = regexp.MustCompile(`(?m)^--- (PASS|FAIL|SKIP): (\S+)`)

// runGuestTests gives PASS, FAIL or SKIP for each test of the guest.
func runGuestTests(t *testing.T, m *Module, pkg string, root vfs.FS) map[string]string {
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	exit, err := m.Command(ctx, CommandConfig{
		Args:     []string{"guest.test", "-test.v", "-test.short", "-test.timeout=100s"},
		Env:      []string{"PWD=/go/src/" + pkg, "GOROOT=/go", "TMPDIR=/tmp", "HOME=/tmp"},
		Stdout:   &out,
		Stderr:   &out,
		Preopens: []wasi.Preopen{{GuestPath: "/", FS: root}},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	results := map[string]string{}
	for _, m := range testResult.FindAllStringSubmatch(out.String(), -1) {
		results[m[2]] = m[1]
	}
	if !strings.Contains(out.String(), "\nPASS") && !strings.Contains(out.String(), "\nFAIL") {
		t.Fatalf("the tests did not come to their end, exit %d:\n%s", exit, out.Bytes())
	}
	if path := os.Getenv("CONFORMANCE_LOG"); path != "" {
		os.WriteFile(filepath.Join(path, strings.ReplaceAll(t.Name(), "/", "_")), out.Bytes(), 0o644)
	}
	return results
}

// compareResults holds the failures against those that are known. A known one
// that passes is an error too, so that the list stays true.
func compareResults(t *testing.T, results map[string]string, known map[string]string) {
	count := map[string]int{}
	for name, result := range results {
		count[result]++
		switch _, isKnown := known[name]; {
		case result == "FAIL" && !isKnown:
			t.Errorf("%s fails", name)
		case result != "FAIL" && isKnown:
			t.Errorf("%s is listed as a known failure, but: %s", name, result)
		}
	}
	for name := range known {
		if results[name] == "" {
			t.Errorf("%s is listed as a known failure, but there is no such test", name)
		}
	}
	t.Logf("%d pass, %d fail (known), %d skip", count["PASS"], count["FAIL"], count["SKIP"])
	if count["PASS"] < 3 {
		t.Errorf("only %d tests passed", count["PASS"])
	}
}

// knownFailures reads testdata/conformance.txt: by package and file system, the
// tests and the reasons.
func knownFailures(t *testing.T) map[string]map[string]string {
	text, err := os.ReadFile("testdata/conformance.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		words := strings.SplitN(line, " ", 4)
		if len(words) < 4 {
			t.Fatalf("conformance.txt: %q has no reason", line)
		}
		key := words[0] + " " + words[1]
		if known[key] == nil {
			known[key] = map[string]string{}
		}
		known[key][words[2]] = words[3]
	}
	return known
}
