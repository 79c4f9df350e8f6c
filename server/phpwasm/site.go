package phpwasm

// Site: routing, static files and PHP over one tree. Twin of wasmjs/site.ts.

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"pressbox/server"
	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

// SiteConfig configures a Site. Zero fields take the defaults.
type SiteConfig struct {
	Root           string // document root; default /wordpress
	Clock          wasi.Clock
	Random         wasi.Random
	RequestTimeout time.Duration // of PHP, for one request; default 30 s
	MaxBody        int           // default server.MaxBody
	Limits         wasi.Limits
	// Env are variables, "NAME=value", that every request's environment has
	// besides those of CGI. The twin has none: nobody but its visitor reaches a
	// site in a tab.
	Env []string
}

const defaultRequestTimeout = 30 * time.Second

// maxLogLines bounds what one response tells of PHP's diagnostics.
const maxLogLines = 200

// Site is a server.Runner for one site. Static files are served at any time;
// PHP runs one request after another.
type Site struct {
	module *Module
	tree   *vfs.Tree
	config SiteConfig

	turn chan struct{} // holds one token: whose turn it is to run PHP
	// Of whoever has the turn. Nil until the first request, and after a crash.
	instance *Instance

	mu     sync.Mutex
	closed bool
}

var _ server.Runner = (*Site)(nil)

// NewSite makes a site over a tree, in which it makes devices and /tmp if they
// are missing. PHP starts with the first request that needs it.
func NewSite(m *Module, tree *vfs.Tree, c SiteConfig) *Site {
	if c.Root == "" {
		c.Root = "/wordpress"
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = defaultRequestTimeout
	}
	if c.MaxBody == 0 {
		c.MaxBody = server.MaxBody
	}
	// What cannot be made in a full or frozen tree, PHP will miss and report.
	tree.AddDevices()
	tree.MkdirAll("/tmp")
	s := &Site{module: m, tree: tree, config: c, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Run implements server.Runner.
func (s *Site) Run(ctx context.Context, r *server.Request) (*server.Response, error) {
	began := time.Now()
	response, err := s.run(ctx, r)
	if err != nil {
		return nil, err
	}
	response.Duration = time.Since(began)
	return response, nil
}

func (s *Site) run(ctx context.Context, r *server.Request) (*server.Response, error) {
	if len(r.Body) > s.config.MaxBody {
		return errorResponse(413, fmt.Sprintf("This request carries %d bytes, and a site takes at most %d. Send a smaller file.", len(r.Body), s.config.MaxBody)), nil
	}
	to := findRoute(s.config.Root, r.URL, s.tree.Stat)
	switch to.kind {
	case server.KindRedirect:
		return &server.Response{Status: 301, Kind: server.KindRedirect, Header: server.Header{{Name: "location", Value: to.location}}}, nil
	case server.KindStatic:
		return staticResponse(s.tree, to.path, r), nil
	case server.KindPHP:
		return s.runPHP(ctx, r, to)
	}
	return errorResponse(to.status, to.sentence), nil
}

// runPHP waits for the site's turn and runs a script.
func (s *Site) runPHP(ctx context.Context, r *server.Request, to route) (*server.Response, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return nil, errors.New("the site was closed")
	}

	// The visitor who goes away ends nothing: a script that is cut short could
	// leave half an upload behind. The timeout still does.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.RequestTimeout)
	defer cancel()
	if s.instance == nil {
		instance, err := s.module.NewInstance(limited, InstanceConfig{
			Tree: s.tree, Clock: s.config.Clock, Random: s.config.Random, Limits: s.config.Limits,
		})
		if err != nil {
			return deadResponse(err, nil), nil
		}
		s.instance = instance
	}
	pieces := newPieces(r)
	result, err := s.instance.Handle(limited, append(cgiEnvironment(s.config.Root, r, to), s.config.Env...), r.Body, pieces.push())
	memory := s.instance.MemoryBytes()
	log := lines(result.Stderr)
	var response *server.Response
	if err != nil {
		s.instance.Close()
		s.instance = nil
		response = deadResponse(err, log)
	} else {
		response = pieces.end(result)
	}
	response.Log = log
	response.MemoryBytes = memory
	return response, nil
}

// phpResponse is the Response to what a script wrote, or a page that says that
// it wrote nothing.
func phpResponse(result Result, method string) *server.Response {
	response, ok := cgiResponse(result.Stdout, method)
	switch {
	case !ok:
		return errorResponse(500, "PHP gave no answer. The log may say why.")
	case result.Exit == 255 && len(response.Body) == 0 && method != "HEAD":
		// A fatal error before any output: PHP's own status may say 200.
		return errorResponse(500, "PHP ended with a fatal error and wrote nothing. The log says where.")
	}
	return response
}

// deadResponse is the Response when the instance did not survive.
func deadResponse(err error, log []string) *server.Response {
	var exit *ExitError
	var trap *TrapError
	var timeout *TimeoutError
	var limit *wasi.LimitError
	sentence := "This site could not start PHP: " + err.Error() + "."
	switch {
	case errors.As(err, &limit):
		sentence = fmt.Sprintf("PHP wrote more than one response may hold (%d bytes), so it was stopped. The next request starts it anew.", limit.Limit)
	case errors.As(err, &timeout):
		sentence = fmt.Sprintf("%s, so it was stopped. The next request starts it anew.", sentenceCase(timeout.Error()))
	case errors.As(err, &exit):
		sentence = fmt.Sprintf("%s. The next request starts it anew.", sentenceCase(exit.Error()))
	case errors.As(err, &trap):
		sentence = fmt.Sprintf("%s. The next request starts it anew.", sentenceCase(trap.Error()))
	}
	response := errorResponse(500, sentence)
	response.Log = log
	return response
}

func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// errorResponse is a page with one sentence.
func errorResponse(status int, sentence string) *server.Response {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	body := "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
		title + "</title>\n<h1>" + title + "</h1>\n<p>" + html.EscapeString(sentence) + "</p>\n"
	return &server.Response{
		Status: status, Kind: server.KindError, Body: []byte(body),
		Header: server.Header{{Name: "content-type", Value: "text/html; charset=utf-8"}, {Name: "cache-control", Value: "no-store"}},
	}
}

// lines cuts diagnostics into lines.
func lines(stderr []byte) []string {
	var list []string
	for line := range strings.Lines(string(stderr)) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if len(list) == maxLogLines {
			return append(list, "(more lines were left out)")
		}
		list = append(list, strings.ToValidUTF8(line, "\uFFFD"))
	}
	return list
}

// Close ends the site's instance, after the request that is running.
func (s *Site) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	if s.instance != nil {
		s.instance.Close()
		s.instance = nil
	}
	return nil
}
