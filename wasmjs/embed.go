// Package wasmjs is the browser host in TypeScript: the file system, the WASI
// shim, the runner and its worker. To Go it is a folder of sources, which
// package web bundles.
package wasmjs

import "embed"

// Sources are the TypeScript files that ship, by their path in this folder.
//
//go:embed *.ts vfs/*.ts wasi/*.ts worker/*.ts
var Sources embed.FS
