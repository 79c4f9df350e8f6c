package phpwasm

// Routing: what a URL means in a site. Twin of wasmjs/route.ts;
// testdata/route.json holds what both must answer.

import (
	"strings"

	"pressbox/server"
	"pressbox/vfs"
)

// route is what a URL means.
type route struct {
	kind server.Kind

	// Of a redirect.
	location string

	// Of a static file or a script: the guest's path.
	path string

	// Of a script: for CGI. path is then the document root and scriptName.
	scriptName, pathInfo string

	// Of an error.
	status   int
	sentence string
}

// statFunc looks at the site's files.
type statFunc func(path string) (vfs.Stat, vfs.Errno)

// findRoute routes a URL in origin form to what lies below root.
//
// A directory without a slash at the end is a redirect if it has an index. A
// directory is its index.php, else its index.html. A file is itself: a script
// if its name ends in .php, also with more path after it. Everything else is
// the site's own index.php, which knows what a pretty permalink means.
func findRoute(root, url string, stat statFunc) route {
	raw, query, hasQuery := strings.Cut(url, "?")
	path, ok := decodePath(raw)
	if !ok {
		return route{kind: server.KindError, status: 400, sentence: "This address is not well formed."}
	}
	if isHidden(path) {
		return route{kind: server.KindError, status: 404, sentence: "There is nothing at this address."}
	}
	script := func(name, info string) route {
		return route{kind: server.KindPHP, path: root + name, scriptName: name, pathInfo: info}
	}
	is := func(path string, kind vfs.Kind) bool {
		s, errno := stat(root + path)
		return errno == vfs.Success && s.Kind == kind
	}

	trimmed := strings.TrimSuffix(path, "/")
	if path == "/" || is(trimmed, vfs.Directory) {
		for _, index := range []string{"/index.php", "/index.html"} {
			if !is(trimmed+index, vfs.RegularFile) {
				continue
			}
			if trimmed == path {
				location := raw + "/"
				if hasQuery {
					location += "?" + query
				}
				// "//host/" would lead to another host.
				return route{kind: server.KindRedirect, location: "/" + strings.TrimLeft(location, "/")}
			}
			if index == "/index.php" {
				return script(trimmed+index, "")
			}
			return route{kind: server.KindStatic, path: root + trimmed + index}
		}
	} else if trimmed == path && is(path, vfs.RegularFile) {
		if isScript(path) {
			return script(path, "")
		}
		return route{kind: server.KindStatic, path: root + path}
	} else {
		// The first file with a script's name on the way, if any.
		for end := 1; end < len(path); end++ {
			if path[end] == '/' && isScript(path[:end]) && is(path[:end], vfs.RegularFile) {
				return script(path[:end], path[end:])
			}
		}
	}
	if is("/index.php", vfs.RegularFile) {
		return script("/index.php", "")
	}
	return route{kind: server.KindError, status: 404, sentence: "There is nothing at this address."}
}

// decodePath decodes percent signs once, and brings the path to the form of a
// path in the tree: beginning with a slash, no empty or "." component. It
// refuses what no honest client sends: "..", NUL, a backslash, a broken escape.
func decodePath(raw string) (string, bool) {
	if raw == "" || raw[0] != '/' || len(raw) > 8192 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			if i+2 >= len(raw) {
				return "", false
			}
			high, low := hexDigit(raw[i+1]), hexDigit(raw[i+2])
			if high < 0 || low < 0 {
				return "", false
			}
			c = byte(high<<4 | low)
			i += 2
		}
		if c == 0 || c == '\\' {
			return "", false
		}
		b.WriteByte(c)
	}
	var path strings.Builder
	components := strings.Split(b.String(), "/")
	for i, name := range components {
		last := i == len(components)-1
		switch {
		case name == "..":
			return "", false
		case name == "" || name == ".":
			if last {
				path.WriteByte('/')
			}
		default:
			path.WriteByte('/')
			path.WriteString(name)
		}
	}
	return path.String(), true
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// isScript reports whether PHP runs a file of this name. In any case of
// letters, so that no source is ever served as text.
func isScript(path string) bool {
	return len(path) > 4 && strings.EqualFold(path[len(path)-4:], ".php")
}

// isHidden reports whether a path must never be served: the database, and
// what servers keep their own rules in.
func isHidden(path string) bool {
	for _, name := range strings.Split(path, "/") {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, ".ht") || strings.Contains(lower, ".sqlite") {
			return true
		}
	}
	return path == "/wp-content/database" || strings.HasPrefix(path, "/wp-content/database/")
}
