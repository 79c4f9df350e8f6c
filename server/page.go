package server

import (
	"io/fs"
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

func readPage(bundle fs.FS) (*page, error) {
	p := &page{files: make(map[string]*content)}
	err := fs.WalkDir(bundle, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(bundle, name)
		if err != nil {
			return err
		}
		c := newContent(contentTypeOf(path.Base(name)), body)
		c.copies = new(copies)
		p.files[name] = c
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, nil
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

// handleSiteAsset serves what the bridge is made of, at the site's own origin.
func (s *Server) handleSiteAsset(w http.ResponseWriter, r *http.Request) error {
	return s.servePageFile(w, r, assetFolder+r.PathValue("name"), cacheForever)
}

func (s *Server) servePageFile(w http.ResponseWriter, r *http.Request, name, cache string) error {
	c := s.page.Load().files[name]
	if c == nil {
		return errorf(CodeNotFound, "The page has no file %s. It may have been updated: reload it.", strings.TrimPrefix(name, assetFolder))
	}
	c.serve(w, r, cache)
	return nil
}
