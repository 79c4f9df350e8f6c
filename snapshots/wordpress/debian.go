package wordpress

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// debianRoot is where Debian's package puts WordPress, and debianCertificates
// what its certificate bundle links to: a file that no package holds, because
// each machine makes its own.
const (
	debianRoot         = "usr/share/wordpress"
	debianCertificates = "etc/ssl/certs/ca-certificates.crt"
)

// notDebian is what a person on another system can do.
const notDebian = "Name a WordPress directory or an official WordPress zip instead: pressbox snapshot build --wordpress PATH"

// debian gets WordPress out of Debian's packages.
type debian struct {
	etc       string // the machine's configuration: /etc
	directory string // that keeps the packages
	update    bool   // look for a newer one even if directory has one
	progress  func(string)
}

// fetch returns WordPress with its theme and everything its links point to.
func (d *debian) fetch(ctx context.Context) (*source, error) {
	record := readDownload(d.directory)
	if record == nil || d.update {
		var err error
		if record, err = d.download(ctx); err != nil {
			return nil, err
		}
	} else {
		d.progress(fmt.Sprintf("WordPress: Debian's package %s is in the cache", record.Version))
	}
	return d.unpack(ctx, record)
}

// download fetches the packages of the newest suite that has them.
func (d *debian) download(ctx context.Context) (*download, error) {
	step := "get WordPress from Debian"
	release, err := os.ReadFile(filepath.Join(d.etc, "os-release"))
	if err != nil || osRelease(string(release), "ID") != "debian" {
		return nil, &StepError{Step: step, Err: errors.New("this machine is not Debian"), Hint: notDebian}
	}
	for _, tool := range []string{"apt-get", "apt-cache", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, &StepError{Step: step, Err: fmt.Errorf("the program %s is missing", tool), Hint: notDebian}
		}
	}
	codename := osRelease(string(release), "VERSION_CODENAME")
	sources := aptSources(filepath.Join(d.etc, "apt"), []string{codename, "sid", "unstable", "testing", "stable", "oldstable", "oldoldstable"})
	if len(sources) == 0 {
		return nil, &StepError{Step: step, Err: errors.New("the machine's apt knows no Debian archive"), Hint: notDebian}
	}
	suites := []string{"sid", "testing", "stable"}
	if codename != "" {
		suites = append(suites, codename)
	}
	var failures []error
	for _, suite := range suites {
		for _, source := range sources {
			record, err := d.downloadFrom(ctx, source, suite)
			if err == nil {
				return record, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			d.progress(fmt.Sprintf("WordPress: Debian %s does not give it: %s", suite, lastLines(err.Error(), 1)))
			failures = append(failures, fmt.Errorf("Debian %s: %w", suite, err))
		}
	}
	hint := cacheHint(d.directory) + "\nRun the same command again when the network is there. " + notDebian
	if d.update && readDownload(d.directory) != nil {
		hint = "The cache has a WordPress: run the command without --update to use it."
	}
	return nil, &StepError{Step: step, Err: errors.Join(failures...), Hint: hint}
}

// downloadFrom fetches the packages from one archive's suite.
func (d *debian) downloadFrom(ctx context.Context, source aptSource, suite string) (*download, error) {
	state, err := os.MkdirTemp("", "pressbox-apt-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(state)
	a, err := newApt(state, source, suite)
	if err != nil {
		return nil, err
	}
	d.progress("WordPress: reading the index of Debian " + suite)
	if err := a.update(ctx); err != nil {
		return nil, err
	}
	wordpress, err := a.show(ctx, "wordpress")
	if err != nil {
		return nil, err
	}
	version := wordpress.value("version")
	working, err := workingDirectory(d.directory)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(working) // does nothing once it has its real name

	fetched := map[string]bool{}
	names := append([]string{"wordpress"}, neededBy(wordpress)...)
	for range 3 {
		var missing []string
		for _, name := range names {
			if !fetched[name] {
				fetched[name] = true
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			break
		}
		d.progress(fmt.Sprintf("WordPress: downloading %s (Debian %s: %s)", version, suite, strings.Join(missing, " ")))
		if err := a.download(ctx, working, missing); err != nil {
			return nil, err
		}
		all, err := unpackAll(ctx, working)
		if err != nil {
			return nil, err
		}
		_, dangling, err := all.resolve(debianRoot)
		if err != nil {
			return nil, err
		}
		if len(dangling) == 0 {
			break
		}
		// What a link points to is in a package that those fetched depend on.
		names = nil
		for _, name := range missing {
			stanza, err := a.show(ctx, name)
			if err != nil {
				return nil, err
			}
			names = append(names, neededBy(stanza)...)
		}
	}
	files, err := filepath.Glob(filepath.Join(working, "*.deb"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	record := &download{Version: version, From: "Debian " + suite}
	return record, record.finish(working, d.directory, files)
}

// neededBy returns the packages that a package needs and that hold files for
// WordPress itself: themes, PHP and JavaScript libraries, certificates. The
// web server, PHP and the database that it also depends on are not for us.
func neededBy(stanza deb822Stanza) []string {
	var names []string
	for _, dependency := range strings.Split(stanza.value("depends")+","+stanza.value("recommends"), ",") {
		for _, alternative := range strings.Split(dependency, "|") {
			fields := strings.Fields(alternative)
			if len(fields) == 0 {
				continue
			}
			name, _, _ := strings.Cut(fields[0], ":")
			for _, prefix := range []string{"wordpress-theme-", "libjs-", "libphp-", "php-getid3", "ca-certificates", "fonts-"} {
				if strings.HasPrefix(name, prefix) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// unpack reads the packages in a directory.
func (d *debian) unpack(ctx context.Context, record *download) (*source, error) {
	d.progress("WordPress: unpacking Debian's package " + record.Version)
	step := "unpack WordPress"
	hint := "Remove " + d.directory + " to have it fetched again."
	all, err := unpackAll(ctx, d.directory)
	if err != nil {
		return nil, &StepError{Step: step, Err: err, Hint: hint}
	}
	found, dangling, err := all.resolve(debianRoot)
	if err != nil {
		return nil, &StepError{Step: step, Err: err, Hint: hint}
	}
	for _, link := range dangling {
		// Debian's .htaccess is for the machine's own web server.
		if link != debianRoot+"/.htaccess" {
			d.progress("WordPress: a link leads to no package's file and is left out: " + strings.TrimPrefix(link, debianRoot+"/"))
		}
	}
	delete(found, ".htaccess")
	return &source{files: found, description: record.From + ", package wordpress " + record.Version}, nil
}

// unpackAll reads all packages in a directory into one tree.
func unpackAll(ctx context.Context, directory string) (files, error) {
	packages, err := filepath.Glob(filepath.Join(directory, "*.deb"))
	if err != nil {
		return nil, err
	}
	sort.Strings(packages)
	all := files{}
	var size int64
	for _, name := range packages {
		if err := unpackDeb(ctx, name, all, &size); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	addCertificates(all)
	return all, nil
}

// addCertificates makes the bundle that update-ca-certificates makes on an
// installed system, of all authorities that Debian ships.
func addCertificates(all files) {
	var bundle bytes.Buffer
	var mtim time.Time
	for _, p := range all.paths() {
		if strings.HasPrefix(p, "usr/share/ca-certificates/") && strings.HasSuffix(p, ".crt") {
			bundle.Write(all[p].data)
			if !bytes.HasSuffix(all[p].data, []byte("\n")) {
				bundle.WriteByte('\n')
			}
			if all[p].mtim.After(mtim) {
				mtim = all[p].mtim
			}
		}
	}
	if bundle.Len() > 0 {
		all[debianCertificates] = file{data: bundle.Bytes(), mtim: mtim}
	}
}

// unpackDeb adds one package's files. The archive is read as it comes out of
// dpkg-deb: nothing is written to disk.
func unpackDeb(ctx context.Context, name string, all files, size *int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends dpkg-deb if the reading below stops early
	command := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", name)
	var messages bytes.Buffer
	command.Stderr = &messages
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	if err := readTar(out, all, size, siteLimits()); err != nil {
		cancel()
		_ = command.Wait() // killed: the reading's error is the one that counts
		return err
	}
	// What follows the end of an archive is padding.
	if _, err := io.Copy(io.Discard, out); err != nil {
		return err
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, lastLines(messages.String(), 3))
	}
	return nil
}

func readTar(r io.Reader, all files, size *int64, most limits) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path.Clean("/"+header.Name), "/")
		switch header.Typeflag {
		case tar.TypeReg:
			if *size += header.Size; *size > most.size || len(all) >= most.files {
				return errors.New("the package is larger than any WordPress")
			}
			data, err := io.ReadAll(io.LimitReader(archive, header.Size))
			if err != nil {
				return err
			}
			all[name] = file{data: data, mtim: header.ModTime}
		case tar.TypeSymlink:
			all[name] = file{link: header.Linkname, mtim: header.ModTime}
		case tar.TypeLink:
			all[name] = all[strings.TrimPrefix(path.Clean("/"+header.Linkname), "/")]
		}
	}
}

// osRelease returns a value of os-release(5).
func osRelease(text, name string) string {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == name {
			return strings.Trim(value, `"'`)
		}
	}
	return ""
}
