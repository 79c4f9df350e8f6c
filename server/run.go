package server

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// handleServerSite hands a request to the Runner of a site that runs here.
func (s *Server) handleServerSite(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("site")
	o := s.originsOf(r)
	w.Header().Set("Origin-Agent-Cluster", "?1")
	used, err := s.sites.use(name)
	if err != nil {
		return err
	}
	if used == nil {
		return &Error{
			Code:     CodeNotFound,
			Sentence: "No site “" + name + "” runs on this server. It may have ended after a while without visitors; opening it again starts it anew.",
			Link:     o.page() + "/?" + url.Values{"site": {name}, "lane": {"server"}, "path": {r.URL.RequestURI()}}.Encode(), LinkText: "Open the site in Pressbox",
		}
	}
	defer func() {
		if err := s.sites.release(used); err != nil {
			s.config.Log("%v", err)
		}
	}()

	request, err := s.readRequest(w, r)
	if err != nil {
		return err
	}
	// Not the request's context: a visitor who leaves before the answer is
	// there must not stop PHP in the middle of a change, as it would not in the
	// browser lane.
	answer := &answer{w: w, r: r, o: o}
	request.Early = answer.piece
	response, err := used.runner.Run(used.ctx, request)
	if err != nil {
		if answer.begun {
			panic(http.ErrAbortHandler)
		}
		if used.ctx.Err() != nil {
			return errorf(CodeLimit, "The site was reset while it worked on this. Reload.")
		}
		return fmt.Errorf("run site %s: %w", name, err)
	}
	s.hub.sendRun(name, request, response)
	return answer.end(response)
}

// answer is a site's answer on its way out: whole, or in pieces.
type answer struct {
	w     http.ResponseWriter
	r     *http.Request
	o     origins
	begun bool
}

// piece sends a part at once. It is a Request's Early.
func (a *answer) piece(part *Response) error {
	if !a.begun {
		a.begun = true
		if err := a.head(part); err != nil {
			return err
		}
	}
	if _, err := a.w.Write(part.Body); err != nil {
		return err
	}
	return http.NewResponseController(a.w).Flush()
}

// end sends what is left. An answer that broke off after it had begun is made to
// look so: the connection ends before the body does.
func (a *answer) end(response *Response) error {
	if a.begun {
		if response.Kind == KindError {
			panic(http.ErrAbortHandler)
		}
		_, _ = a.w.Write(response.Body) // the client may be gone
		return nil
	}
	if err := a.head(response); err != nil {
		return err
	}
	if a.r.Method != http.MethodHead {
		_, _ = a.w.Write(response.Body) // the client may be gone
	}
	return nil
}

// hopByHop are the headers that are about one connection. Those in the second
// group are known from elsewhere: host and the body's length are fields of
// their own.
var hopByHop = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-authenticate": true, "proxy-authorization": true,
	"proxy-connection": true, "te": true, "trailer": true, "transfer-encoding": true, "upgrade": true,

	"host": true, "content-length": true, "expect": true,
}

// readRequest makes a Request of the browser's. Its header is in the order of
// its names, because net/http does not keep the order of the wire.
func (s *Server) readRequest(w http.ResponseWriter, r *http.Request) (*Request, error) {
	body, err := readBody(w, r, s.config.Limits.MaxBody)
	if err != nil {
		return nil, err
	}
	request := &Request{
		Method: r.Method,
		URL:    r.URL.RequestURI(),
		Host:   strings.ToLower(r.Host),
		Scheme: schemeOf(r),
		Body:   body,
		Header: Header{{Name: "host", Value: strings.ToLower(r.Host)}},
	}
	for name, values := range r.Header {
		name = strings.ToLower(name)
		if hopByHop[name] {
			continue
		}
		for _, value := range values {
			request.Header = append(request.Header, Field{Name: name, Value: value})
		}
	}
	sort.SliceStable(request.Header, func(i, j int) bool { return request.Header[i].Name < request.Header[j].Name })
	return request, nil
}

// readBody reads a body of at most limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	tooLarge := func() error {
		// A browser that is still sending does not read the answer: take some
		// more of what it sends, so that a person sees the sentence and not a
		// broken connection.
		_, _ = io.CopyN(io.Discard, r.Body, 2*limit)
		w.Header().Set("Connection", "close")
		return errorf(CodeTooLarge, "This sends more than %s, the most that a site here takes in one request. Send less at a time.", size(limit))
	}
	if r.ContentLength > limit {
		return nil, tooLarge()
	}
	// The length that was announced is not trusted with memory: the buffer
	// grows with what comes.
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, errorf(CodeInvalid, "The request's body did not come whole.")
	}
	if int64(len(body)) > limit {
		return nil, tooLarge()
	}
	return body, nil
}

// size writes a number of bytes as people do.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20 && bytes%(1<<20) == 0:
		return strconv.FormatInt(bytes>>20, 10) + " MiB"
	case bytes >= 1<<10 && bytes%(1<<10) == 0:
		return strconv.FormatInt(bytes>>10, 10) + " KiB"
	}
	return strconv.FormatInt(bytes, 10) + " bytes"
}

// head sends a Response's status and header, and makes its body what is to
// follow. Cookies stay as the site set them: in this lane the browser keeps them
// itself.
func (a *answer) head(response *Response) error {
	w, r, o := a.w, a.r, a.o
	if response.Status < 200 || response.Status > 599 {
		return errorf(CodeInternal, "The site answered with the status %d, which is none.", response.Status)
	}
	header := w.Header()
	framing := false
	for _, field := range response.Header {
		name := strings.ToLower(field.Name)
		switch {
		case hopByHop[name]:
		case name == "x-frame-options":
			framing = true
		case name == "content-security-policy":
			policy, found := withoutFrameAncestors(field.Value)
			framing = framing || found
			if policy != "" {
				header.Add(name, policy)
			}
		default:
			header.Add(name, field.Value)
		}
	}
	if framing {
		// WordPress keeps other sites from framing its log-in and its dashboard.
		// The page is another site in that sense, and the one that may.
		header.Add("Content-Security-Policy", "frame-ancestors 'self' "+o.page())
	}
	if header.Get("Content-Type") == "" {
		header["Content-Type"] = nil // net/http is not to guess one
	}
	if response.Status == http.StatusNoContent || response.Status == http.StatusNotModified {
		response.Body = nil
		w.WriteHeader(response.Status)
		return nil
	}
	if r.Header.Get("Sec-Fetch-Dest") == "iframe" && isHTML(header.Get("Content-Type")) &&
		header.Get("Content-Encoding") == "" && response.Status != http.StatusPartialContent && r.Method != http.MethodHead {
		response.Body = insertFrameTag(response.Body)
	}
	if !a.begun {
		header.Set("Content-Length", strconv.Itoa(len(response.Body)))
	}
	w.WriteHeader(response.Status)
	return nil
}
