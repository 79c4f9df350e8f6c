package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"
)

// sites are the sites of the server lane, by name. A site exists from the
// moment the page asks for it until it is reset, or until nobody has asked it
// for anything for a while.
type sites struct {
	ctx       context.Context // of all runs
	limits    Limits
	newRunner func(site string) (Runner, error)
	now       func() time.Time

	mu     sync.Mutex
	byName map[string]*site
	closed bool
}

// site is a Runner with a name. The registry's lock guards the counts.
type site struct {
	name   string
	runner Runner
	ctx    context.Context // of its runs
	cancel context.CancelFunc

	using    int // requests that are worked on or wait
	lastUsed time.Time
	ended    bool // no longer in the registry; closed with its last request
}

func newSites(ctx context.Context, limits Limits, newRunner func(string) (Runner, error), now func() time.Time) *sites {
	return &sites{ctx: ctx, limits: limits, newRunner: newRunner, now: now, byName: make(map[string]*site)}
}

// open makes the site if there is none of that name. Made says that it did.
func (s *sites) open(name string) (made bool, err error) {
	if !ValidSiteName(name) {
		return false, errorf(CodeInvalid, "A site's name has 1 to 32 small letters, digits or hyphens, begins and ends with a letter or a digit, and does not end in “-server”.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, errorf(CodeLimit, "Pressbox is being stopped.")
	}
	if existing := s.byName[name]; existing != nil {
		existing.lastUsed = s.now()
		return false, nil
	}
	if len(s.byName) >= s.limits.MaxSites {
		return false, errorf(CodeLimit, "%d sites run on this server, and no more may. Reset one that is not needed, or use this site in the browser lane: there is no limit to those.", s.limits.MaxSites)
	}
	runner, err := s.newRunner(name)
	if err != nil {
		return false, fmt.Errorf("make site %s: %w", name, err)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.byName[name] = &site{name: name, runner: runner, ctx: ctx, cancel: cancel, lastUsed: s.now()}
	return true, nil
}

// use returns the site, which will not be closed before release. It returns nil
// if there is no such site.
func (s *sites) use(name string) (*site, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := s.byName[name]
	if used == nil {
		return nil, nil
	}
	if used.using >= s.limits.MaxWaiting {
		return nil, errorf(CodeLimit, "The site %s has %d requests waiting, and no more may. Wait for it to catch up, then reload.", name, used.using)
	}
	used.using++
	return used, nil
}

func (s *sites) release(used *site) error {
	s.mu.Lock()
	used.using--
	used.lastUsed = s.now()
	last := used.ended && used.using == 0
	s.mu.Unlock()
	if !last {
		return nil
	}
	return used.close()
}

// end removes a site, and reports whether there was one. Its changes are gone.
func (s *sites) end(name string) (bool, error) {
	s.mu.Lock()
	ended := s.byName[name]
	if ended == nil {
		s.mu.Unlock()
		return false, nil
	}
	unused := s.remove(ended)
	s.mu.Unlock()
	if unused {
		return true, ended.close()
	}
	return true, nil
}

// remove takes a site out of the registry and reports whether the caller is to
// close it.
func (s *sites) remove(ended *site) (unused bool) {
	delete(s.byName, ended.name)
	ended.ended = true
	ended.cancel()
	return ended.using == 0
}

// endIdle ends the sites that nobody uses, until ctx ends.
func (s *sites) endIdle(ctx context.Context) {
	ticker := time.NewTicker(max(s.limits.IdleEnd/10, time.Second))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			// A Runner that cannot be closed is out of reach anyhow.
			_ = s.sweep()
		}
	}
}

// sweep ends the sites that have been idle for long enough.
func (s *sites) sweep() error {
	s.mu.Lock()
	var idle []*site
	for _, candidate := range s.byName {
		if candidate.using == 0 && s.now().Sub(candidate.lastUsed) >= s.limits.IdleEnd {
			s.remove(candidate)
			idle = append(idle, candidate)
		}
	}
	s.mu.Unlock()
	return closeAll(idle)
}

// close ends all sites; requests under way are cancelled.
func (s *sites) close() error {
	s.mu.Lock()
	s.closed = true
	var unused []*site
	for _, ended := range s.byName {
		if s.remove(ended) {
			unused = append(unused, ended)
		}
	}
	s.mu.Unlock()
	return closeAll(unused)
}

func closeAll(sites []*site) error {
	var all []error
	for _, site := range sites {
		all = append(all, site.close())
	}
	return errors.Join(all...)
}

func (s *site) close() error {
	closer, ok := s.runner.(io.Closer)
	if !ok {
		return nil
	}
	if err := closer.Close(); err != nil {
		return fmt.Errorf("end site %s: %w", s.name, err)
	}
	return nil
}

// handleOpenSite makes a site in the server lane, or finds it.
func (s *Server) handleOpenSite(w http.ResponseWriter, r *http.Request) error {
	o := s.originsOf(r)
	if err := checkOrigin(r, o); err != nil {
		return err
	}
	// A form cannot send this type, so that no page of another origin can make
	// a browser send it unasked.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return errorf(CodeInvalid, "Send the site's name as application/json: {\"name\":\"demo\"}.")
	}
	var wanted struct {
		Name string `json:"name"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&wanted); err != nil {
		return errorf(CodeInvalid, "Send the site's name as JSON: {\"name\":\"demo\"}.")
	}
	made, err := s.sites.open(wanted.Name)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	return writeJSON(w, status, map[string]string{"name": wanted.Name, "url": o.serverSite(wanted.Name) + "/"})
}

// handleResetSite ends a site in the server lane; the next one of its name
// begins as the snapshot again.
func (s *Server) handleResetSite(w http.ResponseWriter, r *http.Request) error {
	if err := checkOrigin(r, s.originsOf(r)); err != nil {
		return err
	}
	name := r.PathValue("name")
	found, err := s.sites.end(name)
	if err != nil {
		return err
	}
	if !found {
		return errorf(CodeNotFound, "No site of that name runs on this server.")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// writeJSON answers with a value that is never stored by the browser.
func writeJSON(w http.ResponseWriter, status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
	return nil
}
