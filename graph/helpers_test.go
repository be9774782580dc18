package graph_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/database"
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
	statements *statementLog
	dialect    testkit.Engine
}

// each runs fn on every dialect, each with a fresh database.
func each(t *testing.T, fn func(t *testing.T, f *fixture), opts ...testkit.Option) {
	t.Helper()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			log := &statementLog{}
			opts := append([]testkit.Option{testkit.WithOptions(database.WithLogger(slog.New(log)))}, opts...)
			app := blogtest.New(t, testkit.Open(t, engine, opts...))
			fn(t, &fixture{blogtest.Serve(t, app), app, log, engine})
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

// statementLog is a slog.Handler that keeps the statements of a database.
type statementLog struct {
	mu   sync.Mutex
	list []string
}

func (*statementLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *statementLog) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l *statementLog) WithGroup(string) slog.Handler          { return l }

func (l *statementLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "query" {
			return true
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.list = append(l.list, a.Value.String())
		return false
	})
	return nil
}

// of returns the statements that read or write rows while fn runs.
func (l *statementLog) of(fn func()) []string {
	l.mu.Lock()
	l.list = nil
	l.mu.Unlock()
	fn()
	l.mu.Lock()
	defer l.mu.Unlock()
	var rows []string
	for _, s := range l.list {
		for _, verb := range []string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"} {
			if strings.HasPrefix(s, verb) {
				rows = append(rows, s)
			}
		}
	}
	return rows
}

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
