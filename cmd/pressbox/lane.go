package main

import (
	"context"
	"crypto/rand"
	"sync"

	"pressbox/server"
	"pressbox/server/phpwasm"
	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

// serverLane runs sites here, in wazero. The module is compiled while the page
// is served already: a site's first request waits for it.
type serverLane struct {
	base *vfs.Tree
	log  func(format string, args ...any)

	loaded chan struct{} // closed when module or failure is there
	module *phpwasm.Module
	failed error
}

func newServerLane(base *vfs.Tree, log func(format string, args ...any)) *serverLane {
	return &serverLane{base: base, log: log, loaded: make(chan struct{})}
}

// load compiles the module. It is called once.
func (l *serverLane) load(ctx context.Context, path, cacheDir string) {
	l.module, l.failed = phpwasm.LoadModule(ctx, phpwasm.Options{Path: path, CacheDir: cacheDir})
	if l.failed != nil && ctx.Err() == nil {
		l.log("sites cannot run on the server: %v", l.failed)
	}
	close(l.loaded)
}

// close ends the module, if it is there. No site may be running.
func (l *serverLane) close() {
	select {
	case <-l.loaded:
	default:
		return
	}
	if l.module == nil {
		return
	}
	if err := l.module.Close(context.Background()); err != nil {
		l.log("end php.wasm: %v", err)
	}
}

// newRunner makes the Runner of one site: the snapshot, with what visitors do
// to this site above it.
func (l *serverLane) newRunner(string) (server.Runner, error) {
	return &siteRunner{lane: l}, nil
}

// siteRunner is a site that starts with its first request.
type siteRunner struct {
	lane *serverLane
	mu   sync.Mutex
	site *phpwasm.Site
}

// Run implements server.Runner.
func (r *siteRunner) Run(ctx context.Context, request *server.Request) (*server.Response, error) {
	select {
	case <-r.lane.loaded:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r.lane.failed != nil {
		return nil, &server.Error{
			Code:     server.CodeInternal,
			Sentence: "Sites cannot run on this server: its php.wasm could not be started. The output of the program that serves this page says why.",
		}
	}
	return r.start().Run(ctx, request)
}

func (r *siteRunner) start() *phpwasm.Site {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.site == nil {
		tree := vfs.NewOverlay(r.lane.base, vfs.Options{})
		r.site = phpwasm.NewSite(r.lane.module, tree, phpwasm.SiteConfig{
			Clock: wasi.SystemClock(), Random: wasi.SystemRandom(),
			// The salts of a site that several people can reach follow from it;
			// see snapshots/wordpress/php/config.php.
			Env: []string{"PRESSBOX_SECRET=" + rand.Text() + rand.Text()},
		})
	}
	return r.site
}

// Close ends the site's PHP.
func (r *siteRunner) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.site == nil {
		return nil
	}
	return r.site.Close()
}
