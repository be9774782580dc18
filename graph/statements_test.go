package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Covers: T01, T14, D53.
func TestCountsOnlyWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		for _, name := range []string{"ann", "bob"} {
			f.posts(t, f.user(t, name), name, 3)
		}
		for query, want := range map[string][2]int{ // statements, COUNTs among them
			`{ posts(first: 2) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`:                       {1, 0},
			`{ posts(first: 2) { pageInfo { hasNextPage } } }`:                                                       {1, 0},
			`{ posts(first: 2) { totalCount } }`:                                                                     {1, 1},
			`{ posts(first: 2) { totalCount edges { node { id } } } }`:                                               {2, 1},
			`{ posts(first: 2) { __typename } }`:                                                                     {0, 0},
			`{ users { edges { node { posts(first: 1) { edges { node { id } } pageInfo { hasNextPage } } } } } }`:    {2, 0},
			`{ users { edges { node { posts { totalCount } } } } }`:                                                  {2, 1},
			`{ users { edges { node { posts { totalCount edges { node { id } } } } } } }`:                            {3, 1},
			`{ users { totalCount edges { node { posts { ...C } } } } } fragment C on PostConnection { totalCount }`: {3, 2},
			`{ posts(first: 2) { totalCount @skip(if: true) edges { node { id } } } }`:                               {1, 0},
		} {
			ran := f.statements.of(func() { f.Must(query, nil) })
			require.Len(t, ran, want[0], "%s\n%s", query, strings.Join(ran, "\n"))
			counts := 0
			for _, s := range ran {
				counts += strings.Count(s, "COUNT(")
			}
			require.Equal(t, want[1], counts, "%s\n%s", query, strings.Join(ran, "\n"))
		}
	})
}

// Covers: T01, T32.
func TestReadsOnlyTheColumnsAskedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		f.posts(t, f.user(t, "ann"), "p", 2)
		ran := f.statements.of(func() {
			f.Must(`{ posts(orderBy: [{field: TITLE}]) { edges { node { __typename slug author { username } } } } }`, nil)
		})
		require.Len(t, ran, 2)
		for _, unwanted := range []string{"content", "excerpt", "view_count"} {
			require.NotContains(t, ran[0], unwanted)
		}
		require.NotContains(t, ran[1], "password")
		require.NotContains(t, ran[1], "email")
	})
}

// The number of statements depends on the query and never on the rows.
//
// Covers: T14, T15, C24.
func TestStatementsDoNotGrowWithRows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		c := f.app.Client
		role := c.Role.Create().SetName("editor").SaveX(t.Context())
		var users []*ent.User
		grow := func(n int) {
			for range n {
				u := f.user(t, fmt.Sprintf("user%d", len(users)))
				users = append(users, u)
				c.UserRole.Create().SetUser(u).SetRole(role).ExecX(t.Context())
				posts := f.posts(t, u, u.Username, 2)
				f.tag(t, "tag-"+u.Username, posts...)
				for _, p := range posts {
					c.Comment.Create().SetPost(p).SetUser(users[0]).SetContent("Well said.").ExecX(t.Context())
				}
			}
		}
		grow(1)
		queries := map[string]string{
			"three levels": `{ users(first: 5) { edges { node { posts(first: 20) { totalCount edges { node { title author { username }
				tags(first: 3) { edges { node { name posts(first: 1) { totalCount } } } }
				comments(first: 3, orderBy: [{field: CREATED_AT}]) { edges { node { content user { username } } } } } } } } } } }`,
			"a resolver of the application's own": `{ users(first: 5) { edges { node { roles { name assignments(first: 5) { totalCount edges { node { user { username } } } } } } } } }`,
			"nodes": fmt.Sprintf(`{ nodes(ids: [%q, %q, %q]) { ... on User { posts(first: 5) { edges { node { tags(first: 2) { totalCount } } } } } } }`,
				gid("User", 1), gid("User", 2), gid("User", 3)),
			"the payload of a mutation": fmt.Sprintf(`mutation { updateUser(id: %q, input: {bio: "x"}) { username
				posts(first: 9) { edges { node { comments(first: 5) { edges { node { user { username } } } } tags(first: 3) { edges { node { name } } } } } } roles { name } } }`,
				gid("User", users[0].ID)),
		}
		few := map[string]int{}
		for name, query := range queries {
			few[name] = len(f.statements.of(func() { f.Must(query, nil) }))
		}
		grow(3)
		f.posts(t, users[0], "more", 5)
		for name, query := range queries {
			ran := f.statements.of(func() { f.Must(query, nil) })
			require.Len(t, ran, few[name], "%s\n%s", name, strings.Join(ran, "\n"))
		}
		got := f.Must(queries["a resolver of the application's own"], nil)
		for i := range users {
			require.Equal(t, "editor", apitest.Get(got, "users", "edges", i, "node", "roles", 0, "name"))
			require.Equal(t, 4.0, apitest.Get(got, "users", "edges", i, "node", "roles", 0, "assignments", "totalCount"))
		}
	})
}
