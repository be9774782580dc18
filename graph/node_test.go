package graph_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

const nodesQuery = `query($ids: [ID!]!) { nodes(ids: $ids) {
	id __typename ... on User { username } ... on Post { slug } ... on Organization { name } } }`

// Covers: T19.
func TestNodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		posts := f.posts(t, ann, "p", 2)
		org, err := f.app.Client.Organization.Create().SetName("Club").Save(t.Context())
		require.NoError(t, err)

		f.run(t, "keeps the order, repeats and leaves gaps", func(t *testing.T, f *fixture) {
			ids := []string{
				gid("Post", posts[1].ID), gid("User", ann.ID), gid("Post", 999), gid("Organization", org.ID),
				gid("Organization", uuid.New()), gid("Post", posts[0].ID), gid("Post", posts[1].ID),
			}
			var data map[string]any
			ran := f.statements.of(func() { data = f.Must(nodesQuery, vars{"ids": ids}) })
			require.Len(t, ran, 3, "one statement for each type")
			got := data["nodes"].([]any)
			require.Len(t, got, len(ids))
			for i, slug := range map[int]string{0: "p-1", 5: "p-0", 6: "p-1"} {
				require.Equal(t, slug, apitest.Get(got, i, "slug"))
				require.Equal(t, ids[i], apitest.Get(got, i, "id"))
			}
			require.Equal(t, "ann", apitest.Get(got, 1, "username"))
			require.Equal(t, "Club", apitest.Get(got, 3, "name"))
			require.Nil(t, got[2])
			require.Nil(t, got[4])
		})
		f.run(t, "node", func(t *testing.T, f *fixture) {
			const query = `query($id: ID!) { node(id: $id) { id ... on Post { slug author { username } } } }`
			got := f.Must(query, vars{"id": gid("Post", posts[0].ID)})
			require.Equal(t, "p-0", apitest.Get(got, "node", "slug"))
			require.Equal(t, "ann", apitest.Get(got, "node", "author", "username"))
			require.Nil(t, f.Must(query, vars{"id": gid("User", 999)})["node"])
			require.Equal(t, "id", f.Fail("BAD_USER_INPUT", query, vars{"id": "x"}).Extensions["argument"])
		})
		f.run(t, "refuses what is no id", func(t *testing.T, f *fixture) {
			raw := base64.RawURLEncoding.EncodeToString
			for _, id := range []string{
				"", "garbage", "%%%", raw([]byte("User")), raw([]byte("User:")), raw([]byte(":1")), raw([]byte("Usr:1")),
				raw([]byte("User:1x")), raw([]byte("User:99999999999999999999")), raw([]byte("Organization:1")),
				raw([]byte("User:0x1")), raw([]byte("User:\xff")),
			} {
				var e apitest.Error
				ran := f.statements.of(func() {
					e = f.Fail("BAD_USER_INPUT", nodesQuery, vars{"ids": []string{gid("User", ann.ID), id}})
				})
				require.Equal(t, "ids[1]", e.Extensions["argument"], "%q", id)
				require.Empty(t, ran, "nothing is read")
			}
		})
		f.run(t, "takes 100 ids", func(t *testing.T, f *fixture) {
			ids := make([]string, 100)
			for i := range ids {
				ids[i] = gid("Post", posts[0].ID)
			}
			require.Len(t, f.Must(nodesQuery, vars{"ids": ids})["nodes"], 100)
			e := f.Fail("BAD_USER_INPUT", nodesQuery, vars{"ids": append(ids, ids[0])})
			require.Contains(t, e.Message, "100")
			require.Empty(t, f.Must(nodesQuery, vars{"ids": []string{}})["nodes"])
		})
		f.run(t, "an id of another type is refused where a type is expected", func(t *testing.T, f *fixture) {
			e := f.Fail("BAD_USER_INPUT", `mutation($id: ID!) { deletePost(id: $id) }`, vars{"id": gid("User", ann.ID)})
			require.Contains(t, e.Message, "User")
			e = f.Fail("BAD_USER_INPUT", `query($id: ID!) { posts(where: {userID: $id}) { totalCount } }`, vars{"id": gid("Post", ann.ID)})
			require.Equal(t, "where.userID", e.Extensions["argument"])
		})
	})
}
