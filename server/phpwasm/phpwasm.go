// Package phpwasm runs php.wasm in wazero. Skeleton: signatures.
package phpwasm

import (
	"context"
	"errors"
	"io"
	"time"

	"pressbox/server"
	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

var errSkeleton = errors.New("not written yet")

// Options say where the module is and how to compile it.
type Options struct {
	Path             string // of php.wasm
	CacheDir         string // of wazero's compiled code; empty: none
	MemoryLimitPages uint32 // default 8192 (512 MiB)
	Interpreter      bool
}

// Module is compiled php.wasm.
type Module struct{}

func LoadModule(ctx context.Context, o Options) (*Module, error) { return nil, errSkeleton }
func (m *Module) Digest() string                                 { return "" }
func (m *Module) Size() int                                      { return 0 }
func (m *Module) Close(ctx context.Context) error                { return nil }

// CommandConfig is what one run of the command line gets.
type CommandConfig struct {
	Args, Env      []string
	Preopens       []wasi.Preopen
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Clock          wasi.Clock
	Random         wasi.Random
	Limits         wasi.Limits
}

func (m *Module) Command(ctx context.Context, c CommandConfig) (exit int, err error) {
	return 0, errSkeleton
}

// InstanceConfig is what an Instance gets.
type InstanceConfig struct {
	Tree   vfs.FS // preopened as /
	Clock  wasi.Clock
	Random wasi.Random
	Limits wasi.Limits
}

// Instance is a booted PHP that answers one request at a time.
type Instance struct{}

// Result is what a request wrote.
type Result struct {
	Stdout, Stderr []byte
	Exit           int
}

func (m *Module) NewInstance(ctx context.Context, c InstanceConfig) (*Instance, error) {
	return nil, errSkeleton
}
func (i *Instance) Handle(ctx context.Context, env []string, body []byte) (Result, error) {
	return Result{}, errSkeleton
}
func (i *Instance) MemoryBytes() uint64 { return 0 }
func (i *Instance) Close() error        { return nil }

// SiteConfig configures a Site.
type SiteConfig struct {
	Root           string // document root; default /wordpress
	Clock          wasi.Clock
	Random         wasi.Random
	RequestTimeout time.Duration // default 30 s
	Limits         wasi.Limits
}

// Site is one site: routing, static files and PHP over one Tree.
type Site struct{}

func NewSite(m *Module, tree *vfs.Tree, c SiteConfig) *Site { return &Site{} }

// Run implements server.Runner.
func (s *Site) Run(ctx context.Context, r *server.Request) (*server.Response, error) {
	return nil, errSkeleton
}

// Close ends the site's instance.
func (s *Site) Close() error { return nil }
