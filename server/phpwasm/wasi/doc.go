// Package wasi is the host of a guest that speaks WASI preview 1: guest memory
// in, vfs calls out, errno back.
//
// A Host is what one instance sees of the world: its arguments, environment,
// descriptors, clock and random source, all given as values in a Config,
// nothing ambient. Instantiate puts the functions into a wazero runtime once;
// each call finds its Host in the context that Host.Context made.
//
// Only memory.go touches guest memory, and it checks every address and length
// (FAULT). Only this package and phpwasm name wazero.
//
// Why not wazero's own? Its descriptor table cannot be saved and restored with
// an instance, its proc_exit closes the module, its directory mounts let a
// guest out through links that it makes itself, and its stat is slower.
//
// The TypeScript twin is wasmjs/wasi.
package wasi
