package wasi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"pressbox/vfs"
)

// Preopen is a root handed to the guest before start.
type Preopen struct {
	GuestPath string
	FS        vfs.FS
	ReadOnly  bool // every change is ROFS
}

// Limits bound what a guest may use of its host. Zero takes the default.
type Limits struct {
	Descriptors int   // open at once; one more is MFILE
	OutputBytes int64 // on descriptors 1 and 2 together; one more ends the guest with a LimitError
}

// The limits where none are given.
const (
	DefaultDescriptors = 1024
	DefaultOutputBytes = 64 << 20
)

// Config is all that a guest gets.
type Config struct {
	Args, Env      []string
	Stdin          io.Reader // nil: empty
	Stdout, Stderr io.Writer // nil: thrown away
	Preopens       []Preopen // descriptors 3, 4, ... in this order
	Clock          Clock     // nil: SystemClock
	Random         Random    // nil: SystemRandom
	Limits         Limits
}

// Host is the world of one instance. It serves one call at a time.
type Host struct {
	args, env   []string
	descriptors descriptors
	clock       Clock
	random      Random
	limits      Limits
	output      int64           // written to 1 and 2 since SetRequest
	done        <-chan struct{} // closed when the guest should stop waiting
	dirents     [64]vfs.Dirent  // for fd_readdir
	stopped     atomic.Bool
}

// New makes a Host and opens its preopens.
func New(c Config) (*Host, error) {
	h := &Host{args: c.Args, clock: c.Clock, random: c.Random, limits: c.Limits}
	if h.clock == nil {
		h.clock = SystemClock()
	}
	if h.random == nil {
		h.random = SystemRandom()
	}
	if h.limits.Descriptors == 0 {
		h.limits.Descriptors = DefaultDescriptors
	}
	if h.limits.OutputBytes == 0 {
		h.limits.OutputBytes = DefaultOutputBytes
	}
	h.descriptors.limit = h.limits.Descriptors
	h.SetRequest(c.Env, c.Stdin, c.Stdout, c.Stderr, nil)
	for i, p := range c.Preopens {
		root, errno := p.FS.OpenRoot()
		if errno != vfs.Success {
			h.Close()
			return nil, fmt.Errorf("open %s for the guest: %w", p.GuestPath, errno)
		}
		// Preopens of one file system are one device to the guest.
		dev := uint64(i + 1)
		for j := range c.Preopens[:i] {
			if c.Preopens[j].FS == p.FS {
				dev = uint64(j + 1)
				break
			}
		}
		_, errno = h.descriptors.add(descriptor{
			file: root, dev: dev, preopen: p.GuestPath, readOnly: p.ReadOnly,
			base: directoryRights(p.ReadOnly), inheriting: rightsDirectory | rightsFile,
		})
		if errno != vfs.Success {
			root.Close()
			h.Close()
			return nil, fmt.Errorf("open %s for the guest: %w", p.GuestPath, errno)
		}
	}
	return h, nil
}

// directoryRights are what a directory may be told to have.
func directoryRights(readOnly bool) uint64 {
	if readOnly {
		return rightsDirectory &^ rightsChange
	}
	return rightsDirectory
}

// SetRequest replaces what changes from call to call: the environment and the
// standard streams, which are open again even if the guest closed them. When
// done is closed, a sleeping guest wakes.
func (h *Host) SetRequest(env []string, stdin io.Reader, stdout, stderr io.Writer, done <-chan struct{}) {
	h.env, h.done, h.output = env, done, 0
	h.descriptors.set(0, descriptor{file: &stdio{host: h, in: stdin}, base: rightsStdin})
	h.descriptors.set(1, descriptor{file: &stdio{host: h, out: stdout, output: true}, base: rightsStdout})
	h.descriptors.set(2, descriptor{file: &stdio{host: h, out: stderr, output: true}, base: rightsStdout})
}

// Close closes every descriptor.
func (h *Host) Close() { h.descriptors.closeAll() }

// hostContext carries a Host to the functions that its guest calls.
type hostContext struct {
	context.Context
	host *Host
}

type hostKey struct{}

func (c *hostContext) Value(key any) any {
	if _, ok := key.(hostKey); ok {
		return c.host
	}
	return c.Context.Value(key)
}

// Context makes the context in which the guest of h must be called.
func (h *Host) Context(ctx context.Context) context.Context {
	return &hostContext{ctx, h}
}

func hostOf(ctx context.Context) *Host {
	if c, ok := ctx.(*hostContext); ok {
		return c.host
	}
	h, _ := ctx.Value(hostKey{}).(*Host)
	return h
}

// ExitError is how proc_exit ends a call. It closes nothing.
type ExitError struct{ Code uint32 }

// Error implements error.
func (e *ExitError) Error() string { return fmt.Sprintf("the guest exited with status %d", e.Code) }

// LimitError is how reaching a limit ends a call.
type LimitError struct {
	Name  string // in words
	Limit int64
}

// Error implements error.
func (e *LimitError) Error() string { return fmt.Sprintf("the %s is over %d bytes", e.Name, e.Limit) }

// Stop ends the guest at its next call. It may be called from any goroutine,
// and cannot be taken back.
func (h *Host) Stop() { h.stopped.Store(true) }

// errStopped is how Stop ends a call.
var errStopped = errors.New("the guest was stopped")
