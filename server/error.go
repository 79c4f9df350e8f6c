package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

// Code is the kind of a mistake, from which its HTTP status follows.
type Code string

// The codes. statuses says what each becomes in HTTP.
const (
	CodeInvalid     Code = "invalid"
	CodeForbidden   Code = "forbidden"
	CodeNotFound    Code = "not_found"
	CodeMethod      Code = "method"
	CodeTooLarge    Code = "too_large"
	CodeMisdirected Code = "misdirected"
	CodeLimit       Code = "limit"
	CodeInternal    Code = "internal"
)

func (c Code) status() int {
	switch c {
	case CodeInvalid:
		return http.StatusBadRequest
	case CodeForbidden:
		return http.StatusForbidden
	case CodeNotFound:
		return http.StatusNotFound
	case CodeMethod:
		return http.StatusMethodNotAllowed
	case CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case CodeMisdirected:
		return http.StatusMisdirectedRequest
	case CodeLimit:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// Error is a mistake as the person who made the request may see it: a code,
// and a sentence that says what to do.
type Error struct {
	Code Code
	// Sentence is shown as it is.
	Sentence string
	// Link, if any, is where to go from here, and LinkText its words.
	Link, LinkText string
}

// Error returns the code and the sentence.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Sentence }

func errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Sentence: fmt.Sprintf(format, args...)}
}

// sentenceOf returns what err may say in public. An error that is not an *Error
// says nothing in public: its chain is for the operator.
func sentenceOf(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Sentence: "Something went wrong inside Pressbox. What it was is in the output of the program that serves this page."}
}

// errorPage has no script, no picture and no link that the error does not name.
var errorPage = template.Must(template.New("error").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}} – Pressbox</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.25rem}h1{font-size:1.4rem}</style>
<h1>{{.Title}}</h1>
<p>{{.Sentence}}</p>
{{with .Link}}<p><a href="{{.}}" target="_top">{{$.LinkText}}</a></p>{{end}}
</html>
`))

const errorPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// writeError answers with err's sentence: as a page for people, as JSON for the
// page's own scripts, as text for everybody else.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := sentenceOf(err)
	writeSentence(w, r, e.Code.status(), http.StatusText(e.Code.status()), e)
}

func writeSentence(w http.ResponseWriter, r *http.Request, status int, title string, e *Error) {
	var body strings.Builder
	header := w.Header()
	accept := strings.Join(r.Header.Values("Accept"), ",")
	switch {
	case strings.Contains(accept, "text/html"):
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", errorPolicy)
		page := struct{ Title, Sentence, Link, LinkText string }{title, e.Sentence, e.Link, e.LinkText}
		if err := errorPage.Execute(&body, page); err != nil {
			panic(err) // the template is a constant and a Builder takes everything
		}
	case strings.Contains(accept, "application/json"):
		header.Set("Content-Type", "application/json")
		if err := json.NewEncoder(&body).Encode(map[string]string{"code": string(e.Code), "error": e.Sentence}); err != nil {
			panic(err) // two strings
		}
	default:
		header.Set("Content-Type", "text/plain; charset=utf-8")
		body.WriteString(e.Sentence + "\n")
		if e.Link != "" {
			body.WriteString(e.Link + "\n")
		}
	}
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Del("Etag")
	header.Del("Content-Encoding")
	w.WriteHeader(status)
	// The client may be gone; there is nobody to tell.
	_, _ = w.Write([]byte(body.String()))
}
