package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// encodings are the copies of a content, the best for a browser first: zstd is
// both the fastest to make and the fastest to read.
var encodings = [...]struct {
	name, suffix string
	compress     func(io.Writer, []byte) error
	open         func(io.Reader) (io.Reader, func(), error)
}{
	{"zstd", ".zst", compressZstd, openZstd},
	{"br", ".br", compressBrotli, openBrotli},
	{"gzip", ".gz", compressGzip, openGzip},
}

const (
	zstdEncoding = iota
	brotliEncoding
	gzipEncoding
)

// copies are a content's compressed copies, each nil until it is made.
type copies [len(encodings)]atomic.Pointer[[]byte]

// best returns the first copy that is ready and that the client takes, and its
// encoding.
func (c *copies) best(accept []string) ([]byte, string) {
	if c == nil {
		return nil, ""
	}
	for i := range encodings {
		if copied := c[i].Load(); copied != nil && len(*copied) > 0 && acceptsEncoding(accept, encodings[i].name) {
			return *copied, encodings[i].name
		}
	}
	return nil, ""
}

// smallest is the size below which a copy is not worth its header.
const smallest = 512

// storedFrom is the size from which a copy is kept on disk for the next start.
const storedFrom = 256 << 10

// compressor makes compressed copies, one at a time and never inside a request:
// until a copy is there, clients get the content as it is.
type compressor struct {
	dir string // of the copies that outlive the program; empty: none do
	log func(format string, args ...any)
}

// make makes the copies of all contents in one encoding, or finds those of an
// earlier start. It returns early when ctx ends.
func (c *compressor) make(ctx context.Context, encoding int, contents []*content) {
	for _, content := range contents {
		if ctx.Err() != nil {
			return
		}
		if !compressible(content.contentType) || len(content.body) < smallest {
			continue
		}
		if content.copies[encoding].Load() != nil {
			continue
		}
		copied, err := c.copy(ctx, encoding, content)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			// Serving goes on without this copy.
			c.log("compress for %s: %v", encodings[encoding].name, err)
			continue
		}
		if len(copied) >= len(content.body) {
			copied = nil // remembered as made, and never chosen
		}
		content.copies[encoding].Store(&copied)
	}
}

func (c *compressor) copy(ctx context.Context, encoding int, content *content) ([]byte, error) {
	e := &encodings[encoding]
	stored := c.dir != "" && len(content.body) >= storedFrom
	path := filepath.Join(c.dir, content.digest+e.suffix)
	if stored {
		if copied := readCopy(path, encoding, content); copied != nil {
			return copied, nil
		}
	}
	var b bytes.Buffer
	if err := e.compress(&stoppable{ctx: ctx, w: &b}, content.body); err != nil {
		return nil, err
	}
	if stored {
		if err := writeCopy(path, b.Bytes()); err != nil {
			c.log("keep a compressed copy: %v", err) // the next start makes it anew
		}
	}
	return b.Bytes(), nil
}

// readCopy reads a copy of an earlier start, or returns nil if there is none
// that unpacks to the content: a damaged cache must not reach a browser, which
// could only say that the page does not load.
func readCopy(path string, encoding int, content *content) []byte {
	copied, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	reader, done, err := encodings[encoding].open(bytes.NewReader(copied))
	if err != nil {
		return nil
	}
	defer done()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(reader, int64(len(content.body))+1))
	if err != nil || n != int64(len(content.body)) || hex.EncodeToString(sum.Sum(nil)) != content.digest {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // at worst it is removed too early and made anew
	return copied
}

// writeCopy writes a file whole or not at all.
func writeCopy(path string, copied []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".copy-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // fails once the file has its real name
	if _, err = file.Write(copied); err == nil {
		err = file.Chmod(0o644)
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// keptFor is how long a copy is kept that no start has asked for.
const keptFor = 30 * 24 * time.Hour

// prune removes copies of what has not been served for long, so that a folder
// that is built into every day does not grow for ever. Reading a copy marks it
// as used.
func (c *compressor) prune(now time.Time) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return // there is no such folder, then
	}
	for _, entry := range entries {
		file, err := entry.Info()
		if err != nil || !file.Mode().IsRegular() || now.Sub(file.ModTime()) < keptFor {
			continue
		}
		if err := os.Remove(filepath.Join(c.dir, entry.Name())); err != nil {
			c.log("remove an old compressed copy: %v", err)
		}
	}
}

// stoppable is a Writer that fails when ctx ends, which ends the compression
// that writes to it.
type stoppable struct {
	ctx context.Context
	w   io.Writer
}

func (s *stoppable) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

func compressZstd(w io.Writer, body []byte) error {
	// Browsers refuse a window above 8 MiB.
	encoder, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return fmt.Errorf("start zstd: %w", err)
	}
	return writeAll(encoder, body)
}

func openZstd(r io.Reader) (io.Reader, func(), error) {
	decoder, err := zstd.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	return decoder, decoder.Close, nil
}

func compressBrotli(w io.Writer, body []byte) error {
	return writeAll(brotli.NewWriterLevel(w, brotliLevel), body)
}

func openBrotli(r io.Reader) (io.Reader, func(), error) {
	return brotli.NewReader(r), func() {}, nil
}

func compressGzip(w io.Writer, body []byte) error {
	return writeAll(gzip.NewWriter(w), body)
}

func openGzip(r io.Reader) (io.Reader, func(), error) {
	reader, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	return reader, func() {}, nil
}

// writeAll writes the body in pieces, so that a writer that fails is noticed
// soon, and closes.
func writeAll(w io.WriteCloser, body []byte) error {
	for len(body) > 0 {
		n := min(len(body), 1<<20)
		if _, err := w.Write(body[:n]); err != nil {
			return err
		}
		body = body[n:]
	}
	return w.Close()
}

// brotliLevel is below brotli's best, which takes minutes for these sizes and
// wins a tenth.
const brotliLevel = 6
