package docs_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever looks for something finds each package on one page.
func TestEachPackageIsOnTheMap(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../framework/README.md")
	require.NoError(t, err)
	folders, err := os.ReadDir("../framework")
	require.NoError(t, err)
	for _, f := range folders {
		if f.IsDir() {
			require.Regexp(t, `\(`+f.Name()+`[)/]`, string(text))
		}
	}
}
