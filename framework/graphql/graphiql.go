package graphql

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets/*.gz assets/app.js assets/app.css assets/page.html
var assets embed.FS

// GraphiQLOptions configures the GraphiQL page. The zero value is a page at
// /graphiql for the endpoint /graphql.
type GraphiQLOptions struct {
	Path     string         // where the page and, below it, its files are; default /graphiql
	Endpoint string         // path of the GraphQL endpoint on the same host; default /graphql
	Title    string         // of the page; default GraphiQL
	Examples []ExampleQuery // the tabs of a first visit; default one query that lists the root fields
}

// ExampleQuery is one tab of GraphiQL.
type ExampleQuery struct {
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // JSON
}

const defaultExample = `# Ctrl+Enter runs the query, Ctrl+Space completes names.
# The icons on the left open the documentation, the history and the explorer.
# This one lists what can be asked for:
query RootFields {
  __schema {
    queryType {
      fields {
        name
        description
      }
    }
  }
}
`

// graphiqlPolicy lets the page load its own files and call its own host, and
// nothing else. Styles may be inline, because the editor and the menus set
// them from script; scripts may not.
const graphiqlPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// graphiql serves the page and its files.
type graphiql struct {
	path  string
	page  []byte
	files map[string]file
}

type file struct {
	contentType string
	etag        string
	data        []byte
	gzipped     bool
}

// NewGraphiQL returns a handler for opts.Path and everything below it: an
// in-browser editor of queries with documentation, completion and an explorer.
// All of its files are in the program; it works without a network.
//
// It needs [Options].Introspection for documentation and completion.
func NewGraphiQL(opts GraphiQLOptions) (http.Handler, error) {
	opts = opts.WithDefaults()
	if !strings.HasPrefix(opts.Path, "/") || strings.HasSuffix(opts.Path, "/") {
		return nil, fmt.Errorf("graphql: GraphiQLOptions.Path %q has to start with a slash and not end with one", opts.Path)
	}
	if !strings.HasPrefix(opts.Endpoint, "/") || strings.HasPrefix(opts.Endpoint, "//") {
		return nil, fmt.Errorf("graphql: GraphiQLOptions.Endpoint %q has to be a path such as /graphql", opts.Endpoint)
	}
	g := &graphiql{path: opts.Path, files: make(map[string]file)}
	if err := g.renderPage(opts); err != nil {
		return nil, fmt.Errorf("graphql: cannot render the GraphiQL page: %w", err)
	}
	if err := g.loadFiles(); err != nil {
		return nil, fmt.Errorf("graphql: cannot read the files of GraphiQL: %w", err)
	}
	return g, nil
}

// WithDefaults returns the options with every zero field set to its default.
func (o GraphiQLOptions) WithDefaults() GraphiQLOptions {
	for _, d := range []struct {
		field *string
		value string
	}{{&o.Path, "/graphiql"}, {&o.Endpoint, "/graphql"}, {&o.Title, "GraphiQL"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if len(o.Examples) == 0 {
		o.Examples = []ExampleQuery{{Query: defaultExample}}
	}
	return o
}

func (g *graphiql) renderPage(opts GraphiQLOptions) error {
	page, err := template.ParseFS(assets, "assets/page.html")
	if err != nil {
		return err
	}
	var out bytes.Buffer
	err = page.Execute(&out, map[string]any{
		"Title":  opts.Title,
		"Path":   opts.Path,
		"Config": map[string]any{"endpoint": opts.Endpoint, "tabs": opts.Examples},
	})
	g.page = out.Bytes()
	return err
}

func (g *graphiql) loadFiles() error {
	entries, err := assets.ReadDir("assets")
	if err != nil {
		return err
	}
	types := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
	for _, entry := range entries {
		name, gzipped := strings.CutSuffix(entry.Name(), ".gz")
		contentType, served := types[path.Ext(name)]
		if !served {
			continue
		}
		data, err := assets.ReadFile("assets/" + entry.Name())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		g.files[name] = file{contentType, `"` + hex.EncodeToString(sum[:12]) + `"`, data, gzipped}
	}
	return nil
}

// ServeHTTP serves the page or one of its files.
func (g *graphiql) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", graphiqlPolicy)
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache") // ask each time: a new version may be running

	name := strings.Trim(strings.TrimPrefix(r.URL.Path, g.path), "/")
	if name == "" {
		header.Set("Content-Type", "text/html; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(g.page))
		return
	}
	f, ok := g.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	f.serve(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	data, etag := f.data, f.etag
	if f.gzipped {
		header.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")
		} else {
			var err error
			if data, err = unzip(f.data); err != nil {
				http.Error(w, "internal error", http.StatusInternalServerError)
				return
			}
			etag = strings.TrimSuffix(etag, `"`) + `-plain"`
		}
	}
	header.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func unzip(data []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
