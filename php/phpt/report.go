package main

import (
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
)

// row counts a folder's tests.
type row struct {
	tests, skipped, native, wasm int
}

// folderOf is the folder that a test is counted in: ext/json, Zend/tests.
func folderOf(test string) string {
	parts := strings.Split(path.Dir(test), "/")
	if parts[0] == "ext" || parts[0] == "sapi" || parts[0] == "Zend" {
		return strings.Join(parts[:min(2, len(parts))], "/")
	}
	return parts[0]
}

// printTable writes what passed, by folder.
func printTable(w io.Writer, tests []*phpt, native, wasm map[string]outcome) (total row) {
	rows := map[string]*row{}
	var names []string
	for _, t := range tests {
		name := folderOf(t.path)
		if rows[name] == nil {
			rows[name] = &row{}
			names = append(names, name)
		}
		for _, r := range []*row{rows[name], &total} {
			r.tests++
			switch native[t.path].Kind {
			case skipped:
				r.skipped++
			case passed:
				r.native++
				if wasm[t.path].Kind == passed {
					r.wasm++
				}
			}
		}
	}
	sort.Strings(names)
	fmt.Fprintln(w, "| folder | tests | native skips | native passes | of them wasm passes | ratio |")
	fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: | ---: |")
	line := func(name string, r row) {
		ratio := "-"
		if r.native > 0 {
			ratio = fmt.Sprintf("%.1f %%", 100*float64(r.wasm)/float64(r.native))
		}
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %s |\n", name, r.tests, r.skipped, r.native, r.wasm, ratio)
	}
	for _, name := range names {
		line(name, *rows[name])
	}
	line("all", total)
	return total
}

// printReasons counts the known failures by reason.
func printReasons(w io.Writer, k *known, tests []*phpt) {
	counts := map[string]int{}
	for _, t := range tests {
		if name := k.tests[t.path]; name != "" {
			counts[name]++
		}
	}
	fmt.Fprintln(w, "\n| known failures | reason |\n| ---: | --- |")
	for _, name := range k.order {
		if counts[name] > 0 {
			fmt.Fprintf(w, "| %d | %s: %s |\n", counts[name], name, k.reasons[name])
		}
	}
}
