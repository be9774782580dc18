package diagram

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// mermaid writes the diagram as Mermaid's erDiagram: relations first, then the
// entities with their columns.
func (d *Diagram) mermaid() []byte {
	names := mermaidNames(d.Entities)
	var b strings.Builder
	b.WriteString("erDiagram\n")
	for _, r := range d.Lines() {
		label := r.Label()
		if r.OnDelete != "" {
			label += " (on delete " + r.OnDelete + ")"
		}
		fmt.Fprintf(&b, "    %s %s--%s %s : \"%s\"\n", names[r.From],
			mermaidLeft(r.FromCardinality), mermaidRight(r.ToCardinality), names[r.To], mermaidText(label))
	}
	for _, e := range d.Entities {
		if len(e.Columns) == 0 {
			fmt.Fprintf(&b, "    %s\n", names[e.Table])
			continue
		}
		fmt.Fprintf(&b, "    %s {\n", names[e.Table])
		for _, c := range e.Columns {
			b.WriteString("        " + mermaidColumn(c) + "\n")
		}
		b.WriteString("    }\n")
	}
	return []byte(b.String())
}

func mermaidLeft(c Cardinality) string {
	switch c {
	case One:
		return "||"
	case ZeroOrOne:
		return "|o"
	case OneOrMore:
		return "}|"
	case Many:
	}
	return "}o"
}

func mermaidRight(c Cardinality) string {
	switch c {
	case One:
		return "||"
	case ZeroOrOne:
		return "o|"
	case OneOrMore:
		return "|{"
	case Many:
	}
	return "o{"
}

// mermaidColumn is a line such as: bigint user_id FK "nullable; the author".
func mermaidColumn(c Column) string {
	sqlType, name := mermaidWord(c.Type, "unknown"), mermaidWord(c.Name, "_")
	line := sqlType + " " + name
	if keys := c.Keys(); len(keys) > 0 {
		line += " " + strings.Join(keys, ", ")
	}
	var notes []string
	if name != c.Name {
		notes = append(notes, "named "+c.Name)
	}
	if c.Type != "" && sqlType != strings.ReplaceAll(c.Type, " ", "_") {
		notes = append(notes, c.Type)
	}
	if c.Null {
		notes = append(notes, "nullable")
	}
	if len(c.Values) > 0 {
		notes = append(notes, "one of "+strings.Join(c.Values, ", "))
	}
	if c.Comment != "" {
		notes = append(notes, c.Comment)
	}
	if text := mermaidText(strings.Join(notes, "; ")); text != "" {
		line += ` "` + text + `"`
	}
	return line
}

var (
	plainName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	notInWord  = regexp.MustCompile(`[^A-Za-z0-9_\-\[\]()]`)
	wordStart  = regexp.MustCompile(`^[A-Za-z_]`)
	marker     = regexp.MustCompile(`(?i)^(PK|FK|UK)\b`) // what Mermaid would take for one
	turn       = regexp.MustCompile(`(?i)(direction)\s+(TB|BT|LR|RL)`)
	encodedRef = regexp.MustCompile(`#(\w+);`)
)

// mermaidWord makes a type or the name of a column a word of Mermaid.
func mermaidWord(text, empty string) string {
	word := notInWord.ReplaceAllString(text, "_")
	switch {
	case word == "":
		return empty
	case !wordStart.MatchString(word), marker.MatchString(word):
		return "_" + word
	default:
		return word
	}
}

// mermaidText makes text safe between quotes: nothing in it ends the quotes or
// the line, is markup, a directive or a reference to a character.
func mermaidText(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '<':
			return '‹'
		case r == '>':
			return '›'
		case r == '`':
			return '\''
		case r == '\\':
			return '/'
		case unicode.IsSpace(r), unicode.IsControl(r), r == unicode.ReplacementChar:
			return ' '
		default:
			return r
		}
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	for strings.Contains(text, "%%") {
		text = strings.ReplaceAll(text, "%%", "% %")
	}
	text = encodedRef.ReplaceAllString(text, "#$1,")
	return turn.ReplaceAllString(text, "$1-$2")
}

// mermaidWords are those that begin something else in an erDiagram.
func mermaidWords() []string {
	return []string{
		"erdiagram", "title", "acctitle", "accdescr", "direction", "classdef", "class", "style",
		"one", "only", "zero", "many", "to", "optionally", "u",
	}
}

// mermaidNames gives each table a name that Mermaid accepts, each another.
func mermaidNames(entities []*Entity) map[string]string {
	names := make(map[string]string, len(entities))
	taken := map[string]bool{}
	for _, e := range entities {
		name := strings.ReplaceAll(mermaidText(e.Name), "%", "％")
		if name == "" {
			name = "unnamed"
		}
		unique := name
		for n := 2; taken[unique]; n++ {
			unique = fmt.Sprintf("%s %d", name, n)
		}
		taken[unique] = true
		if !plainName.MatchString(unique) || slices.Contains(mermaidWords(), strings.ToLower(unique)) {
			unique = `"` + unique + `"`
		}
		names[e.Table] = unique
	}
	return names
}
