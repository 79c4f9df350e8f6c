package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"

	"pressbox/server/phpwasm"
)

// ours names this program, so that native outcomes are kept only as long as it
// finds them the same way.
//
//go:embed test.go expect.go native.go outcome.go
var ours embed.FS

// folders are those of PHP itself; each extension that is built in adds its own.
var folders = []string{"tests", "Zend/tests", "sapi/cgi/tests", "sapi/cli/tests"}

var extensionFolders = []string{
	"bcmath", "calendar", "ctype", "date", "dom", "exif", "fileinfo", "filter", "gd", "hash", "iconv", "json", "libxml",
	"mbstring", "opcache", "pcre", "pdo", "pdo_sqlite", "random", "reflection", "session", "simplexml", "sodium", "spl",
	"sqlite3", "standard", "tokenizer", "xml", "xmlreader", "xmlwriter", "zip", "zlib",
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := phptMain(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "phpt:", err)
		os.Exit(1)
	}
}

func phptMain(ctx context.Context) error {
	nativeDirectory := flag.String("native", "", "the `folder` that native.sh printed")
	wasmFile := flag.String("wasm", "", "php.wasm")
	cache := flag.String("cache", "", "the `folder` of wazero's compiled code")
	only := flag.String("folder", "", "run what lies below this `folder` only, as in ext/json")
	knownFile := flag.String("known", "php/phpt/known.txt", "the known failures")
	details := flag.String("details", "build/phpt", "the `folder` for what failed: one file a test")
	flag.Parse()
	if *nativeDirectory == "" || *wasmFile == "" {
		return errors.New("-native and -wasm are needed; make phpt gives them")
	}
	k, err := readKnown(*knownFile)
	if err != nil {
		return err
	}
	source := filepath.Join(*nativeDirectory, "source")
	all := append([]string{}, folders...)
	for _, name := range extensionFolders {
		all = append(all, "ext/"+name+"/tests")
	}
	tests, err := list(source, all, *only)
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return fmt.Errorf("there is no test below %q", *only)
	}

	began := time.Now()
	nativeOutcomes, err := runNative(ctx, *nativeDirectory, all, tests)
	if err != nil {
		return err
	}
	fmt.Printf("native PHP: %s\n", time.Since(began).Round(time.Second))
	began = time.Now()
	var wanted []*phpt
	for _, t := range tests {
		if nativeOutcomes[t.path].Kind == passed {
			wanted = append(wanted, t)
		}
	}
	wasmOutcomes, err := runWasm(ctx, *wasmFile, *cache, source, all, wanted)
	if err != nil {
		return err
	}
	fmt.Printf("php.wasm:   %s\n\n", time.Since(began).Round(time.Second))

	total := printTable(os.Stdout, tests, nativeOutcomes, wasmOutcomes)
	printReasons(os.Stdout, k, tests)
	wrong := compare(k, wanted, wasmOutcomes, *details)
	fmt.Printf("\n%d passed, %d failed\n", total.wasm, len(wrong))
	if len(wrong) > 0 {
		fmt.Println()
		for _, line := range wrong {
			fmt.Println(line)
		}
		return fmt.Errorf("%d tests are not as %s says; what they printed is in %s", len(wrong), *knownFile, *details)
	}
	return nil
}

// list reads every test below the folders, in the order of their paths.
func list(source string, folders []string, only string) ([]*phpt, error) {
	var tests []*phpt
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(source, folder), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".phpt") {
				return err
			}
			below, err := filepath.Rel(source, name)
			if err != nil {
				return err
			}
			if only != "" && !strings.HasPrefix(below, strings.TrimSuffix(only, "/")+"/") && below != only {
				return nil
			}
			t, err := parse(source, below)
			if err != nil {
				return nil // a test that is none, for PHP's runner too
			}
			tests = append(tests, t)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	sort.Slice(tests, func(i, j int) bool { return tests[i].path < tests[j].path })
	return tests, nil
}

// each runs every test on one of the engines, which are the workers.
func each(ctx context.Context, name string, engines []engine, tests []*phpt, outcomes map[string]outcome) error {
	extensions, err := loaded(ctx, engines[0])
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	work := make(chan *phpt)
	var lock sync.Mutex
	var wait sync.WaitGroup
	var failure error
	for _, e := range engines {
		wait.Go(func() {
			for t := range work {
				var o outcome
				want, err := t.expectation()
				if err != nil {
					o = outcome{skipped, err.Error()}
				} else if o, err = try(ctx, e, t, want, extensions); err != nil {
					lock.Lock()
					failure = errors.Join(failure, fmt.Errorf("%s: %s: %w", name, t.path, err))
					lock.Unlock()
				}
				lock.Lock()
				outcomes[t.path] = o
				if len(outcomes)%1000 == 0 {
					fmt.Fprintf(os.Stderr, "%s: %d\n", name, len(outcomes))
				}
				lock.Unlock()
			}
		})
	}
	for _, t := range tests {
		if ctx.Err() != nil {
			break
		}
		work <- t
	}
	close(work)
	wait.Wait()
	return errors.Join(failure, ctx.Err())
}

// loaded asks an engine for its extensions, in lower case.
func loaded(ctx context.Context, e engine) (map[string]bool, error) {
	t := &phpt{path: "tests/extensions.phpt"}
	if err := e.begin(t); err != nil {
		return nil, err
	}
	defer e.end()
	if err := e.write(t.script("php"), []byte(`<?php echo implode("\n", get_loaded_extensions());`)); err != nil {
		return nil, err
	}
	r, err := e.run(ctx, &run{script: t.script("php")})
	if err != nil {
		return nil, err
	}
	extensions := map[string]bool{"opcache": true, "zend opcache": true}
	for line := range strings.Lines(r.output) {
		extensions[strings.ToLower(strings.TrimSpace(line))] = true
	}
	return extensions, nil
}

// runNative takes kept outcomes, and runs and keeps what is missing.
func runNative(ctx context.Context, directory string, folders []string, tests []*phpt) (map[string]outcome, error) {
	digest := sha256.New()
	err := fs.WalkDir(ours, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b, err := ours.ReadFile(name)
		digest.Write(b)
		return err
	})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(directory, "outcomes-"+hex.EncodeToString(digest.Sum(nil)[:8])+".json")
	outcomes := map[string]outcome{}
	if b, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(b, &outcomes); err != nil {
			return nil, fmt.Errorf("%s is damaged, delete it: %w", file, err)
		}
	}
	var missing []*phpt
	for _, t := range tests {
		if _, ok := outcomes[t.path]; !ok {
			missing = append(missing, t)
		}
	}
	if len(missing) == 0 {
		return outcomes, nil
	}
	var engines []engine
	for range runtime.NumCPU() {
		n, err := newNative(directory, folders)
		if err != nil {
			return nil, fmt.Errorf("copy the tests: %w", err)
		}
		defer n.close()
		engines = append(engines, n)
	}
	if err := each(ctx, "native PHP", engines, missing, outcomes); err != nil {
		return nil, err
	}
	b, err := json.Marshal(outcomes)
	if err != nil {
		return nil, err
	}
	return outcomes, os.WriteFile(file, b, 0o644)
}

func runWasm(ctx context.Context, file, cache, source string, folders []string, tests []*phpt) (map[string]outcome, error) {
	module, err := phpwasm.LoadModule(ctx, phpwasm.Options{Path: file, CacheDir: cache})
	if err != nil {
		return nil, err
	}
	defer module.Close(context.WithoutCancel(ctx))
	base, err := baseTree(source, folders)
	if err != nil {
		return nil, err
	}
	var engines []engine
	for range runtime.NumCPU() {
		engines = append(engines, &wasm{module: module, base: base})
	}
	outcomes := map[string]outcome{}
	return outcomes, each(ctx, "php.wasm", engines, tests, outcomes)
}

// compare says which tests are not as the known failures say, and writes what
// they printed into files.
func compare(k *known, tests []*phpt, outcomes map[string]outcome, details string) (wrong []string) {
	os.RemoveAll(details)
	for _, t := range tests {
		o, reason := outcomes[t.path], k.tests[t.path]
		if o.Kind == passed {
			if reason != "" {
				wrong = append(wrong, t.path+" passes: take it out of the known failures ("+reason+")")
			}
			continue
		}
		name := filepath.Join(details, t.path+".txt")
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			os.WriteFile(name, []byte(o.Kind+"\n"+o.Note+"\n"), 0o644)
		}
		if reason == "" {
			wrong = append(wrong, fmt.Sprintf("%s %s: %s", t.path, o.Kind, shorten(o.Note)))
		}
	}
	return wrong
}

func shorten(note string) string {
	note = strings.Join(strings.Fields(note), " ")
	if len(note) > 160 {
		note = note[:160]
	}
	return strings.ToValidUTF8(note, "\uFFFD")
}
