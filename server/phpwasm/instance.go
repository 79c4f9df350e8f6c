package phpwasm

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero/api"

	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

// InstanceConfig is all that an Instance gets.
type InstanceConfig struct {
	Tree   vfs.FS // preopened as /
	Env    []string
	Clock  wasi.Clock
	Random wasi.Random
	Limits wasi.Limits
}

// Instance is a PHP that has booted. It serves one request at a time.
//
// All that it is lies in this struct: between requests no frame of the guest
// is alive, so the memory, the stack pointer and the host's descriptors are
// everything that saving and restoring one must cover.
type Instance struct {
	guest        *guest
	stackPointer uint64 // when idle
	dead         error  // why it cannot be used any more
}

// Result is what a request wrote.
type Result struct {
	Stdout, Stderr []byte
	Exit           int // PHP's exit status; 255 after a fatal error
}

// NewInstance makes an instance and boots PHP.
func (m *Module) NewInstance(ctx context.Context, c InstanceConfig) (*Instance, error) {
	g, err := m.newGuest(ctx, wasi.Config{
		Args: []string{"php"}, Env: c.Env,
		Preopens: []wasi.Preopen{{GuestPath: "/", FS: c.Tree}},
		Clock:    c.Clock, Random: c.Random, Limits: c.Limits,
	})
	if err != nil {
		return nil, err
	}
	i := &Instance{guest: g}
	if err := i.boot(ctx, c.Env); err != nil {
		g.close()
		return nil, fmt.Errorf("start PHP: %w", err)
	}
	return i, nil
}

func (i *Instance) boot(ctx context.Context, env []string) error {
	g := i.guest
	var stderr output
	began := time.Now()
	w := g.watch(ctx)
	g.host.SetRequest(env, nil, &stderr, &stderr, w.wake)
	status := uint32(0)
	_, err := g.call(ctx, exportInitialize)
	if err == nil {
		err = g.findFlags(ctx)
	}
	if err == nil {
		status, err = g.call(ctx, exportBoot)
	}
	killed := w.stop()
	if err != nil {
		return callError(err, stderr.firstLines(), killed, began)
	}
	if status != 0 {
		return &ExitError{int(int32(status)), stderr.firstLines()}
	}
	if sp := g.module.ExportedGlobal(exportStackPointer); sp != nil {
		i.stackPointer = sp.Get()
	}
	return nil
}

// Handle runs one CGI request. With a push, what the script flushes is passed on
// at once, and Result.Stdout is the rest; an error of push is to the script as if
// the client had gone. When ctx ends, PHP is asked to end the script,
// which it does with a fatal error; if it does not, the instance is killed.
//
// # Errors
//
// *ExitError if PHP ended itself, *TrapError if it crashed, *TimeoutError if
// it was killed, *wasi.LimitError for too much output. After an error the
// instance is dead: every further call gives the same error.
func (i *Instance) Handle(ctx context.Context, env []string, body []byte, push func(piece []byte) error) (Result, error) {
	if i.dead != nil {
		return Result{}, i.dead
	}
	g := i.guest
	stdout, stderr := output{push: push}, output{}
	began := time.Now()
	g.interrupt(0) // what came too late for the last request
	w := g.watch(ctx)
	g.host.SetRequest(env, bytes.NewReader(body), &stdout, &stderr, w.wake)
	status, err := g.call(ctx, exportHandle)
	killed := w.stop()
	// Streams would otherwise live on with the descriptors.
	g.host.SetRequest(nil, nil, nil, nil, nil)
	result := Result{Stdout: stdout.Bytes(), Stderr: stderr.Bytes(), Exit: int(int32(status))}
	if err == nil && killed {
		err = errKilledLate
	}
	if err != nil {
		i.dead = callError(err, stderr.firstLines(), killed, began)
		g.host.Close() // and with its files go its locks
		return result, i.dead
	}
	i.resetStack()
	return result, nil
}

// resetStack undoes what a call that did not come back may have left; after
// one that did it changes nothing.
func (i *Instance) resetStack() {
	if sp, ok := i.guest.module.ExportedGlobal(exportStackPointer).(api.MutableGlobal); ok && i.stackPointer != 0 {
		sp.Set(i.stackPointer)
	}
}

// MemoryBytes is the size of the linear memory.
func (i *Instance) MemoryBytes() uint64 { return uint64(i.guest.module.Memory().Size()) }

// Close ends the instance.
func (i *Instance) Close() error {
	if i.dead == nil || i.dead != errClosed {
		i.dead = errClosed
		i.guest.close()
	}
	return nil
}
