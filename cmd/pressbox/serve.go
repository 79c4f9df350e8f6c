package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"pressbox/server"
	"pressbox/snapshots"
	"pressbox/web"
)

const serveUsage = `Usage: pressbox serve [FLAGS]

Serves WordPress in a browser tab, until it is interrupted. Open the address that
it prints.

`

func (m *Main) serve(ctx context.Context, args []string) error {
	flags := m.flags("serve", serveUsage)
	listen := flags.String("listen", "127.0.0.1:8080", "the `ADDRESS` to listen on; port 0 means any free one")
	snapshotPath := flags.String("snapshot", "", "the `FILE` with the snapshot that sites begin as (default: the one that `pressbox snapshot build` made)")
	modulePath := flags.String("php-wasm", "", moduleFlagUsage)
	dev := flags.Bool("dev", false, "bundle the page from the sources in the current folder, and again when they change")
	if err := parse(flags, args); err != nil {
		return err
	}

	cache, err := cacheDir()
	if err != nil {
		return err
	}
	path, err := moduleFile(*modulePath)
	if err != nil {
		return err
	}
	module, err := readModule(path)
	if err != nil {
		return err
	}
	snapshot, err := openSnapshot(*snapshotPath)
	if err != nil {
		return err
	}
	base, err := snapshot.Tree()
	if err != nil {
		return fmt.Errorf("read the snapshot's files: %w", err)
	}
	sourceDir := ""
	if *dev {
		sourceDir = "."
		if _, err := os.Stat(filepath.Join(sourceDir, "web", "main.ts")); err != nil {
			return usagef("--dev bundles the page from its sources: run it in the folder that has web/main.ts")
		}
	}
	page, err := web.Bundle(web.Options{SourceDir: sourceDir, Dev: *dev})
	if err != nil {
		if !*dev {
			return err
		}
		page = web.FailedPage(err)
	}
	listener, err := listenOn(ctx, *listen)
	if err != nil {
		return err
	}
	defer listener.Close()

	lane := newServerLane(base, m.logf)
	defer lane.close()
	// Whatever runs in the background ends before this returns.
	ctx, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	defer background.Wait()
	defer stop()
	site, err := server.New(server.Config{
		Version:   version(),
		Dev:       *dev,
		Module:    module,
		Snapshot:  snapshot,
		NewRunner: lane.newRunner,
		CacheDir:  filepath.Join(cache, "compressed"),
		Log:       m.logf,
	})
	if err != nil {
		return err
	}
	defer site.Close()
	site.SetPage(page)

	served := make(chan error, 1)
	background.Go(func() { served <- site.Serve(ctx, listener) })
	site.Compress(ctx)
	// After the copies: both want every processor, and a visitor needs those first.
	// Nobody waits for it to end: compiling does not stop when it is told to.
	go lane.load(ctx, path, filepath.Join(cache, "wazero"))
	if *dev {
		background.Go(func() { m.watch(ctx, site, sourceDir) })
	}
	address := site.URL(listener.Addr())
	fmt.Fprintf(m.Stdout, "Pressbox serves %s at %s\n", snapshotTitle(snapshot), address)
	if m.Ready != nil {
		m.Ready(address)
	}
	return <-served
}

// logf writes a line for the operator.
func (m *Main) logf(format string, args ...any) {
	fmt.Fprintf(m.Stderr, "pressbox: "+format+"\n", args...)
}

// watch bundles the page again whenever its sources change.
func (m *Main) watch(ctx context.Context, site *server.Server, sourceDir string) {
	err := web.Watch(ctx, sourceDir, 300*time.Millisecond, func() {
		page, err := web.Bundle(web.Options{SourceDir: sourceDir, Dev: true})
		if err != nil {
			m.logf("%v", err)
			page = web.FailedPage(err)
		}
		site.SetPage(page)
		site.Reload()
	})
	if err != nil {
		m.logf("%v", err)
	}
}

// openSnapshot opens and checks the snapshot that sites begin as.
func openSnapshot(given string) (*snapshots.Snapshot, error) {
	path := given
	if path == "" {
		var err error
		if path, err = defaultSnapshot(); err != nil {
			return nil, err
		}
	}
	snapshot, err := snapshots.Open(path)
	if err == nil {
		err = snapshot.Verify()
	}
	var mistake *snapshots.FormatError
	switch {
	case errors.Is(err, fs.ErrNotExist) && given == "":
		return nil, fmt.Errorf("there is no snapshot at %s: make one with `pressbox snapshot build` (or `make snapshot`), or name one with --snapshot", path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no snapshot at %s: check the name, or make one with `pressbox snapshot build --out %s`", path, path)
	case errors.As(err, &mistake):
		return nil, fmt.Errorf("%s: %s", path, mistake.Reason)
	case err != nil:
		return nil, fmt.Errorf("open the snapshot: %w", err)
	}
	return snapshot, nil
}

func snapshotTitle(snapshot *snapshots.Snapshot) string {
	metadata := snapshot.Manifest().Metadata
	if metadata.WordPress == "" {
		return "a site"
	}
	return "WordPress " + metadata.WordPress
}

// listenOn listens, and says what to do where it cannot.
func listenOn(ctx context.Context, address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, usagef("%q is not an address to listen on: give a host and a port, as in --listen 127.0.0.1:8080", address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("something listens on %s already, perhaps another Pressbox: stop it, or take another port, as in --listen 127.0.0.1:8081", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("you may not listen on %s: take a port above 1023, as in --listen 127.0.0.1:8080", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is not an address of this machine: listen on one that is, as in --listen 127.0.0.1:8080", address)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w; try --listen 127.0.0.1:8080", address, err)
	}
	return listener, nil
}
