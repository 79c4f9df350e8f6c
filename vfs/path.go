package vfs

// Lexical rules of paths: what can be said about one without looking at a
// tree. Twin of wasmjs/vfs/path.ts.

import (
	"strings"
	"unicode/utf8"
)

// CheckText refuses what can be neither a path nor a link's target.
//
// # Errors
//
// NOENT if it is empty, NAMETOOLONG, INVAL for a NUL, ILSEQ for bytes that are
// not UTF-8: in this order.
func CheckText(s string) Errno {
	switch {
	case s == "":
		return NOENT
	case len(s) > MaxPathLen:
		return NAMETOOLONG
	case strings.IndexByte(s, 0) >= 0:
		return INVAL
	case !utf8.ValidString(s):
		return ILSEQ
	}
	return Success
}

// CheckPath refuses what cannot be a path beneath a directory: also an
// absolute one, with NOTCAPABLE.
func CheckPath(path string) Errno {
	if errno := CheckText(path); errno != Success {
		return errno
	}
	if path[0] == '/' {
		return NOTCAPABLE
	}
	return Success
}

// hostPath turns an absolute path of the host's side into one beneath the
// root.
func hostPath(path string) (string, Errno) {
	if path == "" || path[0] != '/' {
		return "", INVAL
	}
	path = strings.TrimLeft(path, "/")
	if path == "" {
		return ".", Success
	}
	return path, Success
}

// isClean reports whether path is absolute and each of its components is a
// name: none empty, "." or "..".
func isClean(path string) bool {
	if path == "/" {
		return true
	}
	if path == "" || path[0] != '/' {
		return false
	}
	for rest := path[1:]; ; {
		name, after, more := strings.Cut(rest, "/")
		if name == "" || name == "." || name == ".." {
			return false
		}
		if !more {
			return true
		}
		rest = after
	}
}

// join puts name beneath the absolute path dir.
func join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}
