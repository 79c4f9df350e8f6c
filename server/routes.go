package server

import (
	"errors"
	"net/http"
	"sort"
	"strings"
)

// route is one line of the table. Its pattern is a path whose segments may be
// {name}, which stands for any one segment that is not empty, and whose last
// one may be {name...}, which stands for the rest.
type route struct {
	host    host
	method  string // GET means HEAD too; "*" means any
	pattern string
	handle  func(s *Server, w http.ResponseWriter, r *http.Request) error
}

// routes are all routes, in the order in which they are tried.
var routes = []route{
	{hostPage, "GET", "/", (*Server).handleIndex},
	{hostPage, "GET", "/assets/{name...}", (*Server).handleAsset},
	{hostPage, "GET", "/php/{file}", (*Server).handleModule},
	{hostPage, "GET", "/snapshots/{digest}/manifest", (*Server).handleManifest},
	{hostPage, "GET", "/snapshots/{digest}/pack/{number}", (*Server).handlePack},
	{hostPage, "GET", "/api/start", (*Server).handleStart},
	{hostPage, "POST", "/api/sites", (*Server).handleOpenSite},
	{hostPage, "DELETE", "/api/sites/{name}", (*Server).handleResetSite},
	{hostPage, "GET", "/api/events", (*Server).handleEvents},

	{hostTab, "GET", "/-pressbox/bridge", (*Server).handleBridge},
	{hostTab, "GET", "/-pressbox/sw.js", (*Server).handleServiceWorker},
	{hostTab, "GET", "/-pressbox/snapshot/{digest}/{path...}", (*Server).handleBaseFile},
	{hostTab, "GET", "/-pressbox/{name...}", (*Server).handleSiteAsset},
	{hostTab, "*", "/{path...}", (*Server).handleEscaped},

	{hostServer, "GET", "/-pressbox/{name...}", (*Server).handleSiteAsset},
	{hostServer, "*", "/{path...}", (*Server).handleServerSite},

	{hostLoopback, "GET", "/{path...}", (*Server).handleLoopback},
}

// ServeHTTP answers a request by the route table.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := s.route(w, r)
	if err == nil {
		return
	}
	var e *Error
	if !errors.As(err, &e) && r.Context().Err() == nil {
		// A path, not a URL: what follows the question mark may be a secret.
		s.config.Log("%s %s%s: %v", r.Method, r.Host, r.URL.EscapedPath(), err)
	}
	writeError(w, r, err)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) error {
	kind, site := classify(r.Host, s.config.PageHost)
	o := s.originsOf(r)
	switch kind {
	case hostUnknown:
		return &Error{
			Code:     CodeMisdirected,
			Sentence: "This address is not one of Pressbox's. Open the page at " + o.page() + "/ instead.",
			Link:     o.page() + "/", LinkText: "Open Pressbox",
		}
	case hostPage:
		setPageHeaders(w.Header(), o)
	case hostTab:
		setTabHeaders(w.Header())
	}
	r.SetPathValue("site", site)

	var allowed []string
	for i := range routes {
		route := &routes[i]
		if route.host != kind || !match(route.pattern, r) {
			continue
		}
		if route.method != "*" && route.method != r.Method && !(route.method == "GET" && r.Method == "HEAD") {
			allowed = append(allowed, route.method)
			continue
		}
		return route.handle(s, w, r)
	}
	if len(allowed) > 0 {
		sort.Strings(allowed)
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return errorf(CodeMethod, "This address takes %s.", strings.Join(allowed, " and "))
	}
	return &Error{Code: CodeNotFound, Sentence: "There is nothing at this address.", Link: o.page() + "/", LinkText: "Open Pressbox"}
}

// match reports whether the request's path fits a pattern, and sets the path
// values if it does.
func match(pattern string, r *http.Request) bool {
	path := strings.TrimPrefix(r.URL.Path, "/")
	pattern = strings.TrimPrefix(pattern, "/")
	for {
		want, restWant, moreWanted := strings.Cut(pattern, "/")
		if name, found := strings.CutSuffix(want, "...}"); found {
			r.SetPathValue(name[1:], path)
			return true
		}
		have, restHave, more := strings.Cut(path, "/")
		if strings.HasPrefix(want, "{") {
			if have == "" {
				return false
			}
			r.SetPathValue(strings.Trim(want, "{}"), have)
		} else if have != want {
			return false
		}
		if more != moreWanted {
			return false
		}
		if !more {
			return true
		}
		pattern, path = restWant, restHave
	}
}

// handleLoopback leads from localhost to the page's own host, because the
// sites' origins are names below it.
func (s *Server) handleLoopback(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", s.originsOf(r).page()+"/"+strings.TrimLeft(r.URL.RequestURI(), "/"))
	w.WriteHeader(http.StatusFound)
	return nil
}
