package phpwasm

// The vectors in testdata are what this host and its TypeScript twin must both
// answer. `go test -run Vectors -update` writes the answers anew, to be read
// before they are committed.

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"

	"pressbox/server"
	"pressbox/vfs"
)

var update = flag.Bool("update", false, "write the vectors' answers anew")

// vectors reads a file into v; the function returned writes v back if asked.
func vectors(t *testing.T, name string, v any) func() {
	t.Helper()
	path := "testdata/" + name
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return func() {
		if !*update {
			return
		}
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(v); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

type routeWant struct {
	Kind       server.Kind `json:"kind"`
	Status     int         `json:"status,omitempty"`
	Location   string      `json:"location,omitempty"`
	Path       string      `json:"path,omitempty"`
	ScriptName string      `json:"scriptName,omitempty"`
	PathInfo   string      `json:"pathInfo,omitempty"`
}

func TestVectors_route(t *testing.T) {
	var v struct {
		About string   `json:"about"`
		Root  string   `json:"root"`
		Files []string `json:"files"`
		Cases []struct {
			URL  string    `json:"url"`
			Want routeWant `json:"want"`
		} `json:"cases"`
	}
	write := vectors(t, "route.json", &v)
	tree := vfs.NewTree(vfs.Options{})
	for _, file := range v.Files {
		dir := file[:bytes.LastIndexByte([]byte(file), '/')+1]
		if errno := tree.MkdirAll(dir); errno != vfs.Success {
			t.Fatal(errno)
		}
		if dir != file {
			if errno := tree.WriteFile(file, []byte("x")); errno != vfs.Success {
				t.Fatal(errno)
			}
		}
	}
	for i := range v.Cases {
		c := &v.Cases[i]
		r := findRoute(v.Root, c.URL, tree.Stat)
		got := routeWant{r.kind, r.status, r.location, r.path, r.scriptName, r.pathInfo}
		if *update {
			c.Want = got
		} else if got != c.Want {
			t.Errorf("%s: got %+v, want %+v", c.URL, got, c.Want)
		}
	}
	write()
}

type headerField [2]string

func fields(h server.Header) []headerField {
	list := []headerField{}
	for _, f := range h {
		list = append(list, headerField{f.Name, f.Value})
	}
	return list
}

func TestVectors_cgi(t *testing.T) {
	var v struct {
		About        string `json:"about"`
		Root         string `json:"root"`
		Environments []struct {
			Name    string        `json:"name"`
			Method  string        `json:"method"`
			URL     string        `json:"url"`
			Host    string        `json:"host"`
			Scheme  string        `json:"scheme"`
			Header  []headerField `json:"header"`
			BodyLen int           `json:"bodyLen"`
			Script  string        `json:"scriptName"`
			Info    string        `json:"pathInfo"`
			Want    []string      `json:"want"`
		} `json:"environments"`
		Outputs []struct {
			Name   string `json:"name"`
			Method string `json:"method"`
			Output string `json:"output"`
			Want   *struct {
				Status int           `json:"status"`
				Header []headerField `json:"header"`
				Body   string        `json:"body"`
			} `json:"want"`
		} `json:"outputs"`
	}
	write := vectors(t, "cgi.json", &v)
	for i := range v.Environments {
		c := &v.Environments[i]
		r := &server.Request{Method: c.Method, URL: c.URL, Host: c.Host, Scheme: c.Scheme, Body: make([]byte, c.BodyLen)}
		for _, f := range c.Header {
			r.Header = append(r.Header, server.Field{Name: f[0], Value: f[1]})
		}
		got := cgiEnvironment(v.Root, r, route{kind: server.KindPHP, path: v.Root + c.Script, scriptName: c.Script, pathInfo: c.Info})
		if *update {
			c.Want = got
		} else if !reflect.DeepEqual(got, c.Want) {
			t.Errorf("%s: got %q, want %q", c.Name, got, c.Want)
		}
	}
	for i := range v.Outputs {
		c := &v.Outputs[i]
		r, ok := cgiResponse([]byte(c.Output), c.Method)
		switch {
		case *update && !ok:
			c.Want = nil
		case *update:
			c.Want = new(struct {
				Status int           `json:"status"`
				Header []headerField `json:"header"`
				Body   string        `json:"body"`
			})
			c.Want.Status, c.Want.Header, c.Want.Body = r.Status, fields(r.Header), string(r.Body)
		case ok != (c.Want != nil):
			t.Errorf("%s: has a head: %v, want %v", c.Name, ok, c.Want != nil)
		case ok && (r.Status != c.Want.Status || !reflect.DeepEqual(fields(r.Header), c.Want.Header) || string(r.Body) != c.Want.Body):
			t.Errorf("%s: got %d %q %q, want %+v", c.Name, r.Status, fields(r.Header), r.Body, c.Want)
		}
	}
	write()
}

func TestVectors_mime(t *testing.T) {
	var v struct {
		About string      `json:"about"`
		Cases [][2]string `json:"cases"`
	}
	write := vectors(t, "mime.json", &v)
	for i := range v.Cases {
		if got := mimeType(v.Cases[i][0]); *update {
			v.Cases[i][1] = got
		} else if got != v.Cases[i][1] {
			t.Errorf("%s: got %s, want %s", v.Cases[i][0], got, v.Cases[i][1])
		}
	}
	write()
}
