package diagram_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/diagram"
)

// Covers: U01.
func TestMermaid(t *testing.T) {
	t.Parallel()
	part, err := blog(t).Select("posts", "post_tags", "tags", "users")
	require.NoError(t, err)
	text := render(t, part, diagram.Mermaid)
	checkMermaid(t, part, text)
	for _, line := range []string{
		"    Post }o--|| User : \"author / posts (on delete restrict)\"\n",
		"    PostTag }o--|| Tag : \"tag / post_tags (on delete cascade)\"\n",
		"        int64 post_id PK, FK\n",
		"        string(255) slug UK \"",
		"        enum status \"one of draft, published, archived\"\n",
	} {
		require.Contains(t, text, line)
	}
	require.NotContains(t, text, "tags / posts", "the table between is drawn already")

	part, err = blog(t).Select("posts", "tags")
	require.NoError(t, err)
	require.Contains(t, render(t, part, diagram.Mermaid), "    Post }o--o{ Tag : \"tags / posts\"\n")
}

func TestMermaidOfTheWholeBlog(t *testing.T) {
	t.Parallel()
	checkMermaid(t, blog(t), render(t, blog(t), diagram.Mermaid))
}

// Every legal name gives valid Mermaid, and another one for each table.
func TestMermaidOfHostileNames(t *testing.T) {
	t.Parallel()
	d := diagram.FromTables(hostileTables())
	text := render(t, d, diagram.Mermaid)
	checkMermaid(t, d, text)
	require.Contains(t, text, `    "direction-TB" {`)
	require.Contains(t, text, "_fk-id")
}

// The words of Mermaid's grammar for erDiagram, as its lexer has them.
var (
	mmdName   = `(?:[A-Za-z][A-Za-z0-9_]*|"[^"%\r\n\v\x08\\]+")`
	mmdWord   = `[*A-Za-z_][A-Za-z0-9\-_\[\]()]*`
	mmdText   = `"[^"]*"`
	mmdLine   = regexp.MustCompile(`^    (` + mmdName + `) (?:\|\||\|o|\}\||\}o)--(?:\|\||o\||\|\{|o\{) (` + mmdName + `) : (` + mmdText + `)$`)
	mmdEntity = regexp.MustCompile(`^    (` + mmdName + `)( \{)?$`)
	mmdColumn = regexp.MustCompile(`^        (` + mmdWord + `) (` + mmdWord + `)(?: (?:PK|FK|UK)(?:, (?:PK|FK|UK))*)?( ` + mmdText + `)?$`)

	// What the lexer would take for something else, wherever it stands.
	mmdTrap     = regexp.MustCompile(`(?i)direction\s+(TB|BT|RL|LR)|%%|[<>` + "`" + `]|#\w+;|[\x00-\x09\x0b-\x1f]`)
	mmdKey      = regexp.MustCompile(`(?i)^(pk|fk|uk)\b`)
	mmdReserved = regexp.MustCompile(`(?i)^(erdiagram|title|acctitle|accdescr|direction|classdef|class|style|one|only|zero|many|to|optionally|u)$`)
)

// checkMermaid parses what was drawn of the diagram.
func checkMermaid(t require.TestingT, d *diagram.Diagram, text string) {
	require.NotRegexp(t, mmdTrap, text)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	require.Equal(t, "erDiagram", lines[0])
	var entities, ends []string
	relations, columns, open := 0, 0, false
	for _, line := range lines[1:] {
		switch {
		case open && line == "    }":
			open = false
		case open:
			m := mmdColumn.FindStringSubmatch(line)
			require.NotNil(t, m, "column: %q", line)
			require.NotRegexp(t, mmdKey, m[1])
			require.NotRegexp(t, mmdKey, m[2])
			columns++
		case mmdLine.MatchString(line):
			require.Empty(t, entities, "relations come first")
			m := mmdLine.FindStringSubmatch(line)
			ends = append(ends, m[1], m[2])
			relations++
		default:
			m := mmdEntity.FindStringSubmatch(line)
			require.NotNil(t, m, "entity: %q", line)
			require.NotRegexp(t, mmdReserved, m[1])
			require.NotContains(t, entities, m[1])
			entities = append(entities, m[1])
			open = m[2] != ""
		}
	}
	require.False(t, open)
	require.Len(t, entities, len(d.Entities))
	require.Equal(t, len(d.Lines()), relations)
	for _, end := range ends {
		require.True(t, slices.Contains(entities, end), "%s is no entity", end)
	}
	want := 0
	for _, e := range d.Entities {
		want += len(e.Columns)
	}
	require.Equal(t, want, columns)
}
