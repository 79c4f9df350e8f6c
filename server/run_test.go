package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"pressbox/server"
)

func TestServerLane_passesTheRequestOn(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	f.do("POST", serverURL+"//a%20b/?q=%2F&x", "name=value",
		"Content-Type: application/x-www-form-urlencoded", "Cookie: a=1", "Cookie: b=2", "X-Twice: 1", "X-Twice: 2",
		"Connection: keep-alive", "Transfer-Encoding: chunked", "Content-Length: 10", "Upgrade: x", "Te: trailers")
	got := f.runner.last()
	want := &server.Request{
		Method: "POST",
		URL:    "//a%20b/?q=%2F&x",
		Host:   "demo-server.pressbox.localhost:8080",
		Scheme: "http",
		Header: server.Header{
			{Name: "content-type", Value: "application/x-www-form-urlencoded"},
			{Name: "cookie", Value: "a=1"},
			{Name: "cookie", Value: "b=2"},
			{Name: "host", Value: "demo-server.pressbox.localhost:8080"},
			{Name: "x-twice", Value: "1"},
			{Name: "x-twice", Value: "2"},
		},
		Body: []byte("name=value"),
	}
	if got.Early == nil {
		t.Error("nobody takes what is ready early")
	}
	got.Early = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("request = %+v\nwant %+v", got, want)
	}
}

func TestServerLane_passesTheResponseOn(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	html := server.Field{Name: "content-type", Value: "text/html; charset=UTF-8"}
	for _, test := range []struct {
		name     string
		method   string
		headers  []string
		response server.Response
		status   int
		body     string
		want     map[string][]string
	}{
		{"a document", "GET", nil, server.Response{Status: 200, Header: server.Header{html}, Body: []byte("<head></head>")},
			200, "<head></head>", map[string][]string{"Content-Type": {"text/html; charset=UTF-8"}, "Content-Length": {"13"}, "Origin-Agent-Cluster": {"?1"}, "Content-Security-Policy": nil}},
		{"cookies", "GET", nil, server.Response{Status: 302, Header: server.Header{{Name: "set-cookie", Value: "a=1; path=/"}, {Name: "location", Value: "/wp-admin/"}, {Name: "set-cookie", Value: "b=2"}}},
			302, "", map[string][]string{"Set-Cookie": {"a=1; path=/", "b=2"}, "Location": {"/wp-admin/"}, "Content-Type": nil}},
		{"about the connection", "GET", nil, server.Response{Status: 200, Header: server.Header{{Name: "transfer-encoding", Value: "chunked"}, {Name: "connection", Value: "close"}, {Name: "content-length", Value: "999"}}, Body: []byte("ok")},
			200, "ok", map[string][]string{"Transfer-Encoding": nil, "Connection": nil, "Content-Length": {"2"}}},
		{"HEAD", "HEAD", nil, server.Response{Status: 200, Header: server.Header{html}, Body: []byte("body")},
			200, "", map[string][]string{"Content-Length": {"4"}}},
		{"no content", "GET", nil, server.Response{Status: 204, Body: []byte("body")}, 204, "", map[string][]string{"Content-Length": nil}},
		{"not modified", "GET", nil, server.Response{Status: 304, Header: server.Header{{Name: "etag", Value: `"a"`}}, Body: []byte("body")}, 304, "", map[string][]string{"Etag": {`"a"`}, "Content-Length": nil}},
		{"an error of the site", "GET", nil, server.Response{Status: 500, Header: server.Header{html}, Body: []byte("fatal"), Kind: server.KindError}, 500, "fatal", nil},
		{"framing that the site forbids", "GET", nil, server.Response{Status: 200, Header: server.Header{html, {Name: "x-frame-options", Value: "SAMEORIGIN"}, {Name: "content-security-policy", Value: "img-src *; Frame-Ancestors 'self'"}}, Body: []byte("x")},
			200, "x", map[string][]string{"X-Frame-Options": nil, "Content-Security-Policy": {"img-src *", "frame-ancestors 'self' " + pageURL}}},
		{"a frame of the page", "GET", []string{"Sec-Fetch-Dest: iframe"}, server.Response{Status: 200, Header: server.Header{html}, Body: []byte("<html><head lang=x><title>")},
			200, `<html><head lang=x><script async src="/-pressbox/frame.js"></script><title>`, map[string][]string{"Content-Length": {"75"}}},
		{"a frame with a picture", "GET", []string{"Sec-Fetch-Dest: iframe"}, server.Response{Status: 200, Header: server.Header{{Name: "content-type", Value: "image/png"}}, Body: []byte("<head>")},
			200, "<head>", nil},
		{"a frame with packed text", "GET", []string{"Sec-Fetch-Dest: iframe"}, server.Response{Status: 200, Header: server.Header{html, {Name: "content-encoding", Value: "gzip"}}, Body: []byte("<head>")},
			200, "<head>", nil},
		{"a status that is none", "GET", nil, server.Response{Status: 99}, 500, "The site answered with the status 99, which is none.", nil},
		{"a header that splits", "GET", nil, server.Response{Status: 200, Header: server.Header{{Name: "x-a", Value: "1\r\nset-cookie: b=2"}}, Body: []byte("ok")}, 200, "ok", map[string][]string{"Set-Cookie": nil}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f.runner.run = func(context.Context, *server.Request) (*server.Response, error) { return &test.response, nil }
			response := f.do(test.method, serverURL+"/", "", test.headers...)
			if body := bodyOf(t, response); response.StatusCode != test.status || strings.TrimSpace(body) != test.body {
				t.Errorf("status %d, body %q; want %d and %q", response.StatusCode, body, test.status, test.body)
			}
			for name, want := range test.want {
				if got := response.Header.Values(name); len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
		})
	}
}

// A visitor who leaves must not stop PHP in the middle of a change.
func TestServerLane_outlivesTheVisitor(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	f.runner.run = func(ctx context.Context, _ *server.Request) (*server.Response, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return htmlResponse("done"), nil
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	request, err := http.NewRequestWithContext(gone, "POST", serverURL+"/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	recorder := &countingWriter{header: http.Header{}}
	f.ServeHTTP(recorder, request)
	if recorder.status != 200 {
		t.Errorf("status = %d, want 200", recorder.status)
	}
}

type countingWriter struct {
	header http.Header
	status int
}

func (w *countingWriter) Header() http.Header         { return w.header }
func (w *countingWriter) WriteHeader(status int)      { w.status = status }
func (w *countingWriter) Write(b []byte) (int, error) { return len(b), nil }

// listening serves on a port of its own, and returns its address and a client
// that finds every host there.
func (f *fixture) listening(t *testing.T) (net.Listener, *http.Client) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, listener) }()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
	}}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		transport.CloseIdleConnections()
	})
	return listener, &http.Client{Transport: transport, Timeout: time.Minute}
}

// zeros is a body of a length that is not announced.
type zeros struct{ left int64 }

func (z *zeros) Read(b []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), z.left)
	z.left -= n
	return int(n), nil
}

func TestServerLane_limitsBodies(t *testing.T) {
	f := mustOpenServer(t, func(c *server.Config) { c.Limits.MaxBody = 1 << 20 })
	f.openSite(t, "demo")
	_, client := f.listening(t)
	for _, test := range []struct {
		name   string
		body   int64
		length int64
		status int
	}{
		{"as large as may be", 1 << 20, 1 << 20, 200},
		{"as large as may be, unannounced", 1 << 20, -1, 200},
		{"one byte more", 1<<20 + 1, 1<<20 + 1, 413},
		{"one byte more, unannounced", 1<<20 + 1, -1, 413},
	} {
		t.Run(test.name, func(t *testing.T) {
			request, err := http.NewRequest("POST", serverURL+"/", io.NopCloser(&zeros{test.body}))
			if err != nil {
				t.Fatal(err)
			}
			request.ContentLength = test.length
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body := bodyOf(t, response)
			if response.StatusCode != test.status {
				t.Errorf("status = %d, want %d", response.StatusCode, test.status)
			}
			if test.status == 413 && !strings.Contains(body, "more than 1 MiB") {
				t.Errorf("body = %q, want a sentence with the limit", body)
			}
			if test.status == 200 && len(f.runner.last().Body) != int(test.body) {
				t.Errorf("the site got %d bytes, want %d", len(f.runner.last().Body), test.body)
			}
		})
	}
}

func TestServerLane_refusesBodiesThatEndEarly(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	listener, _ := f.listening(t)
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: demo-server.pressbox.localhost\r\nContent-Length: 10\r\n\r\nhalf")
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
		t.Errorf("answer = %q (%v), want 400", answer, err)
	}
	if f.runner.last() != nil {
		t.Error("the site ran on half a body")
	}
}

func TestServerLane_limitsSites(t *testing.T) {
	f := mustOpenServer(t, func(c *server.Config) { c.Limits.MaxSites = 2 })
	open := func(name string) *http.Response {
		return f.do("POST", pageURL+"/api/sites", `{"name":"`+name+`"}`, "Content-Type: application/json")
	}
	for _, test := range []struct {
		name, body string
		status     int
	}{
		{"a", `{"name":"a","url":"http://a-server.pressbox.localhost:8080/"}`, 201},
		{"b", `"name":"b"`, 201},
		{"a", `"name":"a"`, 200},
		{"c", "2 sites run on this server, and no more may", 503},
		{"C", "A site's name has", 400},
		{"a-server", "does not end in", 400},
		{"", "A site's name has", 400},
	} {
		response := open(test.name)
		if body := bodyOf(t, response); response.StatusCode != test.status || !strings.Contains(body, test.body) {
			t.Errorf("open %q: %d %q, want %d %q", test.name, response.StatusCode, body, test.status, test.body)
		}
	}
	if status := f.do("DELETE", pageURL+"/api/sites/a", "").StatusCode; status != 204 {
		t.Errorf("reset: %d, want 204", status)
	}
	if status := f.do("DELETE", pageURL+"/api/sites/a", "").StatusCode; status != 404 {
		t.Errorf("reset again: %d, want 404", status)
	}
	if status := open("c").StatusCode; status != 201 {
		t.Errorf("open after a reset: %d, want 201", status)
	}
	if f.runner.closed != 1 {
		t.Errorf("%d runners were closed, want 1", f.runner.closed)
	}
}

func TestServer_openSiteTakesJSONOnly(t *testing.T) {
	f := mustOpenServer(t, nil)
	for _, test := range []struct{ contentType, body string }{
		{"text/plain", `{"name":"a"}`},
		{"", `{"name":"a"}`},
		{"application/json", `{"name":`},
		{"application/json", `{"name":"` + strings.Repeat("a", 5000) + `"}`},
	} {
		if status := f.do("POST", pageURL+"/api/sites", test.body, "Content-Type: "+test.contentType).StatusCode; status != 400 {
			t.Errorf("%s %.20s: %d, want 400", test.contentType, test.body, status)
		}
	}
}

func TestServerLane_limitsWaiting(t *testing.T) {
	f := mustOpenServer(t, func(c *server.Config) { c.Limits.MaxWaiting = 2 })
	f.openSite(t, "demo")
	started, proceed := make(chan struct{}), make(chan struct{})
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		started <- struct{}{}
		<-proceed
		return htmlResponse("done"), nil
	}
	answers := make(chan int)
	for range 2 {
		go func() { answers <- f.do("GET", serverURL+"/", "").StatusCode }()
		<-started
	}
	response := f.do("GET", serverURL+"/", "")
	if body := bodyOf(t, response); response.StatusCode != 503 || !strings.Contains(body, "has 2 requests waiting") {
		t.Errorf("%d %q, want 503 and a sentence", response.StatusCode, body)
	}
	close(proceed)
	for range 2 {
		if status := <-answers; status != 200 {
			t.Errorf("status = %d, want 200", status)
		}
	}
}

// A reset stops what runs, and closes the Runner only after it.
func TestServerLane_resetWhileItRuns(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	started := make(chan struct{})
	f.runner.run = func(ctx context.Context, _ *server.Request) (*server.Response, error) {
		close(started)
		<-ctx.Done()
		if f.runner.closed > 0 {
			t.Error("the Runner was closed while it ran")
		}
		return nil, ctx.Err()
	}
	answer := make(chan *http.Response)
	go func() { answer <- f.do("GET", serverURL+"/", "") }()
	<-started
	if status := f.do("DELETE", pageURL+"/api/sites/demo", "").StatusCode; status != 204 {
		t.Errorf("reset: %d, want 204", status)
	}
	if response := <-answer; response.StatusCode != 503 {
		t.Errorf("the request under way: %d, want 503", response.StatusCode)
	}
	if f.runner.closed != 1 {
		t.Errorf("the Runner was closed %d times, want once", f.runner.closed)
	}
	if response := f.do("GET", serverURL+"/", ""); response.StatusCode != 404 {
		t.Errorf("after the reset: %d, want 404", response.StatusCode)
	}
}

func TestServe_endsWithRequestsUnderWay(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		stop()
		return htmlResponse("the last answer"), nil
	}
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, listener) }()
	request, err := http.NewRequest("GET", "http://"+listener.Addr().String()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "demo-server.pressbox.localhost"
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body := bodyOf(t, response); body != "the last answer" {
		t.Errorf("body = %q, want the last answer", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServerLane_sendsPieces(t *testing.T) {
	goOn := make(chan struct{})
	header := server.Header{{Name: "content-type", Value: "text/html"}, {Name: "set-cookie", Value: "a=1"}, {Name: "set-cookie", Value: "b=2"}}
	runner := &fakeRunner{run: func(_ context.Context, request *server.Request) (*server.Response, error) {
		part := func(body string) {
			if err := request.Early(&server.Response{Status: 201, Header: header, Body: []byte(body), Kind: server.KindPHP}); err != nil {
				t.Errorf("piece: %v", err)
			}
		}
		part("<head></head>one ")
		<-goOn // the visitor has the first piece
		part("two ")
		if request.URL == "/broken" {
			return &server.Response{Status: 500, Kind: server.KindError, Body: []byte("a sentence that comes too late")}, nil
		}
		return &server.Response{Status: 201, Header: header, Body: []byte("three"), Kind: server.KindPHP}, nil
	}}
	f := mustOpenServer(t, func(c *server.Config) {
		c.NewRunner = func(string) (server.Runner, error) { return runner, nil }
	})
	f.openSite(t, "demo")
	_, client := f.listening(t)
	for _, path := range []string{"/", "/broken"} {
		request, err := http.NewRequest("GET", "http://demo-server.pressbox.localhost:8080"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Sec-Fetch-Dest", "iframe")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != 201 || response.ContentLength != -1 || len(response.Header["Set-Cookie"]) != 2 {
			t.Errorf("status %d, length %d, header %v", response.StatusCode, response.ContentLength, response.Header)
		}
		first := make([]byte, 4096)
		n, err := response.Body.Read(first)
		if err != nil || !strings.HasSuffix(string(first[:n]), "one ") || !strings.Contains(string(first[:n]), "<script") {
			t.Errorf("first piece %q, %v", first[:n], err)
		}
		goOn <- struct{}{}
		rest, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch {
		case path == "/" && (err != nil || string(rest) != "two three"):
			t.Errorf("rest %q, %v", rest, err)
		case path == "/broken" && (err == nil || string(rest) != "two "):
			t.Errorf("an answer that broke off: rest %q, %v; want an error", rest, err)
		}
	}
}

func TestServerLane_takesBodiesInChunks(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	listener, client := f.listening(t)
	// Without a length, so in chunks; and only once the server has said that it wants them.
	request, err := http.NewRequest("POST", "http://demo-server.pressbox.localhost:8080/", io.MultiReader(strings.NewReader("one "), &zeros{left: 100_000}, strings.NewReader(" two")))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Expect", "100-continue")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	got := f.runner.last()
	if len(got.Body) != 100_008 || !strings.HasPrefix(string(got.Body), "one ") || !strings.HasSuffix(string(got.Body), " two") {
		t.Errorf("a body of %d bytes came, want 100008", len(got.Body))
	}
	if got.Header.Value("expect") != "" || got.Header.Value("transfer-encoding") != "" {
		t.Errorf("what is about the connection reached the site: %v", got.Header)
	}

	// One connection, several requests: what a site leaves unread is not the next one's beginning.
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	const post = "POST /a HTTP/1.1\r\nHost: demo-server.pressbox.localhost:8080\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	if _, err := io.WriteString(connection, post+strings.Replace(post, "/a", "/b", 1)); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(connection)
	for _, want := range []string{"/a", "/b"} {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if got := f.runner.last(); response.StatusCode != 200 || want == "/b" && (got.URL != "/b" || string(got.Body) != "abc") {
			t.Errorf("%s: status %d, the site saw %s with %q", want, response.StatusCode, got.URL, got.Body)
		}
	}
}
