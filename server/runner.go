package server

// A Request and a Response are HTTP-shaped, with no streams of the platform: what crosses the border between whoever speaks HTTP (or posts
// messages) and whoever runs PHP. Twin of wasmjs/request.ts.

import (
	"context"
	"strings"
	"time"
)

// MaxBody is the largest request body that a site takes, in bytes. A larger
// one is answered with 413 before any PHP runs.
const MaxBody = 64 << 20

// Field is one header field. In a Request and in a Response its Name is in
// lower case.
type Field struct {
	Name, Value string
}

// Header is a list of fields: order and repetition are kept, so that two
// set-cookie fields stay two.
type Header []Field

// Value returns the first value of a lower-case name, or "" if there is none.
// Names in h are compared without regard to case.
func (h Header) Value(name string) string {
	for _, field := range h {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// Values returns all values of a lower-case name in their order.
func (h Header) Values(name string) []string {
	var values []string
	for _, field := range h {
		if strings.EqualFold(field.Name, name) {
			values = append(values, field.Value)
		}
	}
	return values
}

// Request is one HTTP request to a site.
type Request struct {
	// Method is the HTTP method, in upper case.
	Method string
	// URL is the origin form: an absolute path and, perhaps, a query.
	URL string
	// Host is the authority the visitor sees, with its port if it has one.
	Host string
	// Scheme is "http" or "https".
	Scheme string
	Header Header
	Body   []byte
	// Early, if it is set, gets what of an answer a visitor should have before
	// the whole is there, one piece after another: a Response whose Status and
	// Header are the answer's and whose Body is the next piece. What Run returns
	// then has the rest for its Body, or KindError where the answer broke off. An
	// error says that nobody is there any more. It is called by Run, never after.
	Early func(*Response) error
}

// Kind says who made a Response.
type Kind string

// The four kinds of Response.
const (
	KindStatic   Kind = "static"
	KindPHP      Kind = "php"
	KindRedirect Kind = "redirect"
	KindError    Kind = "error"
)

// Response is the answer to a Request.
type Response struct {
	Status int
	Header Header
	Body   []byte
	Kind   Kind
	// Duration is how long the site worked on it.
	Duration time.Duration
	// Log holds what PHP wrote to its diagnostics, line by line.
	Log []string
	// MemoryBytes is the guest's linear memory after the run, 0 if none ran.
	MemoryBytes uint64
}

// Runner turns a Request into a Response. It is safe for concurrent use; how
// much of that is done at once is its own affair.
//
// # Errors
//
// Whatever goes wrong inside a site (a fatal error, an instance that died, a
// limit that was reached) is a Response of KindError with a sentence for the
// visitor. An error means that no Response could be made at all: ctx ended, or
// this program has a bug.
type Runner interface {
	Run(ctx context.Context, request *Request) (*Response, error)
}
