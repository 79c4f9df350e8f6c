package server

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// The events that pages hear over the WebSocket. Twins of those in web/.
type (
	runEvent struct {
		Type   string  `json:"type"` // "run"
		Site   string  `json:"site"`
		Method string  `json:"method"`
		URL    string  `json:"url"`
		Status int     `json:"status"`
		Kind   Kind    `json:"kind"`
		MS     float64 `json:"ms"`     // how long the run took, in milliseconds
		Memory uint64  `json:"memory"` // of the guest, in bytes
	}
	logEvent struct {
		Type  string   `json:"type"` // "log"
		Site  string   `json:"site"`
		Lines []string `json:"lines"`
	}
	reloadEvent struct {
		Type string `json:"type"` // "reload"
	}
)

// The bounds of what is kept for a page that does not read, and of one event.
const (
	maxPages      = 64
	maxBehind     = 256
	maxLogLines   = 200
	maxLogLineLen = 4 << 10
)

// hub sends events to every page that is open. A page that does not keep up is
// dropped: it connects again and goes on from there.
type hub struct {
	pingEvery, deadAfter, writeWithin time.Duration

	mu     sync.Mutex
	pages  map[*listener]struct{}
	closed bool
	ending sync.WaitGroup
}

// listener is one page.
type listener struct {
	connection *websocket.Conn
	events     chan []byte // closed by the hub, to drop the page
}

func newHub() *hub {
	return &hub{
		pingEvery:   30 * time.Second,
		deadAfter:   75 * time.Second,
		writeWithin: 10 * time.Second,
		pages:       make(map[*listener]struct{}),
	}
}

// handleEvents upgrades to a WebSocket and sends events until the page is gone.
func (s *Server) handleEvents(w http.ResponseWriter, r *http.Request) error {
	// A WebSocket is not bound by the same-origin policy: without this a site
	// could listen to what another site does.
	if err := checkOrigin(r, s.originsOf(r)); err != nil {
		return err
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return errorf(CodeInvalid, "This address speaks WebSocket only.")
	}
	if !s.hub.hasRoom() {
		return errorf(CodeLimit, "%d pages are open, and no more may listen. Close one and reload.", maxPages)
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		ReadBufferSize:   1 << 10,
		WriteBufferSize:  4 << 10,
		CheckOrigin:      func(*http.Request) bool { return true }, // done above
		Error:            func(http.ResponseWriter, *http.Request, int, error) {},
	}
	connection, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return errorf(CodeInvalid, "The WebSocket's handshake has a mistake.")
	}
	s.hub.serve(connection)
	return nil
}

func (h *hub) hasRoom() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.closed && len(h.pages) < maxPages
}

// serve sends events over a connection until either side ends it.
func (h *hub) serve(connection *websocket.Conn) {
	defer connection.Close()
	l := &listener{connection: connection, events: make(chan []byte, maxBehind)}
	h.mu.Lock()
	if h.closed || len(h.pages) >= maxPages {
		h.mu.Unlock()
		return
	}
	h.pages[l] = struct{}{}
	h.ending.Add(2)
	h.mu.Unlock()

	go func() {
		defer h.ending.Done()
		h.write(l)
		connection.Close() // ends the reading, too
	}()
	defer h.ending.Done()
	h.read(l)
	h.drop(l)
}

// read waits for the end: a page has nothing to say, but its pongs show that it
// is there.
func (h *hub) read(l *listener) {
	l.connection.SetReadLimit(512)
	alive := func(string) error { return l.connection.SetReadDeadline(time.Now().Add(h.deadAfter)) }
	l.connection.SetPongHandler(alive)
	if alive("") != nil {
		return
	}
	for {
		if _, _, err := l.connection.NextReader(); err != nil {
			return
		}
	}
}

func (h *hub) write(l *listener) {
	ping := time.NewTicker(h.pingEvery)
	defer ping.Stop()
	for {
		var err error
		select {
		case message, more := <-l.events:
			within := time.Now().Add(h.writeWithin)
			if !more {
				// Best effort: the connection ends either way.
				_ = l.connection.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), within)
				return
			}
			if err = l.connection.SetWriteDeadline(within); err == nil {
				err = l.connection.WriteMessage(websocket.TextMessage, message)
			}
		case <-ping.C:
			err = l.connection.WriteControl(websocket.PingMessage, nil, time.Now().Add(h.writeWithin))
		}
		if err != nil {
			return
		}
	}
}

func (h *hub) drop(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.pages[l]; there {
		delete(h.pages, l)
		close(l.events)
	}
}

// send queues an event for every page. It never waits.
func (h *hub) send(event any) {
	message, err := json.Marshal(event)
	if err != nil {
		panic(err) // strings and numbers
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.pages {
		select {
		case l.events <- message:
		default:
			delete(h.pages, l)
			close(l.events)
			l.connection.Close() // a write to it may be stuck
		}
	}
}

// sendRun tells what a site of the server lane did.
func (h *hub) sendRun(site string, request *Request, response *Response) {
	h.send(runEvent{
		Type: "run", Site: site, Method: request.Method, URL: request.URL, Status: response.Status,
		Kind: response.Kind, MS: float64(response.Duration.Microseconds()) / 1000, Memory: response.MemoryBytes,
	})
	if len(response.Log) > 0 {
		h.send(logEvent{Type: "log", Site: site, Lines: boundLines(response.Log)})
	}
}

// boundLines keeps the log of one run from filling a page: a script in a loop
// writes megabytes.
func boundLines(lines []string) []string {
	kept := make([]string, 0, min(len(lines), maxLogLines+1))
	for i, line := range lines {
		if i == maxLogLines {
			return append(kept, "… and more lines than are shown here.")
		}
		if len(line) > maxLogLineLen {
			cut := maxLogLineLen
			for cut > 0 && !utf8.RuneStart(line[cut]) {
				cut--
			}
			line = line[:cut] + "…"
		}
		kept = append(kept, line)
	}
	return kept
}

// close drops every page and waits until their connections have ended.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	for l := range h.pages {
		delete(h.pages, l)
		close(l.events)
		// Time for a farewell, and no more: a write may be stuck.
		_ = l.connection.NetConn().SetWriteDeadline(time.Now().Add(time.Second))
	}
	h.mu.Unlock()
	h.ending.Wait()
}
