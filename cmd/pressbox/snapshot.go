package main

import (
	"context"
	"fmt"
	"io"
)

// runSnapshot is "pressbox snapshot".
func runSnapshot(_ context.Context, _ []string, _, stderr io.Writer) int {
	fmt.Fprintln(stderr, "pressbox: snapshot is not written yet")
	return 1
}
