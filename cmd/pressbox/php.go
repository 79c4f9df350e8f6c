package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pressbox/server/phpwasm"
	"pressbox/server/phpwasm/hostdir"
	"pressbox/server/phpwasm/wasi"
)

const phpUsage = `Usage: pressbox php [FLAGS] -- ARGUMENTS

Runs PHP's command line in a WebAssembly sandbox, with the arguments, standard
input and output, a clock and random bytes. It has no files, no environment and
no network, but for what the flags give to it:

  pressbox php -- -r 'echo PHP_VERSION;'
  pressbox php --dir .::/src:ro -- /src/script.php

`

// directory is a folder of this machine that a script may see.
type directory struct {
	host, guest string
	readOnly    bool
}

// parseDirectory reads HOST::GUEST or HOST::GUEST:ro.
func parseDirectory(text string) (directory, error) {
	d := directory{}
	text, d.readOnly = strings.CutSuffix(text, ":ro")
	host, guest, found := strings.Cut(text, "::")
	if !found || host == "" || !strings.HasPrefix(guest, "/") {
		return d, fmt.Errorf("a folder is given as HOST::GUEST or HOST::GUEST:ro, as in .::/src:ro, and GUEST begins with a slash")
	}
	d.host, d.guest = host, guest
	return d, nil
}

func (m *Main) php(ctx context.Context, args []string) error {
	flags := m.flags("php", phpUsage)
	var directories []directory
	var environment []string
	flags.Func("dir", "give the script a folder, as `HOST::GUEST`; :ro at the end makes it read-only", func(text string) error {
		d, err := parseDirectory(text)
		directories = append(directories, d)
		return err
	})
	flags.Func("env", "give the script a variable, as `NAME=VALUE`", func(text string) error {
		if name, _, found := strings.Cut(text, "="); !found || name == "" {
			return fmt.Errorf("a variable is given as NAME=VALUE")
		}
		environment = append(environment, text)
		return nil
	})
	modulePath := flags.String("php-wasm", "", moduleFlagUsage)
	// PHP's flags look like this program's: two hyphens tell them apart.
	end := slices.Index(args, "--")
	given := args
	if end >= 0 {
		given = args[:end]
	}
	if err := parse(flags, given); err != nil {
		return err
	}
	if end < 0 {
		return usagef("PHP's arguments follow two hyphens, as in: pressbox php -- -r 'echo 1;'")
	}

	path, err := moduleFile(*modulePath)
	if err != nil {
		return err
	}
	if _, err := readModule(path); err != nil {
		return err
	}
	cache, err := cacheDir()
	if err != nil {
		return err
	}
	var preopens []wasi.Preopen
	var folders []func()
	closeFolders := func() {
		for _, done := range folders {
			done()
		}
	}
	for _, d := range directories {
		preopen, done, err := d.open()
		if err != nil {
			closeFolders()
			return err
		}
		folders = append(folders, done)
		preopens = append(preopens, preopen)
	}
	module, err := phpwasm.LoadModule(ctx, phpwasm.Options{Path: path, CacheDir: filepath.Join(cache, "wazero")})
	if err != nil {
		closeFolders()
		return err
	}
	ended := make(chan error, 1)
	go func() {
		status, err := module.Command(ctx, phpwasm.CommandConfig{
			Args:     append([]string{"php"}, args[end+1:]...),
			Env:      environment,
			Preopens: preopens,
			Stdin:    m.Stdin,
			Stdout:   untilEnd{ctx, m.Stdout},
			Stderr:   untilEnd{ctx, m.Stderr},
			Clock:    wasi.SystemClock(),
			Random:   wasi.SystemRandom(),
		})
		module.Close(context.WithoutCancel(ctx))
		closeFolders()
		switch {
		case err != nil:
			ended <- fmt.Errorf("run PHP: %w", err)
		case status != exitOK:
			ended <- statusError(status)
		default:
			ended <- nil
		}
	}()
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		// A signal ends PHP's program at once, in whatever it is, and so it
		// does this one. The script, told to stop, may still be reading.
		return statusError(exitInterrupted)
	}
	return err
}

// untilEnd is a stream to which nothing is written once ctx has ended.
type untilEnd struct {
	ctx context.Context
	io.Writer
}

// Write implements io.Writer.
func (w untilEnd) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return len(p), nil
	}
	return w.Writer.Write(p)
}

// open makes a folder what a script sees. done ends that.
func (d directory) open() (preopen wasi.Preopen, done func(), err error) {
	if stat, err := os.Stat(d.host); err != nil || !stat.IsDir() {
		return wasi.Preopen{}, nil, fmt.Errorf("there is no folder %s to give to the script", d.host)
	}
	dir, err := hostdir.Open(d.host, d.readOnly)
	if err != nil {
		return wasi.Preopen{}, nil, err
	}
	// A folder that cannot be closed was only ever read, or has been written.
	return wasi.Preopen{GuestPath: d.guest, FS: dir, ReadOnly: d.readOnly}, func() { _ = dir.Close() }, nil
}
