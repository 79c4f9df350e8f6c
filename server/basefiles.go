package server

import (
	"net/http"
	"sync"

	"github.com/klauspost/compress/zstd"

	"pressbox/snapshots"
	"pressbox/vfs"
)

// baseFiles are the files of the snapshot that a browser may have as they are,
// by their path below a site's root. Each is made ready when it is first asked
// for, with a compressed copy if that is worth it: most never are.
type baseFiles map[string]func() *content

func newBaseFiles(snapshot *snapshots.Snapshot, root string) baseFiles {
	files := make(baseFiles)
	manifest := snapshot.Manifest()
	for i := range manifest.Entries {
		entry := &manifest.Entries[i]
		below, found := siteOfPath(entry.Path, root)
		if !found || entry.Kind != vfs.RegularFile || !public(below) {
			continue
		}
		files["/"+below] = sync.OnceValue(func() *content {
			stored := &manifest.Contents[entry.Content]
			file := &content{contentType: contentTypeOf(entry.Path), digest: stored.Digest.String(), body: snapshot.Content(stored)}
			if compressible(file.contentType) && len(file.body) >= smallest {
				if copied := quickCopy(file.body); len(copied) < len(file.body) {
					file.copies = new(copies)
					file.copies[zstdEncoding].Store(&copied)
				}
			}
			return file
		})
	}
	return files
}

// quickCopy compresses while a request waits, so it takes a level that costs a
// few milliseconds for the largest of a site's scripts.
func quickCopy(body []byte) []byte {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return body // no option that is set here can be wrong; as it is, then
	}
	defer encoder.Close()
	return encoder.EncodeAll(body, make([]byte, 0, len(body)/2))
}

// handleBaseFile serves a file of the snapshot to a site in a tab whose visitor
// has not changed it: the site's worker says so, and the service worker fetches
// it here, where it waits for no PHP. The address holds the snapshot's digest,
// so a browser asks once.
func (s *Server) handleBaseFile(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkSnapshot(r); err != nil {
		return err
	}
	file := s.base["/"+r.PathValue("path")]
	if file == nil {
		return &Error{Code: CodeNotFound, Sentence: "The snapshot has no such file."}
	}
	file().serve(w, r, cacheForever)
	return nil
}
