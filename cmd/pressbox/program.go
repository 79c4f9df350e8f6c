package main

import (
	"context"
	"fmt"
	"io"
)

// Main is the program as a value: main fills it in, and so do tests, which
// start the same thing on a port of their own.
type Main struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run does what args say and returns the exit status: 0, or 2 for arguments
// that make no sense, or 1 for everything else that went wrong. "pressbox php"
// passes on the status of the script.
func (m *Main) Run(ctx context.Context, args []string) int {
	fmt.Fprintln(m.Stderr, "pressbox: nothing to do yet")
	return 2
}
