package phpwasm

import (
	"context"
	"errors"
	"io"
	"time"

	"pressbox/server/phpwasm/wasi"
)

// CommandConfig is all that one run of the command line gets.
type CommandConfig struct {
	Args, Env      []string // Args begin with the program's name
	Preopens       []wasi.Preopen
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Clock          wasi.Clock
	Random         wasi.Random
	Limits         wasi.Limits // OutputBytes: default none
}

// Command runs php.wasm as a program and returns its exit status. When ctx
// ends, so does the program.
//
// # Errors
//
// *TrapError, *TimeoutError, *wasi.LimitError, and those of the preopens.
func (m *Module) Command(ctx context.Context, c CommandConfig) (exit int, err error) {
	if c.Limits.OutputBytes == 0 {
		c.Limits.OutputBytes = 1<<63 - 1
	}
	g, err := m.newGuest(ctx, wasi.Config{
		Args: c.Args, Env: c.Env, Preopens: c.Preopens,
		Clock: c.Clock, Random: c.Random, Limits: c.Limits,
	})
	if err != nil {
		return 0, err
	}
	defer g.close()
	if m.compiled.ExportedFunctions()[exportInterrupt] != nil {
		if err := g.findFlags(ctx); err != nil {
			return 0, callError(err, "", false, time.Time{})
		}
	}
	began := time.Now()
	w := g.watch(ctx)
	g.host.SetRequest(c.Env, c.Stdin, c.Stdout, c.Stderr, w.wake)
	_, err = g.call(ctx, exportStart)
	killed := w.stop()
	if err == nil {
		return 0, nil
	}
	err = callError(err, "", killed, began)
	var status *ExitError
	if errors.As(err, &status) {
		return status.Code, nil
	}
	return 0, err
}
