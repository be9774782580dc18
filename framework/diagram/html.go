package diagram

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

//go:embed assets/page.html
var pageHTML string

//go:embed assets/page.css
var pageCSS string

//go:embed assets/page.js
var pageJS string

// page is what the template of the page shows.
type page struct {
	Policy     string
	Title      string
	Summary    string
	DiagramCSS template.CSS
	PageCSS    template.CSS
	Script     template.JS
	Drawing    template.HTML
	Mermaid    string
	Entities   []pageEntity
}

type pageEntity struct {
	*Entity
	ID        int
	Rows      []pageRow
	Relations []string
}

type pageRow struct {
	Column
	Marks       string
	Description string
}

// html writes a page that holds all it needs. Its policy lets the browser load
// nothing else, and run no script but its own.
func (d *Diagram) html() ([]byte, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("diagram: cannot read the template of the page: %w", err)
	}
	var drawing strings.Builder
	d.draw(&drawing, false)
	p := page{
		Policy: fmt.Sprintf("default-src 'none'; style-src %s %s; script-src %s; base-uri 'none'; form-action 'none'",
			source(diagramCSS), source(pageCSS), source(pageJS)),
		Title:      clean(d.Title),
		Summary:    fmt.Sprintf("%d entities, %d relations", len(d.Entities), len(d.Relations)),
		DiagramCSS: template.CSS(diagramCSS),        //nolint:gosec // ours
		PageCSS:    template.CSS(pageCSS),           //nolint:gosec // ours
		Script:     template.JS(pageJS),             //nolint:gosec // ours
		Drawing:    template.HTML(drawing.String()), //nolint:gosec // escaped where it is drawn
		Mermaid:    string(d.mermaid()),
	}
	for i, e := range d.Entities {
		entry := pageEntity{Entity: e, ID: i, Relations: d.sentences(e.Table)}
		for _, c := range e.Columns {
			entry.Rows = append(entry.Rows, pageRow{Column: c, Marks: strings.Join(c.Keys(), " "), Description: c.description()})
		}
		p.Entities = append(p.Entities, entry)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("diagram: cannot write the page: %w", err)
	}
	return b.Bytes(), nil
}

// source names an inline style or script in a content security policy.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
