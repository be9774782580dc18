package graph_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const walkQuery = `query($after: Cursor, $before: Cursor, $first: Int, $last: Int, $orderBy: [PostOrder!], $where: PostWhereInput) {
	posts(after: $after, before: $before, first: $first, last: $last, orderBy: $orderBy, where: $where) {
		edges { node { id category publishedAt status title viewCount } }
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

// walk reads a whole connection page by page.
func (f *fixture) walk(t require.TestingT, args vars, size int, backward bool) []any {
	all := []any{}
	args = vars{"orderBy": args["orderBy"], "where": args["where"]}
	for range 200 {
		if backward {
			args["last"] = size
		} else {
			args["first"] = size
		}
		out := f.Do(walkQuery, args)
		require.Empty(t, out.Errors, out.Raw)
		page := out.Data["posts"]
		info := apitest.Get(page, "pageInfo")
		if backward {
			all = append(nodes(page, "id"), all...)
			args["before"] = apitest.Get(info, "startCursor")
		} else {
			all = append(all, nodes(page, "id")...)
			args["after"] = apitest.Get(info, "endCursor")
		}
		more := map[bool]string{false: "hasNextPage", true: "hasPreviousPage"}[backward]
		if apitest.Get(info, more) != true {
			return all
		}
	}
	require.Fail(t, "the walk does not end")
	return nil
}

// Walks with random orders and page sizes meet each row once, in one order,
// whatever NULLs and equal values there are.
//
// Covers: T04, T05, T07, D43, D53.
func TestWalk(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		now := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.FixedZone("CET", 3600))
		var creates []*ent.PostCreate
		for i := range 23 {
			c := f.app.Client.Post.Create().SetAuthor(ann).SetSlug(fmt.Sprint("p-", i)).SetTitle([]string{"x", "Y", "z"}[i%3]).
				SetStatus([]post.Status{post.StatusDraft, post.StatusPublished}[i%2]).SetViewCount(int64(i % 4))
			if i%3 > 0 {
				c.SetCategory([]string{"a", "B", "c c", "é"}[i%4])
			}
			if i%5 > 1 {
				c.SetPublishedAt(now.Add(time.Duration(i%4) * time.Microsecond))
			}
			creates = append(creates, c)
		}
		f.app.Client.Post.CreateBulk(creates...).SaveX(t.Context())

		fields := []string{"ID", "CATEGORY", "PUBLISHED_AT", "STATUS", "TITLE", "VIEW_COUNT", "USER_ID", "VERSION"}
		filters := []vars{nil, {"status": "published"}, {"categoryIsNil": true}, {"hasAuthorWith": []any{vars{"username": "ann"}}}}
		sizes := map[int]int{0: 23, 1: 11, 2: 8, 3: 23}
		rapid.Check(t, func(r *rapid.T) {
			var order []any
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(fields), 0, 3, rapid.ID).Draw(r, "order") {
				order = append(order, vars{"field": name, "direction": rapid.SampledFrom([]string{"ASC", "DESC"}).Draw(r, "direction")})
			}
			filter := rapid.IntRange(0, len(filters)-1).Draw(r, "filter")
			args := vars{"orderBy": order, "where": filters[filter]}
			size := rapid.IntRange(1, 7).Draw(r, "size")
			whole := f.walk(r, args, 100, false)
			require.Len(r, whole, sizes[filter])
			require.Equal(r, whole, f.walk(r, args, size, false), "forwards")
			require.Equal(r, whole, f.walk(r, args, size, true), "backwards")
			met := map[any]bool{}
			for _, id := range whole {
				require.False(r, met[id], "met twice")
				met[id] = true
			}
		})
	})
}

// NULL is the smallest value and text is compared by code point, on every
// dialect.
//
// Covers: T05, D43.
func TestOrderIsTheSameOnAllDialects(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for i, category := range []string{"", "b", "B", "a", "é", "_", "A b", "z", "😀"} {
			c := f.app.Client.Post.Create().SetAuthor(ann).SetSlug(fmt.Sprint("p-", i)).SetTitle("T")
			if category != "" {
				c.SetCategory(category)
			}
			c.ExecX(t.Context())
		}
		const query = `query($by: [PostOrder!]) { posts(orderBy: $by) { edges { node { category } } } }`
		up := list(nil, "A b", "B", "_", "a", "b", "z", "é", "😀")
		require.Equal(t, up, nodes(f.Must(query, vars{"by": vars{"field": "CATEGORY"}})["posts"], "category"))
		down := nodes(f.Must(query, vars{"by": []any{vars{"field": "CATEGORY", "direction": "DESC"}}})["posts"], "category")
		for i := range up {
			require.Equal(t, up[i], down[len(up)-1-i])
		}
	})
}
