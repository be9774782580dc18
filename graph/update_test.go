package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const (
	updateUser = `mutation($id: ID!, $i: UpdateUserInput!, $v: BigInt) { updateUser(id: $id, input: $i, expectedVersion: $v) {
		username email name bio isActive version createdAt updatedAt organization { name } } }`
	updatePost = `mutation($id: ID!, $i: UpdatePostInput!) { updatePost(id: $id, input: $i) { slug tags(orderBy: [{field: NAME}]) { edges { node { name } } } } }`
)

// Covers: B06, B14, B16, B17, B60, C12.
func TestUpdate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		id := gid("User", ann.ID)
		org := f.app.Client.Organization.Create().SetName("Club").SaveX(t.Context())
		update := func(input vars) vars {
			return f.Must(updateUser, vars{"id": id, "i": input})["updateUser"].(vars)
		}
		first := update(vars{"name": " Ann A. ", "bio": "x", "isActive": false, "organizationID": gid("Organization", org.ID)})
		require.Equal(t, "Ann A.", first["name"])
		require.Equal(t, false, first["isActive"])
		require.Equal(t, "2", first["version"])
		require.Equal(t, "Club", apitest.Get(first, "organization", "name"))

		second := update(vars{"bio": nil, "organizationID": nil})
		require.Nil(t, second["bio"], "null clears")
		require.Nil(t, second["organization"])
		require.Equal(t, "Ann A.", second["name"], "what is left out stays")
		require.Equal(t, false, second["isActive"])
		require.Equal(t, first["createdAt"], second["createdAt"])
		require.Greater(t, second["updatedAt"], first["updatedAt"])
		require.Equal(t, "3", second["version"])

		e := f.Fail("VALIDATION", updateUser, vars{"id": id, "i": vars{"username": nil, "email": "x", "isActive": nil, "name": nil}})
		require.Equal(t, map[string]string{"input.username": "null", "input.email": "email", "input.isActive": "null"}, violations(t, e))
		require.Equal(t, "Ann A.", *f.app.Client.User.GetX(t.Context(), ann.ID).Name)

		// A variable that is not given leaves its field out.
		got := f.Must(`mutation($id: ID!, $n: String, $b: String) { updateUser(id: $id, input: {name: $n, bio: $b}) { name bio } }`, vars{"id": id, "b": "y"})
		require.Equal(t, "Ann A.", apitest.Get(got, "updateUser", "name"))
		require.Equal(t, "y", apitest.Get(got, "updateUser", "bio"))
		f.Fail("NOT_FOUND", updateUser, vars{"id": gid("User", 999), "i": vars{"bio": "x"}})
	})
}

// Covers: B61, T16.
func TestExpectedVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		v := vars{"id": gid("User", ann.ID), "i": vars{"bio": "one"}, "v": "1"}
		require.Equal(t, "2", apitest.Get(f.Must(updateUser, v), "updateUser", "version"))
		e := f.Fail("CONFLICT", updateUser, v)
		require.Equal(t, "STALE", e.Extensions["reason"])
		require.Equal(t, "1", e.Extensions["expectedVersion"])
		require.Equal(t, "2", e.Extensions["currentVersion"])
		v["v"] = 2
		f.Must(updateUser, v)
		f.Fail("NOT_FOUND", updateUser, vars{"id": gid("User", 999), "i": vars{"bio": "x"}, "v": 1})
		f.app.Client.User.DeleteOne(ann).ExecX(t.Context())
		v["v"] = 4
		f.Fail("NOT_FOUND", updateUser, v)
	})
}

// Covers: C33, C06.
func TestLinksOfManyToMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		post := f.posts(t, ann, "p", 1)[0]
		id := func(name string) any { return gid("Tag", f.tag(t, name).ID) }
		red, blue, green := id("red"), id("blue"), id("green")
		tags := func(input vars) []any {
			got := f.Must(updatePost, vars{"id": gid("Post", post.ID), "i": input})
			return nodes(apitest.Get(got, "updatePost", "tags"), "name")
		}
		require.Equal(t, list("blue", "red"), tags(vars{"tags": vars{"connect": list(red, blue)}}))
		require.Equal(t, list("blue", "red"), tags(vars{"tags": vars{"connect": list(red)}}), "adding again changes nothing")
		require.Equal(t, list("green", "red"), tags(vars{"tags": vars{"connect": list(green, green), "disconnect": list(blue)}}))
		require.Equal(t, list("green", "red"), tags(vars{"tags": vars{"connect": list(red), "disconnect": list(red)}}), "what is removed and added is there")
		require.Equal(t, list("green", "red"), tags(vars{"tags": vars{"disconnect": list(blue)}}), "removing what is not there changes nothing")
		require.Equal(t, list("green"), tags(vars{"tags": vars{"disconnect": red}}))
		got := f.Must(createPost, vars{"i": vars{"userID": gid("User", ann.ID), "title": "T", "slug": "t", "tags": vars{"connect": list(blue, blue, red)}}})
		require.ElementsMatch(t, list("blue", "red"), nodes(apitest.Get(got, "createPost", "tags"), "name"))
		got = f.Must(`mutation($i: CreateTagInput!) { createTag(input: $i) { posts { edges { node { slug } } } } }`,
			vars{"i": vars{"name": "new", "posts": vars{"connect": list(gid("Post", post.ID))}}})
		require.Equal(t, list("p-0"), nodes(apitest.Get(got, "createTag", "posts"), "slug"))
	})
}
