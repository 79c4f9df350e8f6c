package web_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pressbox/web"
)

func mustBundle(t *testing.T, options web.Options) web.Files {
	t.Helper()
	files, err := web.Bundle(options)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestBundle_hasAllFiles(t *testing.T) {
	files := mustBundle(t, web.Options{})
	for _, pattern := range []string{
		`^index\.html$`, `^bridge\.html$`, `^serviceworker\.js$`, `^frame\.js$`,
		`^assets/main-[A-Z0-9]{8}\.js$`, `^assets/main-[A-Z0-9]{8}\.css$`, `^assets/worker-[A-Z0-9]{8}\.js$`,
		`^assets/bridge-[A-Z0-9]{8}\.js$`, `^assets/icon-[A-Z0-9]{8}\.svg$`, `^assets/main-[A-Z0-9]{8}\.js\.map$`,
	} {
		found := 0
		for name := range files {
			if regexp.MustCompile(pattern).MatchString(name) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d files match %s, want 1", found, pattern)
		}
	}
}

func TestBundle_documentsNameFilesOfTheBundle(t *testing.T) {
	files := mustBundle(t, web.Options{})
	address := regexp.MustCompile(`"/(?:assets|-pressbox)/([^"]+)"`)
	for _, document := range []string{"index.html", "bridge.html"} {
		names := address.FindAllSubmatch(files[document], -1)
		if len(names) == 0 {
			t.Errorf("%s names no file", document)
		}
		for _, name := range names {
			if files["assets/"+string(name[1])] == nil {
				t.Errorf("%s names %s, which is not in the bundle", document, name[1])
			}
		}
	}
}

// A classic script with an import, or with a variable at its top that a site's
// own scripts would see, does not work where these are used.
func TestBundle_classicScriptsStandAlone(t *testing.T) {
	files := mustBundle(t, web.Options{})
	for name, body := range files {
		base := filepath.Base(name)
		if strings.HasSuffix(name, ".js") && (base == "serviceworker.js" || base == "frame.js" || strings.HasPrefix(base, "bridge-")) {
			if !strings.Contains(string(body[:min(80, len(body))]), "(()=>{") {
				t.Errorf("%s begins with %.80q, want a function of its own", name, body)
			}
		}
	}
}

func TestBundle_isDeterministic(t *testing.T) {
	a, b := mustBundle(t, web.Options{}), mustBundle(t, web.Options{})
	for name, body := range a {
		if string(b[name]) != string(body) {
			t.Errorf("%s differs between two bundles of the same sources", name)
		}
	}
}

// writeSources makes a folder of the smallest sources that bundle.
func writeSources(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"web/index.html":       `<script type="module" src="/assets/main.js"></script>`,
		"web/bridge.html":      `<script src="/-pressbox/bridge.js"></script>`,
		"web/main.ts":          `import { word } from "../wasmjs/word.ts"; document.title = word;`,
		"web/main.css":         `body { color: red }`,
		"web/worker.ts":        `postMessage("ready");`,
		"web/bridge.ts":        `parent.postMessage("ready", "*");`,
		"web/serviceworker.ts": `addEventListener("fetch", () => undefined);`,
		"web/frame.ts":         `parent.postMessage("here", "*");`,
		"wasmjs/word.ts":       `export const word: string = "Pressbox";`,
	} {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBundle_fromDisk(t *testing.T) {
	dir := writeSources(t)
	files := mustBundle(t, web.Options{SourceDir: dir, Dev: true})
	var main string
	for name, body := range files {
		if strings.HasPrefix(name, "assets/main-") && strings.HasSuffix(name, ".js") {
			main = string(body)
		}
	}
	if !strings.Contains(main, `"Pressbox"`) {
		t.Errorf("main = %q, want what it imports in it", main)
	}
}

func TestBundle_mistakesSayWhere(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"syntax", "web/main.ts", "const = 1;", "web/main.ts:1:6"},
		{"a file that is not there", "web/main.ts", `import "./nowhere.ts";`, "nowhere.ts"},
		{"a package", "web/main.ts", `import "lodash";`, "the page has no dependencies"},
		{"a file outside", "web/main.ts", `import "../../../etc/passwd";`, "outside of web and wasmjs"},
		{"a document that names nothing", "web/index.html", `<script src="/assets/gone.js"></script>`, "index.html names gone.js"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := writeSources(t)
			write(t, filepath.Join(dir, test.file), test.text)
			_, err := web.Bundle(web.Options{SourceDir: dir})
			var mistake *web.BuildError
			if !errors.As(err, &mistake) || !strings.Contains(mistake.Text, test.want) {
				t.Errorf("error = %v, want a BuildError with %q", err, test.want)
			}
		})
	}
}

func TestFailedPage_showsTheReasonAsText(t *testing.T) {
	page := string(web.FailedPage(errors.New("<script>alert(1)</script>"))["index.html"])
	if strings.Contains(page, "<script>") || !strings.Contains(page, "&lt;script&gt;") {
		t.Errorf("page = %s, want the reason escaped", page)
	}
}

func TestWatch_tellsOfChanges(t *testing.T) {
	dir := writeSources(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	changes := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- web.Watch(ctx, dir, time.Millisecond, func() { changes <- struct{}{} })
	}()
	// Watch may look for the first time after this: so write until it notices.
	for n := 0; ; n++ {
		write(t, filepath.Join(dir, "wasmjs/word.ts"), strings.Repeat(" ", n))
		select {
		case <-changes:
			cancel()
			// A last change may be on its way.
			for {
				select {
				case <-changes:
					continue
				case err := <-ended:
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		case err := <-ended:
			t.Fatalf("Watch ended with %v before it noticed a change", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestWatch_needsSources(t *testing.T) {
	if err := web.Watch(t.Context(), t.TempDir(), time.Millisecond, func() {}); err == nil {
		t.Error("Watch of an empty folder gave no error")
	}
}
