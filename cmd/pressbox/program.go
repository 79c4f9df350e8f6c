package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// Main is the program as a value: main fills it in, and so do tests, which
// start the same thing on a port of their own.
type Main struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Ready, if it is set, is called with the page's address when it is served.
	Ready func(address string)
}

// The exit statuses. "pressbox php" passes on the script's instead.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // what a shell says of a program that a signal ended
)

// command is one subcommand: name, a line for the list, and what it does.
type command struct {
	name, summary string
	run           func(m *Main, ctx context.Context, args []string) error
}

func (m *Main) commands() []command {
	return []command{
		{"serve", "serve WordPress in a browser tab", (*Main).serve},
		{"php", "run PHP's command line, with nothing that was not given to it", (*Main).php},
		{"snapshot", "build, inspect or unpack a snapshot of a WordPress site", (*Main).snapshot},
		{"version", "print the version", (*Main).version},
		{"help", "print this, or the flags of a command", (*Main).help},
	}
}

// Run does what args say and returns the exit status: 0, or 2 for arguments
// that make no sense, or 1 for everything else that went wrong.
func (m *Main) Run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		m.usage(m.Stderr)
		return exitUsage
	}
	name := args[0]
	switch name {
	case "-h", "-help", "--help":
		name = "help"
	case "-version", "--version":
		name = "version"
	}
	for _, command := range m.commands() {
		if command.name == name {
			return m.report(command.run(m, ctx, args[1:]))
		}
	}
	return m.report(usagef("there is no command %q; `pressbox help` lists them", name))
}

// statusError ends the program with a status and says nothing: whoever made it
// has said what there was to say.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is a mistake in the arguments.
type usageError struct{ sentence string }

func (e *usageError) Error() string { return e.sentence }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// report prints an error as a sentence and returns the status it leads to.
func (m *Main) report(err error) int {
	var status statusError
	var usage *usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage):
		fmt.Fprintf(m.Stderr, "pressbox: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(m.Stderr, "pressbox: %v\n", err)
		return exitFailed
	}
}

func (m *Main) usage(w io.Writer) {
	fmt.Fprint(w, "Pressbox runs WordPress in a browser tab: PHP compiled to WebAssembly,\nover files that never leave the tab.\n\nUsage: pressbox COMMAND [FLAGS]\n\n")
	for _, command := range m.commands() {
		fmt.Fprintf(w, "  %-9s %s\n", command.name, command.summary)
	}
	fmt.Fprint(w, `
To begin: make run. It builds php.wasm and a snapshot, and serves them.

What is built is kept in $PRESSBOX_CACHE, by default the folder pressbox in your
cache directory. $PHP_WASM names a php.wasm from elsewhere.
`)
}

func (m *Main) help(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] == "help" {
		m.usage(m.Stdout)
		return nil
	}
	for _, command := range m.commands() {
		if command.name == args[0] {
			return command.run(&Main{Stdin: strings.NewReader(""), Stdout: m.Stdout, Stderr: m.Stdout}, ctx, []string{"-help"})
		}
	}
	return usagef("there is no command %q; `pressbox help` lists them", args[0])
}

func (m *Main) version(_ context.Context, args []string) error {
	if len(args) > 0 {
		if args[0] == "-help" {
			fmt.Fprintln(m.Stdout, "Usage: pressbox version")
			return nil
		}
		return usagef("version takes no arguments")
	}
	fmt.Fprintln(m.Stdout, "pressbox", version())
	return nil
}

// version is the commit that the program was built from, if Go knew it.
func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := build.Main.Version
	for _, setting := range build.Settings {
		if setting.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = setting.Value
		}
	}
	if version = strings.Trim(version, "()"); version == "" {
		return "unknown"
	}
	return version
}

func (m *Main) snapshot(ctx context.Context, args []string) error {
	if status := runSnapshot(ctx, args, m.Stdout, m.Stderr); status != exitOK {
		return statusError(status)
	}
	return nil
}

// flags returns a set of flags whose usage begins with a text. Parse it with
// parse.
func (m *Main) flags(name, text string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {
		fmt.Fprint(m.Stdout, text)
		flags.SetOutput(m.Stdout)
		flags.PrintDefaults()
		flags.SetOutput(io.Discard)
	}
	return flags
}

// parse parses flags and refuses what is left over.
func parse(flags *flag.FlagSet, args []string) error {
	// Package flag shows the usage after any mistake, which hides the sentence.
	usage := flags.Usage
	flags.Usage = func() {}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage()
			return err
		}
		return usagef("%v; `pressbox help %s` lists the flags", err, flags.Name())
	}
	if flags.NArg() > 0 {
		return usagef("%s does not know what to do with %q; `pressbox help %s` lists the flags", flags.Name(), flags.Arg(0), flags.Name())
	}
	return nil
}

// cacheDir is where everything is kept that was built or fetched.
func cacheDir() (string, error) {
	if dir := os.Getenv("PRESSBOX_CACHE"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no cache directory (%w): set PRESSBOX_CACHE to a folder where Pressbox may keep what it builds", err)
	}
	return filepath.Join(dir, "pressbox"), nil
}
