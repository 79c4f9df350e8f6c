package phpwasm

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

// binary puts a module together from its sections: pairs of a number and its
// contents.
func binary(sections ...[]byte) []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		b = append(b, s[0], byte(len(s)-1)) // all are short
		b = append(b, s[1:]...)
	}
	return b
}

// Parts of tiny guests.
var (
	oneType     = []byte{1, 1, 0x60, 0, 0}                                                                          // one type: no parameters, no results
	oneMemory   = []byte{5, 1, 1, 1, 4}                                                                             // one memory of 1 to 4 pages
	foreign     = append([]byte{2, 1, 3}, append([]byte("env\x05hello"), 0, 0)...)                                  // imports env.hello
	memoryOnly  = append([]byte{7, 1, 6}, append([]byte("memory"), 2, 0)...)                                        // exports memory
	startExport = append([]byte{7, 2, 6}, []byte("memory\x02\x00\x06_start\x00\x01")...)                            // and function 1
	twoFuncs    = []byte{3, 2, 0, 0}                                                                                // two functions of the type
	endlessLoop = []byte{10, 2, 8, 0, 0x41, 0, 0x28, 2, 0, 0x1a, 0x0b, 9, 0, 3, 0x40, 0x10, 0, 0x0c, 0, 0x0b, 0x0b} // see below
	trapAtOnce  = []byte{10, 2, 2, 0, 0x0b, 3, 0, 0, 0x0b}
)

func writeModule(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "php.wasm")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each thing that can be wrong with php.wasm is a sentence that says what to do.
func TestLoadModule_sentences(t *testing.T) {
	cut := binary(oneType, twoFuncs, oneMemory, startExport, endlessLoop)
	for _, c := range []struct {
		name  string
		bytes []byte
		want  string
	}{
		{"no file", nil, "there is no php.wasm at"},
		{"empty", []byte{}, "is not a WebAssembly module"},
		{"a script", []byte("<?php echo 1;"), "is not a WebAssembly module"},
		{"an older version", []byte("\x00asm\x02\x00\x00\x00"), "is not a WebAssembly module"},
		{"cut short", cut[:len(cut)-9], "is damaged"},
		{"a foreign import", binary(oneType, foreign), "imports env.hello"},
		{"nothing exported", binary(oneType), "does not export _start"},
		{"another program", binary(oneType, twoFuncs, oneMemory, startExport, endlessLoop), "does not export _initialize"},
		{"memory only", binary(oneMemory, memoryOnly), "does not export _start"},
	} {
		path := filepath.Join(t.TempDir(), "missing.wasm")
		if c.bytes != nil {
			path = writeModule(t, c.bytes)
		}
		m, err := LoadModule(context.Background(), Options{Path: path})
		if err == nil {
			m.Close(context.Background())
			t.Errorf("%s: loaded", c.name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "make php") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The last step of ending a guest: one that calls a function of its own for
// ever, and no host function, loses its memory.
func TestCommand_cutsOffWhatCallsNothing(t *testing.T) {
	// Go's collector would wait for this guest, and the timer for the collector.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	ctx := context.Background()
	m, err := load(ctx, Options{Path: writeModule(t, binary(oneType, twoFuncs, oneMemory, startExport, endlessLoop))})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	limited, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	_, err = m.Command(limited, CommandConfig{})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || timeout.After < cutAfter {
		t.Errorf("got %v", err)
	}
}

func TestCommand_trap(t *testing.T) {
	ctx := context.Background()
	m, err := load(ctx, Options{Path: writeModule(t, binary(oneType, twoFuncs, oneMemory, startExport, trapAtOnce))})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	var trap *TrapError
	if _, err := m.Command(ctx, CommandConfig{}); !errors.As(err, &trap) || trap.Reason != "unreachable" {
		t.Errorf("got %v", err)
	}
}

func TestCommand_php(t *testing.T) {
	m := realPHP(t)
	tree := vfs.NewTree(vfs.Options{})
	tree.AddDevices()
	tree.WriteFile("/a.php", []byte(`<?php file_put_contents('/b', getenv('X')); exit(3);`))
	var out, diagnostics bytes.Buffer
	exit, err := m.Command(context.Background(), CommandConfig{
		Args: []string{"php", "/a.php"}, Env: []string{"X=y"}, Stdout: &out, Stderr: &diagnostics,
		Preopens: []wasi.Preopen{{GuestPath: "/", FS: tree}},
	})
	if err != nil || exit != 3 || out.Len()+diagnostics.Len() > 0 {
		t.Errorf("exit %d, %v, %q, %q", exit, err, out.String(), diagnostics.String())
	}
	if data, _ := tree.ReadFile("/b"); string(data) != "y" {
		t.Errorf("the file holds %q", data)
	}
	// What was not given is not there: no file, no variable of this process.
	exit, err = m.Command(context.Background(), CommandConfig{
		Args:   []string{"php", "-r", `echo json_encode([@scandir('/'), getenv(), @file_get_contents('/etc/passwd')]);`},
		Stdout: &out,
	})
	if err != nil || out.String() != `[false,[],false]` {
		t.Errorf("exit %d, %v, %q", exit, err, out.String())
	}
	// A command that takes too long is asked to end, as a request is.
	limited, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	exit, err = m.Command(limited, CommandConfig{
		Args: []string{"php", "-r", `while (true) usleep(100);`}, Stderr: &diagnostics,
	})
	if err != nil || exit != 255 || !strings.Contains(diagnostics.String(), "Maximum execution time") {
		t.Errorf("exit %d, %v, %q", exit, err, diagnostics.String())
	}
}

// Linear memory has a limit, which PHP's own may exceed.
func TestSite_memoryLimit(t *testing.T) {
	realPHP(t) // skips
	ctx := context.Background()
	m, err := LoadModule(ctx, Options{Path: phpPath(), CacheDir: filepath.Join(cacheDir(), "wazero"), MemoryLimitPages: 1600})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	s := newSite(t, m, SiteConfig{}, map[string]string{
		"memory.php": `<?php ini_set('memory_limit', '-1'); $a = []; while (true) $a[] = str_repeat('x', 1000000);`,
		"ok.php":     `<?php echo "ok";`,
	})
	r := get(t, s, "/memory.php")
	if r.Status != 500 || r.MemoryBytes > 1600<<16 || !strings.Contains(string(r.Body)+strings.Join(r.Log, " "), "emory") {
		t.Errorf("%d %q, log %q, %d bytes", r.Status, r.Body, r.Log, r.MemoryBytes)
	}
	if r := get(t, s, "/ok.php"); string(r.Body) != "ok" {
		t.Errorf("afterwards: %d %q %q", r.Status, r.Body, r.Log)
	}
}

// The same script in compiled and in interpreted code: the one wazero compiles
// has had bugs in exception handling.
func TestModule_interpreterAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("the interpreter is slow")
	}
	compiled := realPHP(t)
	ctx := context.Background()
	interpreted, err := LoadModule(ctx, Options{Path: phpPath(), Interpreter: true})
	if err != nil {
		t.Fatal(err)
	}
	defer interpreted.Close(ctx)
	const script = `
		function f($n) { try { if ($n % 3 == 0) throw new Exception("e$n"); return $n; } catch (Exception $e) { return $e->getMessage(); } finally { echo "f$n "; } }
		for ($i = 0; $i < 10; $i++) echo f($i), " ";
		try { intdiv(1, 0); } catch (DivisionByZeroError $e) { echo get_class($e), " "; }
		echo json_encode(preg_split('/\W+/', "one, two; three")), md5(str_repeat("x", 1000)), " ", 0.1 + 0.2;
		register_shutdown_function(function () { echo " shutdown"; });
		missing();`
	var outputs [2]string
	for i, m := range []*Module{compiled, interpreted} {
		var out bytes.Buffer
		exit, err := m.Command(ctx, CommandConfig{Args: []string{"php", "-d", "display_errors=1", "-r", script}, Stdout: &out, Stderr: &out,
			Clock: wasi.FixedClock(1e18, 1000), Random: wasi.SeededRandom(1)})
		if err != nil || exit != 255 {
			t.Fatalf("exit %d, %v, %q", exit, err, out.String())
		}
		outputs[i] = out.String()
	}
	if outputs[0] != outputs[1] || !strings.Contains(outputs[0], "f3 e3") || !strings.HasSuffix(outputs[0], "shutdown") {
		t.Errorf("compiled:\n%s\ninterpreted:\n%s", outputs[0], outputs[1])
	}
}
