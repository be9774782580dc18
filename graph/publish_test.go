package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// A mutation of the application's own stands beside the generated ones: its
// errors are typed like theirs, and an id of another type is refused.
//
// Covers: T19, X45.
func TestOwnMutation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		const publish = `mutation($id: ID!) { publishPost(id: $id) { status publishedAt author { username } } }`
		ann := f.user(t, "ann")
		draft := f.app.Client.Post.Create().SetAuthor(ann).SetTitle("t").SetSlug("t").SaveX(t.Context())
		data := f.Must(publish, vars{"id": draft.GlobalID()})
		require.Equal(t, "published", apitest.Get(data, "publishPost", "status"))
		require.NotNil(t, apitest.Get(data, "publishPost", "publishedAt"))
		require.Equal(t, "ann", apitest.Get(data, "publishPost", "author", "username"))
		f.Fail("BAD_USER_INPUT", publish, vars{"id": ann.GlobalID()})
		f.app.Client.Post.DeleteOne(draft).ExecX(t.Context())
		f.Fail("NOT_FOUND", publish, vars{"id": draft.GlobalID()})
	})
}
