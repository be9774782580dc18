package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// A filter that is not understood whole is refused: it never finds more rows
// than it says.
//
// Covers: T09, T10, D37.
func TestWhereFailsClosed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.posts(t, f.user(t, "ann"), "p", 2)
		const query = `query($w: PostWhereInput) { posts(where: $w) { totalCount edges { node { id } } } }`
		long := make([]any, 1001)
		for i := range long {
			long[i] = "x"
		}
		many := make([]any, 101)
		for i := range many {
			many[i] = vars{"title": "x"}
		}
		nest := func(depth int, step func(vars) vars) vars {
			w := vars{"slug": "p-0"}
			for range depth {
				w = step(w)
			}
			return w
		}
		not := func(w vars) vars { return vars{"not": w} }
		for name, c := range map[string]struct {
			where    vars
			argument string
		}{
			"null":                  {vars{"title": nil}, "where.title"},
			"null list":             {vars{"idIn": nil}, "where.idIn"},
			"null flag":             {vars{"contentIsNil": nil}, "where.contentIsNil"},
			"null has":              {vars{"hasAuthor": nil}, "where.hasAuthor"},
			"null group":            {vars{"or": nil}, "where.or"},
			"empty or":              {vars{"or": list()}, "where.or"},
			"empty and":             {vars{"and": list()}, "where.and"},
			"empty not":             {vars{"not": vars{}}, "where.not"},
			"empty object in or":    {vars{"or": list(vars{"title": "x"}, vars{})}, "where.or[1]"},
			"empty has":             {vars{"hasAuthorWith": list()}, "where.hasAuthorWith"},
			"empty object in has":   {vars{"hasAuthorWith": list(vars{})}, "where.hasAuthorWith[0]"},
			"null beside others":    {vars{"title": "x", "or": list(vars{"slug": nil})}, "where.or[0].slug"},
			"deep null":             {vars{"hasAuthorWith": list(vars{"not": vars{"username": nil}})}, "where.hasAuthorWith[0].not.username"},
			"id of another type":    {vars{"userIDIn": list(gid("User", 1), gid("Post", 1))}, "where.userIDIn[1]"},
			"garbage id":            {vars{"id": "x"}, "where.id"},
			"a list that is long":   {vars{"titleIn": long}, "where.titleIn"},
			"many predicates":       {vars{"or": many}, "where.or[99]"},
			"deep not":              {nest(9, not), "where.not.not.not.not.not.not.not.not.not"},
			"time":                  {vars{"createdAtGT": "yesterday"}, "where.createdAtGT"},
			"time without a zone":   {vars{"createdAtGT": "2026-01-01T00:00:00"}, "where.createdAtGT"},
			"number out of range":   {vars{"viewCount": "9223372036854775808"}, "where.viewCount"},
			"number with fraction":  {vars{"viewCount": 1.5}, "where.viewCount"},
			"number for a text":     {vars{"title": 1}, "where.title"},
			"text that is a number": {vars{"viewCount": "1x"}, "where.viewCount"},
		} {
			f.run(t, name, func(t *testing.T, f *fixture) {
				var e apitest.Error
				ran := f.statements.of(func() { e = f.Fail("BAD_USER_INPUT", query, vars{"w": c.where}) })
				require.Equal(t, c.argument, e.Extensions["argument"], e.Message)
				require.Empty(t, ran)
			})
		}
		f.run(t, "the schema refuses what it does not know", func(t *testing.T, f *fixture) {
			for _, where := range []vars{{"titel": "x"}, {"status": "lost"}, {"statusIn": list("draft", "lost")}, {"titleIn": list(nil)}, {"passwordContains": "a"}} {
				f.Fail("GRAPHQL_VALIDATION_FAILED", query, vars{"w": where})
			}
			f.Fail("GRAPHQL_VALIDATION_FAILED", `{ users(where: {passwordHasPrefix: "$"}) { totalCount } }`, nil)
			f.Fail("GRAPHQL_VALIDATION_FAILED", `{ users(orderBy: [{field: PASSWORD}]) { totalCount } }`, nil)
			f.Fail("FORBIDDEN", `{ posts(trashed: ONLY) { totalCount } }`, nil)
		})
		f.run(t, "what is within the bounds runs", func(t *testing.T, f *fixture) {
			has := false
			chain := func(w vars) vars {
				has = !has
				if has {
					return vars{"hasAuthorWith": list(vars{"hasPostsWith": list(w)})}
				}
				return vars{"hasCommentsWith": list(vars{"hasPostWith": list(w)})}
			}
			f.Must(query, vars{"w": nest(8, not)})
			f.Must(query, vars{"w": nest(2, chain)})
			f.Must(query, vars{"w": vars{"or": many[:50], "titleIn": long[:1000]}})
			e := f.Fail("BAD_USER_INPUT", query, vars{"w": nest(10, chain)})
			require.Contains(t, e.Message, "more than 4 edges")
		})
		f.run(t, "a literal too large for its type", func(t *testing.T, f *fixture) {
			out := f.Do(`{ posts(where: {viewCountGT: 99999999999999999999}) { totalCount } }`, nil)
			require.Len(t, out.Errors, 1)
			require.NotEqual(t, "INTERNAL", out.Errors[0].Extensions["code"], out.Raw)
		})
		f.run(t, "pages within pages are counted before anything is read", func(t *testing.T, f *fixture) {
			const deep = `{ users(first: 100) { edges { node { posts(first: 100) { edges { node { comments(first: 100) { edges { node { id } } } } } } } } } }`
			ran := f.statements.of(func() { f.Fail("QUERY_TOO_EXPENSIVE", deep, nil) })
			require.Empty(t, ran)
			ran = f.statements.of(func() {
				f.Fail("QUERY_TOO_EXPENSIVE", `query($n: Int) { posts(first: $n) { edges { node { id } } } }`, vars{"n": 100000})
			})
			require.Empty(t, ran)
		})
	})
}
