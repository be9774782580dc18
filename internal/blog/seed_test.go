package blog_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
	"github.com/framefox-go/framefox/framework/seed"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

func seeder(t *testing.T, app *blog.App) *seed.Store {
	t.Helper()
	store, err := blog.Seed(app.DB)
	require.NoError(t, err)
	return store
}

// apply writes one file of fixtures.
func apply(t *testing.T, app *blog.App, text string, opts seed.ApplyOptions) (seed.Report, error) {
	t.Helper()
	return seeder(t, app).Apply(t.Context(), fstest.MapFS{"rows.yaml": {Data: []byte(text)}}, opts)
}

func sums(report seed.Report) map[string][4]int {
	out := map[string][4]int{}
	for _, e := range report.Entities {
		out[e.Table] = [4]int{e.Inserted, e.Updated, e.Unchanged, len(e.Differences)}
	}
	return out
}

// The application's own fixtures go in through its hooks: passwords are hashed,
// defaults set, edges made. A second run changes nothing.
//
// Covers: G53.
func TestSeeds(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		store := seeder(t, app)
		report, err := store.Apply(t.Context(), os.DirFS("../../seeds"), seed.ApplyOptions{})
		require.NoError(t, err)
		require.Equal(t, map[string][4]int{
			"roles": {2}, "users": {2}, "user_profiles": {1}, "user_roles": {2}, "tags": {3}, "posts": {2}, "comments": {1},
		}, sums(report))

		ann, err := app.Client.User.Query().Where(user.Username("ann")).WithPosts().Only(t.Context())
		require.NoError(t, err)
		ok, _, err := password.Verify(ann.Password, "kettle orbit mustard lamp")
		require.NoError(t, err)
		require.True(t, ok)
		require.True(t, ann.IsActive, "a default")
		tags, err := app.Client.Post.Query().Where(post.Slug("hello")).QueryTags().Count(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, tags)

		before := rowsOf(t, app)
		report, err = store.Apply(t.Context(), os.DirFS("../../seeds"), seed.ApplyOptions{Update: true})
		require.NoError(t, err)
		for table, sum := range sums(report) {
			require.Zero(t, sum[0]+sum[1]+sum[3], table)
		}
		require.Equal(t, before, rowsOf(t, app), "no version was raised, no time touched")
	})
}

// rowsOf is what the tables hold that seeding writes to.
func rowsOf(t *testing.T, app *blog.App) string {
	t.Helper()
	users, err := app.Client.User.Query().Order(user.ByID()).All(t.Context())
	require.NoError(t, err)
	posts, err := app.Client.Post.Query().Order(post.ByID()).WithTags().All(t.Context())
	require.NoError(t, err)
	var text strings.Builder
	for _, u := range users {
		fmt.Fprint(&text, u.ID, u.Username, u.Email, u.Password, u.UpdatedAt, u.Version, "\n")
	}
	for _, p := range posts {
		fmt.Fprint(&text, p.ID, p.Title, p.Slug, p.UserID, p.UpdatedAt, p.Version, len(p.Edges.Tags), "\n")
	}
	return text.String()
}

const twoUsers = `
users:
  ann: {username: ann, email: ANN@example.org, password: "!"}
  bob: {username: bob, email: bob@example.org, password: "!", name: Bob}
tags:
  go: {name: Go}
  sql: {name: sql}
posts:
  hello: {author: "@users.ann", title: Hello, slug: hello, tags: ["@tags.go"]}
`

// A row that is not as its fixture is reported and left alone; with Update it is
// brought back, fields that the fixture does not name excepted.
func TestSeedDifferences(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		_, err := apply(t, app, twoUsers, seed.ApplyOptions{})
		require.NoError(t, err)
		bob := app.Client.User.Query().Where(user.Username("bob")).OnlyX(t.Context())
		bob.Update().SetName("Robert").SetDisplayName("B.").ExecX(t.Context())
		hello := app.Client.Post.Query().Where(post.Slug("hello")).OnlyX(t.Context())
		sql := app.Client.Tag.Create().SetName("other").SaveX(t.Context())
		hello.Update().AddTags(sql).ExecX(t.Context())

		report, err := apply(t, app, twoUsers, seed.ApplyOptions{})
		require.NoError(t, err)
		require.Equal(t, map[string][4]int{"users": {0, 0, 1, 1}, "tags": {0, 0, 2, 0}, "posts": {0, 0, 0, 1}}, sums(report))
		require.Equal(t, seed.Difference{File: "rows.yaml", Line: 4, Label: "bob", Fields: []string{"name"}}, report.Entities[0].Differences[0])
		require.Equal(t, "Robert", *app.Client.User.GetX(t.Context(), bob.ID).Name)

		report, err = apply(t, app, twoUsers, seed.ApplyOptions{Update: true, DryRun: true})
		require.NoError(t, err)
		require.Equal(t, [4]int{0, 1, 1, 0}, sums(report)["users"])
		require.Equal(t, "Robert", *app.Client.User.GetX(t.Context(), bob.ID).Name, "a dry run writes nothing")

		_, err = apply(t, app, twoUsers, seed.ApplyOptions{Update: true})
		require.NoError(t, err)
		bob = app.Client.User.GetX(t.Context(), bob.ID)
		require.Equal(t, "Bob", *bob.Name)
		require.Equal(t, "B.", *bob.DisplayName)
		require.Equal(t, 1, hello.QueryTags().CountX(t.Context()))

		// A row that was deleted stays deleted.
		app.Client.User.DeleteOne(bob).ExecX(t.Context())
		report, err = apply(t, app, twoUsers, seed.ApplyOptions{Update: true})
		require.NoError(t, err)
		require.Equal(t, 1, report.Entities[0].Deleted)
		require.False(t, app.Client.User.Query().Where(user.Username("bob")).ExistX(t.Context()))
		require.True(t, app.Client.User.Query().Where(user.Username("bob")).ExistX(entity.WithTrashed(t.Context())))
	})
}

// What is wrong is named by its place, all of it at once, and nothing is written.
func TestBadSeeds(t *testing.T) {
	t.Parallel()
	app := blogtest.New(t, testkit.Open(t, testkit.SQLite))
	for text, want := range map[string][]string{
		"users:\n  ann: {username: a, email: nobody, password: '!', nickname: x}": {
			"rows.yaml:2: User ann.username: must have at least 3 characters", "User ann.email: must be an e-mail address",
			"User ann.nickname: there is no such field; User has ",
		},
		"users:\n  ann:\n    username: ann\n\n    bad":                                       {"rows.yaml:"},
		"users:\n  ann:\n    username: ann\n":                                                {"rows.yaml:2: User ann.password: is required", "User ann.email: is required"},
		"usres:\n  ann: {}":                                                                  {"rows.yaml:1:", "there is no such entity; there are "},
		"users: [a]":                                                                         {"rows.yaml:1: User wants rows by label"},
		"tags:\n  a: {name: x}\n  a: {name: y}":                                              {"rows.yaml:3:", "given twice; the first is in line 2"},
		"tags:\n  a: {name: x, id: 1}":                                                       {"rows.yaml:2: Tag a.id: is given by the database"},
		"posts:\n  p:\n    title: T\n    slug: t\n    author: '@users.zoe'":                  {"rows.yaml:5: Post p.user_id: there is no row \"@users.zoe\""},
		"posts:\n  p: {title: T, slug: t, author: '@tags.a'}\ntags:\n  a: {name: a}":         {`"@tags.a" is a row of tags; wanted is one of users`},
		"posts:\n  p: {title: T, slug: t, user_id: 7}":                                       {"rows.yaml:2: Post p.user_id: ", "refers to something that does not exist"},
		"tags:\n  a: {name: same}\n  b: {name: same}\n  c: {name: same}":                     nil,
		"comments:\n  c: {post_id: 1, user_id: 1, content: x}":                               {"rows.yaml:2: Comment c: gives no unique field"},
		"users:\n  key: password\n  a: {username: abc, email: a@example.org, password: '!'}": {"cannot be a key"},
		"post_tags:\n  a: {post_id: 1, tag_id: 1}":                                           {"list them at the edge"},
		"posts:\n  p: {title: T, slug: t, author: 1, status: gone}":                          {"must be one of draft, published, archived"},
		"users:\n  a: {username: abc, email: a@example.org, password: short}":                {"User a.password: "},
		"tags:\n  a: {name: x, posts: '@posts.p'}":                                           {"must be a list of rows"},
		"users:\n  a: {username: abc, email: a@example.org, password: '!', posts: []}":       {"set at the other end of the edge, in the rows of Post"},
	} {
		_, err := apply(t, app, "tags:\n  first: {name: first}\n", seed.ApplyOptions{DryRun: true})
		require.NoError(t, err)
		_, err = apply(t, app, text, seed.ApplyOptions{})
		if want == nil {
			require.NoError(t, err, text)
			app.Client.Tag.Delete().ExecX(t.Context())
			continue
		}
		for _, part := range want {
			require.ErrorContains(t, err, part, text)
		}
		require.Zero(t, app.Client.User.Query().CountX(t.Context())+app.Client.Tag.Query().CountX(t.Context())+
			app.Client.Post.Query().CountX(t.Context()), text)
	}
	_, err := seeder(t, app).Apply(t.Context(), fstest.MapFS{}, seed.ApplyOptions{})
	require.ErrorIs(t, err, seed.ErrNoFixtures)

	// A failure in the middle takes back what came before it.
	app.Client.User.Create().SetUsername("bob").SetEmail("taken@example.org").SetPassword("!").ExecX(t.Context())
	_, err = apply(t, app, "tags:\n  a: {name: a}\nusers:\n  key: username\n  x: {username: xena, email: taken@example.org, password: '!'}", seed.ApplyOptions{})
	require.ErrorContains(t, err, "rows.yaml:5: User x.email: ")
	require.Zero(t, app.Client.Tag.Query().CountX(t.Context()))
}

// Generated rows keep to every rule, are the same for the same seed, and are
// topped up.
func TestGenerate(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		store := seeder(t, app)
		opts := seed.GenerateOptions{Seed: 42, Counts: []seed.Count{
			{Entity: "posts", Rows: 60},
			{Entity: "tags", Rows: 8},
			{Entity: "user_profiles", Rows: 10},
			{Entity: "PostLike", Rows: 40},
			{Entity: "products", Rows: 20},
			{Entity: "post_ratings", Rows: 20},
			{Entity: "comments", Rows: 30},
			{Entity: "user_sessions", Rows: 5},
			{Entity: "post_views", Rows: 5},
			{Entity: "user_roles", Rows: 5},
			{Entity: "transfer_logs", Rows: 3},
			{Entity: "organizations", Rows: 2},
		}}
		report, err := store.Generate(t.Context(), opts)
		require.NoError(t, err)
		got := sums(report)
		require.Equal(t, 10, got["users"][0], "required by posts")
		require.Equal(t, 60, got["posts"][0])
		require.Equal(t, 40, app.Client.PostLike.Query().CountX(t.Context()))
		require.Positive(t, app.Client.Post.Query().Where(post.HasTags()).CountX(t.Context()), "tags come before posts")
		first := generated(t.Context(), app)

		report, err = store.Generate(t.Context(), opts)
		require.NoError(t, err)
		require.Zero(t, report.Inserted())
		require.Equal(t, first, generated(t.Context(), app))

		opts.Counts = []seed.Count{{Entity: "posts", Rows: 65}}
		dry := opts
		dry.DryRun = true
		report, err = store.Generate(t.Context(), dry)
		require.NoError(t, err)
		require.Equal(t, 5, report.Inserted())
		require.Equal(t, 60, app.Client.Post.Query().CountX(t.Context()))
		report, err = store.Generate(t.Context(), opts)
		require.NoError(t, err)
		require.Equal(t, [4]int{5, 0, 60, 0}, sums(report)["posts"])

		_, err = store.Generate(t.Context(), seed.GenerateOptions{Counts: []seed.Count{{Entity: "user_profiles", Rows: 1000}}})
		require.ErrorContains(t, err, "no free values were found")
	})
}

// The same seed gives the same rows on another database, another seed others.
func TestGenerateIsDeterministic(t *testing.T) {
	t.Parallel()
	texts := map[uint64][]string{}
	for _, number := range []uint64{1, 1, 2} {
		app := blogtest.New(t, testkit.Open(t, testkit.SQLite))
		_, err := seeder(t, app).Generate(t.Context(), seed.GenerateOptions{Seed: number, Counts: []seed.Count{{Entity: "posts", Rows: 30}, {Entity: "tags", Rows: 5}}})
		require.NoError(t, err)
		texts[number] = append(texts[number], generated(t.Context(), app))
	}
	require.Equal(t, texts[1][0], texts[1][1])
	require.NotEqual(t, texts[1][0], texts[2][0])
}

// generated is the text of some rows, without times of their making.
func generated(ctx context.Context, app *blog.App) string {
	var text strings.Builder
	for _, u := range app.Client.User.Query().Order(user.ByID()).AllX(ctx) {
		fmt.Fprint(&text, u.ID, u.Username, u.Email, u.IsActive, "\n")
	}
	for _, p := range app.Client.Post.Query().Order(post.ByID()).WithTags().AllX(ctx) {
		fmt.Fprint(&text, p.ID, p.Title, p.Slug, p.UserID, p.Status, p.PublishedAt, len(p.Edges.Tags), "\n")
	}
	return text.String()
}
