package snapshots

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Metadata is what a snapshot says about itself. It is public: a page shows
// it to whoever opens the site.
type Metadata struct {
	Admin     Admin             `json:"admin"`     // who can log in
	Base      string            `json:"base"`      // digest of the snapshot below this one, or empty
	PHP       string            `json:"php"`       // digest of the php.wasm that installed the site
	Plugins   map[string]string `json:"plugins"`   // directory name of a plugin: its version
	Source    string            `json:"source"`    // where WordPress came from
	Theme     string            `json:"theme"`     // directory name of the theme
	Title     string            `json:"title"`     // the site's name
	WordPress string            `json:"wordpress"` // version
}

// Admin is the account that may change everything in a demo.
type Admin struct {
	Password string `json:"password"`
	User     string `json:"user"`
}

// encode returns the metadata as the manifest holds it. The struct's fields are
// in the order of their keys and encoding/json sorts maps, so equal metadata
// are equal bytes.
func (m Metadata) encode() ([]byte, error) {
	if m.Plugins == nil {
		m.Plugins = map[string]string{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decodeMetadata reads the metadata that lies at offset off of a manifest. A
// key of the wrong type is an error, a missing one is empty.
func decodeMetadata(b []byte, off int64) (Metadata, *FormatError) {
	var m Metadata
	var object map[string]any
	if !utf8.Valid(b) || json.Unmarshal(b, &object) != nil || object == nil {
		return m, formatErrorf(off, "the snapshot's metadata are not a JSON object")
	}
	for _, field := range []struct {
		key string
		to  *string
	}{
		{"base", &m.Base}, {"php", &m.PHP}, {"source", &m.Source}, {"theme", &m.Theme}, {"title", &m.Title}, {"wordpress", &m.WordPress},
	} {
		text, ok := textOf(object, field.key)
		if !ok {
			return m, formatErrorf(off, "the snapshot's metadata %q are not text", field.key)
		}
		*field.to = text
	}
	admin, ok := objectOf(object, "admin")
	if !ok {
		return m, formatErrorf(off, "the snapshot's metadata %q are not an object of texts", "admin")
	}
	m.Admin = Admin{User: admin["user"], Password: admin["password"]}
	if m.Plugins, ok = objectOf(object, "plugins"); !ok {
		return m, formatErrorf(off, "the snapshot's metadata %q are not an object of texts", "plugins")
	}
	return m, nil
}

func textOf(object map[string]any, key string) (string, bool) {
	value, found := object[key]
	if !found {
		return "", true
	}
	text, ok := value.(string)
	return text, ok
}

func objectOf(object map[string]any, key string) (map[string]string, bool) {
	texts := map[string]string{}
	value, found := object[key]
	if !found {
		return texts, true
	}
	inner, ok := value.(map[string]any)
	if !ok {
		return nil, false
	}
	for name, value := range inner {
		text, ok := value.(string)
		if !ok {
			return nil, false
		}
		texts[name] = text
	}
	return texts, true
}
