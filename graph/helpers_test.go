package graph_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// vars are the variables of a request.
type vars = map[string]any

// fixture is the blog's API on one dialect, with an eye on its statements.
type fixture struct {
	*apitest.API
	app        *blog.App
	statements statementLog
	dialect    testkit.Engine
}

// each runs fn on every dialect, each with a fresh database.
func each(t *testing.T, fn func(t *testing.T, f *fixture), opts ...testkit.Option) {
	t.Helper()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db := testkit.Open(t, engine, opts...)
			app := blogtest.New(t, db)
			fn(t, &fixture{blogtest.Serve(t, app), app, statementLog{testkit.Count(t, db)}, engine})
		})
	}
}

// run runs a subtest that is the one to fail when a request does.
func (f *fixture) run(t *testing.T, name string, fn func(t *testing.T, f *fixture)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		in := *f
		in.API = blogtest.Serve(t, f.app)
		fn(t, &in)
	})
}

// statementLog counts the statements of a database.
type statementLog struct{ *testkit.Counter }

// of returns the statements that read or write rows while fn runs.
func (l statementLog) of(fn func()) []string { return l.Of(fn) }

// gid is the id that the API gives a row.
func gid(entity string, key any) string { return relay.EncodeID(ent.Entities()[entity], key) }

func (f *fixture) user(t testing.TB, name string) *ent.User {
	t.Helper()
	u, err := f.app.Client.User.Create().
		SetUsername(name).SetEmail(name + "@example.org").SetPassword("correct horse battery").Save(t.Context())
	require.NoError(t, err)
	return u
}

// posts makes n posts of the user: slug prefix-0, prefix-1, ….
func (f *fixture) posts(t testing.TB, author *ent.User, prefix string, n int) []*ent.Post {
	t.Helper()
	creates := make([]*ent.PostCreate, n)
	for i := range creates {
		creates[i] = f.app.Client.Post.Create().SetAuthor(author).
			SetSlug(fmt.Sprintf("%s-%d", prefix, i)).SetTitle(fmt.Sprintf("Post %d", i))
	}
	posts, err := f.app.Client.Post.CreateBulk(creates...).Save(t.Context())
	require.NoError(t, err)
	return posts
}

func (f *fixture) tag(t testing.TB, name string, posts ...*ent.Post) *ent.Tag {
	t.Helper()
	tag, err := f.app.Client.Tag.Create().SetName(name).AddPosts(posts...).Save(t.Context())
	require.NoError(t, err)
	return tag
}

// nodes lists one field of the nodes of a connection.
func nodes(connection any, field string) []any {
	list := []any{}
	for _, edge := range apitest.Get(connection, "edges").([]any) {
		list = append(list, apitest.Get(edge, "node", field))
	}
	return list
}

func list(items ...any) []any { return append([]any{}, items...) }

// violations maps the field of each violation to its code.
func violations(t testing.TB, e apitest.Error) map[string]string {
	t.Helper()
	out := map[string]string{}
	items, ok := e.Extensions["violations"].([]any)
	require.True(t, ok, "%+v", e)
	for _, v := range items {
		out[apitest.Get(v, "field").(string)] = apitest.Get(v, "code").(string)
	}
	require.Len(t, out, len(items))
	return out
}
