package main

// One test on one engine.

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// outcome is how a test ended.
type outcome struct {
	Kind string // passed, failed or skipped
	Note string // why it was skipped, or the beginning of what it printed
}

const (
	passed  = "passed"
	failed  = "failed"
	skipped = "skipped"
)

// baseSettings are what PHP's own runner sets, and what php.wasm sets for
// another reason than a native PHP's absence of it.
var baseSettings = []string{
	"output_handler=", "open_basedir=", "disable_functions=", "output_buffering=Off", "error_reporting=32767",
	"display_errors=1", "display_startup_errors=1", "log_errors=0", "html_errors=0", "report_memleaks=1",
	"docref_root=", "docref_ext=.html", "error_prepend_string=", "error_append_string=", "auto_prepend_file=",
	"auto_append_file=", "ignore_repeated_errors=0", "precision=14", "serialize_precision=-1", "memory_limit=128M",
	"opcache.file_update_protection=0", "opcache.revalidate_freq=0", "zend.assertions=1", "zend.exception_ignore_args=0",
	"zend.exception_string_param_max_len=15", "short_open_tag=0", "date.timezone=UTC",
	// Where the engines' defaults differ: PHP's own.
	"session.save_path=", "sys_temp_dir=", "variables_order=EGPCS", "upload_max_filesize=2M", "post_max_size=8M", "max_file_uploads=20",
}

// baseEnvironment is what every script has; PHP's runner sets these for the command line, too.
func baseEnvironment(t *phpt) []string {
	return []string{
		"REDIRECT_STATUS=1", "QUERY_STRING=", "REQUEST_METHOD=GET", "CONTENT_TYPE=", "CONTENT_LENGTH=", "TZ=",
		"SKIP_ONLINE_TESTS=1", "SKIP_SLOW_TESTS=1", "NO_INTERACTION=1", "SKIP_PERF_SENSITIVE=1",
	}
}

var skipLine = regexp.MustCompile(`(?i)^\s*(skip|xfail|flaky|warn|info|nocache)\s*:?\s*(.*)`)

// try runs a test. extensions are those that the engine has, in lower case.
func try(ctx context.Context, e engine, t *phpt, want *expectation, extensions map[string]bool) (outcome, error) {
	for _, name := range strings.Fields(strings.ToLower(t.sections["EXTENSIONS"])) {
		if !extensions[name] {
			return outcome{skipped, "no extension " + name}, nil
		}
	}
	if err := e.begin(t); err != nil {
		return outcome{}, err
	}
	defer e.end()
	settings := append(append([]string{}, baseSettings...), t.settings(path.Dir(e.place(t.path)), e.temporary())...)
	environment := append(baseEnvironment(t), t.environment()...)

	helper := func(section, ending string) (string, error) {
		name := t.script(ending)
		if err := e.write(name, []byte(t.sections[section])); err != nil {
			return "", err
		}
		r, err := e.run(ctx, &run{script: name, settings: settings, environment: environment})
		return strings.TrimSpace(r.output), err
	}
	if t.has("SKIPIF") {
		said, err := helper("SKIPIF", "skip.php")
		if err != nil {
			return outcome{}, err
		}
		if m := skipLine.FindStringSubmatch(said); m != nil && (strings.EqualFold(m[1], "skip") || strings.EqualFold(m[1], "xfail")) {
			return outcome{skipped, firstLine(said)}, nil
		}
	}
	if err := e.write(t.script("php"), []byte(t.sections["FILE"])); err != nil {
		return outcome{}, err
	}
	r := &run{script: t.script("php"), settings: settings, environment: environment, arguments: t.arguments(),
		stdin: []byte(t.sections["STDIN"]), isRequest: t.isRequest()}
	if streams := t.sections["CAPTURE_STDIO"]; t.has("CAPTURE_STDIO") {
		r.apart = !strings.Contains(strings.ToUpper(streams), "STDERR")
	}
	if r.isRequest {
		t.request(r, e.place(r.script))
	}
	got, err := e.run(ctx, r)
	if err != nil {
		return outcome{}, err
	}
	if t.has("CLEAN") {
		if _, err := helper("CLEAN", "clean.php"); err != nil {
			return outcome{}, err
		}
	}
	body, head := got.output, ""
	if r.isRequest {
		head, body = cutHead(got.output)
	}
	switch {
	case got.ended:
		return outcome{failed, "ended after " + scriptTime.String()}, nil
	case t.missingHeader(head) != "":
		return outcome{failed, "no header " + t.missingHeader(head)}, nil
	case !want.match(body):
		return outcome{failed, beginning(body)}, nil
	}
	return outcome{passed, ""}, nil
}

// request makes the variables and the body of a request.
func (t *phpt) request(r *run, script string) {
	set := func(name, value string) { r.environment = append(r.environment, name+"="+value) }
	set("GATEWAY_INTERFACE", "CGI/1.1")
	set("SCRIPT_FILENAME", script)
	set("PATH_TRANSLATED", script)
	set("QUERY_STRING", strings.TrimSpace(t.sections["GET"]))
	if t.has("COOKIE") {
		set("HTTP_COOKIE", strings.TrimSpace(t.sections["COOKIE"]))
	}
	method, kind := "", ""
	var body []byte
	switch {
	case t.has("POST_RAW") || t.has("PUT"):
		text := t.sections["POST_RAW"]
		method = "POST"
		if t.has("PUT") {
			text, method = t.sections["PUT"], "PUT"
		}
		var rest []string
		for line := range strings.Lines(strings.TrimSpace(text)) {
			if value, found := strings.CutPrefix(line, "Content-Type:"); found && kind == "" {
				kind = strings.TrimSpace(value)
				continue
			}
			rest = append(rest, strings.TrimRight(line, "\n"))
		}
		body = []byte(strings.Join(rest, "\n"))
	case t.has("POST"):
		method, kind, body = "POST", "application/x-www-form-urlencoded", []byte(strings.TrimSpace(t.sections["POST"]))
	case t.has("GZIP_POST"):
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write([]byte(strings.TrimSpace(t.sections["GZIP_POST"])))
		w.Close()
		set("HTTP_CONTENT_ENCODING", "gzip")
		method, kind, body = "POST", "application/x-www-form-urlencoded", packed.Bytes()
	case t.has("DEFLATE_POST"):
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		w.Write([]byte(strings.TrimSpace(t.sections["DEFLATE_POST"])))
		w.Close()
		set("HTTP_CONTENT_ENCODING", "deflate")
		method, kind, body = "POST", "application/x-www-form-urlencoded", packed.Bytes()
	}
	if method == "" {
		return
	}
	set("REQUEST_METHOD", method)
	set("CONTENT_TYPE", kind)
	set("CONTENT_LENGTH", strconv.Itoa(len(body)))
	// The test's own variables come last.
	r.environment = append(r.environment, t.environment()...)
	r.stdin = body
}

var headEnd = regexp.MustCompile(`\r?\n\r?\n`)

func cutHead(output string) (head, body string) {
	at := headEnd.FindStringIndex(output)
	if at == nil {
		return "", output
	}
	return output[:at[0]], output[at[1]:]
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return beginning(line)
}

// beginning is as much of a text as a report shows.
func beginning(text string) string {
	const most = 2000
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
