package main

// PHP as a process of this machine.

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

type native struct {
	directory string // what native.sh made
	root      string // this worker's copy of the folders
	before    map[string]bool
	folder    string
}

// newNative copies the folders, which tests write to.
func newNative(directory string, folders []string) (*native, error) {
	root, err := os.MkdirTemp("", "phpt-")
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join(directory, "source", folder))); err != nil {
			os.RemoveAll(root)
			return nil, err
		}
	}
	return &native{directory: directory, root: root}, os.Mkdir(filepath.Join(root, "tmp"), 0o777)
}

func (n *native) close() { os.RemoveAll(n.root) }

func (n *native) begin(t *phpt) error { return nil }

// end leaves nothing of a test to the next.
func (n *native) end() {
	tmp := filepath.Join(n.root, "tmp")
	os.RemoveAll(tmp)
	os.Mkdir(tmp, 0o777)
}

func (n *native) write(name string, content []byte) error {
	return os.WriteFile(filepath.Join(n.root, name), content, 0o644)
}

func (n *native) place(name string) string { return filepath.Join(n.root, name) }
func (n *native) temporary() string        { return filepath.Join(n.root, "tmp") }

func (n *native) run(ctx context.Context, r *run) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, scriptTime)
	defer cancel()
	program := filepath.Join(n.directory, "bin/php")
	if r.isRequest {
		program = filepath.Join(n.directory, "bin/php-cgi")
	}
	arguments := []string{"-n"}
	// In php.wasm opcache is always there, and off on the command line.
	if strings.HasPrefix(r.script, "ext/opcache/") {
		arguments = append(arguments, "-d", "zend_extension="+filepath.Join(n.directory, "opcache.so"))
	}
	for _, setting := range r.settings {
		arguments = append(arguments, "-d", setting)
	}
	arguments = append(arguments, "-f", n.place(r.script))
	if len(r.arguments) > 0 {
		arguments = append(append(arguments, "--"), r.arguments...)
	}
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = n.root
	command.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + n.root, "TMPDIR=" + n.temporary(),
		"TEST_PHP_EXECUTABLE=" + filepath.Join(n.directory, "bin/php"),
		"TEST_PHP_EXECUTABLE_ESCAPED='" + filepath.Join(n.directory, "bin/php") + "'",
		"TEST_PHP_CGI_EXECUTABLE=" + filepath.Join(n.directory, "bin/php-cgi"),
		"TEST_PHP_CGI_EXECUTABLE_ESCAPED='" + filepath.Join(n.directory, "bin/php-cgi") + "'",
		"TEST_PHP_SRCDIR=" + n.root,
	}, r.environment...)
	command.Stdin = bytes.NewReader(r.stdin)
	var output bytes.Buffer
	command.Stdout = &output
	if !r.apart {
		command.Stderr = &output
	}
	// A test's own children can hold the streams after it.
	command.WaitDelay = scriptTime / 10
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil {
		return result{}, err
	}
	return result{output: output.String(), ended: ctx.Err() != nil}, nil
}

// exists reports whether there is something at a path.
func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}
