package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A changed source is on the page at once, and the page hears of it; so is a
// mistake in one.
func TestServe_dev(t *testing.T) {
	cache(t)
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"web/index.html":       `<script type="module" src="/assets/main.js"></script>`,
		"web/bridge.html":      `<script src="/-pressbox/bridge.js"></script>`,
		"web/main.ts":          `document.title = "first";`,
		"web/main.css":         `body { color: red }`,
		"web/worker.ts":        `postMessage("ready");`,
		"web/bridge.ts":        `parent.postMessage("ready", "*");`,
		"web/serviceworker.ts": `addEventListener("fetch", () => undefined);`,
		"web/frame.ts":         `parent.postMessage("here", "*");`,
		"wasmjs/word.ts":       `export const word = "word";`,
	} {
		write(t, name, []byte(text))
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	ready := make(chan string, 1)
	var stdout, stderr output
	m := &Main{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Ready: func(address string) { ready <- address }}
	ended := make(chan int, 1)
	go func() { ended <- m.Run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--dev"}) }()
	var address string
	select {
	case address = <-ready:
	case status := <-ended:
		t.Fatalf("ended with %d: %s", status, stderr.String())
	}
	host := strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/")
	reachable := strings.Replace(host, "pressbox.localhost", "127.0.0.1", 1)
	connection, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+reachable+"/api/events", http.Header{"Host": {host}})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{}, 100)
	go func() {
		for {
			if _, _, err := connection.ReadMessage(); err != nil {
				return
			}
			told <- struct{}{}
		}
	}()
	page := func() string {
		t.Helper()
		request, err := http.NewRequestWithContext(ctx, "GET", "http://"+reachable+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	first := page()
	// The watcher looks for the first time at some moment after the start: so
	// change a source until the page is told, and is as it should be.
	change := func(text string, right func(page string) bool) {
		t.Helper()
		for n := 0; ; n++ {
			write(t, "web/main.ts", []byte(text+strings.Repeat("\n", n)))
			select {
			case <-told:
				if right(page()) {
					return
				}
			case <-time.After(time.Second):
			case <-ctx.Done():
				t.Fatalf("%s: the page is %q", text, page())
			}
		}
	}
	change(`document.title = "second";`, func(page string) bool { return strings.Contains(page, "/assets/main-") && page != first })
	change(`document.title = ;`, func(page string) bool { return strings.Contains(page, "web/main.ts:1:17") })
	change(`document.title = "third";`, func(page string) bool { return strings.Contains(page, "/assets/main-") && page != first })
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("status = %d, want 0", status)
	}
}
