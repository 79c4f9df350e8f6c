// Package server speaks HTTP, and nothing but HTTP: it serves the page, the
// files that a tab needs to run WordPress (php.wasm and a snapshot), and the
// sites that run on the server. What runs them is a Runner, given from outside:
// this package knows no PHP.
//
// # Hosts
//
// One port answers for many origins, told apart by the Host header:
//
//	pressbox.localhost                 the page host: the page and its files
//	<site>.pressbox.localhost          a site that runs in the visitor's tab
//	<site>-server.pressbox.localhost   a site that runs here
//	localhost, 127.0.0.1, [::1]        lead to the page host
//	anything else                      421: a rebound DNS name reaches nothing
//
// A site in the tab is served by its service worker. What reaches this package
// at its host is the bridge that installs the service worker, and requests that
// escaped it: those get static files of the base snapshot, and neither a cookie
// nor a line in a log.
//
// The routes are one table, in routes.go.
package server
