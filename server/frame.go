package server

// What the page needs to show a site in its frame: a script in the site's
// documents that says where they are, and leave to frame them. Twin of
// web/inject.ts and of fromWire in web/wire.ts, which do the same in the browser
// lane.

import (
	"regexp"
	"strings"
)

// frameTag loads web/frame.ts.
const frameTag = `<script async src="/-pressbox/frame.js"></script>`

// searchLen is how far the start of a document is searched for a place.
const searchLen = 65_536

// framePlaces are where the tag may stand, the best first: after the match.
var framePlaces = [...]*regexp.Regexp{
	regexp.MustCompile(`(?i)<head(?:\s[^>]*)?>`),
	regexp.MustCompile(`(?i)<html(?:\s[^>]*)?>`),
	regexp.MustCompile(`(?i)^\s*<!doctype[^>]*>`),
}

// insertFrameTag returns the document with frameTag right after its <head>, or
// as early as it may stand in a document that has none.
func insertFrameTag(document []byte) []byte {
	start := document[:min(len(document), searchLen)]
	place := 0
	for _, pattern := range framePlaces {
		if found := pattern.FindIndex(start); found != nil {
			place = found[1]
			break
		}
	}
	whole := make([]byte, 0, len(document)+len(frameTag))
	whole = append(whole, document[:place]...)
	whole = append(whole, frameTag...)
	return append(whole, document[place:]...)
}

// isHTML reports whether a Content-Type is that of a document.
func isHTML(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/html")
}

// withoutFrameAncestors drops one directive from a Content-Security-Policy, and
// reports whether it was there.
func withoutFrameAncestors(policy string) (rest string, found bool) {
	var kept []string
	for directive := range strings.SplitSeq(policy, ";") {
		directive = strings.TrimSpace(directive)
		name, _, _ := strings.Cut(directive, " ")
		switch {
		case strings.EqualFold(name, "frame-ancestors"):
			found = true
		case directive != "":
			kept = append(kept, directive)
		}
	}
	return strings.Join(kept, "; "), found
}
