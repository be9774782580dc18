package graph_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// A mutation is one transaction, and its payload is resolved after it: one
// connection is enough for both.
//
// Covers: T20, C44.
func TestMutationsAreTransactions(t *testing.T) {
	t.Parallel()
	pool := config.Pool{Size: 1, Timeout: 5 * time.Second, Recycle: config.Forever}
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		author := gid("User", ann.ID)
		tag := f.tag(t, "red")
		f.tag(t, "blue")

		// The second insert of the mutation fails, the first leaves nothing.
		out := f.Do(createPost, vars{"i": vars{"userID": author, "title": "T", "slug": "t", "tags": vars{"connect": list(gid("Tag", tag.ID), gid("Tag", 999))}}})
		require.Len(t, out.Errors, 1)
		require.Zero(t, f.app.Client.Post.Query().CountX(t.Context()))

		// Root fields are transactions of their own: the first one stays.
		out = f.Do(`mutation($a: CreatePostInput!, $b: CreateTagInput!, $c: CreateTagInput!) {
			a: createPost(input: $a) { slug author { username posts { totalCount } } tags { edges { node { name } } } }
			b: createTag(input: $b) { name } c: createTag(input: $c) { name } }`, vars{
			"a": vars{"userID": author, "title": "T", "slug": "t", "tags": vars{"connect": list(gid("Tag", tag.ID))}},
			"b": vars{"name": "  "}, "c": vars{"name": "green"},
		})
		require.Len(t, out.Errors, 1, out.Raw)
		require.Equal(t, []any{"b"}, out.Errors[0].Path)
		require.Equal(t, 1, f.app.Client.Post.Query().CountX(t.Context()))

		got := f.Must(`mutation($i: CreatePostInput!) { createPost(input: $i) { slug author { username posts { totalCount } } tags { edges { node { name } } } } }`,
			vars{"i": vars{"userID": author, "title": "T", "slug": "u", "tags": vars{"connect": list(gid("Tag", tag.ID))}}})
		require.Equal(t, "ann", apitest.Get(got, "createPost", "author", "username"))
		require.Equal(t, 2.0, apitest.Get(got, "createPost", "author", "posts", "totalCount"))
		require.Equal(t, list("red"), nodes(apitest.Get(got, "createPost", "tags"), "name"))
		require.Equal(t, 1, f.app.DB.Stats().Max)
	}, testkit.WithPool(pool))
}
