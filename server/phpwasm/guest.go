package phpwasm

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"pressbox/server/phpwasm/wasi"
)

// guest is a module's instance together with its world: what Command and
// Instance have in common.
type guest struct {
	module api.Module
	host   *wasi.Host
	memory *guestMemory

	// The two flags with which PHP ends a script, 0 if they are not known.
	interruptPtr, timedOutPtr uint32
}

// newGuest instantiates and runs nothing.
func (m *Module) newGuest(ctx context.Context, c wasi.Config) (*guest, error) {
	host, err := wasi.New(c)
	if err != nil {
		return nil, err
	}
	g := &guest{host: host, memory: &guestMemory{}}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	g.module, err = m.runtime.InstantiateModule(experimental.WithMemoryAllocator(host.Context(ctx), g.memory), m.compiled, config)
	if err != nil {
		host.Close()
		return nil, fmt.Errorf("instantiate php.wasm: %w", err)
	}
	return g, nil
}

func (g *guest) close() {
	// Not the caller's context: it may have ended, and this must happen.
	g.module.Close(context.Background())
	g.host.Close()
}

// call calls an export without parameters. Its handle is a fresh one: wazero's
// stack grows with each caught exception and lives as long as the handle.
func (g *guest) call(ctx context.Context, name string) (uint32, error) {
	f := g.module.ExportedFunction(name)
	if f == nil {
		return 0, fmt.Errorf("php.wasm does not export %s", name)
	}
	var stack [1]uint64
	err := f.CallWithStack(g.host.Context(ctx), stack[:])
	return uint32(stack[0]), err
}

// The steps of ending a guest; see the package's comment.
const (
	askAgainAfter = 250 * time.Millisecond
	stopAfter     = 2 * time.Second
	cutAfter      = 3 * time.Second
)

// watchdog ends a call when its context ends.
type watchdog struct {
	guest  *guest
	wake   chan struct{} // closed when ctx ends: a sleeping guest wakes
	over   chan struct{} // closed when the call came back
	wait   sync.WaitGroup
	unhook func() bool
	killed atomic.Bool
}

// watch begins before a call, stop ends after it.
func (g *guest) watch(ctx context.Context) *watchdog {
	w := &watchdog{guest: g, wake: make(chan struct{}), over: make(chan struct{})}
	w.wait.Add(1)
	w.unhook = context.AfterFunc(ctx, func() {
		defer w.wait.Done()
		w.end()
	})
	return w
}

// stop waits until nothing will touch the guest any more, and tells whether
// the guest was killed.
func (w *watchdog) stop() bool {
	close(w.over)
	if w.unhook() {
		w.wait.Done()
	}
	w.wait.Wait()
	return w.killed.Load()
}

func (w *watchdog) end() {
	close(w.wake)
	g := w.guest
	ticker := time.NewTicker(askAgainAfter)
	defer ticker.Stop()
	for waited := time.Duration(0); ; waited += askAgainAfter {
		switch {
		case waited >= cutAfter:
			w.killed.Store(true)
			g.cutOff()
			return
		case waited >= stopAfter:
			w.killed.Store(true)
			g.host.Stop()
		default:
			g.interrupt(1)
		}
		select {
		case <-w.over:
			return
		case <-ticker.C:
		}
	}
}

// interrupt sets PHP's flags. The one that says why comes first.
func (g *guest) interrupt(value byte) {
	if g.interruptPtr != 0 && g.timedOutPtr != 0 {
		g.memory.all[g.timedOutPtr] = value
		g.memory.all[g.interruptPtr] = value
	}
}

// findFlags asks the guest where its flags are.
func (g *guest) findFlags(ctx context.Context) error {
	interrupt, err := g.call(ctx, exportInterrupt)
	if err != nil {
		return err
	}
	timedOut, err := g.call(ctx, exportTimedOut)
	if err != nil {
		return err
	}
	if max(interrupt, timedOut) >= g.module.Memory().Size() {
		return fmt.Errorf("php.wasm has its interrupt flags outside its memory")
	}
	g.interruptPtr, g.timedOutPtr = interrupt, timedOut
	return nil
}

// cutOff takes the memory from a guest that is running. wazero stores a new
// base and length where compiled code reads them after every call of a
// function; the guest's next access is then out of bounds.
func (g *guest) cutOff() {
	g.memory.cut.Store(true)
	g.module.Memory().Grow(1)
}

// pieceSize is how much of an answer waits before it is passed on unasked, in bytes.
const pieceSize = 1 << 20

// output collects a stream. With a push, it passes on what it has when it is
// flushed, and when it has a lot.
type output struct {
	bytes.Buffer
	push func(piece []byte) error
	gone error // why nobody takes any more
}

var _ wasi.Flusher = (*output)(nil)

func (o *output) Write(p []byte) (int, error) {
	if o.gone != nil {
		return 0, o.gone
	}
	n, err := o.Buffer.Write(p)
	if o.Len() >= pieceSize {
		if err := o.Flush(); err != nil {
			return 0, err
		}
	}
	return n, err
}

// Flush implements wasi.Flusher.
func (o *output) Flush() error {
	if o.push == nil || o.Len() == 0 {
		return o.gone
	}
	piece := bytes.Clone(o.Bytes())
	o.Reset()
	o.gone = o.push(piece)
	return o.gone
}

// firstLines is the beginning of a stream, for an error's sentence.
func (o *output) firstLines() string {
	b := bytes.TrimSpace(o.Bytes())
	if len(b) > 500 {
		b = b[:500]
	}
	return string(b)
}
