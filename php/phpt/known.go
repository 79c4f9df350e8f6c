package main

// known.txt: what php.wasm fails though native PHP passes it, each with a reason.

import (
	"fmt"
	"os"
	"strings"
)

// known tells the reason of each failure that is expected.
type known struct {
	reasons map[string]string // by their names
	tests   map[string]string // a reason's name, by the path of a test
	order   []string          // of the reasons
}

// readKnown reads lines of two forms: "= NAME: SENTENCE" declares a reason, and
// "PATH NAME" gives one to a test. Empty lines and those that begin with # do not
// count.
func readKnown(file string) (*known, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	k := &known{reasons: map[string]string{}, tests: map[string]string{}}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if declaration, ok := strings.CutPrefix(line, "= "); ok {
			name, sentence, _ := strings.Cut(declaration, ": ")
			if sentence == "" || k.reasons[name] != "" {
				return nil, fmt.Errorf("%s:%d: a reason is declared once, as = NAME: SENTENCE", file, number)
			}
			k.reasons[name] = sentence
			k.order = append(k.order, name)
			continue
		}
		path, name, _ := strings.Cut(line, " ")
		if k.reasons[name] == "" {
			return nil, fmt.Errorf("%s:%d: the reason %q is not declared above", file, number, name)
		}
		if k.tests[path] != "" {
			return nil, fmt.Errorf("%s:%d: %s stands there twice", file, number, path)
		}
		k.tests[path] = name
	}
	return k, nil
}
