package server

import (
	"net"
	"net/http"
	"regexp"
	"strings"
)

// host is what a Host header leads to.
type host int

const (
	hostUnknown  host = iota
	hostLoopback      // localhost and friends: they lead to the page
	hostPage
	hostTab    // a site that runs in the visitor's tab
	hostServer // a site that runs here
)

// serverSuffix ends the first label of a site that runs here.
const serverSuffix = "-server"

var siteName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// ValidSiteName reports whether a site may have that name. It is one label of a
// host name, and not one that could be taken for the same site's other lane.
// Twin of validSiteName in web/origins.ts.
func ValidSiteName(name string) bool {
	return siteName.MatchString(name) && !strings.HasSuffix(name, serverSuffix)
}

// classify says what a Host header leads to under pageHost, and the site's name
// if it is a site's.
func classify(hostHeader, pageHost string) (kind host, site string) {
	name, _ := splitPort(strings.ToLower(hostHeader))
	switch name {
	case pageHost:
		return hostPage, ""
	case "localhost", "127.0.0.1", "[::1]":
		return hostLoopback, ""
	}
	label, found := strings.CutSuffix(name, "."+pageHost)
	if !found {
		return hostUnknown, ""
	}
	if site, found := strings.CutSuffix(label, serverSuffix); found && ValidSiteName(site) {
		return hostServer, site
	}
	if ValidSiteName(label) {
		return hostTab, label
	}
	return hostUnknown, ""
}

// splitPort cuts a port off an authority; port is empty, or begins with a colon.
func splitPort(authority string) (name, port string) {
	name, port, err := net.SplitHostPort(authority)
	if err != nil {
		return authority, ""
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port == "" || strings.Trim(port, "0123456789") != "" {
		return authority, ""
	}
	return name, ":" + port
}

// origins are the addresses of the page and of its sites, as seen by whoever
// made a request: the port is the one that was asked for, which may not be the
// one that is listened on.
type origins struct {
	scheme, pageHost, port string
}

func (s *Server) originsOf(r *http.Request) origins {
	_, port := splitPort(r.Host)
	return origins{scheme: schemeOf(r), pageHost: s.config.PageHost, port: port}
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

func (o origins) page() string { return o.scheme + "://" + o.pageHost + o.port }

func (o origins) serverSite(name string) string {
	return o.scheme + "://" + name + serverSuffix + "." + o.pageHost + o.port
}

// sites matches the origins of all sites, as a Content-Security-Policy writes it.
func (o origins) sites() string { return o.scheme + "://*." + o.pageHost + o.port }

func (o origins) webSocket() string {
	return strings.Replace(o.page(), "http", "ws", 1)
}
