package phpwasm

// Static files, as RFC 9110 has them. Twin of wasmjs/static.ts.

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"pressbox/server"
	"pressbox/vfs"
)

// staticResponse answers with a file.
func staticResponse(tree *vfs.Tree, path string, r *server.Request) *server.Response {
	if r.Method != "GET" && r.Method != "HEAD" {
		response := errorResponse(405, "This address is a file: it can only be read.")
		response.Header = append(response.Header, server.Field{Name: "allow", Value: "GET, HEAD"})
		return response
	}
	stat, errno := tree.Stat(path)
	if errno != vfs.Success {
		return errorResponse(404, "There is nothing at this address.")
	}
	data, errno := tree.ReadFile(path)
	if errno != vfs.Success {
		return errorResponse(404, "There is nothing at this address.")
	}
	etag := `"` + strconv.FormatInt(stat.Mtim, 16) + "-" + strconv.FormatInt(int64(len(data)), 16) + `"`
	modified := time.Unix(0, stat.Mtim).UTC()
	response := &server.Response{Status: 200, Kind: server.KindStatic, Header: server.Header{
		{Name: "accept-ranges", Value: "bytes"},
		{Name: "cache-control", Value: "no-cache"}, // ask again, and get a 304
		{Name: "etag", Value: etag},
		{Name: "last-modified", Value: modified.Format(http.TimeFormat)},
	}}
	if notModified(r.Header, etag, modified) {
		response.Status = 304
		return response
	}
	response.Header = append(response.Header, server.Field{Name: "content-type", Value: mimeType(path)})
	start, end := 0, len(data)
	if span := r.Header.Value("range"); span != "" && r.Method == "GET" && rangeApplies(r.Header, etag) {
		var ok, satisfiable bool
		start, end, ok, satisfiable = parseRange(span, len(data))
		switch {
		case ok && !satisfiable:
			response := errorResponse(416, "This file is shorter than what was asked for.")
			response.Header = append(response.Header, server.Field{Name: "content-range", Value: "bytes */" + strconv.Itoa(len(data))})
			return response
		case ok:
			response.Status = 206
			response.Header = append(response.Header, server.Field{Name: "content-range",
				Value: "bytes " + strconv.Itoa(start) + "-" + strconv.Itoa(end-1) + "/" + strconv.Itoa(len(data))})
		default:
			start, end = 0, len(data)
		}
	}
	response.Header = append(response.Header, server.Field{Name: "content-length", Value: strconv.Itoa(end - start)})
	if r.Method == "GET" {
		response.Body = data[start:end:end]
	}
	return response
}

// notModified compares what the client has. A list of tags wins over a date.
func notModified(h server.Header, etag string, modified time.Time) bool {
	if list := h.Value("if-none-match"); list != "" {
		for _, tag := range strings.Split(list, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
		return false
	}
	if since, err := http.ParseTime(h.Value("if-modified-since")); err == nil {
		return !modified.Truncate(time.Second).After(since)
	}
	return false
}

// rangeApplies says whether a range may be cut from the file as it is now.
func rangeApplies(h server.Header, etag string) bool {
	condition := h.Value("if-range")
	return condition == "" || condition == etag
}

// parseRange reads one range of bytes. Several, or anything else, are not ok:
// the whole file is then the answer.
func parseRange(s string, size int) (start, end int, ok, satisfiable bool) {
	spec, found := strings.CutPrefix(s, "bytes=")
	first, last, dash := strings.Cut(strings.TrimSpace(spec), "-")
	if !found || !dash || !isDigits(first) || !isDigits(last) || first == "" && last == "" {
		return 0, 0, false, false
	}
	if first == "" {
		n := parseLength(last, size)
		return size - n, size, true, n > 0
	}
	start = parseLength(first, size)
	end = size
	if last != "" {
		// One more than the last byte's number.
		if end = parseLength(last, size); end < size {
			end++
		}
		if len(last) < 16 && len(first) < 16 {
			a, _ := strconv.Atoi(first)
			b, _ := strconv.Atoi(last)
			if a > b {
				return 0, 0, false, false
			}
		}
	}
	return start, end, true, start < size
}

// isDigits allows the empty string.
func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// parseLength is a number, at most size.
func parseLength(s string, size int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n > size { // the only error left is that it is too large
		return size
	}
	return n
}
