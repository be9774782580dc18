package graphql_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

// An answer that is too large is refused whole, with a code, and never cut off.
//
// Covers: T26.
func TestResponseIsBounded(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 2000)
	echo := `query($t: String!) { echo(text: $t) }`
	s := newShop(t, graphql.Options{Limits: graphql.Limits{ResponseBytes: 2000}})
	r := s.query(t, echo, "t", text)
	require.Equal(t, graphql.CodeResponseTooLarge, r.code(t))
	require.EqualValues(t, 2000, r.Errors[0].Extensions["limit"])
	require.Empty(t, r.Data)
	require.Less(t, len(r.Text), 300)
	require.Empty(t, s.query(t, echo, "t", text[:1900]).Errors)
	require.Empty(t, newShop(t, graphql.Options{}).query(t, echo, "t", text).Errors)
}
