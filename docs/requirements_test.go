// Package docs_test keeps the documentation true to the code.
package docs_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	// A citation goes on in the next line of the comment where that begins with an id.
	citation  = regexp.MustCompile(`(?m)^\s*(?://|#) Covers:([^\n]*(?:\n\s*(?://|#)\s+[A-Z]\d{2}[^\n]*)*)`)
	citedID   = regexp.MustCompile(`\b([A-Z])(\d{2})(b?)(?:\s*-\s*[A-Z]?(\d{2}))?\b`)
	explained = regexp.MustCompile(`(?m)^- \*\*([A-Z]\d{2}b?)\*\* (\S.*)$`)
)

// A reader of a test finds out what the ids in it mean.
func TestRequirementsAreExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("requirements.md")
	require.NoError(t, err)
	known := map[string]bool{}
	for _, m := range explained.FindAllStringSubmatch(string(text), -1) {
		require.False(t, known[m[1]], "%s is explained twice", m[1])
		known[m[1]] = true
	}
	cited := citations(t, "..")
	require.NotEmpty(t, cited)
	for _, id := range slices.Sorted(maps.Keys(cited)) {
		if !known[id] {
			t.Errorf("%s is cited by %s but not explained in docs/requirements.md", id, cited[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if cited[id] == "" {
			t.Errorf("%s is explained in docs/requirements.md but no test cites it", id)
		}
	}
}

func TestCitationsAreRead(t *testing.T) {
	t.Parallel()
	text := "// Covers: A01, A07-A09, X11b,\n// T05-06.\nfunc A02() {}\n\n# Covers: G01.\n// Not covered: B01.\n"
	require.Equal(t, []string{"A01", "A07", "A08", "A09", "X11b", "T05", "T06", "G01"}, idsIn(text))
	require.Empty(t, idsIn("nothing of the kind"))
}

// citations maps each id that a test cites to one file that does.
func citations(t *testing.T, root string) map[string]string {
	t.Helper()
	cited := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() != ".." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar"):
			return nil
		case filepath.Base(path) == "requirements_test.go": // its samples cite nothing
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, id := range idsIn(string(text)) {
			cited[id] = strings.TrimPrefix(filepath.ToSlash(path), "../")
		}
		return nil
	})
	require.NoError(t, err)
	return cited
}

// idsIn lists the ids that the comments of a file cite; A07-A09 stands for three.
func idsIn(text string) (ids []string) {
	for _, block := range citation.FindAllStringSubmatch(text, -1) {
		for _, m := range citedID.FindAllStringSubmatch(block[1], -1) {
			first, _ := strconv.Atoi(m[2])
			last := first
			if m[4] != "" {
				last, _ = strconv.Atoi(m[4])
			}
			for n := first; n <= last; n++ {
				ids = append(ids, fmt.Sprintf("%s%02d%s", m[1], n, m[3]))
			}
		}
	}
	return ids
}
