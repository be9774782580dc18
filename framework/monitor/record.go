package monitor

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	gqlgen "github.com/99designs/gqlgen/graphql"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/graphql"
	"github.com/framefox-go/framefox/framework/query"
)

// Record is a statement that ran, for a [Sink].
type Record struct {
	query.Fingerprint
	ID string // of the fingerprint: 16 characters that stay the same across processes

	// Statement has the SQL as it was sent and the values: not to be shown.
	Statement database.Statement
}

// maxText is how much of a statement goes into a line of the log.
const maxText = 100

// clip cuts text to n characters and says so with an ellipsis.
func clip(text string, n int) string {
	if len(text) <= n || utf8.RuneCountInString(text) <= n {
		return text
	}
	at := 0
	for range n {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return text[:at] + "…"
}

// FieldPath is the GraphQL field that is being resolved, by the names of the
// schema: "posts.edges.node.author". It is "" outside of a resolver.
func FieldPath(ctx context.Context) string {
	var names []string
	for fc := gqlgen.GetFieldContext(ctx); fc != nil; fc = fc.Parent {
		if fc.Index == nil && fc.Field.Field != nil {
			names = append(names, fc.Field.Name)
		}
	}
	slices.Reverse(names)
	return strings.Join(names, ".")
}

// requestOf is the id of the request that a context belongs to, or "".
func requestOf(ctx context.Context) string { return graphql.RequestID(ctx) }
