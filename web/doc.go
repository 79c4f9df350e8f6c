// Package web is the page: its sources in TypeScript, HTML and CSS, and the one
// place that bundles them. Nothing is built before the program is: the sources
// are embedded, and Bundle builds them when the program starts.
package web
