// Package phpwasm runs php.wasm in wazero.
//
// A Module is the compiled program. Command runs its command line once. An
// Instance is a PHP that has booted and answers one CGI request after another.
// A Site is a server.Runner: it finds out whether a Request means a redirect,
// a static file or a script, and keeps an Instance for the scripts.
//
// A guest gets nothing that was not given: preopens, environment, arguments,
// clock, random source, standard streams. Memory, run time and output have
// limits; reaching one costs the instance, which is the price of one response.
//
// # Ending a guest that runs too long
//
// wazero can check in every loop whether a call should end, but that makes
// PHP several times slower. So nothing is checked, and a guest is stopped in
// three steps, each for what the one before cannot reach: the two flags with
// which PHP itself ends a script (see Instance.Handle); then the next call of
// a host function; then the memory of the instance is cut to nothing, so that
// its next access traps. A loop that calls nothing at all, not even a function
// of its own, is out of reach; PHP's C code has no endless one.
//
// Go cannot stop compiled code of a guest, so its garbage collector waits for
// the guest's next call of a host function, and every timer of this process
// waits for the collector. A guest must therefore call the host now and then:
// php.wasm does so every few thousand jumps of a script, by asking for the
// time.
package phpwasm
