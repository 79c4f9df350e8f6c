package main

import (
	"context"
	"time"
)

// engine runs PHP. It is used by one worker.
type engine interface {
	// begin prepares the world for one test, and end takes it away again.
	begin(t *phpt) error
	end()
	// write puts a file, by its path below the root, into the world.
	write(name string, content []byte) error
	// place is where a path below the root is, as scripts see it.
	place(name string) string
	// temporary is the folder of temporary files, as scripts see it.
	temporary() string
	run(ctx context.Context, r *run) (result, error)
}

// run is one start of PHP.
type run struct {
	script      string // below the root
	settings    []string
	environment []string
	arguments   []string
	stdin       []byte
	isRequest   bool // CGI and not the command line
	apart       bool // leave standard error out of the output
}

// result is what a run printed: both streams as they came, in one.
type result struct {
	output string
	ended  bool // by the clock
}

// scriptTime is how long a script may take.
const scriptTime = 60 * time.Second
