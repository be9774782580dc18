package graphql_test

import (
	"errors"
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

// An error that is explained is shown; one that stays unknown is masked.
//
// Covers: T18.
func TestErrorsAreExplained(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	explain := func(err error) error {
		if errors.Is(err, gone) {
			return &graphql.UserError{Code: graphql.CodeUnavailable, Message: "try again"}
		}
		return err
	}
	for cause, code := range map[error]string{gone: graphql.CodeUnavailable, errors.New("other"): graphql.CodeInternal} {
		s := newShop(t, graphql.Options{Explain: explain}).failing(cause)
		r := s.query(t, `{ fail }`)
		require.Equal(t, code, r.code(t))
		require.Contains(t, s.log.String(), r.Errors[0].Extensions["id"].(string)) // both are logged
	}
}
