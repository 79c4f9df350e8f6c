package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realModule finds the php.wasm that `make php` built.
func realModule(t *testing.T) {
	t.Helper()
	path, err := moduleFile("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("PRESSBOX_REQUIRE_PHP") == "1" {
			t.Fatalf("%s is missing: run make php", path)
		}
		t.Skipf("%s is missing: run make php", path)
	}
}

// php runs "pressbox php" with a standard input.
func php(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, mistakes output
	m := &Main{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &mistakes}
	status = m.Run(t.Context(), append([]string{"php"}, args...))
	return status, out.String(), mistakes.String()
}

func TestPHP_givesNothingThatWasNotAskedFor(t *testing.T) {
	realModule(t)
	t.Setenv("PRESSBOX_TEST_SECRET", "secret")
	for _, test := range []struct {
		name, stdin string
		args        []string
		status      int
		stdout      string
	}{
		{"the exit status", "", []string{"--", "-r", "exit(7);"}, 7, ""},
		{"standard input", "<?php echo strrev('olleh');", []string{"--"}, 0, "hello"},
		{"a script's own input", "typed", []string{"--", "-r", "echo fgets(STDIN);"}, 0, "typed"},
		{"arguments", "", []string{"--", "-r", "echo implode(',', array_slice($argv, 1));", "--", "a", "-b", "--"}, 0, "a,-b,--"},
		{"no environment", "", []string{"--", "-r", "echo json_encode(getenv());"}, 0, "[]"},
		{"a variable", "", []string{"--env", "A=b=c", "--env", "D=", "--", "-r", "echo json_encode(getenv());"}, 0, `{"A":"b=c","D":""}`},
		{"no files", "", []string{"--", "-r", "var_dump(@scandir('/'), file_exists('/etc/passwd'), @file_get_contents('/proc/self/environ'));"}, 0, "bool(false)\nbool(false)\nbool(false)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := php(t, test.stdin, test.args...)
			if status != test.status || stdout != test.stdout {
				t.Errorf("status %d, stdout %q, stderr %q; want %d and %q", status, stdout, stderr, test.status, test.stdout)
			}
		})
	}
}

func TestPHP_foldersEndWhereTheyEnd(t *testing.T) {
	realModule(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret.txt"), []byte("secret"))
	write(t, filepath.Join(dir, "work", "in.txt"), []byte("given"))
	work := filepath.Join(dir, "work")
	if err := os.Symlink("..", filepath.Join(work, "up")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, flag, script, want string
	}{
		{"reads", work + "::/src", "echo file_get_contents('/src/in.txt');", "given"},
		{"writes", work + "::/src", "echo file_put_contents('/src/out.txt', 'made');", "4"},
		{"not when it is read-only", work + "::/src:ro", "var_dump(@file_put_contents('/src/more.txt', 'made'), @unlink('/src/in.txt'));", "bool(false)\nbool(false)\n"},
		{"not above", work + "::/src", "var_dump(@file_get_contents('/src/../secret.txt'));", "bool(false)\n"},
		{"not through a link that is there", work + "::/src", "var_dump(@file_get_contents('/src/up/secret.txt'));", "bool(false)\n"},
		{"not through a link that it makes", work + "::/src", "@symlink('..', '/src/out'); var_dump(@file_get_contents('/src/out/secret.txt'));", "bool(false)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := php(t, "", "--dir", test.flag, "--", "-r", test.script)
			if status != 0 || stdout != test.want {
				t.Errorf("status %d, stdout %q, stderr %q; want 0 and %q", status, stdout, stderr, test.want)
			}
		})
	}
	if made, err := os.ReadFile(filepath.Join(work, "out.txt")); err != nil || string(made) != "made" {
		t.Errorf("out.txt = %q (%v), want made", made, err)
	}
	if _, err := os.Stat(filepath.Join(work, "more.txt")); err == nil {
		t.Error("a read-only folder was written to")
	}
}

func TestPHP_passesBytesAndFlags(t *testing.T) {
	realModule(t)
	var all []byte
	for range 300 { // more than one buffer
		for c := range 256 {
			all = append(all, byte(c))
		}
	}
	for _, test := range []struct {
		name, stdin string
		args        []string
		status      int
		stdout      string
	}{
		{"bytes", string(all), []string{"-r", "while (($c = fread(STDIN, 1000)) != '') fwrite(STDOUT, $c);"}, 0, string(all)},
		{"an ini entry", "", []string{"-d", "precision=3", "-r", "echo 2/3;"}, 0, "0.667"},
		{"flags that are this program's too", "", []string{"-r", "echo implode(',', $argv);", "--", "--dir", "x::/y", "--help"}, 0, "Standard input code,--dir,x::/y,--help"},
		{"an unknown flag", "", []string{"--no-such-flag"}, 1, ""},
		{"a script that is not there", "", []string{"/none.php"}, 1, ""},
		{"a syntax error", "", []string{"-r", "echo (;"}, 255, ""},
		{"two hyphens alone", "<?php echo 1;", nil, 0, "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := php(t, test.stdin, append([]string{"--"}, test.args...)...)
			if status != test.status || stdout != test.stdout {
				t.Errorf("status %d, stdout %.100q, stderr %q; want %d and %.100q", status, stdout, stderr, test.status, test.stdout)
			}
		})
	}
}

// readyWriter cancels when the script says that it is ready.
type readyWriter struct {
	output
	cancel context.CancelFunc
}

func (w *readyWriter) Write(p []byte) (int, error) {
	n, err := w.output.Write(p)
	if strings.Contains(w.String(), "ready") {
		w.cancel()
	}
	return n, err
}

// A signal ends it as it ends PHP: at once, without a word of the script's.
func TestPHP_interrupted(t *testing.T) {
	realModule(t)
	for name, script := range map[string]string{
		"a loop":             "while (true);",
		"sleeping":           "sleep(1000);",
		"waiting for input":  "fgets(STDIN);",
		"waiting for a lock": "$a = fopen('/d/f', 'w'); $b = fopen('/d/f', 'w'); flock($a, LOCK_EX); flock($b, LOCK_EX);",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stdin, typing := io.Pipe()
			defer typing.Close()
			out := &readyWriter{cancel: cancel}
			var mistakes output
			m := &Main{Stdin: stdin, Stdout: out, Stderr: &mistakes}
			status := m.Run(ctx, []string{"php", "--dir", t.TempDir() + "::/d", "--", "-r",
				"register_shutdown_function(function () { echo 'too late'; }); echo 'ready'; flush(); " + script + " echo 'went on';"})
			if status != 130 || out.String() != "ready" || mistakes.String() != "" {
				t.Errorf("status %d, stdout %q, stderr %q; want 130 and ready", status, out.String(), mistakes.String())
			}
		})
	}
}
