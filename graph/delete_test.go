package graph_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Covers: T11.
func TestSoftDelete(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx := t.Context()
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		post := f.posts(t, ann, "a", 1)[0]
		f.posts(t, bob, "b", 1)
		f.tag(t, "red", post)
		id := gid("User", ann.ID)
		const del = `mutation($id: ID!) { deleteUser(id: $id) }`
		require.Equal(t, "RESTRICTED", f.Fail("CONFLICT", del, vars{"id": id}).Extensions["reason"], "she has a post")
		eve := f.user(t, "eve")
		require.Equal(t, gid("User", eve.ID), f.Must(del, vars{"id": gid("User", eve.ID)})["deleteUser"])
		// Past the rules, as an import may leave it.
		ann.Update().SetDeletedAt(time.Now()).ExecX(entity.WithTrashed(ctx))
		first := f.app.Client.User.GetX(entity.WithTrashed(ctx), ann.ID).DeletedAt
		require.NotNil(t, first)

		// A page of posts survives a deleted author.
		got := f.Must(`{ posts(orderBy: [{field: SLUG}]) { totalCount edges { node { slug userID author { username } } } } }`, nil)
		require.Equal(t, list("a-0", "b-0"), nodes(got["posts"], "slug"))
		require.Nil(t, apitest.Get(got, "posts", "edges", 0, "node", "author"))
		require.Equal(t, "bob", apitest.Get(got, "posts", "edges", 1, "node", "author", "username"))

		got = f.Must(`query($id: ID!) { users { totalCount edges { node { username } } } node(id: $id) { id } userByUsername(username: "ann") { id } }`, vars{"id": id})
		require.Equal(t, list("bob"), nodes(got["users"], "username"))
		require.Equal(t, 1.0, apitest.Get(got, "users", "totalCount"))
		require.Nil(t, got["node"])
		require.Nil(t, got["userByUsername"])

		f.Fail("NOT_FOUND", updateUser, vars{"id": id, "i": vars{"bio": "x"}})
		f.Fail("NOT_FOUND", del, vars{"id": id})
		require.Equal(t, first, f.app.Client.User.GetX(entity.WithTrashed(ctx), ann.ID).DeletedAt, "the first deletion counts")

		const restore = `mutation($id: ID!) { restoreUser(id: $id) { username posts { edges { node { slug } } } } }`
		got = f.Must(restore, vars{"id": id})
		require.Equal(t, list("a-0"), nodes(apitest.Get(got, "restoreUser", "posts"), "slug"))
		f.Fail("NOT_FOUND", restore, vars{"id": id})
		require.Len(t, f.match(t, "users", "username", nil), 2)

		// Edges to many leave out what is deleted, and count without it.
		f.Must(`mutation($id: ID!) { deletePost(id: $id) }`, vars{"id": gid("Post", post.ID)})
		got = f.Must(`{ users(orderBy: [{field: USERNAME}]) { edges { node { posts { totalCount edges { node { id } } } } } } tags { edges { node { posts { totalCount edges { node { id } } } } } } }`, nil)
		for _, connection := range []any{
			apitest.Get(got, "users", "edges", 0, "node", "posts"), apitest.Get(got, "tags", "edges", 0, "node", "posts"),
		} {
			require.Equal(t, 0.0, apitest.Get(connection, "totalCount"))
			require.Empty(t, nodes(connection, "id"))
		}
	})
}

// Covers: C41.
func TestDeleteForGood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.app.Client
		ann := f.user(t, "ann")
		tag := f.tag(t, "red", f.posts(t, ann, "p", 1)...)
		org := c.Organization.Create().SetName("Club").SaveX(ctx)
		ann.Update().SetOrganization(org).ExecX(ctx)

		f.Must(`mutation($id: ID!) { deleteTag(id: $id) }`, vars{"id": gid("Tag", tag.ID)})
		require.Equal(t, list("p-0"), f.match(t, "posts", "slug", vars{"hasTags": false}))
		f.Fail("NOT_FOUND", `mutation($id: ID!) { deleteTag(id: $id) }`, vars{"id": gid("Tag", tag.ID)})
		f.Must(`mutation($id: ID!) { deleteOrganization(id: $id) }`, vars{"id": gid("Organization", org.ID)})
		require.Nil(t, c.User.GetX(ctx, ann.ID).OrganizationID)
	})
}
