package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// No example passes a password on a command line, where the history of the shell
// and the list of processes show it: it stands in a file, or comes from one.
//
// Covers: S22.
func TestNoPasswordOnACommandLine(t *testing.T) {
	t.Parallel()
	password := regexp.MustCompile(`://[^/\s:@]+:[^$/\s@]+@|--password[ =]\S|(PASSWORD|SECRET)=[^\s$]+ \w`)
	require.Regexp(t, password, "DATABASE_URL=postgres://user:password@localhost/blog make run")
	shell := regexp.MustCompile("(?ms)^```(?:sh|bash|console)\n(.*?)^```")
	help := regexp.MustCompile("(?s)Example: *`(.*?)`")
	var read int
	look := func(path string, blocks *regexp.Regexp) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, block := range blocks.FindAllSubmatch(text, -1) {
			for line := range strings.Lines(string(block[1])) {
				command, _, _ := strings.Cut(line, " # ")
				require.NotRegexp(t, password, command, path)
				read++
			}
		}
	}
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", ".tools", "ent"}, d.Name()):
			return fs.SkipDir
		case strings.HasSuffix(path, ".md"):
			look(path, shell)
		case strings.HasSuffix(path, ".go") && strings.Contains(path, "cli"):
			look(path, help)
		}
		return nil
	}))
	require.Greater(t, read, 50, "lines of examples")
}
