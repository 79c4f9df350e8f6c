package wordpress

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
	"strings"
	"time"

	"pressbox/vfs"
)

//go:embed php
var ours embed.FS

// Where things are in a site.
const (
	root        = "/wordpress"
	content     = root + "/wp-content"
	driver      = content + "/pressbox-build" // only while the site is built
	sqlitePlace = content + "/mu-plugins/sqlite-database-integration"
)

// layout is a site on its way: the tree, and the time that its files of ours
// have.
type layout struct {
	tree *vfs.Tree
	time int64
}

// dropped reports whether a file of the given WordPress is left out of the
// site, by its path in WordPress's own directory.
func dropped(f files, p string) bool {
	switch p {
	case "wp-config.php", // ours, and the given one may hold real secrets
		"wp-config-sample.php",          // only for setting up by hand
		"wp-content/db.php",             // ours
		"wp-content/object-cache.php",   // would look for a cache server
		"wp-content/advanced-cache.php", // belongs to plugins of a running site
		"wp-content/debug.log":
		return true
	}
	for _, directory := range []string{
		"wp-content/database/", // another site's
		"wp-content/cache/",
		"wp-content/upgrade/",
		"wp-content/upgrade-temp-backup/",
		"wp-content/pressbox-build/",
		"wp-content/plugins/akismet/", // does nothing without its service
		"wp-content/plugins/sqlite-database-integration/",
		"wp-content/mu-plugins/sqlite-database-integration/",
	} {
		if strings.HasPrefix(p, directory) {
			return true
		}
	}
	if strings.HasPrefix(path.Base(p), ".ht") {
		return true // for a web server that is not there
	}
	// The readable twins of minified scripts are read only with SCRIPT_DEBUG:
	// half of all bytes.
	if short, ok := strings.CutSuffix(p, ".js"); ok && strings.HasPrefix(p, "wp-includes/js/dist/") && !strings.HasSuffix(short, ".min") {
		_, minified := f[short+".min.js"]
		return minified
	}
	return strings.HasSuffix(p, ".map")
}

// lay puts WordPress, the plugin and our files into a tree.
func lay(wordpress *source, plugin files, at time.Time) (*layout, error) {
	ns := at.UnixNano()
	clock := ns
	// SQLite draws from /dev/urandom.
	random := rand.NewChaCha8([32]byte{1})
	l := &layout{
		time: ns,
		tree: vfs.NewTree(vfs.Options{Now: func() int64 {
			// A clock that only the tree's own changes move: equal builds
			// give equal times.
			clock += int64(time.Millisecond)
			return clock
		}, Random: func(p []byte) {
			_, _ = random.Read(p) // never fails
		}}),
	}
	for _, directory := range []string{"/tmp", content + "/database", content + "/languages", content + "/mu-plugins", content + "/plugins", content + "/themes", content + "/upgrade", content + "/uploads", driver} {
		if err := l.directory(directory); err != nil {
			return nil, err
		}
	}
	for _, p := range wordpress.files.paths() {
		if dropped(wordpress.files, p) {
			continue
		}
		given := wordpress.files[p]
		if err := l.file(root+"/"+p, given.data, given.mtim); err != nil {
			return nil, err
		}
	}
	for _, p := range plugin.paths() {
		if err := l.file(sqlitePlace+"/"+p, plugin[p].data, plugin[p].mtim); err != nil {
			return nil, err
		}
	}
	for from, to := range map[string]string{
		"config.php":   root + "/wp-config.php",
		"db.php":       content + "/db.php",
		"pressbox.php": content + "/mu-plugins/pressbox.php",
		"build.php":    driver + "/build.php",
		"content.php":  driver + "/content.php",
	} {
		b, err := ours.ReadFile("php/" + from)
		if err != nil {
			return nil, err
		}
		if err := l.file(to, b, at); err != nil {
			return nil, err
		}
	}
	return l, l.pictures(at)
}

func (l *layout) pictures(at time.Time) error {
	found, described, err := pictures()
	if err != nil {
		return err
	}
	for name, b := range found {
		if err := l.file(content+"/uploads/"+name, b, at); err != nil {
			return err
		}
	}
	b, err := person()
	if err != nil {
		return err
	}
	if err := l.file(content+"/mu-plugins/pressbox/person.png", b, at); err != nil {
		return err
	}
	return l.file(driver+"/pictures.json", described, at)
}

// directory makes a directory and those above it.
func (l *layout) directory(p string) error {
	if p == "/" {
		return nil
	}
	if _, errno := l.tree.Stat(p); errno == vfs.Success {
		return nil
	}
	if err := l.directory(path.Dir(p)); err != nil {
		return err
	}
	if errno := l.tree.Add(vfs.Entry{Path: p, Kind: vfs.Directory, Mtim: l.time}); errno != vfs.Success {
		return fmt.Errorf("make the directory %s: %w", p, errno)
	}
	return nil
}

// file adds a file. Its time has whole seconds, which is what every source
// has, and is never before 1980, as in a zip without times.
func (l *layout) file(p string, data []byte, at time.Time) error {
	if err := l.directory(path.Dir(p)); err != nil {
		return err
	}
	seconds := max(at.Unix(), 315532800)
	if errno := l.tree.Add(vfs.Entry{Path: p, Kind: vfs.RegularFile, Mtim: seconds * int64(time.Second), Data: data}); errno != vfs.Success {
		return fmt.Errorf("add %s: %w", p, errno)
	}
	return nil
}

// plugins returns the plugins of the tree and their versions.
func (l *layout) plugins(sqlite string) map[string]string {
	versions := map[string]string{"sqlite-database-integration": sqlite}
	header := regexp.MustCompile(`(?mi)^[ \t/*#@]*Version:[ \t]*(\S{1,40})`)
	directories, errno := l.tree.ReadDir(content + "/plugins")
	if errno != vfs.Success {
		return versions
	}
	for _, directory := range directories {
		inside, errno := l.tree.ReadDir(content + "/plugins/" + directory.Name)
		if errno != vfs.Success {
			continue
		}
		for _, entry := range inside {
			if !strings.HasSuffix(entry.Name, ".php") {
				continue
			}
			b, errno := l.tree.ReadFile(content + "/plugins/" + directory.Name + "/" + entry.Name)
			if errno != vfs.Success {
				continue
			}
			head := b[:min(len(b), 8192)]
			if match := header.FindSubmatch(head); match != nil && strings.Contains(string(head), "Plugin Name:") {
				versions[directory.Name] = string(match[1])
			}
		}
	}
	return versions
}
