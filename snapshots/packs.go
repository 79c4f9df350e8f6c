package snapshots

import "strings"

// The packs that Write makes. A reader does not depend on it: the manifest
// says which content lies where.
const (
	BootPack   = 0 // what PHP reads
	StaticPack = 1 // what only a browser asks for
)

// PackOf returns the pack that Write puts the file at path into. It is a guess
// by name, and a wrong one costs a request, not correctness: a content that is
// not in the boot pack is loaded when PHP reads it.
func PackOf(path string) int {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 || strings.IndexByte(path[dot:], '/') >= 0 {
		return BootPack
	}
	switch strings.ToLower(path[dot+1:]) {
	case "css":
		if readByPHP(path) {
			return BootPack
		}
		return StaticPack
	case "svg":
		if strings.HasSuffix(path, "/dashboard-background.svg") {
			return BootPack // written into the dashboard
		}
		return StaticPack
	case "js", "mjs", "map", "wasm",
		"png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "bmp",
		"woff", "woff2", "ttf", "otf", "eot",
		"mp3", "m4a", "ogg", "wav", "mp4", "webm", "mov",
		"pdf", "swf", "xap", "zip", "gz":
		return StaticPack
	}
	return BootPack
}

// readByPHP reports whether PHP reads a style sheet: a theme's, whose head says
// what the theme is, and the small ones that WordPress writes into the page
// instead of linking to them. The list was made by watching which files PHP
// opens for the pages of a site and of its dashboard.
func readByPHP(path string) bool {
	if strings.Contains(path, "/wp-content/themes/") {
		return true
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch name {
	case "common.min.css", "default-editor-styles.css", "view-transitions.min.css", "wp-block-template-skip-link.min.css":
		return true
	}
	return strings.Contains(path, "/wp-includes/blocks/") && strings.HasSuffix(name, ".min.css")
}
