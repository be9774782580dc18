package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const pageQuery = `query($after: Cursor, $before: Cursor, $first: Int, $last: Int, $orderBy: [PostOrder!]) {
	posts(after: $after, before: $before, first: $first, last: $last, orderBy: $orderBy) {
		edges { cursor node { slug } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

// Covers: T04, D53.
func TestConnectionArguments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.posts(t, f.user(t, "ann"), "p", 6)
		byTitle := []any{vars{"field": "TITLE", "direction": "DESC"}}
		for name, order := range map[string][]any{"by id": nil, "by title, backwards": byTitle} {
			f.run(t, name, func(t *testing.T, f *fixture) {
				all := f.Must(pageQuery, vars{"orderBy": order})["posts"]
				slugs := nodes(all, "slug")
				require.Len(t, slugs, 6)
				cursor := func(i int) any { return apitest.Get(all, "edges", i, "cursor") }
				// Each case names the rows that it wants by their place.
				for _, c := range []struct {
					args       vars
					from, to   int
					next, prev bool
				}{
					{vars{"first": 2}, 0, 2, true, false},
					{vars{"first": 6}, 0, 6, false, false},
					{vars{"first": 0}, 0, 0, true, false},
					{vars{"last": 2}, 4, 6, false, true},
					{vars{"last": 0}, 0, 0, false, true},
					{vars{"first": 2, "after": cursor(1)}, 2, 4, true, true},
					{vars{"first": 4, "after": cursor(1)}, 2, 6, false, true},
					{vars{"first": 4, "after": cursor(5)}, 0, 0, false, true},
					{vars{"after": cursor(3)}, 4, 6, false, true},
					{vars{"last": 2, "before": cursor(4)}, 2, 4, true, true},
					{vars{"before": cursor(2)}, 0, 2, true, false},
					{vars{"after": cursor(0), "before": cursor(4)}, 1, 4, true, true},
					{vars{"after": cursor(4), "before": cursor(1)}, 0, 0, true, true},
					{vars{"first": 2, "before": cursor(4)}, 0, 2, true, false},
					{vars{"last": 2, "after": cursor(1)}, 4, 6, false, true},
					{vars{"first": 2, "after": cursor(0), "before": cursor(4)}, 1, 3, true, true},
					{vars{"last": 2, "after": cursor(0), "before": cursor(4)}, 2, 4, true, true},
				} {
					c.args["orderBy"] = order
					page := f.Must(pageQuery, c.args)["posts"]
					require.Equal(t, slugs[c.from:c.to], nodes(page, "slug"), "%v", c.args)
					info := apitest.Get(page, "pageInfo")
					require.Equal(t, c.next, apitest.Get(info, "hasNextPage"), "%v", c.args)
					require.Equal(t, c.prev, apitest.Get(info, "hasPreviousPage"), "%v", c.args)
					if c.from == c.to {
						require.Nil(t, apitest.Get(info, "startCursor"))
						continue
					}
					require.Equal(t, cursor(c.from), apitest.Get(info, "startCursor"))
					require.Equal(t, cursor(c.to-1), apitest.Get(info, "endCursor"))
				}
			})
		}
		f.run(t, "refused", func(t *testing.T, f *fixture) {
			for argument, args := range map[string]vars{
				"last": {"first": 1, "last": 1}, "first": {"first": 101},
			} {
				require.Equal(t, argument, f.Fail("BAD_USER_INPUT", pageQuery, args).Extensions["argument"])
			}
			for _, args := range []vars{
				{"first": -1},
				{"last": -1},
				{"last": 101},
				{"orderBy": []any{vars{"field": "TITLE"}, vars{"field": "TITLE"}}},
			} {
				ran := f.statements.of(func() { f.Fail("BAD_USER_INPUT", pageQuery, args) })
				require.Empty(t, ran, "%v", args)
			}
		})
		f.run(t, "100 rows are the most, 20 the default", func(t *testing.T, f *fixture) {
			f.posts(t, f.user(t, "bob"), "q", 100)
			require.Len(t, nodes(f.Must(pageQuery, vars{"first": 100})["posts"], "slug"), 100)
			require.Len(t, nodes(f.Must(pageQuery, nil)["posts"], "slug"), 20)
		})
	})
}

// Covers: T04, T14, C01, C02, C33.
func TestConnectionOfEdges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		a, b := f.posts(t, ann, "a", 4), f.posts(t, bob, "b", 2)
		f.tag(t, "red", a[0], a[1], b[0])
		f.tag(t, "blue", a[1], b[0], b[1])
		f.tag(t, "none")
		_ = cid

		const authors = `query($first: Int, $after: Cursor, $last: Int) { users(orderBy: [{field: USERNAME}]) { edges { node { username
			posts(first: $first, after: $after, last: $last, orderBy: [{field: SLUG, direction: DESC}]) {
				totalCount edges { cursor node { slug author { username } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } } }`
		f.run(t, "to many", func(t *testing.T, f *fixture) {
			got := f.Must(authors, vars{"first": 3})
			page := func(i int) any { return apitest.Get(got, "users", "edges", i, "node", "posts") }
			require.Equal(t, list("a-3", "a-2", "a-1"), nodes(page(0), "slug"))
			require.Equal(t, list("b-1", "b-0"), nodes(page(1), "slug"))
			require.Empty(t, nodes(page(2), "slug"))
			for i, want := range []float64{4, 2, 0} {
				require.Equal(t, want, apitest.Get(page(i), "totalCount"))
				require.Equal(t, i == 0, apitest.Get(page(i), "pageInfo", "hasNextPage"))
			}
			require.Equal(t, "ann", apitest.Get(page(0), "edges", 0, "node", "author", "username"))

			// A cursor of the edge continues it for every owner.
			got = f.Must(authors, vars{"first": 3, "after": apitest.Get(page(0), "pageInfo", "endCursor")})
			require.Equal(t, list("a-0"), nodes(page(0), "slug"))
			require.Equal(t, true, apitest.Get(page(0), "pageInfo", "hasPreviousPage"))
			require.Equal(t, true, apitest.Get(page(2), "pageInfo", "hasPreviousPage"), "as a root connection says of an empty page")

			got = f.Must(authors, vars{"last": 1})
			require.Equal(t, list("a-0"), nodes(page(0), "slug"))
			require.Equal(t, list("b-0"), nodes(page(1), "slug"))
		})
		f.run(t, "many to many, both ways", func(t *testing.T, f *fixture) {
			got := f.Must(`{ tags(orderBy: [{field: NAME}]) { edges { node { name
				posts(first: 2, orderBy: [{field: SLUG}]) { totalCount pageInfo { hasNextPage } edges { node { slug
					tags(orderBy: [{field: NAME, direction: DESC}]) { totalCount edges { node { name } } } } } } } } } }`, nil)
			page := func(i int) any { return apitest.Get(got, "tags", "edges", i, "node", "posts") }
			require.Equal(t, list("a-1", "b-0"), nodes(page(0), "slug"))
			require.Empty(t, nodes(page(1), "slug"))
			require.Equal(t, list("a-0", "a-1"), nodes(page(2), "slug"))
			require.Equal(t, 3.0, apitest.Get(page(2), "totalCount"))
			require.Equal(t, true, apitest.Get(page(2), "pageInfo", "hasNextPage"))
			both := apitest.Get(page(2), "edges", 1, "node", "tags")
			require.Equal(t, list("red", "blue"), nodes(both, "name"))
			require.Equal(t, 2.0, apitest.Get(both, "totalCount"))
		})
	})
}

// Covers: T02, C09, C11, C12, C14.
func TestAliases(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.posts(t, ann, "a", 3)
		f.posts(t, bob, "b", 1)
		c := f.app.Client
		org := c.Organization.Create().SetName("Club").SaveX(t.Context())
		ann.Update().SetOrganization(org).ExecX(t.Context())
		c.UserProfile.Create().SetUser(ann).SetBio("Writes.").SetPhone("1").ExecX(t.Context())
		c.Scenario.Create().SetCreator(bob).SetTitle("Plan").ExecX(t.Context())

		got := f.Must(`{ posts(orderBy: [{field: SLUG}]) { edges { node { a: author { username } b: author { email id } ... { a: author { name } } } } } }`, nil)
		for i, name := range []string{"ann", "ann", "ann", "bob"} {
			node := apitest.Get(got, "posts", "edges", i, "node")
			require.Equal(t, name, apitest.Get(node, "a", "username"))
			require.Nil(t, apitest.Get(node, "a", "name"))
			require.Equal(t, name+"@example.org", apitest.Get(node, "b", "email"))
		}
		got = f.Must(`{ users(orderBy: [{field: USERNAME}]) { edges { node {
			x: posts(first: 1, orderBy: [{field: SLUG}]) { edges { node { slug } } }
			y: posts(last: 1, orderBy: [{field: SLUG}]) { edges { node { slug } } }
			z: posts(where: {slug: "a-1"}) { totalCount }
			profile { bio user { username } } also: profile { phone }
			organization { name users { edges { node { username } } } }
			scenarios { edges { node { title creator { username } } } } } } } }`, nil)
		first, second := apitest.Get(got, "users", "edges", 0, "node"), apitest.Get(got, "users", "edges", 1, "node")
		require.Equal(t, list("a-0"), nodes(apitest.Get(first, "x"), "slug"))
		require.Equal(t, list("a-2"), nodes(apitest.Get(first, "y"), "slug"))
		require.Equal(t, 1.0, apitest.Get(first, "z", "totalCount"))
		require.Equal(t, 0.0, apitest.Get(second, "z", "totalCount"))
		require.Equal(t, "Writes.", apitest.Get(first, "profile", "bio"))
		require.Equal(t, "ann", apitest.Get(first, "profile", "user", "username"))
		require.Equal(t, "1", apitest.Get(first, "also", "phone"))
		require.Nil(t, apitest.Get(second, "profile"))
		require.Nil(t, apitest.Get(second, "organization"))
		require.Equal(t, list("ann"), nodes(apitest.Get(first, "organization", "users"), "username"))
		require.Equal(t, "bob", apitest.Get(second, "scenarios", "edges", 0, "node", "creator", "username"))
	})
}
