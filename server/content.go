package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// content is bytes that never change, with their compressed copies.
type content struct {
	contentType string
	digest      string // SHA-256 in hexadecimal
	body        []byte
	// copies is nil for what compression does not make smaller.
	copies *copies
}

func newContent(contentType string, body []byte) *content {
	digest := sha256.Sum256(body)
	return &content{contentType: contentType, digest: hex.EncodeToString(digest[:]), body: body}
}

// serve answers with the content: with the smallest copy that the client takes
// and that is ready, or as it is. A range is always of the bytes as they are.
func (c *content) serve(w http.ResponseWriter, r *http.Request, cache string) {
	header := w.Header()
	header.Set("Content-Type", c.contentType)
	header.Set("Cache-Control", cache)
	if c.copies != nil {
		header.Set("Vary", "Accept-Encoding")
	}
	// The strong tag is the identity's; a copy's says which it is, because a
	// range of the one must not be joined to a range of the other.
	tag := `"` + c.digest + `"`
	body, encoding := c.body, ""
	if r.Header.Get("Range") == "" {
		if copied, name := c.copies.best(r.Header.Values("Accept-Encoding")); copied != nil {
			body, encoding = copied, name
			tag = `"` + c.digest + "-" + name + `"`
		}
	}
	header.Set("Etag", tag)
	if encoding == "" {
		// It knows ranges and conditions; a time of zero keeps it from
		// saying when a content that never changes was last changed.
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		return
	}
	if tagMatches(r.Header.Get("If-None-Match"), c.digest) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Encoding", encoding)
	header.Set("Accept-Ranges", "bytes")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone
	}
}

// tagMatches reports whether an If-None-Match header names the digest, with
// whichever encoding: the client has the content.
func tagMatches(header, digest string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || strings.HasPrefix(tag, `"`+digest) {
			return true
		}
	}
	return false
}

// acceptsEncoding reports whether Accept-Encoding headers allow an encoding.
func acceptsEncoding(headers []string, name string) bool {
	star := false
	for _, header := range headers {
		for part := range strings.SplitSeq(header, ",") {
			coding, parameters, _ := strings.Cut(part, ";")
			allowed := true
			if weight, found := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q="); found {
				q, err := strconv.ParseFloat(weight, 64)
				allowed = err == nil && q > 0
			}
			switch coding = strings.TrimSpace(coding); {
			case strings.EqualFold(coding, name):
				return allowed
			case coding == "*":
				star = allowed
			}
		}
	}
	return star
}

// contentTypes are those of the files that this package serves by name.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".gif":   "image/gif",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".jpeg":  "image/jpeg",
	".jpg":   "image/jpeg",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".map":   "application/json",
	".mjs":   "text/javascript; charset=utf-8",
	".mp3":   "audio/mpeg",
	".mp4":   "video/mp4",
	".pdf":   "application/pdf",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".ttf":   "font/ttf",
	".txt":   "text/plain; charset=utf-8",
	".wasm":  "application/wasm",
	".webp":  "image/webp",
	".avif":  "image/avif",
	".woff":  "font/woff",
	".woff2": "font/woff2",
	".xml":   "text/xml; charset=utf-8",
}

func contentTypeOf(path string) string {
	dot := strings.LastIndexByte(path, '.')
	if dot > strings.LastIndexByte(path, '/') {
		if contentType := contentTypes[strings.ToLower(path[dot:])]; contentType != "" {
			return contentType
		}
	}
	return "application/octet-stream"
}

// compressible reports whether a copy could be much smaller.
func compressible(contentType string) bool {
	for _, prefix := range []string{"text/", "application/json", "application/wasm", "image/svg", "application/vnd.pressbox"} {
		if strings.HasPrefix(contentType, prefix) {
			return true
		}
	}
	return false
}
