package phpwasm

// CGI/1.1 (RFC 3875): a Request becomes an environment, what a script writes
// becomes a Response. Twin of wasmjs/cgi.ts; testdata/cgi.json holds what both
// must answer.

import (
	"bytes"
	"sort"
	"strconv"
	"strings"

	"pressbox/server"
)

// cgiEnvironment is the environment of a request for a script below root, in
// sorted order.
func cgiEnvironment(root string, r *server.Request, to route) []string {
	host, port := splitHost(r.Host, r.Scheme)
	_, query, _ := strings.Cut(r.URL, "?")
	values := map[string]string{
		"DOCUMENT_ROOT":     root,
		"GATEWAY_INTERFACE": "CGI/1.1",
		"QUERY_STRING":      query,
		"REDIRECT_STATUS":   "200",
		"REMOTE_ADDR":       "127.0.0.1",
		"REQUEST_METHOD":    r.Method,
		"REQUEST_URI":       r.URL,
		"SCRIPT_FILENAME":   to.path,
		"SCRIPT_NAME":       to.scriptName,
		"SERVER_NAME":       host,
		"SERVER_PORT":       port,
		"SERVER_PROTOCOL":   "HTTP/1.1",
		"SERVER_SOFTWARE":   "pressbox",
	}
	if to.pathInfo != "" {
		values["PATH_INFO"] = to.pathInfo
	}
	if r.Scheme == "https" {
		values["HTTPS"] = "on"
	}
	for _, field := range r.Header {
		name, ok := metaVariable(field.Name)
		if !ok || strings.ContainsAny(field.Value, "\x00\r\n") {
			continue
		}
		before, repeated := values[name]
		switch {
		case !repeated:
			values[name] = field.Value
		case name == "HTTP_COOKIE":
			values[name] = before + "; " + field.Value
		case name != "CONTENT_TYPE":
			values[name] = before + ", " + field.Value
		}
	}
	values["HTTP_HOST"] = r.Host
	if len(r.Body) > 0 || r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
		values["CONTENT_LENGTH"] = strconv.Itoa(len(r.Body))
	}
	env := make([]string, 0, len(values))
	for name, value := range values {
		if strings.IndexByte(value, 0) < 0 {
			env = append(env, name+"="+value)
		}
	}
	sort.Strings(env)
	return env
}

// metaVariable is the name of a header field's variable. Left out are names
// that could be taken for another's (with an underscore), the length, which
// the host knows better, the host, which is the visitor's, and "proxy", which
// programs take for HTTP_PROXY of their own environment.
func metaVariable(field string) (string, bool) {
	var b strings.Builder
	b.WriteString("HTTP_")
	for i := 0; i < len(field); i++ {
		switch c := field[i]; {
		case c >= 'a' && c <= 'z':
			b.WriteByte(c - 'a' + 'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			b.WriteByte(c)
		case c == '-':
			b.WriteByte('_')
		default:
			return "", false
		}
	}
	switch name := b.String(); name {
	case "HTTP_", "HTTP_PROXY", "HTTP_HOST", "HTTP_CONTENT_LENGTH":
		return "", false
	case "HTTP_CONTENT_TYPE":
		return "CONTENT_TYPE", true
	default:
		return name, true
	}
}

// splitHost cuts an authority into name and port.
func splitHost(host, scheme string) (name, port string) {
	port = "80"
	if scheme == "https" {
		port = "443"
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		if digits := host[i+1:]; digits != "" && strings.Trim(digits, "0123456789") == "" {
			return host[:i], digits
		}
	}
	return host, port
}

// cgiResponse reads what a script wrote: a head, an empty line, a body. It
// returns false if there is no head.
func cgiResponse(out []byte, method string) (*server.Response, bool) {
	r := &server.Response{Status: 200, Kind: server.KindPHP}
	hasStatus, hasLocation := false, false
	for {
		end := bytes.IndexByte(out, '\n')
		if end < 0 {
			return nil, false
		}
		line := strings.TrimSuffix(string(out[:end]), "\r")
		out = out[end+1:]
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.Trim(value, " \t")
		if !ok || !isToken(name) || strings.ContainsAny(value, "\x00\r") {
			continue
		}
		switch name {
		case "status":
			code, _, _ := strings.Cut(value, " ")
			if n, err := strconv.Atoi(code); err == nil && n >= 200 && n <= 599 {
				r.Status, hasStatus = n, true
			}
			continue
		case "connection", "keep-alive", "transfer-encoding", "upgrade":
			continue // the server's own affair
		case "location":
			hasLocation = true
		}
		r.Header = append(r.Header, server.Field{Name: name, Value: value})
	}
	if hasLocation && !hasStatus {
		r.Status = 302
	}
	// A length that is not true would break the connection.
	kept := r.Header[:0]
	for _, field := range r.Header {
		if field.Name == "content-length" && field.Value != strconv.Itoa(len(out)) && method != "HEAD" {
			continue
		}
		kept = append(kept, field)
	}
	r.Header = kept
	if method != "HEAD" && r.Status != 204 && r.Status != 304 {
		r.Body = out
	}
	return r, true
}

// isToken reports whether s can be a field's name.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}
