package main

// The form of a .phpt file: sections that begin with lines such as --FILE--.

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// phpt is one test.
type phpt struct {
	path     string // below the root of the sources, as in ext/json/tests/001.phpt
	sections map[string]string
}

var sectionLine = regexp.MustCompile(`^--([_A-Z]+)--\s*$`)

// doneLine ends a script; what follows it is a remark.
var doneLine = regexp.MustCompile(`^===DONE===\s*$`)

// parse reads a test.
//
// # Errors
//
// A test without a script or an expectation, and what cannot be read.
func parse(root, name string) (*phpt, error) {
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, err
	}
	t := &phpt{path: name, sections: map[string]string{}}
	section, done := "", false
	var texts = map[string]*strings.Builder{}
	for line := range bytes.Lines(content) {
		if m := sectionLine.FindSubmatch(line); m != nil {
			section, done = string(m[1]), false
			texts[section] = &strings.Builder{}
			continue
		}
		if section == "" || done {
			continue
		}
		texts[section].Write(line)
		done = strings.HasPrefix(section, "FILE") && doneLine.Match(line)
	}
	for name, text := range texts {
		t.sections[name] = text.String()
	}
	for name, text := range t.sections {
		of, external := strings.CutSuffix(name, "_EXTERNAL")
		if !external {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, path.Dir(t.path), strings.TrimSpace(text)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.path, err)
		}
		t.sections[of] = string(b)
	}
	if text, ok := t.sections["FILEEOF"]; ok {
		t.sections["FILE"] = strings.TrimRight(text, "\r\n")
	}
	if !t.has("FILE") {
		return nil, fmt.Errorf("%s: no script", t.path)
	}
	if !t.has("EXPECT") && !t.has("EXPECTF") && !t.has("EXPECTREGEX") {
		return nil, fmt.Errorf("%s: no expectation", t.path)
	}
	return t, nil
}

func (t *phpt) has(section string) bool {
	_, ok := t.sections[section]
	return ok
}

// isRequest says that a web server would serve it, so that it is run as CGI.
func (t *phpt) isRequest() bool {
	for _, section := range []string{"CGI", "GET", "POST", "POST_RAW", "PUT", "GZIP_POST", "DEFLATE_POST", "COOKIE", "EXPECTHEADERS"} {
		if t.has(section) {
			return true
		}
	}
	return false
}

// script is where the test's script is written, with another ending for its helpers.
func (t *phpt) script(ending string) string {
	return strings.TrimSuffix(t.path, "phpt") + ending
}

// settings are the lines of the INI section as name=value. dir is the script's
// folder and tmp that of temporary files, as the engine sees them.
func (t *phpt) settings(dir, tmp string) []string {
	var list []string
	text := strings.NewReplacer("{PWD}", dir, "{TMP}", tmp).Replace(t.sections["INI"])
	for line := range strings.Lines(text) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "=")
		if found {
			list = append(list, strings.TrimSpace(name)+"="+strings.TrimSpace(value))
		}
	}
	return list
}

// environment are the variables of the ENV section.
func (t *phpt) environment() []string {
	var list []string
	for line := range strings.Lines(t.sections["ENV"]) {
		if line = strings.TrimSpace(line); strings.Contains(line, "=") {
			list = append(list, line)
		}
	}
	return list
}

var argument = regexp.MustCompile(`"([^"]*)"|'([^']*)'|\S+`)

// arguments are the words of the ARGS section.
func (t *phpt) arguments() []string {
	var list []string
	for _, m := range argument.FindAllStringSubmatch(t.sections["ARGS"], -1) {
		switch {
		case m[0][0] == '"':
			list = append(list, m[1])
		case m[0][0] == '\'':
			list = append(list, m[2])
		default:
			list = append(list, m[0])
		}
	}
	return list
}
