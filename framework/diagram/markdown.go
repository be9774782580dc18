package diagram

import (
	"fmt"
	"strings"
	"unicode"
)

// markdown writes the diagram as a Mermaid block and a table for each entity.
func (d *Diagram) markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n```mermaid\n%s```\n", markdownText(d.Title), d.mermaid())
	for _, e := range d.Entities {
		d.markdownEntity(&b, e)
	}
	return []byte(b.String())
}

func (d *Diagram) markdownEntity(b *strings.Builder, e *Entity) {
	fmt.Fprintf(b, "\n## %s\n\n", markdownText(e.Name))
	if e.Comment != "" {
		b.WriteString(markdownText(e.Comment) + "\n\n")
	}
	fmt.Fprintf(b, "Table: %s\n", markdownText(e.Table))
	if e.External {
		b.WriteString("\nIt is referred to, but not part of what was read.\n")
	}
	if len(e.Columns) > 0 {
		b.WriteString("\n| Column | Type | Key | Null | Description |\n|---|---|---|---|---|\n")
		for _, c := range e.Columns {
			null := ""
			if c.Null {
				null = "yes"
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", markdownText(c.Name), markdownText(c.Type),
				strings.Join(c.Keys(), ", "), null, markdownText(c.description()))
		}
	}
	for _, key := range e.Uniques {
		fmt.Fprintf(b, "\nUnique together: %s\n", markdownText(strings.Join(key, ", ")))
	}
	if lines := d.sentences(e.Table); len(lines) > 0 {
		b.WriteString("\nRelations:\n\n")
		for _, line := range lines {
			b.WriteString("- " + markdownText(line) + "\n")
		}
	}
}

// description is what is known of a column beyond its type and keys.
func (c Column) description() string {
	text := c.Comment
	if len(c.Values) > 0 {
		text = strings.TrimSpace("One of " + strings.Join(c.Values, ", ") + ". " + text)
	}
	return text
}

// sentences say how a table relates to others, each relation seen from it.
func (d *Diagram) sentences(table string) []string {
	var lines []string
	for _, r := range d.Relations {
		if r.From == table {
			lines = append(lines, d.sentence(r, r.FromEdge, r.FromCardinality, r.ToCardinality, r.To, r.ToEdge))
		}
		if r.To == table && (r.From != table || r.ToEdge != "" && r.ToEdge != r.FromEdge) {
			lines = append(lines, d.sentence(r, r.ToEdge, r.ToCardinality, r.FromCardinality, r.From, r.FromEdge))
		}
	}
	return lines
}

// sentence is such as: "author: many to one User, by user_id, there posts, on
// delete restrict".
func (d *Diagram) sentence(r *Relation, edge string, here, there Cardinality, table, back string) string {
	name := table
	if e, ok := d.Entity(table); ok {
		name = e.Name
	}
	text := here.word() + " to " + there.word() + " " + name
	if edge != "" {
		text = edge + ": " + text
	}
	if len(r.Columns) > 0 {
		text += ", by " + strings.Join(r.Columns, ", ")
		if r.From != r.To {
			if from, ok := d.Entity(r.From); ok {
				text += " of " + from.Name
			}
		}
	}
	if r.Through != "" {
		text += ", through " + r.Through
		if len(r.Attributes) > 0 {
			text += " with " + strings.Join(r.Attributes, ", ")
		}
	}
	if back != "" {
		text += ", there " + back
	}
	if r.OnDelete != "" {
		text += ", on delete " + r.OnDelete
	}
	return text
}

// word is the cardinality in a sentence.
func (c Cardinality) word() string {
	return strings.ReplaceAll(string(c), "-", " ")
}

// markdownText escapes what Markdown, or the HTML in it, would not show as it
// stands.
func markdownText(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*[]|~#!", r), r == '_' && b.Len() == 0:
			b.WriteString("\\" + string(r))
		case unicode.IsControl(r):
			b.WriteRune(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
