package wordpress

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The npm package that carries WordPress's SQLite integration plugin as a zip.
// Version and digest are pinned together: another plugin is another site.
const (
	sqlitePackage = "@wp-playground/cli"
	sqliteVersion = "3.1.56"
	sqliteMember  = "package/sqlite-database-integration.zip"
	sqliteSHA256  = "519abfab608e6b70e88d8731192eae51da3eadf3981ee2be043f0b01c214a9ee"
	sqliteZip     = "sqlite-database-integration.zip"
)

// sqliteHint says how to go on without npm.
const sqliteHint = "Give the plugin's zip yourself: pressbox snapshot build --sqlite PATH"

// fetchSQLite returns the plugin's files, from the cache if they are there.
func fetchSQLite(ctx context.Context, cache string, progress func(string)) (files, error) {
	directory := filepath.Join(cache, "sqlite-plugin-"+sqliteVersion)
	if record := readDownload(directory); record == nil {
		progress(fmt.Sprintf("SQLite plugin: downloading npm package %s %s", sqlitePackage, sqliteVersion))
		if err := downloadSQLite(ctx, directory); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &StepError{Step: "get the SQLite plugin from npm", Err: err, Hint: cacheHint(directory) + "\nRun the same command again when the network is there. " + sqliteHint}
		}
	} else {
		progress("SQLite plugin: in the cache")
	}
	return readSQLite(filepath.Join(directory, sqliteZip))
}

// readSQLite reads the plugin's zip and returns the files of the plugin.
func readSQLite(name string) (files, error) {
	b, err := os.ReadFile(name)
	var found files
	if err == nil {
		found, err = readZip(b, siteLimits())
	}
	if err == nil {
		for _, p := range found.paths() {
			if root, ok := strings.CutSuffix(p, "wp-includes/sqlite/db.php"); ok {
				if root != "" {
					found = found.sub(root)
				}
				return found, nil
			}
		}
		err = errors.New("this zip does not hold the SQLite Database Integration plugin")
	}
	return nil, &StepError{Step: "read the SQLite plugin from " + name, Err: err, Hint: sqliteHint}
}

// sqlitePluginVersion returns the plugin's own version.
func sqlitePluginVersion(plugin files) string {
	match := regexp.MustCompile(`(?m)^ \* Version:\s*(\S{1,40})`).FindSubmatch(plugin["load.php"].data)
	if match == nil {
		return "unknown"
	}
	return string(match[1])
}

// leastWordPress returns the oldest WordPress that the plugin works with, as
// its readme says, or "".
func leastWordPress(plugin files) string {
	match := regexp.MustCompile(`(?m)^Requires at least:\s*([0-9.]{1,20})\s*$`).FindSubmatch(plugin["readme.txt"].data)
	if match == nil {
		return ""
	}
	return string(match[1])
}

// older reports whether version a is older than b: numbers between dots, and
// whatever follows them does not count.
func older(a, b string) bool {
	numbers := regexp.MustCompile(`\d+`)
	release := func(s string) []string {
		return numbers.FindAllString(regexp.MustCompile(`^[0-9.]*`).FindString(s), -1)
	}
	left, right := release(a), release(b)
	for i, text := range right {
		least, _ := strconv.Atoi(text) // digits; too many of them are no version
		have := 0
		if i < len(left) {
			have, _ = strconv.Atoi(left[i])
		}
		if have != least {
			return have < least
		}
	}
	return false
}

// downloadSQLite fetches the npm package and keeps the one file of it.
func downloadSQLite(ctx context.Context, directory string) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("the program npm is missing")
	}
	working, err := workingDirectory(directory)
	if err != nil {
		return err
	}
	defer os.RemoveAll(working) // does nothing once it has its real name
	command := exec.CommandContext(ctx, "npm", "pack", "--silent", "--ignore-scripts", sqlitePackage+"@"+sqliteVersion)
	command.Dir = working
	var messages bytes.Buffer
	command.Stderr = &messages
	if err := command.Run(); err != nil {
		return fmt.Errorf("npm pack: %w\n%s", err, lastLines(messages.String(), 4))
	}
	packages, err := filepath.Glob(filepath.Join(working, "*.tgz"))
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("npm pack left %d packages, not one", len(packages))
	}
	b, err := memberOf(packages[0], sqliteMember)
	if err != nil {
		return err
	}
	if err := os.Remove(packages[0]); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(working, sqliteZip), b, 0o644); err != nil {
		return err
	}
	if sum, err := sumOf(filepath.Join(working, sqliteZip)); err != nil || sum != sqliteSHA256 {
		return errors.Join(err, fmt.Errorf("the plugin in %s %s is not the one that was expected (its SHA-256 is %s)", sqlitePackage, sqliteVersion, sum))
	}
	record := &download{Version: sqliteVersion, From: "npm " + sqlitePackage}
	return record.finish(working, directory, []string{sqliteZip})
}

// memberOf reads one file out of a gzipped tar.
func memberOf(name, member string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	archive := tar.NewReader(io.LimitReader(unzipped, siteLimits().size))
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("%s is not in it", member)
		}
		if err != nil {
			return nil, err
		}
		if header.Name == member && header.Typeflag == tar.TypeReg {
			return io.ReadAll(archive)
		}
	}
}
