package wordpress

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// aptSource is one archive that the machine's apt already uses, to be asked
// for another suite: its address and how its signature is checked, as the
// fields of a deb822 stanza.
type aptSource struct {
	uri     string
	options string // further fields, a line each, kept as they were
}

// aptSources reads the machine's own configuration (one-line and deb822) and
// returns the archives that serve Debian's release: those that have one of the
// suites in their main component. Archives without a key of their own, or with
// Debian's, come first.
func aptSources(etc string, suites []string) []aptSource {
	wanted := map[string]bool{}
	for _, suite := range suites {
		wanted[suite] = true
	}
	var found []aptSource
	add := func(uri, suite string, components []string, options string) {
		hasMain := false
		for _, component := range components {
			hasMain = hasMain || component == "main"
		}
		source := aptSource{uri: uri, options: options}
		for _, other := range found {
			hasMain = hasMain && other != source
		}
		if hasMain && wanted[strings.Trim(suite, "/")] {
			found = append(found, source)
		}
	}
	lists, _ := filepath.Glob(filepath.Join(etc, "sources.list.d", "*.list"))
	for _, name := range append([]string{filepath.Join(etc, "sources.list")}, lists...) {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if uri, suite, components, options, ok := oneLineSource(line); ok {
				add(uri, suite, components, options)
			}
		}
	}
	stanzas, _ := filepath.Glob(filepath.Join(etc, "sources.list.d", "*.sources"))
	for _, name := range stanzas {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for _, stanza := range deb822(string(text)) {
			if strings.EqualFold(stanza.value("enabled"), "no") || !contains(strings.Fields(stanza.value("types")), "deb") {
				continue
			}
			for _, uri := range strings.Fields(stanza.value("uris")) {
				for _, suite := range strings.Fields(stanza.value("suites")) {
					add(uri, suite, strings.Fields(stanza.value("components")), stanza.options())
				}
			}
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].foreign() < found[j].foreign() })
	return found
}

// foreign is 1 if the archive is signed by a key that is not Debian's.
func (s aptSource) foreign() int {
	options := strings.ToLower(s.options)
	if strings.Contains(options, "signed-by:") && !strings.Contains(options, "debian-archive") {
		return 1
	}
	return 0
}

// stanza returns the source as a deb822 stanza for a suite.
func (s aptSource) stanza(suite string) string {
	return fmt.Sprintf("Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n%s", s.uri, suite, s.options)
}

// oneLineSource reads a line such as
//
//	deb [signed-by=/usr/share/keyrings/a.gpg] mirror+file:/etc/mirrors suite main
func oneLineSource(line string) (uri, suite string, components []string, options string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb")
	if !ok || rest == "" || !strings.ContainsAny(rest[:1], " \t[") {
		return "", "", nil, "", false
	}
	rest = strings.TrimSpace(rest)
	if inner, ok := strings.CutPrefix(rest, "["); ok {
		inner, after, closed := strings.Cut(inner, "]")
		if !closed {
			return "", "", nil, "", false
		}
		rest = after
		for _, option := range strings.Fields(inner) {
			name, value, _ := strings.Cut(option, "=")
			// The one-line names are the deb822 names in lower case.
			if keptOption(name) {
				options += name + ": " + strings.ReplaceAll(value, ",", " ") + "\n"
			}
		}
	}
	fields := strings.Fields(rest)
	if len(fields) < 3 {
		return "", "", nil, "", false
	}
	return fields[0], fields[1], fields[2:], options, true
}

// keptOption reports whether an option says how an archive is trusted; what it
// says about architectures or languages is of no use to another suite.
func keptOption(name string) bool {
	switch strings.ToLower(name) {
	case "signed-by", "trusted", "check-valid-until", "check-date", "allow-insecure", "allow-weak":
		return true
	}
	return false
}

// field is one field of a deb822 stanza; text is how it was written.
type field struct{ name, text string }

type deb822Stanza []field

func (s deb822Stanza) value(name string) string {
	for _, field := range s {
		if strings.EqualFold(field.name, name) {
			_, value, _ := strings.Cut(field.text, ":")
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// options returns the fields that say how the archive is trusted, a whole key
// among them if it is written there.
func (s deb822Stanza) options() string {
	var b strings.Builder
	for _, field := range s {
		if keptOption(field.name) {
			b.WriteString(field.text)
		}
	}
	return b.String()
}

// deb822 splits a text into stanzas of fields.
func deb822(text string) []deb822Stanza {
	var stanzas []deb822Stanza
	var stanza deb822Stanza
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), " \t\r")
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			if len(stanza) > 0 {
				stanzas = append(stanzas, stanza)
			}
			stanza = nil
		case line[0] == ' ' || line[0] == '\t':
			if n := len(stanza); n > 0 {
				stanza[n-1].text += line + "\n"
			}
		default:
			name, _, _ := strings.Cut(line, ":")
			stanza = append(stanza, field{name: name, text: line + "\n"})
		}
	}
	if len(stanza) > 0 {
		stanzas = append(stanzas, stanza)
	}
	return stanzas
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// apt is apt with a state of its own: it never touches the machine's lists,
// pins, archives or installed packages. Signatures are checked as ever.
type apt struct {
	directory string // its sources, lists and configuration
	config    string
}

// newApt makes a state for one source and one suite in an empty directory.
func newApt(directory string, source aptSource, suite string) (*apt, error) {
	a := &apt{directory: directory, config: filepath.Join(directory, "apt.conf")}
	for _, name := range []string{"sources.list.d", "lists/partial", "cache/archives/partial", "empty"} {
		if err := os.MkdirAll(filepath.Join(directory, name), 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(directory, "sources.list.d", "pressbox.sources"), []byte(source.stanza(suite)), 0o644); err != nil {
		return nil, err
	}
	// A file given with -c is read after the machine's configuration, whose
	// proxies and certificates stay; only here can its hooks be taken back.
	config := fmt.Sprintf(`Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts %[1]q;
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts %[2]q;
Dir::State::lists %[3]q;
Dir::Cache %[4]q;
Dir::Cache::archives %[5]q;
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::DEP-11-icons;
#clear Acquire::IndexTargets::deb::DEP-11-icons-small;
#clear Acquire::IndexTargets::deb::DEP-11-icons-hidpi;
#clear Acquire::IndexTargets::deb::DEP-11-icons-large;
#clear Acquire::IndexTargets::deb::DEP-11-icons-large-hidpi;
#clear Acquire::IndexTargets::deb::CNF;
#clear Acquire::IndexTargets::deb::Contents-deb;
`, filepath.Join(directory, "sources.list.d"), filepath.Join(directory, "empty"), filepath.Join(directory, "lists"),
		filepath.Join(directory, "cache"), filepath.Join(directory, "cache", "archives"))
	return a, os.WriteFile(a.config, []byte(config), 0o644)
}

// run runs apt-get or apt-cache in a directory and returns what it printed.
func (a *apt) run(ctx context.Context, directory, tool string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, tool, append([]string{"-q", "-c", a.config}, args...)...)
	command.Dir = directory
	// Messages are read by our users, but fields are read by us.
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive")
	var out, messages bytes.Buffer
	command.Stdout, command.Stderr = &out, &messages
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		text := lastLines(messages.String(), 6)
		if text == "" {
			return "", fmt.Errorf("%s %s: %w", tool, strings.Join(args, " "), err)
		}
		return "", fmt.Errorf("%s %s: %s", tool, args[0], text)
	}
	return out.String(), nil
}

// update fetches the suite's index.
func (a *apt) update(ctx context.Context) error {
	// Without this a suite that does not exist is only a warning.
	_, err := a.run(ctx, a.directory, "apt-get", "update", "-o", "APT::Update::Error-Mode=any")
	return err
}

// show returns the fields of the newest version of a package.
func (a *apt) show(ctx context.Context, name string) (deb822Stanza, error) {
	out, err := a.run(ctx, a.directory, "apt-cache", "show", "--no-all-versions", name)
	if err != nil {
		return nil, err
	}
	stanzas := deb822(out)
	if len(stanzas) == 0 {
		return nil, errors.New("no package " + name)
	}
	return stanzas[0], nil
}

// download puts packages into a directory.
func (a *apt) download(ctx context.Context, directory string, names []string) error {
	_, err := a.run(ctx, directory, "apt-get", append([]string{"download"}, names...)...)
	return err
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
