package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A field of the application's own makes the statement read the columns that
// it says it needs, and no others.
//
// Covers: T32.
func TestOwnFieldsReadWhatTheyNeed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.user(t, "ann")
		ran := f.statements.of(func() { f.Must(`{ users { edges { node { username roles { name } } } } }`, nil) })
		require.Contains(t, ran[0], "username")
		for _, column := range []string{"email", "bio", "created_at", "password"} {
			require.NotContains(t, ran[0], column)
		}
	})
}
