package migration

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The map of files in the documentation of the package leaves no theme out, and
// names no file that is gone. The first word of a file's name is its theme.
func TestMapOfFiles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(text), "// # Where to look\n")
	require.True(t, ok)
	unused := map[string]bool{}
	for line := range strings.Lines(section) {
		if row, ok := strings.CutPrefix(line, "//\t"); ok {
			for name := range strings.FieldsSeq(strings.ReplaceAll(row[len("planning "):], ",", " ")) {
				unused[name] = true
			}
		}
	}
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	listed := maps.Clone(unused)
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".go")
		if name == "doc" || strings.HasSuffix(name, "_test") {
			continue
		}
		theme, _, _ := strings.Cut(name, "_")
		require.True(t, listed[name] || listed[theme] || listed[theme+"…"], "%s is not in the map of doc.go", path)
		delete(unused, name)
		delete(unused, theme+"…")
	}
	require.Empty(t, unused, "in the map of doc.go, but gone")
}
