// Package web is the page: its sources in TypeScript, HTML and CSS, and the one
// place that bundles them. Nothing is built before the program is: the sources
// are embedded, and Bundle builds them when the program starts, in some ten
// milliseconds.
//
// In the HTML documents, /assets/NAME and /-pressbox/NAME stand for files by
// their sources' names (with .js for .ts); Bundle puts the names that change
// with the content in their place.
package web

import (
	"embed"
	"io/fs"
	"os"

	"pressbox/wasmjs"
)

//go:embed *.ts *.html *.css *.svg
var embedded embed.FS

// sources are two folders that refer to each other: web and wasmjs.
type sources struct {
	web, wasmjs fs.FS
}

// sourcesIn returns the sources in a folder on disk, or the ones that the
// program was compiled with if there is no folder.
func sourcesIn(dir string) sources {
	if dir == "" {
		return sources{web: embedded, wasmjs: wasmjs.Sources}
	}
	root := os.DirFS(dir)
	return sources{web: within(root, "web"), wasmjs: within(root, "wasmjs")}
}

// within is fs.Sub for a constant name, which has nothing to complain about.
func within(root fs.FS, name string) fs.FS {
	folder, err := fs.Sub(root, name)
	if err != nil {
		panic(err)
	}
	return folder
}
