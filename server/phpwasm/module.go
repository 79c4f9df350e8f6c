package phpwasm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"pressbox/server/phpwasm/wasi"
)

// Options say where the module is and how to compile it.
type Options struct {
	Path             string // of php.wasm
	CacheDir         string // of wazero's compiled code; empty: none
	MemoryLimitPages uint32 // of 64 KiB, for each instance; default 8192, which is 512 MiB
	Interpreter      bool   // instead of compiled code: slow, for comparing
	Trace            wasi.Trace
}

const defaultMemoryPages = 8192

// Module is compiled php.wasm. It is safe for concurrent use.
type Module struct {
	runtime  wazero.Runtime
	cache    wazero.CompilationCache
	compiled wazero.CompiledModule
	digest   string
	size     int
}

// The names that php.wasm exports.
const (
	exportMemory       = "memory"
	exportStackPointer = "__stack_pointer"
	exportStart        = "_start"
	exportInitialize   = "_initialize"
	exportBoot         = "php_boot"
	exportHandle       = "php_handle"
	exportInterrupt    = "php_interrupt_ptr"
	exportTimedOut     = "php_timed_out_ptr"
)

// LoadModule reads and compiles php.wasm; with a CacheDir, only once.
func LoadModule(ctx context.Context, o Options) (*Module, error) {
	m, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := m.checkExports(o.Path); err != nil {
		m.Close(ctx)
		return nil, err
	}
	return m, nil
}

const howToGetOne = `make one with "make php", or name another with PHP_WASM=path`

// load is LoadModule without asking for PHP's exports.
func load(ctx context.Context, o Options) (_ *Module, err error) {
	binary, err := os.ReadFile(o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no php.wasm at %s: %s", o.Path, howToGetOne)
	}
	if err != nil {
		return nil, fmt.Errorf("read php.wasm: %w", err)
	}
	if len(binary) < 8 || !bytes.HasPrefix(binary, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, fmt.Errorf("%s is not a WebAssembly module: %s", o.Path, howToGetOne)
	}
	digest := sha256.Sum256(binary)
	m := &Module{digest: hex.EncodeToString(digest[:]), size: len(binary)}
	defer func() {
		if err != nil {
			m.Close(ctx)
		}
	}()

	config := wazero.NewRuntimeConfigCompiler()
	if o.Interpreter {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	pages := o.MemoryLimitPages
	if pages == 0 {
		pages = defaultMemoryPages
	}
	config = config.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(pages)
	if o.CacheDir != "" {
		if m.cache, err = wazero.NewCompilationCacheWithDir(o.CacheDir); err != nil {
			return nil, fmt.Errorf("open the cache of compiled code at %s: %w", o.CacheDir, err)
		}
		config = config.WithCompilationCache(m.cache)
	}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	if err := wasi.Instantiate(ctx, m.runtime, o.Trace); err != nil {
		return nil, err
	}
	m.compiled, err = m.runtime.CompileModule(experimental.WithCompilationWorkers(ctx, 2), binary)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged, or asks for what this program cannot run: %s: %w", o.Path, howToGetOne, err)
	}
	known := map[string]bool{}
	for _, name := range wasi.Names() {
		known[name] = true
	}
	for _, f := range m.compiled.ImportedFunctions() {
		module, name, _ := f.Import()
		if module != wasi.ModuleName || !known[name] {
			return nil, fmt.Errorf("%s imports %s.%s, but php.wasm may import only %s: %s", o.Path, module, name, wasi.ModuleName, howToGetOne)
		}
	}
	if len(m.compiled.ImportedMemories()) > 0 {
		return nil, fmt.Errorf("%s imports a memory, but php.wasm may import only %s: %s", o.Path, wasi.ModuleName, howToGetOne)
	}
	return m, nil
}

func (m *Module) checkExports(path string) error {
	functions := m.compiled.ExportedFunctions()
	for _, name := range []string{exportStart, exportInitialize, exportBoot, exportHandle, exportInterrupt, exportTimedOut} {
		if functions[name] == nil {
			return fmt.Errorf("%s does not export %s, so it is not our php.wasm: %s", path, name, howToGetOne)
		}
	}
	if m.compiled.ExportedMemories()[exportMemory] == nil {
		return fmt.Errorf("%s does not export %s, so it is not our php.wasm: %s", path, exportMemory, howToGetOne)
	}
	return nil
}

// Digest is the SHA-256 of php.wasm, in hexadecimal digits.
func (m *Module) Digest() string { return m.digest }

// Size is how many bytes php.wasm has.
func (m *Module) Size() int { return m.size }

// Close ends the module and every instance of it.
func (m *Module) Close(ctx context.Context) error {
	var err error
	if m.runtime != nil {
		err = m.runtime.Close(ctx)
	}
	if m.cache != nil {
		err = errors.Join(err, m.cache.Close(ctx))
	}
	return err
}
