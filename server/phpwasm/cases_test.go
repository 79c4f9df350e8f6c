package phpwasm

// Runs the cases of php/tests, which every host of php.wasm runs; their form is
// described in the README there.

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

func TestPHP_cases(t *testing.T) {
	m := realPHP(t)
	files, err := filepath.Glob("../../php/tests/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("cases: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := parseCase(string(text))
			if err != nil {
				t.Fatal(err)
			}
			c.run(t, m)
		})
	}
}

// phpCase is one file.
type phpCase struct {
	files map[string]string
	order []string
	runs  []*phpRun
}

// phpRun is one request or command of it. A nil expectation was not given.
type phpRun struct {
	line                           int
	command                        bool
	lines                          []string // variables or arguments
	stdin                          string
	interrupt                      time.Duration
	status, exit                   int
	headers                        []string
	stdout                         *string
	stdoutContains, stderrContains []string
}

var section = regexp.MustCompile(`^-- (.+) --$`)

func parseCase(text string) (*phpCase, error) {
	c := &phpCase{files: map[string]string{}}
	var r *phpRun
	name, from := "", 0
	all := strings.Split(text, "\n")
	end := func(to int) error {
		lines := all[from:to]
		content := strings.Join(lines, "\n")
		switch {
		case name == "":
			return nil
		case name[0] == '/':
			if content != "" || len(lines) > 0 {
				content += "\n"
			}
			c.files[name] = content
			c.order = append(c.order, name)
			return nil
		case name == "cgi" || name == "cli":
			r = &phpRun{line: from, command: name == "cli", lines: lines, status: 200}
			c.runs = append(c.runs, r)
			return nil
		case r == nil:
			return fmt.Errorf("line %d: section %s before any run", from, name)
		}
		var err error
		switch name {
		case "stdin":
			r.stdin = content
		case "stdin crlf":
			r.stdin = strings.Join(lines, "\r\n") + "\r\n"
		case "interrupt":
			var ms int
			ms, err = strconv.Atoi(content)
			r.interrupt = time.Duration(ms) * time.Millisecond
		case "status":
			r.status, err = strconv.Atoi(content)
		case "exit":
			r.exit, err = strconv.Atoi(content)
		case "headers":
			r.headers = lines
		case "stdout":
			content = strings.TrimRight(content, "\n")
			r.stdout = &content
		case "stdout contains":
			r.stdoutContains = lines
		case "stderr contains":
			r.stderrContains = lines
		default:
			err = fmt.Errorf("unknown section")
		}
		if err != nil {
			return fmt.Errorf("line %d: section %s: %w", from, name, err)
		}
		return nil
	}
	for i, line := range all {
		if m := section.FindStringSubmatch(line); m != nil {
			if err := end(i); err != nil {
				return nil, err
			}
			name, from = m[1], i+1
		}
	}
	last := len(all)
	if last > 0 && all[last-1] == "" {
		last--
	}
	return c, end(last)
}

func (c *phpCase) run(t *testing.T, m *Module) {
	tree := vfs.NewTree(vfs.Options{})
	tree.AddDevices()
	for _, dir := range []string{"/tmp", "/www"} {
		tree.MkdirAll(dir)
	}
	for _, path := range c.order {
		tree.MkdirAll(path[:strings.LastIndexByte(path, '/')+1])
		if errno := tree.WriteFile(path, []byte(c.files[path])); errno != vfs.Success {
			t.Fatalf("%s: %v", path, errno)
		}
	}
	var instance *Instance
	defer func() {
		if instance != nil {
			instance.Close()
		}
	}()
	for _, r := range c.runs {
		ctx, cancel := context.Background(), context.CancelFunc(func() {})
		if r.interrupt > 0 {
			ctx, cancel = context.WithTimeout(ctx, r.interrupt)
		}
		var stdout, stderr []byte
		var exit int
		var err error
		if r.command {
			var out, diagnostics bytes.Buffer
			exit, err = m.Command(ctx, CommandConfig{
				Args: append([]string{"php"}, r.lines...), Stdin: strings.NewReader(r.stdin),
				Stdout: &out, Stderr: &diagnostics, Preopens: []wasi.Preopen{{GuestPath: "/", FS: tree}},
			})
			stdout, stderr = out.Bytes(), diagnostics.Bytes()
		} else {
			if instance == nil {
				if instance, err = m.NewInstance(context.Background(), InstanceConfig{Tree: tree}); err != nil {
					t.Fatal(err)
				}
			}
			var result Result
			result, err = instance.Handle(ctx, r.environment(), []byte(r.stdin), nil)
			stdout, stderr, exit = result.Stdout, result.Stderr, result.Exit
		}
		cancel()
		if err != nil {
			t.Fatalf("run at line %d: %v", r.line, err)
		}
		for _, problem := range r.check(stdout, stderr, exit) {
			t.Errorf("run at line %d: %s", r.line, problem)
		}
	}
}

// environment is the variables of a request.
func (r *phpRun) environment() []string {
	values := map[string]string{
		"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "localhost",
		"SERVER_PORT": "80", "SERVER_SOFTWARE": "test", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
		"REQUEST_METHOD": "GET", "QUERY_STRING": "", "DOCUMENT_ROOT": "/www", "SCRIPT_NAME": "/index.php",
	}
	if r.stdin != "" {
		values["REQUEST_METHOD"] = "POST"
		values["CONTENT_LENGTH"] = strconv.Itoa(len(r.stdin))
	}
	given := map[string]string{}
	for _, line := range r.lines {
		name, value, _ := strings.Cut(line, "=")
		given[name] = value
		values[name] = value
	}
	if _, ok := given["SCRIPT_FILENAME"]; !ok {
		values["SCRIPT_FILENAME"] = "/www" + values["SCRIPT_NAME"]
	}
	if _, ok := given["REQUEST_URI"]; !ok {
		values["REQUEST_URI"] = values["SCRIPT_NAME"]
		if values["QUERY_STRING"] != "" {
			values["REQUEST_URI"] += "?" + values["QUERY_STRING"]
		}
	}
	var env []string
	for name, value := range values {
		env = append(env, name+"="+value)
	}
	sort.Strings(env)
	return env
}

// check says what is not as expected.
func (r *phpRun) check(stdout, stderr []byte, exit int) (problems []string) {
	body := string(stdout)
	if !r.command {
		var head string
		var ok bool
		head, body, ok = strings.Cut(body, "\r\n\r\n")
		if !ok {
			return []string{fmt.Sprintf("no head in %q, stderr %q", stdout, stderr)}
		}
		lines := strings.Split(head, "\r\n")
		status := 200
		for _, line := range lines {
			if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "status") {
				status, _ = strconv.Atoi(strings.Fields(value)[0])
			}
		}
		if status != r.status {
			problems = append(problems, fmt.Sprintf("status %d, want %d", status, r.status))
		}
		for _, want := range r.headers {
			absent, unwanted := strings.CutPrefix(want, "!")
			found := false
			for _, line := range lines {
				name, value, _ := strings.Cut(line, ":")
				wantName, wantValue, _ := strings.Cut(want, ":")
				if unwanted {
					found = found || strings.EqualFold(name, absent)
				} else {
					found = found || strings.EqualFold(name, wantName) && value == wantValue
				}
			}
			if found == unwanted {
				problems = append(problems, fmt.Sprintf("header %q: head is %q", want, head))
			}
		}
	}
	if r.stdout != nil && strings.TrimRight(body, "\r\n") != *r.stdout {
		problems = append(problems, fmt.Sprintf("stdout %q, want %q", body, *r.stdout))
	}
	for _, want := range r.stdoutContains {
		if !strings.Contains(body, want) {
			problems = append(problems, fmt.Sprintf("stdout %q, without %q", body, want))
		}
	}
	if r.stderrContains == nil && len(stderr) > 0 {
		problems = append(problems, fmt.Sprintf("stderr %q, want nothing", stderr))
	}
	for _, want := range r.stderrContains {
		if !strings.Contains(string(stderr), want) {
			problems = append(problems, fmt.Sprintf("stderr %q, without %q", stderr, want))
		}
	}
	if exit != r.exit {
		problems = append(problems, fmt.Sprintf("exit %d, want %d", exit, r.exit))
	}
	return problems
}
