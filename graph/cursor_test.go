package graph_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Covers: T08.
func TestCursorsAreBoundToTheirConnection(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		posts := f.posts(t, ann, "p", 3)
		f.tag(t, "red", posts...)
		const query = `query($after: Cursor, $by: [PostOrder!], $where: PostWhereInput) {
			posts(first: 1, after: $after, orderBy: $by, where: $where) { edges { cursor node { slug } } } }`
		cursorOf := func(v vars) any { return apitest.Get(f.Must(query, v), "posts", "edges", 0, "cursor") }
		byTitle, byTitleDown := vars{"field": "TITLE"}, vars{"field": "TITLE", "direction": "DESC"}
		draft := vars{"status": "draft"}
		requests := map[string]vars{
			"plain": {}, "by title": {"by": byTitle}, "by title down": {"by": byTitleDown},
			"by slug": {"by": vars{"field": "SLUG"}}, "drafts": {"where": draft}, "drafts by title": {"by": byTitle, "where": draft},
			"other filter": {"where": vars{"statusNEQ": "draft"}},
		}
		for from, args := range requests {
			if from == "other filter" {
				continue // has no rows
			}
			cursor := cursorOf(args)
			for to, other := range requests {
				with := vars{"after": cursor, "by": other["by"], "where": other["where"]}
				if from == to {
					f.Must(query, with)
					continue
				}
				var e apitest.Error
				ran := f.statements.of(func() { e = f.Fail("BAD_USER_INPUT", query, with) })
				require.Equal(t, "after", e.Extensions["argument"], "a cursor of %s for %s", from, to)
				require.Empty(t, ran)
			}
		}

		cursor := cursorOf(vars{}).(string)
		ofEdge := apitest.Get(f.Must(`{ tags { edges { node { posts { edges { cursor } } } } } }`, nil),
			"tags", "edges", 0, "node", "posts", "edges", 0, "cursor").(string)
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		require.NoError(t, err)
		flipped := append([]byte{}, raw...)
		flipped[len(flipped)-2] ^= 1
		grown := append(append([]byte{}, raw...), ' ')
		for _, bad := range []string{
			ofEdge, "", "x", "%%%", "WzFd", strings.Repeat("A", 4000), cursor[1:], cursor + "A", strings.ToUpper(cursor),
			base64.RawURLEncoding.EncodeToString(flipped), base64.RawURLEncoding.EncodeToString(grown),
			base64.RawURLEncoding.EncodeToString(raw[:12]),
		} {
			for _, argument := range []string{"after", "before"} {
				e := f.Fail("BAD_USER_INPUT", `query($c: Cursor) { posts(`+argument+`: $c) { totalCount edges { node { id } } } }`, vars{"c": bad})
				require.Equal(t, argument, e.Extensions["argument"])
				require.Contains(t, e.Message, "is not a cursor of this connection")
			}
		}
	})
}

// A cursor holds the position alone: the row may be gone.
//
// Covers: T07, D53.
func TestCursorsOfInstants(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		posts := f.posts(t, f.user(t, "ann"), "p", 5)
		for i, p := range posts {
			// The same instants, written with the offsets of other zones.
			at := time.Date(2026, 3, 29, 0, 30*i, 0, 1000*(i+1), time.UTC).In(time.FixedZone("", (i-2)*5400))
			p.Update().SetPublishedAt(at).ExecX(t.Context())
		}
		const query = `query($after: Cursor) { posts(first: 1, after: $after, orderBy: [{field: PUBLISHED_AT}]) {
			edges { cursor node { slug publishedAt } } pageInfo { hasNextPage } } }`
		var after any
		for i := range posts {
			page := f.Must(query, vars{"after": after})["posts"]
			require.Len(t, apitest.Get(page, "edges"), 1)
			require.Equal(t, list(posts[i].Slug), nodes(page, "slug"))
			require.Equal(t, i < 4, apitest.Get(page, "pageInfo", "hasNextPage"))
			after = apitest.Get(page, "edges", 0, "cursor")
			f.app.Client.Post.DeleteOne(posts[i]).ExecX(t.Context())
		}
		require.Empty(t, nodes(f.Must(query, vars{"after": after})["posts"], "slug"))
	})
}
