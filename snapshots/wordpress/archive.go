package wordpress

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// readZip reads a zip, all of it hostile: names that could lead out of a
// directory, links, contents larger than they claim and archives that unpack
// to more than a WordPress are refused.
func readZip(b []byte, most limits) (files, error) {
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // safeName says which
		return nil, err
	}
	if len(archive.File) > most.files {
		return nil, fmt.Errorf("it has %d files and may have %d", len(archive.File), most.files)
	}
	found := files{}
	var size int64
	for _, member := range archive.File {
		name := strings.TrimSuffix(member.Name, "/")
		if !safeName(name) {
			return nil, fmt.Errorf("the name %q is not one that WordPress can have", member.Name)
		}
		mode := member.Mode()
		if mode.IsDir() {
			continue
		}
		if !mode.IsRegular() {
			return nil, fmt.Errorf("%q is neither file nor directory", member.Name)
		}
		if _, twice := found[name]; twice {
			return nil, fmt.Errorf("it has %q twice", name)
		}
		content, err := member.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		// The size that the archive claims is not asked.
		data, err := io.ReadAll(io.LimitReader(content, most.size-size+1))
		content.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if size += int64(len(data)); size > most.size {
			return nil, fmt.Errorf("it unpacks to more than %d bytes", most.size)
		}
		found[name] = file{data: data, mtim: member.Modified}
	}
	for name := range found {
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			if _, isFile := found[name[:i]]; isFile {
				return nil, fmt.Errorf("%q is a file and a directory", name[:i])
			}
		}
	}
	return found, nil
}

// safeName reports whether a name in an archive is a plain relative path.
func safeName(name string) bool {
	if name == "" || len(name) > 1024 || !utf8.ValidString(name) || strings.ContainsAny(name, "\\:\x00") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || len(part) > 255 {
			return false
		}
	}
	return true
}

// readDirectory reads a directory that a person named. Symbolic links are
// followed, out of it too: a WordPress that Debian installed has them.
func readDirectory(root string, most limits) (files, error) {
	found := files{}
	var size int64
	var read func(directory, prefix string, depth int) error
	read = func(directory, prefix string, depth int) error {
		if depth == 0 {
			return fmt.Errorf("%s: its links lead around in circles", directory)
		}
		entries, err := os.ReadDir(directory)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			name := entry.Name()
			if name == ".git" || name == ".svn" || name == "node_modules" {
				continue
			}
			full := filepath.Join(directory, name)
			info, err := os.Stat(full)
			if errors.Is(err, fs.ErrNotExist) && entry.Type()&fs.ModeSymlink != 0 {
				continue // a link to nothing is nothing
			}
			if err != nil {
				return err
			}
			switch {
			case info.IsDir():
				if err := read(full, prefix+name+"/", depth-1); err != nil {
					return err
				}
			case info.Mode().IsRegular():
				if !safeName(prefix + name) {
					return fmt.Errorf("%s: no site can have a file of this name", full)
				}
				if size += info.Size(); size > most.size || len(found) >= most.files {
					return fmt.Errorf("%s: more than %d bytes or %d files", root, most.size, most.files)
				}
				data, err := os.ReadFile(full)
				if err != nil {
					return err
				}
				found[prefix+name] = file{data: data, mtim: info.ModTime()}
			}
		}
		return nil
	}
	return found, read(root, "", maxLinks)
}
