// Command pressbox serves WordPress in a browser tab. "pressbox help" says what
// else it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program := &Main{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	status := program.Run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}
