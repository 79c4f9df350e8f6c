package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"time"
)

// maxWatched is how many source files are watched: a folder with more is not
// this project's.
const maxWatched = 2000

// stamp is what changes when a file does.
type stamp struct {
	changed time.Time
	size    int64
}

// Watch calls changed after each change of the sources in sourceDir, until ctx
// ends. It looks at every file each time: that is a millisecond for so few, and
// works on every system and every mount.
func Watch(ctx context.Context, sourceDir string, every time.Duration, changed func()) error {
	from := sourcesIn(sourceDir)
	before, err := from.stamps()
	if err != nil {
		return fmt.Errorf("watch the sources in %s: %w", sourceDir, err)
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now, err := from.stamps()
		if err != nil {
			continue // an editor is in the middle of replacing a file
		}
		if !equal(before, now) {
			before = now
			changed()
		}
	}
}

func (from sources) stamps() (map[string]stamp, error) {
	stamps := make(map[string]stamp)
	for folder, files := range map[string]fs.FS{"web": from.web, "wasmjs": from.wasmjs} {
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				if name == "tests" || name == "node_modules" {
					return fs.SkipDir
				}
				return nil
			}
			switch path.Ext(name) {
			case ".ts", ".css", ".html", ".svg", ".png", ".ico", ".woff2":
			default:
				return nil
			}
			if len(stamps) == maxWatched {
				return fmt.Errorf("there are more than %d files", maxWatched)
			}
			file, err := entry.Info()
			if err != nil {
				return err
			}
			stamps[folder+"/"+name] = stamp{file.ModTime(), file.Size()}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return stamps, nil
}

func equal(a, b map[string]stamp) bool {
	if len(a) != len(b) {
		return false
	}
	for name, stamp := range a {
		if b[name] != stamp {
			return false
		}
	}
	return true
}

// It asks for itself again: whatever tells pages to reload is not running in it.
var failedPage = template.Must(template.New("failed").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="color-scheme" content="light dark">
<title>The page's sources have a mistake – Pressbox</title>
<h1>The page's sources have a mistake</h1>
<pre>{{.}}</pre>
<p>This page comes back by itself when it is put right.</p>
</html>
`))

// FailedPage is a bundle that shows why there is none.
func FailedPage(reason error) Files {
	var b bytes.Buffer
	if err := failedPage.Execute(&b, reason.Error()); err != nil {
		panic(err) // the template is a constant and a Buffer takes everything
	}
	return Files{"index.html": b.Bytes()}
}
