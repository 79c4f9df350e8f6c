package server

import (
	"net/http"
	"path"
	"strings"
)

// page is a bundle in memory, by path.
type page struct {
	files map[string]*content
}

// assetFolder holds the files of a bundle whose names change with their content.
const assetFolder = "assets/"

func newPage(files map[string][]byte) *page {
	p := &page{files: make(map[string]*content)}
	for name, body := range files {
		c := newContent(contentTypeOf(name), body)
		c.copies = new(copies)
		p.files[name] = c
	}
	return p
}

func (p *page) contents() []*content {
	var all []*content
	for _, c := range p.files {
		all = append(all, c)
	}
	return all
}

// handleIndex serves the page itself.
func (s *Server) handleIndex(w http.ResponseWriter, r *http.Request) error {
	return s.servePageFile(w, r, "index.html", cacheChecked)
}

// handleAsset serves what the page is made of.
func (s *Server) handleAsset(w http.ResponseWriter, r *http.Request) error {
	return s.servePageFile(w, r, assetFolder+r.PathValue("name"), cacheForever)
}

// handleBridge serves the document between the page and a site's service worker.
func (s *Server) handleBridge(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Security-Policy", bridgePolicy(s.originsOf(r)))
	return s.servePageFile(w, r, "bridge.html", cacheChecked)
}

// handleServiceWorker serves the script of a site's service worker. Its address
// must stay the same, and it is for the whole site although it lies below one
// directory.
func (s *Server) handleServiceWorker(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Service-Worker-Allowed", "/")
	return s.servePageFile(w, r, "serviceworker.js", cacheChecked)
}

// handleSiteAsset serves, at a site's own origin, what the bridge is made of and
// the script that tells the page where the site's frame is. The latter's address
// stays the same: it is written into the site's documents.
func (s *Server) handleSiteAsset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if c := s.page.Load().files[name]; c != nil && path.Ext(name) != ".html" {
		c.serve(w, r, cacheChecked)
		return nil
	}
	return s.servePageFile(w, r, assetFolder+name, cacheForever)
}

func (s *Server) servePageFile(w http.ResponseWriter, r *http.Request, name, cache string) error {
	c := s.page.Load().files[name]
	if c == nil {
		return errorf(CodeNotFound, "The page has no file %s. It may have been updated: reload it.", strings.TrimPrefix(name, assetFolder))
	}
	c.serve(w, r, cache)
	return nil
}
