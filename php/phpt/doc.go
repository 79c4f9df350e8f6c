// Command phpt runs PHP's own tests, the .phpt files in its source package,
// against php.wasm in wazero and against a native PHP that was built from the
// same source (native.sh). What native PHP passes, php.wasm must pass too, or
// stand in known.txt with a reason.
//
//	go run ./php/phpt [-native DIR] [-wasm FILE] [-folder ext/json] [-all]
//
// A test is a script and what it must print. Both engines see the same folders
// with the same names below the root of their world: php.wasm in an Overlay of
// its own for each test, native PHP in a copy for each worker.
package main
