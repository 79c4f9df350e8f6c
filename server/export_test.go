package server

import "runtime"

// Pages is how many pages listen to events.
func (s *Server) Pages() int {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return len(s.hub.pages)
}

// WaitForPages returns when so many pages listen.
func (s *Server) WaitForPages(n int) {
	for s.Pages() != n {
		runtime.Gosched()
	}
}

// EndIdleSites does what the server does now and then.
func (s *Server) EndIdleSites() error { return s.sites.sweep() }

// WaitForCopies returns when all copies that Compress began are there.
func (s *Server) WaitForCopies() { s.copying.Wait() }

// HasSite reports whether a site runs.
func (s *Server) HasSite(name string) bool {
	s.sites.mu.Lock()
	defer s.sites.mu.Unlock()
	return s.sites.byName[name] != nil
}
