package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Who may import whom. Arrows point down only; whoever changes the design
// changes these tables with it, and whoever does not hears of it here.

// goImports says, for each package, what it may import besides the standard
// library. A name that ends in "..." stands for everything below it, too.
var goImports = map[string][]string{
	"pressbox/vfs":                 {},
	"pressbox/wasmjs":              {},
	"pressbox/snapshots":           {"pressbox/vfs"},
	"pressbox/snapshots/wordpress": {"pressbox/snapshots", "pressbox/vfs", "pressbox/server"}, // server for Runner
	"pressbox/server": {
		"pressbox/snapshots", "pressbox/vfs",
		"github.com/gorilla/websocket", "github.com/klauspost/compress/zstd", "github.com/andybalholm/brotli",
	},
	"pressbox/server/phpwasm/...": {"pressbox/server", "pressbox/server/phpwasm/...", "pressbox/vfs", "github.com/tetratelabs/wazero/...", "golang.org/x/sys/..."},
	"pressbox/web":                {"pressbox/wasmjs", "github.com/evanw/esbuild/pkg/api"},
	"pressbox/php/phpt":           {"pressbox/server/phpwasm/...", "pressbox/vfs"},
	"pressbox/cmd/...":            {"pressbox/...", "github.com/klauspost/compress/zstd"},
}

// tsImports says, for each folder or file of TypeScript, what it may import. A
// file in the folder that a line names may import every other file that this
// line is about.
var tsImports = map[string][]string{
	"wasmjs/vfs/":    {},
	"wasmjs/wasi/":   {"wasmjs/vfs/"},
	"wasmjs/request": {}, "wasmjs/mime": {}, "wasmjs/cookies": {},
	"wasmjs/page":            {"wasmjs/request"},
	"wasmjs/route":           {"wasmjs/vfs/"},
	"wasmjs/cgi":             {"wasmjs/request", "wasmjs/route", "wasmjs/vfs/"},
	"wasmjs/static":          {"wasmjs/mime", "wasmjs/page", "wasmjs/request", "wasmjs/vfs/"},
	"wasmjs/snapshot":        {"wasmjs/vfs/"},
	"wasmjs/pieces":          {"wasmjs/cgi", "wasmjs/request"},
	"wasmjs/runner":          {"wasmjs/wasi/", "wasmjs/vfs/"},
	"wasmjs/site":            {"wasmjs/cgi", "wasmjs/page", "wasmjs/pieces", "wasmjs/request", "wasmjs/route", "wasmjs/runner", "wasmjs/static", "wasmjs/vfs/", "wasmjs/wasi/"},
	"wasmjs/worker/protocol": {"wasmjs/request", "wasmjs/cookies"},
	"wasmjs/worker/": {
		"wasmjs/worker/protocol", "wasmjs/site", "wasmjs/runner", "wasmjs/snapshot", "wasmjs/cookies", "wasmjs/request",
		"wasmjs/page", "wasmjs/vfs/", "wasmjs/wasi/",
	},
	"web/worker": {"wasmjs/worker/worker"},
	"web/":       {"wasmjs/worker/protocol"},
}

// tsWords are words that only some files may use: those that touch the guest,
// the document or another thread.
var tsWords = []struct {
	word  string
	in    string // the folder that the rule is about
	files []string
}{
	{`\bmemory\.buffer\b`, "wasmjs/", []string{"wasmjs/wasi/memory"}},
	{`\bnew WebAssembly\.|\bWebAssembly\.(compile|instantiate)`, "wasmjs/", []string{"wasmjs/runner", "wasmjs/site", "wasmjs/worker/"}},
	{`\bdocument\.|\bwindow\.|\bHTML[A-Z]\w*Element\b`, "wasmjs/", nil},
	{`\bpostMessage\(`, "wasmjs/", []string{"wasmjs/worker/"}},
}

// covers reports whether a line of a table is about a name, and how well.
func covers(line, name string) bool {
	if prefix, found := strings.CutSuffix(line, "..."); found {
		return strings.HasPrefix(name+"/", prefix)
	}
	if strings.HasSuffix(line, "/") {
		return strings.HasPrefix(name, line)
	}
	return line == name
}

// lineFor returns the line of a table that is about a name: the longest one.
func lineFor(table map[string][]string, name string) (line string, found bool) {
	for candidate := range table {
		if covers(candidate, name) && len(candidate) > len(line) {
			line, found = candidate, true
		}
	}
	return line, found
}

func allowed(table map[string][]string, from, to string) bool {
	line, _ := lineFor(table, from)
	own, _ := lineFor(table, to)
	return own == line && (strings.HasSuffix(line, "/") || strings.HasSuffix(line, "...")) ||
		slices.ContainsFunc(table[line], func(may string) bool { return covers(may, to) })
}

func TestImports_go(t *testing.T) {
	list := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "pressbox/...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		if _, found := lineFor(goImports, names[0]); !found {
			t.Errorf("%s is not in the table of who may import whom", names[0])
			continue
		}
		for _, name := range names[1:] {
			first, _, _ := strings.Cut(name, "/")
			if standard := first != "pressbox" && !strings.Contains(first, "."); standard {
				continue
			}
			if !allowed(goImports, names[0], name) {
				t.Errorf("%s imports %s, which points the wrong way", names[0], name)
			}
		}
	}
}

var importOf = regexp.MustCompile(`(?m)^(?:import|export|\})\b?[^"'\n]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']`)

func TestImports_typeScript(t *testing.T) {
	root := filepath.Join("..", "..")
	used := make(map[string]bool)
	for name, text := range typeScript(t, root) {
		line, found := lineFor(tsImports, name)
		if !found {
			t.Errorf("%s.ts is not in the table of who may import whom", name)
			continue
		}
		used[line] = true
		for _, match := range importOf.FindAllStringSubmatch(text, -1) {
			given := match[1] + match[2] + match[3]
			if !strings.HasPrefix(given, "./") && !strings.HasPrefix(given, "../") {
				t.Errorf("%s.ts imports %s: what ships has no dependencies", name, given)
				continue
			}
			to, ts := strings.CutSuffix(path.Join(path.Dir(name), given), ".ts")
			if !ts {
				t.Errorf("%s.ts imports %s: name the file, with its .ts", name, given)
			} else if !allowed(tsImports, name, to) {
				t.Errorf("%s.ts imports %s.ts, which points the wrong way", name, to)
			}
		}
		for _, rule := range tsWords {
			may := func(file string) bool { return covers(file, name) }
			if strings.HasPrefix(name, rule.in) && !slices.ContainsFunc(rule.files, may) {
				if word := regexp.MustCompile(rule.word).FindString(withoutComments(text)); word != "" {
					t.Errorf("%s.ts uses %s, which belongs into %v", name, word, rule.files)
				}
			}
		}
	}
	for line := range tsImports {
		if !used[line] {
			t.Errorf("the table of who may import whom has %s, and there is no such file", line)
		}
	}
}

var comments = regexp.MustCompile(`(?s)/\*.*?\*/|(?m)//.*$`)

func withoutComments(text string) string { return comments.ReplaceAllString(text, "") }

// typeScript returns the sources that ship, by their path without ".ts".
func typeScript(t *testing.T, root string) map[string]string {
	t.Helper()
	sources := make(map[string]string)
	for _, folder := range []string{"wasmjs", "web"} {
		err := fs.WalkDir(os.DirFS(root), folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && entry.Name() == "tests" {
				return fs.SkipDir
			}
			if source, found := strings.CutSuffix(name, ".ts"); found {
				text, err := os.ReadFile(filepath.Join(root, name))
				if err != nil {
					return err
				}
				sources[source] = string(text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(sources) == 0 {
		t.Fatal("there are no sources")
	}
	return sources
}

// The tables are only as good as the code that reads them.
func TestImports_tables(t *testing.T) {
	for _, test := range []struct {
		table    map[string][]string
		from, to string
		want     bool
	}{
		{goImports, "pressbox/server", "pressbox/server/phpwasm", false},
		{goImports, "pressbox/server", "github.com/tetratelabs/wazero", false},
		{goImports, "pressbox/server/phpwasm", "github.com/tetratelabs/wazero/api", true},
		{goImports, "pressbox/server/phpwasm/wasi", "pressbox/vfs", true},
		{goImports, "pressbox/vfs", "pressbox/snapshots", false},
		{goImports, "pressbox/cmd/pressbox", "github.com/evanw/esbuild/pkg/api", false},
		{goImports, "pressbox/cmd/pressbox", "pressbox/web", true},
		{tsImports, "wasmjs/vfs/tree", "wasmjs/vfs/inode", true},
		{tsImports, "wasmjs/vfs/tree", "wasmjs/wasi/fd", false},
		{tsImports, "wasmjs/worker/worker", "wasmjs/site", true},
		{tsImports, "wasmjs/site", "wasmjs/worker/protocol", false},
		{tsImports, "wasmjs/cgi", "wasmjs/cgi", false},
		{tsImports, "web/main", "web/lane", true},
		{tsImports, "web/main", "wasmjs/vfs/tree", false},
		{tsImports, "web/main", "wasmjs/worker/protocol", true},
		{tsImports, "web/main", "wasmjs/worker/worker", false},
	} {
		if got := allowed(test.table, test.from, test.to); got != test.want {
			t.Errorf("allowed(%s, %s) = %t, want %t", test.from, test.to, got, test.want)
		}
	}
	text := `import { a } from "./one.ts";
import type {
  B,
} from "./two.ts";
export { c } from './three.ts';
import "./four.ts";
const later = await import("./five.ts");`
	var found []string
	for _, match := range importOf.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1]+match[2]+match[3])
	}
	if want := []string{"./one.ts", "./two.ts", "./three.ts", "./four.ts", "./five.ts"}; !slices.Equal(found, want) {
		t.Errorf("found the imports %v, want %v", found, want)
	}
}
