package diagram

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Format is how a diagram is written.
type Format string

// The formats.
const (
	Mermaid  Format = "mmd"  // text for Mermaid, as GitHub and GitLab show it
	SVG      Format = "svg"  // a picture
	HTML     Format = "html" // a page that needs nothing but a browser
	Markdown Format = "md"   // a Mermaid block, and tables of the columns
	JSON     Format = "json" // the model
)

// Formats are all formats.
func Formats() []Format { return []Format{Mermaid, SVG, HTML, Markdown, JSON} }

// ParseFormat reads the name of a format or the ending of a file.
func ParseFormat(name string) (Format, error) {
	switch strings.ToLower(strings.TrimPrefix(name, ".")) {
	case "mmd", "mermaid":
		return Mermaid, nil
	case "svg":
		return SVG, nil
	case "html", "htm":
		return HTML, nil
	case "md", "markdown":
		return Markdown, nil
	case "json":
		return JSON, nil
	default:
		return "", fmt.Errorf("unknown format %q: use mmd, svg, html, md or json", name)
	}
}

// Render writes the diagram in a format.
func (d *Diagram) Render(f Format) ([]byte, error) {
	switch f {
	case Mermaid:
		return d.mermaid(), nil
	case SVG:
		return d.svg(), nil
	case HTML:
		return d.html()
	case Markdown:
		return d.markdown(), nil
	case JSON:
		text, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("diagram: cannot write JSON: %w", err)
		}
		return append(text, '\n'), nil
	default:
		return nil, fmt.Errorf("diagram: unknown format %q", f)
	}
}
