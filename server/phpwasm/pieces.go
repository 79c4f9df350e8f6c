package phpwasm

// An answer that goes out in pieces, while its script still runs. Twin of
// wasmjs/pieces.ts.

import "pressbox/server"

// pieces makes Responses of what a script flushes.
type pieces struct {
	request *server.Request
	head    *server.Response // once the script has written it
	before  []byte           // flushed before the head was complete
}

func newPieces(r *server.Request) *pieces { return &pieces{request: r} }

// push is what Handle gets: nil where nobody waits for pieces, or the answer is
// a head alone.
func (p *pieces) push() func(piece []byte) error {
	if p.request.Early == nil || p.request.Method == "HEAD" {
		return nil
	}
	return p.take
}

func (p *pieces) take(piece []byte) error {
	if p.head == nil {
		p.before = append(p.before, piece...)
		head, ok := cgiResponse(p.before, p.request.Method)
		if !ok {
			return nil
		}
		// Its length is only known at its end.
		kept := head.Header[:0]
		for _, field := range head.Header {
			if field.Name != "content-length" {
				kept = append(kept, field)
			}
		}
		head.Header = kept
		p.head, piece, p.before = head, head.Body, nil
	}
	if p.head.Status == 204 || p.head.Status == 304 {
		return nil
	}
	return p.request.Early(&server.Response{Status: p.head.Status, Header: p.head.Header, Body: piece, Kind: server.KindPHP})
}

// end is what is left of an answer when its script has ended: the end of one that
// has begun to go out, or the whole.
func (p *pieces) end(result Result) *server.Response {
	if p.head == nil {
		result.Stdout = append(p.before, result.Stdout...)
		return phpResponse(result, p.request.Method)
	}
	r := &server.Response{Status: p.head.Status, Header: p.head.Header, Kind: server.KindPHP}
	if r.Status != 204 && r.Status != 304 {
		r.Body = result.Stdout
	}
	return r
}
