package wordpress

import (
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
)

// source is a WordPress as it was found, before it is laid out.
type source struct {
	files       files // by their paths in WordPress's own directory
	description string
}

// versionFile is the file by which a WordPress is known.
const versionFile = "wp-includes/version.php"

// version returns WordPress's version, or "" if this is no WordPress.
func (s *source) version() string {
	match := regexp.MustCompile(`\$wp_version\s*=\s*['"]([0-9A-Za-z.+-]{1,40})['"]`).FindSubmatch(s.files[versionFile].data)
	if match == nil {
		return ""
	}
	return string(match[1])
}

// readSource reads a WordPress from a directory or a zip that a person named.
func readSource(name string) (*source, error) {
	step := "read WordPress from " + name
	hint := "--wordpress takes a directory with WordPress in it or a zip as wordpress.org gives it."
	info, err := os.Stat(name)
	if err != nil {
		return nil, &StepError{Step: step, Err: err, Hint: hint}
	}
	var found files
	kind := "directory"
	if info.IsDir() {
		found, err = readDirectory(name, siteLimits())
	} else {
		kind = "zip"
		var b []byte
		if b, err = os.ReadFile(name); err == nil {
			found, err = readZip(b, siteLimits())
		}
	}
	if err != nil {
		return nil, &StepError{Step: step, Err: err, Hint: hint}
	}
	root, ok := rootOf(found)
	if !ok {
		return nil, &StepError{Step: step, Err: errors.New("no WordPress is in it (" + versionFile + " is missing)"), Hint: hint}
	}
	if root != "" {
		found = found.sub(root)
	}
	s := &source{files: found}
	// The name of a file is its owner's affair and may differ between machines.
	s.description = fmt.Sprintf("WordPress %s from a %s", s.version(), kind)
	return s, nil
}

// rootOf returns the directory in which WordPress lies: the top, as in a
// checked-out directory, or one below it, as in an official zip.
func rootOf(f files) (string, bool) {
	if _, ok := f[versionFile]; ok {
		return "", true
	}
	for _, p := range f.paths() {
		if root, ok := strings.CutSuffix(p, "/"+versionFile); ok && path.Base(root) == root {
			return root, true
		}
	}
	return "", false
}
