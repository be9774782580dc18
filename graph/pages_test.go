package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// The requests of the guide on orders, counts and pages by number.
//
// Covers: T06, D36, D43, D46.
func TestGuideToPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.app.Client
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		bob.Update().SetOrganization(c.Organization.Create().SetName("Club").SaveX(ctx)).ExecX(ctx)
		a, b := f.posts(t, ann, "a", 3), f.posts(t, bob, "b", 1)
		for _, p := range a[:2] {
			said := c.Comment.Create().SetPost(p).SetUser(bob).SetContent("Well said.").SaveX(ctx)
			if p == a[0] {
				c.Comment.DeleteOne(said).ExecX(ctx)
			}
		}
		c.Post.UpdateOne(b[0]).SetStatus("published").ExecX(ctx)

		got := f.Must(`{ posts(orderBy: [
			{field: COMMENTS_COUNT, direction: DESC}
			{author: {organization: {field: NAME, direction: DESC}}}
			{field: TITLE}
		]) { edges { node { slug } } } }`, nil)
		require.Equal(t, list("a-1", "b-0", "a-0", "a-2"), nodes(got["posts"], "slug"))

		got = f.Must(`{ posts { totalCount badge: total(upTo: 3) { text } about: total(estimate: true) { value precision text } } }`, nil)
		require.Equal(t, "3+", apitest.Get(got, "posts", "badge", "text"))
		require.Equal(t, "4", apitest.Get(got, "posts", "about", "text"))

		got = f.Must(`{ postsPage(page: 1, perPage: 20, orderBy: [{field: TITLE}], where: {status: published}) {
			data { slug } pagination { currentPage perPage total lastPage from to hasNext hasPrev } filters } }`, nil)
		require.Equal(t, vars{
			"data":       list(vars{"slug": "b-0"}),
			"filters":    vars{"status": "published"},
			"pagination": vars{"currentPage": 1.0, "perPage": 20.0, "total": 1.0, "lastPage": 1.0, "from": 1.0, "to": 1.0, "hasNext": false, "hasPrev": false},
		}, got["postsPage"])
	})
}
