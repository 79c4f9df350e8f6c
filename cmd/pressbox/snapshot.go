package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"pressbox/server/phpwasm"
	"pressbox/server/phpwasm/wasi"
	"pressbox/snapshots"
	"pressbox/snapshots/wordpress"
	"pressbox/vfs"
)

const snapshotUsage = `Usage: pressbox snapshot build [FLAGS]
       pressbox snapshot inspect [FLAGS] [FILE]
       pressbox snapshot extract [FLAGS] DIRECTORY

build makes a snapshot of a fresh WordPress site: it gets WordPress, installs it
by running WordPress's own installer in php.wasm, and packs the site.
inspect shows what a snapshot holds. extract writes its files into a directory.
`

// runSnapshot is "pressbox snapshot".
func runSnapshot(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	m := &Main{Stdout: stdout, Stderr: stderr}
	if len(args) == 0 {
		fmt.Fprint(stderr, snapshotUsage)
		return exitUsage
	}
	switch args[0] {
	case "build":
		return m.report(m.snapshotBuild(ctx, args[1:]))
	case "inspect":
		return m.report(m.snapshotInspect(args[1:]))
	case "extract":
		return m.report(m.snapshotExtract(args[1:]))
	case "help", "-h", "-help", "--help":
		fmt.Fprint(stdout, snapshotUsage)
		fmt.Fprint(stdout, "\nEach of them lists its flags with -help.\n")
		return exitOK
	}
	return m.report(usagef("snapshot can build, inspect and extract, but not %q; `pressbox help snapshot` says more", args[0]))
}

// defaultSnapshot is the snapshot that build makes and serve serves.
func defaultSnapshot() (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "snapshots", "default.snap"), nil
}

func (m *Main) snapshotBuild(ctx context.Context, args []string) error {
	flags := m.flags("snapshot build", "Usage: pressbox snapshot build [FLAGS]\n\nMakes a snapshot of a fresh WordPress site.\n\n")
	o := wordpress.Options{}
	flags.StringVar(&o.WordPress, "wordpress", "", "a WordPress `DIRECTORY or zip` to use (default: Debian's newest package)")
	flags.StringVar(&o.SQLite, "sqlite", "", "a `ZIP` of the SQLite Database Integration plugin to use (default: the one in an npm package)")
	flags.BoolVar(&o.Update, "update", false, "look for a newer WordPress even if the cache has one")
	out := flags.String("out", "", "the `FILE` to write (default: snapshots/default.snap in the cache)")
	module := flags.String("php-wasm", "", moduleFlagUsage)
	if err := parse(flags, args); err != nil {
		return err
	}
	started := time.Now()
	cache, err := cacheDir()
	if err != nil {
		return err
	}
	o.Downloads = filepath.Join(cache, "downloads")
	if *out == "" {
		if *out, err = defaultSnapshot(); err != nil {
			return err
		}
	}
	o.Progress = func(line string) {
		fmt.Fprintf(m.Stdout, "%6.1f s  %s\n", time.Since(started).Seconds(), line)
	}
	path, err := moduleFile(*module)
	if err != nil {
		return err
	}
	if _, err := readModule(path); err != nil {
		return err
	}
	o.Progress("PHP: loading " + path)
	php, err := phpwasm.LoadModule(ctx, phpwasm.Options{Path: path, CacheDir: filepath.Join(cache, "wazero")})
	if err != nil {
		return err
	}
	defer php.Close(context.WithoutCancel(ctx))
	o.PHP = php.Digest()
	o.Start = func(ctx context.Context, c wordpress.StartConfig) (wordpress.Runner, error) {
		if errno := c.Tree.AddDevices(); errno != vfs.Success {
			return nil, fmt.Errorf("add devices: %w", errno)
		}
		return phpwasm.NewSite(php, c.Tree, phpwasm.SiteConfig{
			// A clock that only readings move: equal builds see equal times.
			Clock:  wasi.FixedClock(c.Time.UnixNano(), int64(50*time.Microsecond)),
			Random: wasi.SeededRandom(c.Seed),
			// The first request compiles all of WordPress on a cold machine.
			RequestTimeout: 5 * time.Minute,
		}), nil
	}
	site, err := wordpress.Build(ctx, o)
	if err != nil {
		return err
	}
	o.Progress("Snapshot: packing")
	if _, err := snapshots.WriteFile(*out, site.Tree, site.Metadata); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	s, err := snapshots.Open(*out)
	if err != nil {
		return err
	}
	if err := s.Verify(); err != nil {
		return err
	}
	fmt.Fprintln(m.Stdout)
	if err := m.summarise(*out, s); err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "built in   %.1f s\n", time.Since(started).Seconds())
	return nil
}

func (m *Main) snapshotInspect(args []string) error {
	flags := m.flags("snapshot inspect", "Usage: pressbox snapshot inspect [FLAGS] [FILE]\n\nShows what a snapshot holds (default: snapshots/default.snap in the cache).\n\n")
	list := flags.Bool("files", false, "list every file")
	verify := flags.Bool("verify", false, "compare every byte with its digest")
	if err := flags.Parse(args); err != nil {
		return parse(flags, args) // says what is wrong as the other commands do
	}
	var path string
	var err error
	switch flags.NArg() {
	case 0:
		if path, err = defaultSnapshot(); err != nil {
			return err
		}
	case 1:
		path = flags.Arg(0)
	default:
		return usagef("snapshot inspect takes one file, and its flags before it")
	}
	s, err := snapshots.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no snapshot at %s: make one with `pressbox snapshot build`", path)
	}
	if err != nil {
		return err
	}
	if err := m.summarise(path, s); err != nil {
		return err
	}
	if *verify {
		if err := s.Verify(); err != nil {
			return err
		}
		fmt.Fprintln(m.Stdout, "verified   every byte has its digest")
	}
	if *list {
		fmt.Fprintln(m.Stdout)
		m.listFiles(s.Manifest())
	}
	return nil
}

// summarise prints what a snapshot says about itself and what it weighs.
func (m *Main) summarise(path string, s *snapshots.Snapshot) error {
	manifest := s.Manifest()
	meta := manifest.Metadata
	plugins := make([]string, 0, len(meta.Plugins))
	for name, version := range meta.Plugins {
		plugins = append(plugins, printable(name+" "+version))
	}
	sort.Strings(plugins)
	var directories, links int
	for i := range manifest.Entries {
		switch manifest.Entries[i].Kind {
		case vfs.Directory:
			directories++
		case vfs.SymbolicLink:
			links++
		}
	}
	total := int64(len(s.ManifestBytes()))
	for _, pack := range manifest.Packs {
		total += pack.Size
	}
	line := func(name, format string, args ...any) {
		fmt.Fprintf(m.Stdout, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("snapshot", "%s", path)
	line("digest", "%s", s.Digest())
	line("title", "%s", printable(meta.Title))
	line("WordPress", "%s, theme %s (%s)", printable(meta.WordPress), printable(meta.Theme), printable(meta.Source))
	line("plugins", "%s", strings.Join(plugins, ", "))
	line("log in", "as %s with the password %s", printable(meta.Admin.User), printable(meta.Admin.Password))
	if meta.PHP != "" {
		line("php.wasm", "%s", printable(meta.PHP))
	}
	if meta.Base != "" {
		line("base", "%s", printable(meta.Base))
	}
	files := len(manifest.Entries) - directories - links
	line("entries", "%d: %d files (%d different contents), %d directories, %d links", len(manifest.Entries), files, len(manifest.Contents), directories, links)
	compressed, err := compressedSize(s.ManifestBytes())
	if err != nil {
		return err
	}
	line("manifest", "%9s, about %s with zstd", megabytes(int64(len(s.ManifestBytes()))), megabytes(compressed))
	for i, pack := range manifest.Packs {
		compressed, err := compressedSize(s.Pack(i))
		if err != nil {
			return err
		}
		name := fmt.Sprintf("pack %d", i)
		switch i {
		case snapshots.BootPack:
			name = "boot"
		case snapshots.StaticPack:
			name = "static"
		}
		line(name, "%9s, about %s with zstd", megabytes(pack.Size), megabytes(compressed))
	}
	line("in all", "%9s", megabytes(total))
	return nil
}

func (m *Main) listFiles(manifest *snapshots.Manifest) {
	for i := range manifest.Entries {
		entry := &manifest.Entries[i]
		at := time.Unix(0, entry.Mtim).UTC().Format("2006-01-02 15:04:05")
		switch entry.Kind {
		case vfs.Directory:
			fmt.Fprintf(m.Stdout, "%s  %10s  %-16s  -  %s/\n", at, "", "", printable(entry.Path))
		case vfs.SymbolicLink:
			fmt.Fprintf(m.Stdout, "%s  %10s  %-16s  -  %s -> %s\n", at, "", "", printable(entry.Path), printable(entry.Target))
		default:
			content := manifest.Contents[entry.Content]
			fmt.Fprintf(m.Stdout, "%s  %10d  %s  %d  %s\n", at, content.Size, content.Digest.String()[:16], content.Pack, printable(entry.Path))
		}
	}
}

// printable quotes what could move a terminal's cursor: a snapshot may come
// from anyone.
func printable(s string) string {
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return fmt.Sprintf("%q", s)
		}
	}
	return s
}

// compressedSize estimates what HTTP will carry: zstd at its default, with
// which a server can keep up; precompressed copies are smaller.
func compressedSize(b []byte) (int64, error) {
	var size counter
	encoder, err := zstd.NewWriter(&size, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return 0, err
	}
	if _, err := encoder.Write(b); err != nil {
		return 0, err
	}
	if err := encoder.Close(); err != nil {
		return 0, err
	}
	return int64(size), nil
}

// counter counts what is written to it.
type counter int64

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }
