package server_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pressbox/server"
)

func TestSites_endWhenIdle(t *testing.T) {
	var now atomic.Int64
	f := mustOpenServer(t, func(c *server.Config) {
		c.Limits.IdleEnd = 30 * time.Minute
		c.Now = func() time.Time { return time.Unix(now.Load(), 0) }
	})
	at := func(minutes int64) {
		t.Helper()
		now.Store(minutes * 60)
		if err := f.EndIdleSites(); err != nil {
			t.Fatal(err)
		}
	}
	f.openSite(t, "demo")
	f.openSite(t, "other")
	at(29)
	f.do("GET", serverURL+"/", "")
	at(30)
	if !f.HasSite("demo") || f.HasSite("other") {
		t.Errorf("demo runs: %t, other runs: %t; want the one that was used", f.HasSite("demo"), f.HasSite("other"))
	}
	at(58)
	f.do("POST", pageURL+"/api/sites", `{"name":"demo"}`, "Content-Type: application/json") // the page was reloaded
	at(59)
	if !f.HasSite("demo") {
		t.Error("a site ended although its page was just opened")
	}
	at(88)
	if f.HasSite("demo") || f.runner.closed != 2 {
		t.Errorf("demo runs: %t, closed: %d; want both ended and closed", f.HasSite("demo"), f.runner.closed)
	}
	if status := f.do("GET", serverURL+"/", "").StatusCode; status != http.StatusNotFound {
		t.Errorf("status = %d, want 404", status)
	}
}

func TestSites_doNotEndWhileTheyRun(t *testing.T) {
	var now atomic.Int64
	f := mustOpenServer(t, func(c *server.Config) {
		c.Now = func() time.Time { return time.Unix(now.Load(), 0) }
	})
	f.openSite(t, "demo")
	f.runner.run = func(context.Context, *server.Request) (*server.Response, error) {
		now.Store(3600)
		if err := f.EndIdleSites(); err != nil {
			t.Error(err)
		}
		return htmlResponse("done"), nil
	}
	if status := f.do("GET", serverURL+"/", "").StatusCode; status != 200 || !f.HasSite("demo") {
		t.Errorf("status %d, runs: %t; want 200 and a site that still runs", status, f.HasSite("demo"))
	}
}

// Whatever happens at the same time, each Runner is closed once, and none runs
// after that.
func TestSites_hammer(t *testing.T) {
	var made, closed atomic.Int64
	f := mustOpenServer(t, func(c *server.Config) {
		c.Limits.MaxSites = 3
		c.NewRunner = func(string) (server.Runner, error) {
			made.Add(1)
			return &onceRunner{t: t, closed: &closed}, nil
		}
	})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 100 {
				name := fmt.Sprintf("site%d", (i+n)%4)
				f.do("POST", pageURL+"/api/sites", `{"name":"`+name+`"}`, "Content-Type: application/json")
				f.do("GET", "http://"+name+"-server.pressbox.localhost/", "")
				if n%3 == 0 {
					f.do("DELETE", pageURL+"/api/sites/"+name, "")
				}
			}
		})
	}
	all.Wait()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if made.Load() != closed.Load() {
		t.Errorf("%d runners were made and %d closed", made.Load(), closed.Load())
	}
}

type onceRunner struct {
	t      *testing.T
	closed *atomic.Int64
	ended  atomic.Bool
}

func (r *onceRunner) Run(context.Context, *server.Request) (*server.Response, error) {
	if r.ended.Load() {
		r.t.Error("a Runner ran after it was closed")
	}
	return htmlResponse("x"), nil
}

func (r *onceRunner) Close() error {
	if r.ended.Swap(true) {
		r.t.Error("a Runner was closed twice")
	}
	r.closed.Add(1)
	return nil
}
