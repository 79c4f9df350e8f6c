package wordpress

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// cachedFile is a download and what it must contain.
type cachedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// download is the record of something that was fetched whole: it is written
// last, so what it lists is there and complete.
type download struct {
	Version string       `json:"version"`
	From    string       `json:"from"`
	Files   []cachedFile `json:"files"`
}

// readDownload returns the record in a directory, or nil if the download is
// missing, incomplete or damaged: then it is fetched again.
func readDownload(directory string) *download {
	b, err := os.ReadFile(filepath.Join(directory, "download.json"))
	if err != nil {
		return nil
	}
	var d download
	if json.Unmarshal(b, &d) != nil || len(d.Files) == 0 {
		return nil
	}
	for _, file := range d.Files {
		if filepath.Base(file.Name) != file.Name {
			return nil
		}
		if sum, err := sumOf(filepath.Join(directory, file.Name)); err != nil || sum != file.SHA256 {
			return nil
		}
	}
	return &d
}

// finish records names, which lie in a working directory, and puts that in the
// place of directory.
func (d *download) finish(working, directory string, names []string) error {
	for _, name := range names {
		sum, err := sumOf(filepath.Join(working, name))
		if err != nil {
			return err
		}
		d.Files = append(d.Files, cachedFile{Name: name, SHA256: sum})
	}
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(working, "download.json"), append(b, '\n'), 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(directory); err != nil {
		return err
	}
	return os.Rename(working, directory)
}

// workingDirectory makes an empty directory beside the one that a download will
// fill. Whatever a killed build left there goes.
func workingDirectory(directory string) (string, error) {
	working := directory + ".part"
	if err := os.RemoveAll(working); err != nil {
		return "", err
	}
	return working, os.MkdirAll(working, 0o755)
}

func sumOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// cacheHint says what a person without a network still has.
func cacheHint(directory string) string {
	if _, err := os.Stat(directory); errors.Is(err, os.ErrNotExist) {
		return fmt.Sprintf("Nothing of this is in the cache yet (%s).", directory)
	}
	return fmt.Sprintf("What was fetched before stays in %s.", directory)
}
