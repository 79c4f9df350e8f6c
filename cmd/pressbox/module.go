package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const moduleFlagUsage = "the `FILE` to use as php.wasm (default: $PHP_WASM, or the one that `make php` built)"

// moduleFile says which php.wasm to use: the flag's, $PHP_WASM, or the one that
// `make php` built.
func moduleFile(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if path := os.Getenv("PHP_WASM"); path != "" {
		return path, nil
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "php", "php.wasm"), nil
}

// readModule reads a php.wasm, and checks what can be checked in no time: that
// it is a module that is whole, and the one that its build's manifest tells of.
func readModule(path string) ([]byte, error) {
	module, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no php.wasm at %s: build it with `make php`, or name one with --php-wasm or PHP_WASM", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read php.wasm: %w", err)
	}
	const again = "build it again with `make php`, or name another one with --php-wasm or PHP_WASM"
	if reason := checkModule(module); reason != "" {
		return nil, fmt.Errorf("the php.wasm at %s %s: %s", path, reason, again)
	}
	if expected := builtDigest(path); expected != "" {
		if digest := sha256.Sum256(module); hex.EncodeToString(digest[:]) != expected {
			return nil, fmt.Errorf("the php.wasm at %s was altered after it was built: %s", path, again)
		}
	}
	return module, nil
}

// checkModule says what is wrong with the outer form of a module, or nothing.
// The sections must fill the file exactly, which finds one that is cut short.
func checkModule(module []byte) (reason string) {
	if !bytes.HasPrefix(module, []byte("\x00asm\x01\x00\x00\x00")) {
		return "is not a WebAssembly module"
	}
	rest := module[8:]
	if len(rest) == 0 {
		return "is an empty module"
	}
	for len(rest) > 0 {
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return "is cut short"
		}
		rest = rest[1+n+int(size):]
	}
	return ""
}

// builtDigest is the digest that a build wrote into its manifest, or empty if
// there is no manifest beside the module.
func builtDigest(path string) string {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "manifest.json"))
	if err != nil {
		return ""
	}
	var manifest struct {
		SHA256 string `json:"sha256"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil || len(manifest.SHA256) != 2*sha256.Size {
		return "" // some other manifest
	}
	return manifest.SHA256
}
