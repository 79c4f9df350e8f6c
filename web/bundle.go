package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Options say what to bundle.
type Options struct {
	// SourceDir has the folders web and wasmjs. Empty: the sources that the
	// program was compiled with.
	SourceDir string
	// Dev keeps the code readable.
	Dev bool
}

// Files are a bundle: contents by path. The documents are index.html and
// bridge.html; serviceworker.js and frame.js keep their names, because their
// addresses must not change; what lies below assets/ has its content's hash in
// its name.
type Files map[string][]byte

// BuildError says what is wrong in the sources.
type BuildError struct {
	// Text has the messages, with the places and the lines they are about.
	Text string
}

// Error returns the messages.
func (e *BuildError) Error() string { return "bundle the page: " + e.Text }

// The page's oldest browsers: the first ones with the exception handling that
// php.wasm needs.
var engines = []api.Engine{
	{Name: api.EngineChrome, Version: "137"},
	{Name: api.EngineFirefox, Version: "131"},
	{Name: api.EngineSafari, Version: "18.4"},
}

// output is one call of esbuild: entry points of one form.
type output struct {
	entries []string
	format  api.Format
	folder  string
	names   string
}

// A classic script, which a service worker has to be (Firefox) and a script
// that is put into a foreign document had better be, has no imports: each is a
// file of its own.
var outputs = []output{
	{[]string{"main.ts", "worker.ts", "main.css"}, api.FormatESModule, "assets/", "[name]-[hash]"},
	{[]string{"bridge.ts"}, api.FormatIIFE, "assets/", "[name]-[hash]"},
	{[]string{"serviceworker.ts", "frame.ts"}, api.FormatIIFE, "", "[name]"},
}

// documents are the HTML files of a bundle.
var documents = []string{"index.html", "bridge.html"}

// Bundle builds the page. If the sources are wrong, the error is a *BuildError.
func Bundle(options Options) (Files, error) {
	from := sourcesIn(options.SourceDir)
	files := make(Files)
	// The names that HTML uses, and what stands for them.
	hashed := make(map[string]string)
	for _, o := range outputs {
		if err := o.build(from, options.Dev, files, hashed); err != nil {
			return nil, err
		}
	}
	if err := addStatic(from.web, files, hashed); err != nil {
		return nil, err
	}
	for _, name := range documents {
		document, err := fs.ReadFile(from.web, name)
		if err != nil {
			return nil, &BuildError{Text: err.Error()}
		}
		if files[name], err = fillIn(name, document, hashed); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// build runs esbuild and adds what it made.
func (o output) build(from sources, dev bool, files Files, hashed map[string]string) error {
	options := api.BuildOptions{
		Bundle:            true,
		Write:             false,
		Format:            o.format,
		Platform:          api.PlatformBrowser,
		Engines:           engines,
		Sourcemap:         api.SourceMapLinked,
		MinifyWhitespace:  !dev,
		MinifyIdentifiers: !dev,
		MinifySyntax:      !dev,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
		AbsWorkingDir:     "/",
		Outdir:            "/out",
		EntryNames:        o.names,
		AssetNames:        "[name]-[hash]",
		TsconfigRaw:       `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
		Loader:            map[string]api.Loader{".svg": api.LoaderFile, ".png": api.LoaderFile, ".woff2": api.LoaderFile},
		Plugins:           []api.Plugin{from.plugin()},
	}
	for _, entry := range o.entries {
		options.EntryPointsAdvanced = append(options.EntryPointsAdvanced, api.EntryPoint{
			InputPath:  "web/" + entry,
			OutputPath: strings.TrimSuffix(entry, path.Ext(entry)),
		})
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		text := strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage}), "")
		return &BuildError{Text: strings.TrimSpace(text)}
	}
	for _, file := range result.OutputFiles {
		name := path.Base(file.Path)
		files[o.folder+name] = file.Contents
		if source := unhashed(name); o.folder != "" && path.Ext(name) != ".map" {
			hashed[source] = name
		}
	}
	return nil
}

// hashInName is what esbuild puts for [hash].
var hashInName = regexp.MustCompile(`-[A-Z0-9]{8}(\.[a-z0-9]+)$`)

func unhashed(name string) string { return hashInName.ReplaceAllString(name, "$1") }

// addStatic adds the files that are served as they are, under hashed names.
func addStatic(from fs.FS, files Files, hashed map[string]string) error {
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return &BuildError{Text: err.Error()}
	}
	for _, entry := range entries {
		name := entry.Name()
		extension := path.Ext(name)
		switch extension {
		case ".svg", ".png", ".ico", ".woff2":
		default:
			continue
		}
		body, err := fs.ReadFile(from, name)
		if err != nil {
			return &BuildError{Text: err.Error()}
		}
		digest := sha256.Sum256(body)
		hashed[name] = strings.TrimSuffix(name, extension) + "-" + strings.ToUpper(hex.EncodeToString(digest[:4])) + extension
		files["assets/"+hashed[name]] = body
	}
	return nil
}

// named is an address in an HTML document that stands for a file.
var named = regexp.MustCompile(`"(/assets/|/-pressbox/)([^"]+)"`)

// fillIn puts the names of files in the place of their sources' names.
func fillIn(name string, document []byte, hashed map[string]string) ([]byte, error) {
	var missing string
	filled := named.ReplaceAllFunc(document, func(address []byte) []byte {
		parts := named.FindSubmatch(address)
		file, found := hashed[string(parts[2])]
		if !found {
			missing = string(parts[2])
		}
		return fmt.Appendf(nil, `"%s%s"`, parts[1], file)
	})
	if missing != "" {
		return nil, &BuildError{Text: fmt.Sprintf("%s names %s, and there is no such file in the bundle", name, missing)}
	}
	return filled, nil
}

// plugin lets esbuild read the sources and nothing else: an import that leads
// out of the two folders, or to a package, is an error.
func (from sources) plugin() api.Plugin {
	const namespace = "pressbox"
	loaders := map[string]api.Loader{
		".ts": api.LoaderTS, ".css": api.LoaderCSS, ".svg": api.LoaderFile, ".png": api.LoaderFile, ".woff2": api.LoaderFile,
	}
	return api.Plugin{Name: "sources", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			name := args.Path
			switch {
			case args.Kind == api.ResolveEntryPoint:
			case strings.HasPrefix(name, "./"), strings.HasPrefix(name, "../"):
				name = path.Join(path.Dir(args.Importer), name)
			case strings.HasPrefix(name, "data:") || strings.HasPrefix(name, "#"):
				return api.OnResolveResult{Path: name, External: true}, nil
			default:
				return api.OnResolveResult{}, fmt.Errorf("%q is not one of the sources: the page has no dependencies", name)
			}
			if folder, _, found := strings.Cut(name, "/"); !found || folder != "web" && folder != "wasmjs" {
				return api.OnResolveResult{}, fmt.Errorf("%q is outside of web and wasmjs", name)
			}
			return api.OnResolveResult{Path: name, Namespace: namespace}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			body, err := from.read(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			loader, found := loaders[path.Ext(args.Path)]
			if !found {
				return api.OnLoadResult{}, fmt.Errorf("no file of this kind can be bundled")
			}
			text := string(body)
			return api.OnLoadResult{Contents: &text, Loader: loader}, nil
		})
	}}
}

func (from sources) read(name string) ([]byte, error) {
	folder, below, _ := strings.Cut(name, "/")
	if folder == "web" {
		return fs.ReadFile(from.web, below)
	}
	return fs.ReadFile(from.wasmjs, below)
}
