package wordpress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"pressbox/server"
	"pressbox/snapshots"
	"pressbox/vfs"
)

// What every demo has. The password is no secret: the page shows it.
const (
	Title         = "Pressbox demo"
	AdminUser     = "admin"
	AdminPassword = "password"
)

// installHost is the host under which a site is built. It must not be left in
// the finished one.
const installHost = "install.invalid"

// Options say what to build and from what.
type Options struct {
	// WordPress is a directory or a zip; empty: Debian's package.
	WordPress string
	// SQLite is the zip of the SQLite plugin; empty: npm's package.
	SQLite string
	// Downloads is the directory that keeps what was downloaded.
	Downloads string
	// Update looks for a newer WordPress even if the cache has one.
	Update bool
	// PHP is the digest of the php.wasm that Start runs.
	PHP string
	// Start makes a Runner for a tree.
	Start func(ctx context.Context, c StartConfig) (Runner, error)
	// Progress is told each step, in a line.
	Progress func(line string)
}

// StartConfig is what a Runner is to be made of. Equal clocks and seeds give
// equal sites.
type StartConfig struct {
	Tree *vfs.Tree
	Time time.Time // at which PHP's clock begins
	Seed uint32    // of PHP's random numbers
}

// Runner is a server.Runner that can be ended.
type Runner interface {
	server.Runner
	Close() error
}

// Site is a finished site.
type Site struct {
	Tree     *vfs.Tree // frozen
	Metadata snapshots.Metadata
}

// Build gets WordPress, installs it and returns the site. Steps that fail are
// a *StepError, unless ctx ended.
func Build(ctx context.Context, o Options) (*Site, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	wordpress, err := o.source(ctx)
	if err != nil {
		return nil, err
	}
	var plugin files
	if o.SQLite != "" {
		plugin, err = readSQLite(o.SQLite)
	} else {
		plugin, err = fetchSQLite(ctx, o.Downloads, o.Progress)
	}
	if err != nil {
		return nil, err
	}
	version := wordpress.version()
	if version == "" {
		return nil, &StepError{Step: "read WordPress", Err: errors.New(versionFile + " does not say which version it is")}
	}
	if needs := leastWordPress(plugin); older(version, needs) {
		return nil, &StepError{
			Step: "read WordPress",
			Err:  fmt.Errorf("it is version %s, and the SQLite plugin %s needs %s or newer", version, sqlitePluginVersion(plugin), needs),
			Hint: "Name a newer one: pressbox snapshot build --wordpress PATH",
		}
	}
	// The site was made the day after WordPress was.
	at := wordpress.files.newest().UTC().Truncate(24 * time.Hour).Add(33 * time.Hour)
	o.Progress(fmt.Sprintf("Site: WordPress %s, %d files, %.1f MB, and SQLite plugin %s", version, len(wordpress.files), float64(wordpress.files.size())/1e6, sqlitePluginVersion(plugin)))
	l, err := lay(wordpress, plugin, at)
	if err != nil {
		return nil, &StepError{Step: "lay out the site", Err: err}
	}
	theme, err := o.install(ctx, l, at)
	if err != nil {
		return nil, err
	}
	site := &Site{Tree: l.tree, Metadata: snapshots.Metadata{
		Admin:     snapshots.Admin{User: AdminUser, Password: AdminPassword},
		PHP:       o.PHP,
		Plugins:   l.plugins(sqlitePluginVersion(plugin)),
		Source:    wordpress.description,
		Theme:     theme,
		Title:     Title,
		WordPress: version,
	}}
	if err := o.check(ctx, site, at); err != nil {
		return nil, err
	}
	return site, nil
}

// source gets WordPress from where the options say.
func (o *Options) source(ctx context.Context) (*source, error) {
	if o.WordPress != "" {
		o.Progress("WordPress: reading " + o.WordPress)
		return readSource(o.WordPress)
	}
	d := &debian{etc: "/etc", directory: filepath.Join(o.Downloads, "debian-wordpress"), update: o.Update, progress: o.Progress}
	return d.fetch(ctx)
}

// install runs WordPress's installer and then our own script, and takes away
// what only they needed. It returns the theme that the site has.
func (o *Options) install(ctx context.Context, l *layout, at time.Time) (string, error) {
	started := time.Now()
	o.Progress("Site: starting PHP")
	runner, err := o.Start(ctx, StartConfig{Tree: l.tree, Time: at, Seed: 1})
	if err != nil {
		return "", &StepError{Step: "start PHP", Err: err}
	}
	defer runner.Close()
	b := &browser{runner: runner, host: installHost}

	o.Progress("Site: running WordPress's installer")
	form := url.Values{
		"weblog_title": {Title}, "user_name": {AdminUser}, "admin_email": {"admin@example.org"},
		"admin_password": {AdminPassword}, "admin_password2": {AdminPassword}, "pw_weak": {"on"},
		"blog_public": {"1"}, "language": {""}, "Submit": {"Install WordPress"},
	}
	page, err := b.post(ctx, "/wp-admin/install.php?step=2", form)
	if err == nil && !bytes.Contains(page.Body, []byte("wp-login.php")) {
		err = fmt.Errorf("it says: %s", textOf(page.Body))
	}
	if err != nil {
		return "", o.failed("run WordPress's installer", err, b)
	}
	var theme string
	for _, step := range []struct{ name, line string }{
		{"content", "Site: writing posts"},
		{"clean", "Site: cleaning up"},
		{"", "Site: opening the front page, so that what WordPress caches is in the snapshot"},
		{"finish", "Site: making the database small"},
	} {
		o.Progress(step.line)
		if step.name == "" {
			_, err = b.get(ctx, "/")
		} else {
			var answer buildAnswer
			if answer, err = b.build(ctx, step.name); answer.Theme != "" {
				theme = answer.Theme
			}
		}
		if err != nil {
			return "", o.failed("fill the site", err, b)
		}
	}
	if err := runner.Close(); err != nil {
		return "", &StepError{Step: "end PHP", Err: err}
	}
	if err := l.clean(); err != nil {
		return "", &StepError{Step: "clean the site", Err: err}
	}
	o.Progress(fmt.Sprintf("Site: installed in %.1f s", time.Since(started).Seconds()))
	return theme, nil
}

// failed makes a StepError that ends with what PHP wrote to its log.
func (o *Options) failed(step string, err error, b *browser) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if len(b.log) > 0 {
		err = fmt.Errorf("%w\nPHP's log ends with:\n  %s", err, strings.Join(b.log[max(0, len(b.log)-10):], "\n  "))
	}
	return &StepError{Step: step, Err: err}
}

// clean removes what the build left, freezes the tree, and makes sure that
// nothing of this build's circumstances is in the database.
func (l *layout) clean() error {
	if errno := l.tree.RemoveAll(driver); errno != vfs.Success {
		return fmt.Errorf("remove %s: %w", driver, errno)
	}
	// The runner's devices: each host makes its own.
	if errno := l.tree.RemoveAll("/dev"); errno != vfs.Success {
		return fmt.Errorf("remove /dev: %w", errno)
	}
	temporary, errno := l.tree.ReadDir("/tmp")
	if errno != vfs.Success {
		return fmt.Errorf("list /tmp: %w", errno)
	}
	for _, entry := range temporary {
		if errno := l.tree.RemoveAll("/tmp/" + entry.Name); errno != vfs.Success {
			return fmt.Errorf("remove /tmp/%s: %w", entry.Name, errno)
		}
	}
	database, errno := l.tree.ReadFile(content + "/database/.ht.sqlite")
	if errno != vfs.Success {
		return fmt.Errorf("the installer left no database: %w", errno)
	}
	if i := bytes.Index(database, []byte(installHost)); i >= 0 {
		around := database[max(0, i-60):min(len(database), i+60)]
		return fmt.Errorf("the database still names the host it was built under: %q", around)
	}
	l.tree.Freeze()
	return nil
}

// check opens the finished site as a visitor does, above the frozen tree.
func (o *Options) check(ctx context.Context, site *Site, at time.Time) error {
	o.Progress("Site: looking at it as a visitor does")
	at = at.Add(time.Hour)
	overlay := vfs.NewOverlay(site.Tree, vfs.Options{Now: at.UnixNano})
	runner, err := o.Start(ctx, StartConfig{Tree: overlay, Time: at, Seed: 2})
	if err != nil {
		return &StepError{Step: "start PHP", Err: err}
	}
	defer runner.Close()
	b := &browser{runner: runner, host: "demo.pressbox.localhost"}
	for path, want := range map[string]string{
		"/": Title, "/wp-login.php": "user_login", "/wp-json/wp/v2/posts": "\"link\":\"http:\\/\\/demo.pressbox.localhost\\/",
	} {
		page, err := b.get(ctx, path)
		if err == nil && !bytes.Contains(page.Body, []byte(want)) {
			err = fmt.Errorf("%s does not contain %q: %s", path, want, textOf(page.Body))
		}
		if err != nil {
			return o.failed("open the finished site", err, b)
		}
	}
	for _, line := range b.log {
		o.Progress("Site: PHP's log: " + line)
	}
	return nil
}

// browser makes requests of a site and keeps what PHP logged.
type browser struct {
	runner server.Runner
	host   string
	log    []string
}

func (b *browser) get(ctx context.Context, target string) (*server.Response, error) {
	return b.do(ctx, &server.Request{Method: "GET", URL: target, Host: b.host, Scheme: "http"})
}

func (b *browser) post(ctx context.Context, target string, form url.Values) (*server.Response, error) {
	return b.do(ctx, &server.Request{
		Method: "POST", URL: target, Host: b.host, Scheme: "http",
		Header: server.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}},
		Body:   []byte(form.Encode()),
	})
}

// buildAnswer is what build.php says.
type buildAnswer struct {
	OK           bool
	Error, Theme string
}

// build runs a step of build.php.
func (b *browser) build(ctx context.Context, step string) (buildAnswer, error) {
	var answer buildAnswer
	page, err := b.post(ctx, strings.TrimPrefix(driver, root)+"/build.php?step="+step, nil)
	switch {
	case err != nil:
		return answer, err
	case json.Unmarshal(page.Body, &answer) != nil:
		return answer, fmt.Errorf("step %s says: %s", step, textOf(page.Body))
	case !answer.OK:
		return answer, fmt.Errorf("step %s says: %s", step, answer.Error)
	}
	return answer, nil
}

func (b *browser) do(ctx context.Context, request *server.Request) (*server.Response, error) {
	response, err := b.runner.Run(ctx, request)
	if err != nil {
		return nil, err
	}
	b.log = append(b.log, response.Log...)
	if response.Status != 200 {
		return nil, fmt.Errorf("%s %s was answered with status %d: %s", request.Method, request.URL, response.Status, textOf(response.Body))
	}
	return response, nil
}

// textOf returns the beginning of a page's text, for a message.
func textOf(page []byte) string {
	s := regexp.MustCompile(`(?s)<(head|script|style)\b.*?</(head|script|style)>|<[^>]*>`).ReplaceAllString(string(page), " ")
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 400 {
		s = strings.ToValidUTF8(s[:400], "") + "…"
	}
	if s == "" {
		return "(nothing)"
	}
	return s
}
