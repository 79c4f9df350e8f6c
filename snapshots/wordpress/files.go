package wordpress

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"time"
)

// limits bound what a package, an archive or a directory may unpack to.
type limits struct {
	size  int64 // bytes of all files
	files int
}

// siteLimits are ten times what WordPress has.
func siteLimits() limits { return limits{size: 1 << 30, files: 100_000} }

// maxLinks is how many links a path may lead through, and how deep directories
// may lie in one another.
const maxLinks = 40

// file is a file or a symbolic link on its way into a site.
type file struct {
	data []byte
	link string // not empty: a symbolic link
	mtim time.Time
}

// files are files by their path, without a slash in front. Directories are not
// listed: they follow from the paths.
type files map[string]file

// size returns the number of bytes of all files.
func (f files) size() int64 {
	var n int64
	for _, file := range f {
		n += int64(len(file.data))
	}
	return n
}

// newest returns the latest time of all files, or the zero time.
func (f files) newest() time.Time {
	var newest time.Time
	for _, file := range f {
		if file.mtim.After(newest) {
			newest = file.mtim
		}
	}
	return newest
}

// paths returns the paths in bytewise order.
func (f files) paths() []string {
	paths := make([]string, 0, len(f))
	for p := range f {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	return paths
}

// sub returns the files beneath a directory, by their paths in it.
func (f files) sub(directory string) files {
	prefix := strings.Trim(directory, "/") + "/"
	found := files{}
	for p, file := range f {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			found[rest] = file
		}
	}
	return found
}

// resolve returns the files beneath a directory with every symbolic link
// replaced by what it leads to, and the links that lead to nothing.
func (f files) resolve(directory string) (resolved files, dangling []string, err error) {
	directories := f.directories()
	resolved = files{}
	var add func(from, to string, depth int) error
	add = func(from, to string, depth int) error {
		target, found, err := f.follow(from, directories)
		if err != nil {
			return err
		}
		if !found {
			dangling = append(dangling, from)
			return nil
		}
		if file, isFile := f[target]; isFile {
			resolved[to] = file
			return nil
		}
		if depth == 0 {
			return fmt.Errorf("the link %s leads around in circles", from)
		}
		for _, name := range directories[target] {
			if err := add(path.Join(target, name), path.Join(to, name), depth-1); err != nil {
				return err
			}
		}
		return nil
	}
	directory = strings.Trim(directory, "/")
	for _, name := range directories[directory] {
		if err := add(path.Join(directory, name), name, maxLinks); err != nil {
			return nil, nil, err
		}
	}
	sort.Strings(dangling)
	return resolved, dangling, nil
}

// directories returns, for every directory, the names in it, sorted. The root
// is "".
func (f files) directories() map[string][]string {
	directories := map[string][]string{}
	known := map[string]bool{"": true}
	for _, p := range f.paths() {
		for child := p; ; {
			parent := path.Dir(child)
			if parent == "." {
				parent = ""
			}
			if child == p || !known[child] {
				directories[parent] = append(directories[parent], path.Base(child))
			}
			if child != p {
				known[child] = true
			}
			if known[parent] {
				break
			}
			child = parent
		}
	}
	for _, names := range directories {
		sort.Strings(names)
	}
	return directories
}

// follow resolves every link on the way along a path and at its end.
func (f files) follow(p string, directories map[string][]string) (target string, found bool, err error) {
	rest := strings.Split(p, "/")
	done := ""
	links := 0
	for len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			if done = path.Dir(done); done == "." {
				done = ""
			}
			continue
		}
		here := path.Join(done, name)
		if file, ok := f[here]; ok && file.link != "" {
			if links++; links > maxLinks {
				return "", false, fmt.Errorf("the link %s leads around in circles", p)
			}
			if strings.HasPrefix(file.link, "/") {
				done = ""
			}
			rest = append(strings.Split(file.link, "/"), rest...)
			continue
		}
		done = here
	}
	if _, ok := f[done]; ok {
		return done, true, nil
	}
	_, ok := directories[done]
	return done, ok, nil
}
