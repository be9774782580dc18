package blog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// Posts are found by the words of title, content and excerpt together; `%` and
// `_` are no wildcards.
//
// Covers: D39.
func TestPostsAreSearched(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, author := t.Context(), newUser(t, app, "ada")
		save := func(slug, title, content, excerpt string, status post.Status) {
			app.Client.Post.Create().SetAuthor(author).SetSlug(slug).SetTitle(title).
				SetContent(content).SetExcerpt(excerpt).SetStatus(status).SaveX(ctx)
		}
		save("a", "Generics in Go", "Type parameters, 100% explained", "a tour", post.StatusPublished)
		save("b", "Channels", "Go by example", "what select does", post.StatusPublished)
		save("c", "Cooking", "Pasta", "go for al dente", post.StatusDraft)
		api := blogtest.Serve(t, app)
		found := func(where string) (slugs []string) {
			data := api.Must(`{ posts(where: `+where+`, orderBy: [{field: SLUG}]) { edges { node { slug } } } }`, nil)
			for _, e := range apitest.Get(data, "posts", "edges").([]any) {
				slugs = append(slugs, apitest.Get(e, "node", "slug").(string))
			}
			return slugs
		}
		require.Equal(t, []string{"a", "b", "c"}, found(`{search: "go"}`))
		require.Equal(t, []string{"a", "b"}, found(`{search: "go", status: published}`))
		require.Equal(t, []string{"a"}, found(`{search: "tour go PARAM"}`))
		require.Equal(t, []string{"a"}, found(`{search: "100%"}`))
		require.Empty(t, found(`{search: "g%n"}`))
		require.Empty(t, found(`{search: "g_nerics"}`))
		require.Equal(t, []string{"c"}, found(`{hasAuthorWith: [{username: "ada"}], search: "dente"}`))
		api.Fail("BAD_USER_INPUT", `{ posts(where: {search: "%%"}) { totalCount } }`, nil)
	})
}
