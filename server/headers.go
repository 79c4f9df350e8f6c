package server

import (
	"net/http"
	"strings"
)

// cacheForever is for addresses that name their content by digest.
const cacheForever = "public, max-age=31536000, immutable"

// cacheChecked is for addresses whose content may change: the browser asks each
// time, and mostly hears 304.
const cacheChecked = "no-cache"

// setPageHeaders sets what every answer of the page host carries.
func setPageHeaders(header http.Header, o origins) {
	header.Set("Origin-Agent-Cluster", "?1")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	// Workers get their policy from their own script's answer, so it goes on
	// everything. Who may show the page in a frame is left open: people embed
	// demos, and the page holds no secret of anyone.
	header.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'wasm-unsafe-eval'",
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"font-src 'self'",
		"connect-src 'self' " + o.webSocket(),
		"worker-src 'self'",
		"manifest-src 'self'",
		"frame-src " + o.sites(),
		"base-uri 'none'",
		"form-action 'self'",
	}, "; "))
}

// setTabHeaders sets what every answer of a browser-lane site's host carries.
func setTabHeaders(header http.Header) {
	header.Set("Origin-Agent-Cluster", "?1")
	header.Set("X-Content-Type-Options", "nosniff")
}

// bridgePolicy lets the bridge run its own script, in a frame of the page and
// of nobody else: it hands out a port to the site's worker.
func bridgePolicy(o origins) string {
	return "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors " + o.page()
}

// checkOrigin refuses a request that a page of another origin made: a site must
// not be able to reset another one, or to listen to what they do. Browsers name
// the origin in every request that changes something and in every WebSocket's
// handshake; what names none is not a browser and could name any.
func checkOrigin(r *http.Request, o origins) error {
	given := r.Header.Values("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	if len(given) == 1 && given[0] == o.page() || len(given) == 0 && (site == "" || site == "same-origin" || site == "none") {
		return nil
	}
	return errorf(CodeForbidden, "Only the page at %s may ask for this.", o.page())
}
