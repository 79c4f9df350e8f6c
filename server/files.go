package server

import (
	"net/http"
	"strconv"
	"strings"
)

// The files that a tab runs WordPress from. Their addresses name their content
// by digest, so that a browser asks for each of them once.

func (s *Server) modulePath() string { return "/php/" + s.module.digest + ".wasm" }

func (s *Server) snapshotPath() string {
	return "/snapshots/" + s.config.Snapshot.Digest().String()
}

// handleModule serves php.wasm.
func (s *Server) handleModule(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("file") != s.module.digest+".wasm" {
		return errorf(CodeNotFound, "This is not the php.wasm that is served now: reload the page.")
	}
	s.module.serve(w, r, cacheForever)
	return nil
}

// handleManifest serves the manifest of the snapshot.
func (s *Server) handleManifest(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkSnapshot(r); err != nil {
		return err
	}
	s.manifest.serve(w, r, cacheForever)
	return nil
}

// handlePack serves a pack of the snapshot, whole or in ranges.
func (s *Server) handlePack(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkSnapshot(r); err != nil {
		return err
	}
	text := r.PathValue("number")
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || number >= len(s.packs) || strconv.Itoa(number) != text {
		return errorf(CodeNotFound, "The snapshot has the packs 0 to %d.", len(s.packs)-1)
	}
	s.packs[number].serve(w, r, cacheForever)
	return nil
}

func (s *Server) checkSnapshot(r *http.Request) error {
	if r.PathValue("digest") != s.config.Snapshot.Digest().String() {
		return errorf(CodeNotFound, "This is not the snapshot that is served now: reload the page.")
	}
	return nil
}

// start is what the page asks for first. Twin of Start in web/start.ts.
type start struct {
	Version    string        `json:"version"`
	Dev        bool          `json:"dev"`
	PageHost   string        `json:"pageHost"`
	SiteSuffix string        `json:"siteSuffix"`
	PHP        startModule   `json:"php"`
	Snapshot   startSnapshot `json:"snapshot"`
	Limits     startLimits   `json:"limits"`
}

type startModule struct {
	URL    string `json:"url"`
	Size   int    `json:"size"`
	Digest string `json:"digest"`
}

type startSnapshot struct {
	Digest      string   `json:"digest"`
	ManifestURL string   `json:"manifestUrl"`
	PackURLs    []string `json:"packUrls"`
	PackSizes   []int    `json:"packSizes"`
	Metadata    any      `json:"metadata"`
}

type startLimits struct {
	MaxSites int   `json:"maxSites"`
	MaxBody  int64 `json:"maxBody"`
}

// handleStart says where everything is.
func (s *Server) handleStart(w http.ResponseWriter, r *http.Request) error {
	o := s.originsOf(r)
	answer := start{
		Version:    s.config.Version,
		Dev:        s.config.Dev,
		PageHost:   o.pageHost + o.port,
		SiteSuffix: "." + o.pageHost + o.port,
		PHP:        startModule{URL: s.modulePath(), Size: len(s.module.body), Digest: s.module.digest},
		Snapshot: startSnapshot{
			Digest:      s.config.Snapshot.Digest().String(),
			ManifestURL: s.snapshotPath() + "/manifest",
			Metadata:    s.config.Snapshot.Manifest().Metadata,
		},
		Limits: startLimits{MaxSites: s.config.Limits.MaxSites, MaxBody: s.config.Limits.MaxBody},
	}
	for i, pack := range s.packs {
		answer.Snapshot.PackURLs = append(answer.Snapshot.PackURLs, s.snapshotPath()+"/pack/"+strconv.Itoa(i))
		answer.Snapshot.PackSizes = append(answer.Snapshot.PackSizes, len(pack.body))
	}
	return writeJSON(w, http.StatusOK, answer)
}

// siteOfPath cuts a site's root off a path of a snapshot.
func siteOfPath(path, root string) (below string, found bool) {
	if root = strings.Trim(root, "/"); root == "" {
		return path, true
	}
	return strings.CutPrefix(path, root+"/")
}
