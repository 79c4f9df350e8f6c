package server

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// public reports whether a file may be served as it is: no program, and nothing
// of the database. Sites have the same rule; see server/phpwasm.
func public(name string) bool {
	if strings.HasPrefix(name, "wp-content/database/") {
		return false
	}
	for element := range strings.SplitSeq(strings.ToLower(name), "/") {
		if strings.HasPrefix(element, ".ht") || strings.Contains(element, ".sqlite") {
			return false
		}
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".php", ".phtml", ".phar", ".inc":
		return false
	}
	return true
}

// handleEscaped answers a request to a site in a tab that its service worker
// did not see: some frames are not under its control, and before the first
// visit there is none. It gets the file of the snapshot that every such site
// began as. The request's cookies and body are not read, and the answer sets
// none and is not logged.
func (s *Server) handleEscaped(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET")
		return errorf(CodeMethod, "This site runs in a browser tab: the server only has its files, and takes GET.")
	}
	if file := s.base[path.Clean("/"+r.URL.Path)]; file != nil && !strings.HasSuffix(r.URL.Path, "/") {
		file().serve(w, r, cacheChecked)
		return nil
	}
	o := s.originsOf(r)
	site := r.PathValue("site")
	link := o.page() + "/?" + url.Values{"site": {site}, "path": {r.URL.RequestURI()}}.Encode()
	if navigates(r) {
		w.Header().Set("Content-Security-Policy", errorPolicy)
		writeSentence(w, r, http.StatusOK, "This site runs in your browser", &Error{
			Code:     CodeNotFound,
			Sentence: "The site “" + site + "” lives in a browser tab, and Pressbox has to be open to run it.",
			Link:     link, LinkText: "Open it in Pressbox",
		})
		return nil
	}
	return &Error{Code: CodeNotFound, Sentence: "The snapshot that this site began as has no such file.", Link: link, LinkText: "Open the site in Pressbox"}
}

// navigates reports whether the request is for a document to be shown.
func navigates(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
