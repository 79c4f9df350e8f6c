package phpwasm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pressbox/server/phpwasm/wasi"
)

// ExitError says that the guest ended itself where it should have answered.
type ExitError struct {
	Code   int
	Stderr string // what it said, as far as it is known
}

// Error implements error.
func (e *ExitError) Error() string {
	return withStderr(fmt.Sprintf("PHP ended with status %d", e.Code), e.Stderr)
}

// TrapError says that the guest was ended by the runtime: a bug in it, or a
// limit it does not know.
type TrapError struct {
	Reason string // one line
	Stderr string
	cause  error
}

// Error implements error.
func (e *TrapError) Error() string { return withStderr("PHP crashed: "+e.Reason, e.Stderr) }

// Unwrap gives the runtime's own error, with a stack.
func (e *TrapError) Unwrap() error { return e.cause }

// TimeoutError says that the guest had to be killed because it did not end
// when it was asked to.
type TimeoutError struct{ After time.Duration }

// Error implements error.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("PHP ran for %s and did not stop when asked to", e.After.Round(time.Second/10))
}

func withStderr(sentence, stderr string) string {
	if stderr = strings.TrimSpace(stderr); stderr != "" {
		sentence += ": " + stderr
	}
	return sentence
}

// callError turns the error of a call of the guest into one of ours.
func callError(err error, stderr string, killed bool, began time.Time) error {
	var exit *wasi.ExitError
	var limit *wasi.LimitError
	switch {
	case killed:
		return &TimeoutError{time.Since(began)}
	case errors.As(err, &exit):
		return &ExitError{int(exit.Code), stderr}
	case errors.As(err, &limit):
		return limit
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return &TrapError{strings.TrimPrefix(reason, "wasm error: "), stderr, err}
}

var (
	errClosed     = errors.New("the instance was closed")
	errKilledLate = errors.New("the call came back after its end was forced")
)
