package main

// php.wasm in wazero, in this process.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pressbox/server/phpwasm"
	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

type wasm struct {
	module *phpwasm.Module
	base   *vfs.Tree // frozen: the folders
	tree   *vfs.Tree // of the test that runs
}

// root is where the folders lie, and what a script's working directory is.
const root = "/src"

// baseTree makes the tree that every test begins with.
func baseTree(source string, folders []string) (*vfs.Tree, error) {
	tree := vfs.NewTree(vfs.Options{Limits: vfs.Limits{Bytes: 1 << 30}})
	tree.AddDevices()
	for _, directory := range []string{"/tmp", "/etc/php"} {
		tree.MkdirAll(directory)
	}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(source, folder), func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			below, err := filepath.Rel(source, name)
			if err != nil {
				return err
			}
			errno := vfs.Success
			switch {
			case entry.IsDir():
				errno = tree.MkdirAll(root + "/" + below)
			case entry.Type()&fs.ModeSymlink != 0:
				target, err := os.Readlink(name)
				if err != nil {
					return err
				}
				errno = tree.Symlink(target, root+"/"+below)
			default:
				content, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				errno = tree.WriteFile(root+"/"+below, content)
			}
			if errno != vfs.Success {
				return fmt.Errorf("put %s into the tree: %w", below, errno)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	tree.Freeze()
	return tree, nil
}

func (w *wasm) begin(t *phpt) error {
	w.tree = vfs.NewOverlay(w.base, vfs.Options{})
	return nil
}

func (w *wasm) end() { w.tree = nil }

func (w *wasm) write(name string, content []byte) error {
	if errno := w.tree.WriteFile(w.place(name), content); errno != vfs.Success {
		return fmt.Errorf("write %s: %w", name, errno)
	}
	return nil
}

func (w *wasm) place(name string) string { return root + "/" + name }
func (w *wasm) temporary() string        { return "/tmp" }

func (w *wasm) run(ctx context.Context, r *run) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, scriptTime)
	defer cancel()
	arguments := []string{"php"}
	environment := lastOf(append([]string{"TMPDIR=/tmp", "HOME=/", "PWD=" + root, "TEST_PHP_SRCDIR=" + root}, r.environment...))
	if r.isRequest {
		// CGI takes no options: the settings are its php.ini.
		var ini strings.Builder
		for _, setting := range r.settings {
			name, value, _ := strings.Cut(setting, "=")
			fmt.Fprintf(&ini, "%s=%s\n", name, iniValue(value))
		}
		if errno := w.tree.WriteFile("/etc/php/php.ini", []byte(ini.String())); errno != vfs.Success {
			return result{}, fmt.Errorf("write php.ini: %w", errno)
		}
	} else {
		arguments = append(arguments, "-n")
		for _, setting := range r.settings {
			arguments = append(arguments, "-d", setting)
		}
		arguments = append(arguments, "-f", w.place(r.script))
		if len(r.arguments) > 0 {
			arguments = append(append(arguments, "--"), r.arguments...)
		}
	}
	var output, dropped bytes.Buffer
	stderr := &output
	if r.apart {
		stderr = &dropped
	}
	_, err := w.module.Command(ctx, phpwasm.CommandConfig{
		Args: arguments, Env: environment, Preopens: []wasi.Preopen{{GuestPath: "/", FS: w.tree}},
		Stdin: bytes.NewReader(r.stdin), Stdout: &output, Stderr: stderr,
		Clock: wasi.SystemClock(), Random: wasi.SystemRandom(),
		Limits: wasi.Limits{OutputBytes: 64 << 20},
	})
	var trap *phpwasm.TrapError
	var timeout *phpwasm.TimeoutError
	switch {
	case errors.As(err, &trap):
		fmt.Fprintf(&output, "\n[%v]", trap)
	case errors.As(err, &timeout):
		return result{output: output.String(), ended: true}, nil
	case err != nil:
		fmt.Fprintf(&output, "\n[%v]", err)
	}
	return result{output: output.String()}, nil
}

// lastOf leaves the last value of each variable, as a process of this machine would see it.
func lastOf(environment []string) []string {
	at := map[string]int{}
	var list []string
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		if i, ok := at[name]; ok {
			list[i] = entry
			continue
		}
		at[name] = len(list)
		list = append(list, entry)
	}
	return list
}

// iniValue quotes a value as php.ini wants it, where a bare one could be an expression.
func iniValue(value string) string {
	if value == "" || strings.ContainsAny(value, " ;()&|^~!=[]{}?") && !strings.HasPrefix(value, `"`) {
		return `"` + value + `"`
	}
	return value
}
