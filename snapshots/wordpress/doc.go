// Package wordpress makes the site that a snapshot holds: it gets WordPress,
// lays it out beside files of ours, and has WordPress install itself by running
// its own installer through a [server.Runner].
//
// WordPress comes from Debian's packages on a Debian machine, or from a
// directory or a zip that a person names. The database is SQLite, through
// WordPress's SQLite integration plugin, which an npm package carries. Nothing
// of either is part of this repository: packages are downloaded into the cache
// and a second build needs no network.
//
// The same inputs give the same site, byte for byte: the clock that PHP sees
// while it installs is derived from the newest file of WordPress, and its
// random numbers are seeded.
//
// The package knows no WebAssembly. Whoever builds hands it a function that
// makes a Runner for a tree.
package wordpress
