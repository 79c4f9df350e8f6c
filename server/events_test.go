package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"pressbox/server"
)

// listen opens the page's WebSocket.
func (f *fixture) listen(t *testing.T, address, origin string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	header := http.Header{"Host": {"pressbox.localhost:8080"}}
	if origin != "" {
		header.Set("Origin", origin)
	}
	dialer := websocket.Dialer{HandshakeTimeout: time.Minute}
	connection, response, err := dialer.Dial("ws://"+address+"/api/events", header)
	if err == nil {
		t.Cleanup(func() { connection.Close() })
		if err := connection.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	return connection, response, err
}

func TestEvents_tellOfRuns(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	listener, _ := f.listening(t)
	connection, _, err := f.listen(t, listener.Addr().String(), pageURL)
	if err != nil {
		t.Fatal(err)
	}
	f.WaitForPages(1)
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		response := htmlResponse("x")
		response.Duration, response.MemoryBytes = 1500*time.Microsecond, 64<<20
		response.Log = []string{"PHP Warning: first", strings.Repeat("é", 5000)}
		return response, nil
	}
	f.do("GET", serverURL+"/hello/?a=1", "")
	f.Reload()
	for _, want := range []string{
		`{"type":"run","site":"demo","method":"GET","url":"/hello/?a=1","status":200,"kind":"php","ms":1.5,"memory":67108864}`,
		`{"type":"log","site":"demo","lines":["PHP Warning: first","` + strings.Repeat("é", 2048) + `…"]}`,
		`{"type":"reload"}`,
	} {
		_, got, err := connection.ReadMessage()
		if err != nil || string(got) != want {
			t.Fatalf("event = %.200s (%v), want %.200s", got, err, want)
		}
	}
}

func TestEvents_boundLogs(t *testing.T) {
	f := mustOpenServer(t, nil)
	f.openSite(t, "demo")
	listener, _ := f.listening(t)
	connection, _, err := f.listen(t, listener.Addr().String(), pageURL)
	if err != nil {
		t.Fatal(err)
	}
	f.WaitForPages(1)
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		response := htmlResponse("x")
		response.Log = make([]string, 100_000)
		return response, nil
	}
	f.do("GET", serverURL+"/", "")
	var event struct{ Lines []string }
	for range 2 {
		if err := connection.ReadJSON(&event); err != nil {
			t.Fatal(err)
		}
	}
	if len(event.Lines) != 201 || !strings.Contains(event.Lines[200], "more lines") {
		t.Errorf("%d lines, want 200 and a word about the rest", len(event.Lines))
	}
}

func TestEvents_refuseOtherOrigins(t *testing.T) {
	f := mustOpenServer(t, nil)
	listener, _ := f.listening(t)
	for origin, want := range map[string]int{
		pageURL:                     http.StatusSwitchingProtocols,
		tabURL:                      http.StatusForbidden,
		serverURL:                   http.StatusForbidden,
		"null":                      http.StatusForbidden,
		"http://rebound.example":    http.StatusForbidden,
		"http://pressbox.localhost": http.StatusForbidden,
	} {
		_, response, err := f.listen(t, listener.Addr().String(), origin)
		if response == nil || response.StatusCode != want {
			t.Errorf("%s: %v (%v), want %d", origin, response, err, want)
		}
	}
}

// A page that does not read is dropped; the others and the sites don't wait.
func TestEvents_dropSlowPages(t *testing.T) {
	f := mustOpenServer(t, nil)
	listener, _ := f.listening(t)
	if _, _, err := f.listen(t, listener.Addr().String(), pageURL); err != nil {
		t.Fatal(err)
	}
	f.WaitForPages(1)
	f.openSite(t, "demo")
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		response := htmlResponse("x")
		for range 200 {
			response.Log = append(response.Log, strings.Repeat("x", 4096))
		}
		return response, nil
	}
	for range 10_000 {
		f.do("GET", serverURL+"/", "")
		if f.Pages() == 0 {
			return
		}
	}
	t.Error("a page that reads nothing is still there after 8 GB of events")
}

func TestEvents_limitPages(t *testing.T) {
	f := mustOpenServer(t, nil)
	listener, _ := f.listening(t)
	for range 64 {
		if _, _, err := f.listen(t, listener.Addr().String(), pageURL); err != nil {
			t.Fatal(err)
		}
	}
	f.WaitForPages(64)
	_, response, err := f.listen(t, listener.Addr().String(), pageURL)
	if response == nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the 65th page: %v (%v), want 503", response, err)
	}
}

func TestEvents_pageThatLeavesIsForgotten(t *testing.T) {
	f := mustOpenServer(t, nil)
	listener, _ := f.listening(t)
	connection, _, err := f.listen(t, listener.Addr().String(), pageURL)
	if err != nil {
		t.Fatal(err)
	}
	f.WaitForPages(1)
	connection.Close()
	f.WaitForPages(0)
}

func TestEvents_endWithTheServer(t *testing.T) {
	f := mustOpenServer(t, nil)
	listener, _ := f.listening(t)
	connection, _, err := f.listen(t, listener.Addr().String(), pageURL)
	if err != nil {
		t.Fatal(err)
	}
	f.WaitForPages(1)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := connection.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("error = %v, want a close frame that says so", err)
	}
}
