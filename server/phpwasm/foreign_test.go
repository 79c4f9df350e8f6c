package phpwasm

// php.wasm in a host that is not ours: wazero's own WASI, over a real folder.
// It knows nothing of locks or free space.

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

type foreignHost struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

var newForeignHost = sync.OnceValues(func() (*foreignHost, error) {
	ctx := context.Background()
	binary, err := os.ReadFile(phpPath())
	if err != nil {
		return nil, err
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(cacheDir(), "wazero"))
	if err != nil {
		return nil, err
	}
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().
		WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesExceptionHandling).
		WithCompilationCache(cache))
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return nil, err
	}
	compiled, err := runtime.CompileModule(ctx, binary)
	return &foreignHost{runtime, compiled}, err
})

type foreignRun struct {
	args  []string
	env   map[string]string
	stdin string
	files map[string]string
}

// runForeign runs a command, and returns what it wrote and its status.
func runForeign(t *testing.T, r foreignRun) (stdout, stderr string, exit int) {
	t.Helper()
	realPHP(t)
	h, err := newForeignHost()
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range r.files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, diagnostics bytes.Buffer
	config := wazero.NewModuleConfig().WithName("").
		WithArgs(append([]string{"php"}, r.args...)...).
		WithStdin(strings.NewReader(r.stdin)).WithStdout(&out).WithStderr(&diagnostics).
		WithSysNanosleep().WithSysNanotime().WithSysWalltime().
		WithFSConfig(wazero.NewFSConfig().WithDirMount(root, "/"))
	for name, value := range r.env {
		config = config.WithEnv(name, value)
	}
	module, err := h.runtime.InstantiateModule(context.Background(), h.compiled, config)
	var status *sys.ExitError
	if errors.As(err, &status) {
		exit = int(status.ExitCode())
	} else if err != nil {
		t.Fatal(err)
	} else {
		module.Close(context.Background())
	}
	return out.String(), diagnostics.String(), exit
}

func TestForeign_commandLine(t *testing.T) {
	for _, c := range []struct {
		name string
		foreignRun
		stdout, stderr string // patterns
		exit           int
	}{
		{"-v", foreignRun{args: []string{"-v"}}, `^PHP 8\.\d+\.\d+ \(cli\)`, `^$`, 0},
		{"-m", foreignRun{args: []string{"-m"}}, `(?s)\nsqlite3\n.*\[Zend Modules\]\nZend OPcache\n`, `^$`, 0},
		{"-r", foreignRun{
			args:  []string{"-r", `echo implode(',', $argv), ' ', strlen(stream_get_contents(STDIN)); fwrite(STDERR, 'aside'); exit(7);`, "--", "-x", "y"},
			stdin: "\x00\xff\n",
		}, `^Standard input code,-x,y 3$`, `^aside$`, 7},
		{"stdin", foreignRun{stdin: `<?php echo 'from ', PHP_SAPI;`}, `^from cli$`, `^$`, 0},
		{"a file", foreignRun{
			args: []string{"/script.php", "one"},
			files: map[string]string{
				"script.php": `<?php require __DIR__ . '/part.php'; echo $argc, file_get_contents('/tmp/none');`,
				"part.php":   `<?php echo 'part ';`,
			},
		}, `^part 2$`, `Failed to open stream: No such file or directory`, 0},
		{"an error", foreignRun{args: []string{"-r", "no_such_function();"}}, `^$`, `undefined function`, 255},
		{"a request", foreignRun{
			env: map[string]string{
				"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REQUEST_METHOD": "POST", "QUERY_STRING": "q=x",
				"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "9",
				"SCRIPT_NAME": "/index.php", "SCRIPT_FILENAME": "/index.php",
			},
			stdin: "a=1&b=two",
			files: map[string]string{"index.php": `<?php http_response_code(201); header('X-Test: yes'); echo $_GET['q'], json_encode($_POST);`},
		}, `(?s)^Status: 201 Created\r\n.*X-Test: yes\r\n.*\r\n\r\nx\{"a":"1","b":"two"\}$`, `^$`, 0},
		{"locks", foreignRun{args: []string{"-r", `$f = fopen('/tmp/f', 'w'); $g = fopen('/tmp/f', 'w');
echo json_encode([flock($f, LOCK_EX), flock($g, LOCK_EX | LOCK_NB), @disk_free_space('/'), is_writable('/tmp/f')]);
$a = new PDO('sqlite:/tmp/db'); $a->exec('create table t (n)'); $a->beginTransaction(); $a->exec('insert into t values (5)'); $a->commit();
echo (new PDO('sqlite:/tmp/db'))->query('select n from t')->fetchColumn(), strlen(fread(tmpfile(), 1)), tempnam('/tmp', 'x') !== tempnam('/tmp', 'x');`}},
			`^\[true,true,false,true\]501$`, `^$`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdout, stderr, exit := runForeign(t, c.foreignRun)
			if !regexp.MustCompile(c.stdout).MatchString(stdout) {
				t.Errorf("stdout: %q, want %s", stdout, c.stdout)
			}
			if !regexp.MustCompile(c.stderr).MatchString(stderr) {
				t.Errorf("stderr: %q, want %s", stderr, c.stderr)
			}
			if exit != c.exit {
				t.Errorf("exit: %d, want %d", exit, c.exit)
			}
		})
	}
}
