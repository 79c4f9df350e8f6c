package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"pressbox/snapshots"
)

// DefaultPageHost is the host name of the page. Browsers resolve it, and every
// name below it, to this machine by themselves.
const DefaultPageHost = "pressbox.localhost"

// Config is what a Server serves. All of it is given; nothing is looked for.
type Config struct {
	// PageHost is the page's host name without a port. Default: DefaultPageHost.
	PageHost string
	// Version is the program's.
	Version string
	// Dev says that the page's sources may change while it is served.
	Dev bool
	// Module is php.wasm.
	Module []byte
	// Snapshot is the base of every site.
	Snapshot *snapshots.Snapshot
	// Root is the directory of the snapshot that sites serve. Default: "wordpress".
	Root string
	// NewRunner makes the Runner of a site in the server lane. If the Runner
	// is an io.Closer, it is closed when its site ends. It must be quick:
	// whatever takes time belongs into the first Run.
	NewRunner func(site string) (Runner, error)
	// Limits of the sites that run here; zero values mean the defaults.
	Limits Limits
	// CacheDir keeps compressed copies for the next start. Empty: none are kept.
	CacheDir string
	// Log takes a line for the operator. It is never given a cookie, a query
	// or anything else of a request but its method, host and path.
	Log func(format string, args ...any)
	// Now is the time. Default: time.Now.
	Now func() time.Time
}

// Limits are those of the server lane.
type Limits struct {
	// MaxSites is how many sites run at a time. Default: 16.
	MaxSites int
	// MaxWaiting is how many requests a site works on or has waiting. Default: 64.
	MaxWaiting int
	// MaxBody is the largest request body in bytes. Default: MaxBody.
	MaxBody int64
	// IdleEnd is how long a site may go without a request before it ends and
	// its changes are gone. Default: 30 minutes.
	IdleEnd time.Duration
}

func (l Limits) withDefaults() Limits {
	if l.MaxSites == 0 {
		l.MaxSites = 16
	}
	if l.MaxWaiting == 0 {
		l.MaxWaiting = 64
	}
	if l.MaxBody == 0 {
		l.MaxBody = MaxBody
	}
	if l.IdleEnd == 0 {
		l.IdleEnd = 30 * time.Minute
	}
	return l
}

// Server is an http.Handler for the hosts and routes of the package's comment.
type Server struct {
	config     Config
	compressor compressor
	page       atomic.Pointer[page]
	module     *content
	manifest   *content
	packs      []*content
	base       baseFiles
	sites      *sites
	hub        *hub

	background sync.WaitGroup
	copying    sync.WaitGroup
	ctx        context.Context // ends with Close
	stop       context.CancelFunc
}

// New returns a Server without a page: SetPage gives it one. Its Close must be
// called.
func New(config Config) (*Server, error) {
	if config.PageHost == "" {
		config.PageHost = DefaultPageHost
	}
	if config.Root == "" {
		config.Root = "wordpress"
	}
	if config.Log == nil {
		config.Log = func(string, ...any) {}
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	config.Limits = config.Limits.withDefaults()
	if config.Snapshot == nil || len(config.Module) == 0 || config.NewRunner == nil {
		return nil, errors.New("a server needs php.wasm, a snapshot and a way to run sites")
	}
	s := &Server{
		config:     config,
		compressor: compressor{dir: config.CacheDir, log: config.Log},
		module:     newContent(contentTypes[".wasm"], config.Module),
		manifest:   newContent("application/vnd.pressbox.manifest", config.Snapshot.ManifestBytes()),
		base:       newBaseFiles(config.Snapshot, config.Root),
		hub:        newHub(),
	}
	s.module.copies, s.manifest.copies = new(copies), new(copies)
	for i := range config.Snapshot.Manifest().Packs {
		pack := newContent("application/vnd.pressbox.pack", config.Snapshot.Pack(i))
		pack.copies = new(copies)
		s.packs = append(s.packs, pack)
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.sites = newSites(s.ctx, config.Limits, config.NewRunner, config.Now)
	s.page.Store(&page{})
	s.goBackground(func() { s.sites.endIdle(s.ctx) })
	return s, nil
}

// SetPage serves the files of a bundle from now on: index.html, bridge.html,
// serviceworker.js and frame.js, and under assets/ files whose names change with
// their content.
func (s *Server) SetPage(files map[string][]byte) {
	p := newPage(files)
	s.page.Store(p)
	s.goBackground(func() { s.compressPage(p) })
}

func (s *Server) compressPage(p *page) {
	for encoding := range encodings {
		s.compressor.make(s.ctx, encoding, p.contents())
	}
}

// Compress makes the copies that nearly every browser takes of what nearly
// every visit loads, and returns when they are there or ctx ends; the other
// copies follow in the background. Without it everything is served as it is.
func (s *Server) Compress(ctx context.Context) {
	first := []*content{s.module, s.manifest, s.packs[0]}
	s.compressor.make(ctx, zstdEncoding, first)
	s.copying.Add(1)
	s.goBackground(func() {
		defer s.copying.Done()
		// Packs after the first are read in ranges, which are served as they
		// are, so they get no copies.
		for _, encoding := range []int{zstdEncoding, gzipEncoding, brotliEncoding} {
			s.compressor.make(s.ctx, encoding, first)
		}
		if s.config.CacheDir != "" {
			s.compressor.prune(s.config.Now())
		}
	})
}

// Reload tells every page that is open to load itself again.
func (s *Server) Reload() { s.hub.send(reloadEvent{Type: "reload"}) }

// goBackground starts work that Close waits for.
func (s *Server) goBackground(work func()) {
	s.background.Add(1)
	go func() {
		defer s.background.Done()
		work()
	}()
}

// URL is the page's address for a listener's.
func (s *Server) URL(listening net.Addr) string {
	_, port := splitPort(listening.String())
	if port == ":80" {
		port = ""
	}
	return "http://" + s.config.PageHost + port + "/"
}

// Serve answers on a listener until ctx ends, then lets requests under way
// finish for a few seconds.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		WriteTimeout:      5 * time.Minute, // a slow line and a large pack
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.hub.close() // Shutdown knows nothing of hijacked connections
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := web.Shutdown(graceful); err != nil {
		_ = web.Close() // what is left did not end in time
	}
	<-ended
	return nil
}

// Close ends the sites, the WebSockets and all work in the background.
func (s *Server) Close() error {
	s.stop()
	s.hub.close()
	s.background.Wait()
	return s.sites.close()
}

var _ io.Closer = (*Server)(nil)
