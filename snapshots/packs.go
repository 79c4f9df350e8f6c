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
		// WordPress writes the style sheets of the blocks that a page uses
		// into the page, so PHP reads them.
		if strings.Contains(path, "/wp-includes/blocks/") && strings.HasSuffix(path, ".min.css") {
			return BootPack
		}
		return StaticPack
	case "js", "mjs", "map", "wasm",
		"png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp",
		"woff", "woff2", "ttf", "otf", "eot",
		"mp3", "m4a", "ogg", "wav", "mp4", "webm", "mov",
		"pdf", "swf", "xap", "zip", "gz":
		return StaticPack
	}
	return BootPack
}
