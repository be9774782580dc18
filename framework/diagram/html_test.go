package diagram_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/diagram"
)

// The page asks for nothing from elsewhere, and tables say in text what the
// picture shows.
func TestHTML(t *testing.T) {
	t.Parallel()
	page := render(t, blog(t), diagram.HTML)
	for _, loading := range []string{" src=", "url(", "@import", "<link", "<iframe", "http-equiv=\"refresh\""} {
		require.NotContains(t, page, loading)
	}
	for _, address := range regexp.MustCompile(`https?://[^"' )]*`).FindAllString(page, -1) {
		require.Equal(t, "http://www.w3.org/2000/svg", address, "the name of the format, which nothing loads")
	}
	require.Contains(t, page, "default-src &#39;none&#39;")
	require.Contains(t, page, `<th scope="row">published_at</th><td>time</td><td></td><td>yes</td>`)
	require.Contains(t, page, "author: many to one User, by user_id of Post, there posts, on delete restrict")
	require.Contains(t, page, "Unique together: post_id, user_id")
}

// Names and comments stay text: the page holds its own elements and no others.
func TestHTMLOfHostileNames(t *testing.T) {
	t.Parallel()
	page := render(t, diagram.FromTables(hostileTables()), diagram.HTML)
	require.Equal(t, 1, strings.Count(page, "<script"))
	require.Equal(t, 1, strings.Count(page, "</script"))
	require.Equal(t, 2, strings.Count(page, "<style"))
	require.NotContains(t, page, "<img")
	require.Equal(t, 1, strings.Count(page, "</svg>"))
	require.NotContains(t, page, "&lt;b&gt;<")
	require.Contains(t, page, "&amp;lt;b&amp;gt;", "what looks escaped is escaped again")
}

// What Markdown, or the HTML in it, would take for its own is escaped.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := render(t, blog(t), diagram.Markdown)
	require.Contains(t, text, "```mermaid\nerDiagram\n")
	require.Contains(t, text, "| post_id | int64 | PK, FK |  |  |\n")
	require.Contains(t, text, "- post: many to one Post, by post_id of PostTag, there post_tags, on delete cascade\n")
	require.Contains(t, text, "- tags: many to many Tag, through post_tags, there posts\n")

	text = render(t, diagram.FromTables(hostileTables()), diagram.Markdown)
	require.NotRegexp(t, `<[a-z/!]`, text)
	require.Equal(t, 2, strings.Count(text, "```"))
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| ") {
			bare := strings.Count(line, "|") - strings.Count(line, `\|`)
			require.Equal(t, 6, bare, "%q", line)
		}
	}
}
