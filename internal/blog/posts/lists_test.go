package posts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
	"github.com/framefox-go/framefox/internal/blog/posts"
)

// noon is the time in the tests of lists.
var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// publish makes a post of the days before noon; a negative number is to come.
func publish(t *testing.T, c *ent.Client, author *ent.User, slug string, daysAgo int, tags ...*ent.Tag) *ent.Post {
	t.Helper()
	return c.Post.Create().SetAuthor(author).SetTitle(strings.ToUpper(slug)).SetSlug(slug).AddTags(tags...).
		SetStatus(post.StatusPublished).SetPublishedAt(noon.AddDate(0, 0, -daysAgo)).SaveX(t.Context())
}

// hidden makes posts with the tags that no list shows: a draft, an archived one,
// one to come, one without a date and a deleted one.
func hidden(t *testing.T, c *ent.Client, author *ent.User, set func(*ent.PostUpdateOne)) {
	t.Helper()
	change := func(p *ent.Post) *ent.PostUpdateOne {
		u := p.Update()
		set(u)
		return u
	}
	change(publish(t, c, author, "draft", 1)).SetStatus(post.StatusDraft).ExecX(t.Context())
	change(publish(t, c, author, "archived", 1)).SetStatus(post.StatusArchived).ExecX(t.Context())
	change(publish(t, c, author, "coming", -1)).ExecX(t.Context())
	change(publish(t, c, author, "undated", 1)).ClearPublishedAt().ExecX(t.Context())
	change(publish(t, c, author, "deleted", 1)).ExecX(t.Context())
	c.Post.Delete().Where(post.Slug("deleted")).ExecX(t.Context())
}

// All published posts come, the newest first, also those whose author is
// deleted; those by tag come once, up to a limit that is checked.
//
// Covers: D33, D34, S03, X17.
func TestListsOfPublished(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c).WithClock(clock)
		ada, bob := newUser(t, c, "ada"), newUser(t, c, "bob")
		golang, databases := c.Tag.Create().SetName("go").SaveX(ctx), c.Tag.Create().SetName("go databases").SaveX(ctx)
		publish(t, c, ada, "first", 3, golang)
		publish(t, c, bob, "second", 2, golang, databases)
		publish(t, c, ada, "third", 0, databases) // at this very instant
		hidden(t, c, ada, func(p *ent.PostUpdateOne) { p.AddTags(golang, databases) })
		require.NoError(t, run(t, app, "UPDATE users SET deleted_at = created_at WHERE username = 'bob'"))

		all, err := repo.AllPublished(ctx)
		require.NoError(t, err)
		require.Equal(t, "third second first", slugs(all))
		require.Equal(t, "ada", all[0].Edges.Author.Username)
		require.Nil(t, all[1].Edges.Author)
		latest, err := repo.Latest(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, "third", slugs(latest))

		for name, want := range map[string]string{"go": "second first", "go databases": "third second", "g_": "", "nothing": "", "' OR 1 = 1 --": ""} {
			tagged, err := repo.FindByTag(ctx, name, 20)
			require.NoError(t, err)
			var rows []*ent.Post
			for _, row := range tagged {
				require.Equal(t, name, row.TagName)
				rows = append(rows, row.Post)
			}
			require.Equal(t, want, slugs(rows), name)
		}
		one, err := repo.FindByTag(ctx, "go", 1)
		require.NoError(t, err)
		require.Len(t, one, 1)
		var bad *relay.ArgumentError
		for _, limit := range []int{0, -1, 1 << 30} {
			_, err = repo.FindByTag(ctx, "go", limit)
			require.ErrorAs(t, err, &bad)
		}
	})
}

// The score of a post is 0.7 for a view and 0.3 for a comment that is not
// deleted; equals come by their ids, older posts not at all.
//
// Covers: D35, S01, S02, S03, X17, X47.
func TestFindPopular(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c).WithClock(clock)
		ada := newUser(t, c, "ada")
		say := func(p *ent.Post, n int) {
			for range n {
				c.Comment.Create().SetPost(p).SetUser(ada).SetContent("Yes.").ExecX(ctx)
			}
		}
		viewed := publish(t, c, ada, "viewed", 5).Update().SetViewCount(3).SaveX(ctx) // 2.1
		discussed := publish(t, c, ada, "discussed", 6)                               // 2.1, and a later id
		both := publish(t, c, ada, "both", 29).Update().SetViewCount(10).SaveX(ctx)   // 7.9
		edge := publish(t, c, ada, "edge", 30)                                        // 0, on the very instant
		publish(t, c, ada, "old", 31).Update().SetViewCount(1000).ExecX(ctx)
		say(discussed, 7)
		say(both, 3)
		say(viewed, 1)
		c.Comment.Delete().Where().ExecX(ctx)
		say(discussed, 7)
		say(both, 3)
		hidden(t, c, ada, func(p *ent.PostUpdateOne) { p.SetViewCount(1000) })

		var popular []posts.Popular
		var err error
		testkit.MaxStatements(t, app.DB, 2, func() { popular, err = repo.FindPopular(ctx, 30, 10) })
		require.NoError(t, err)
		want := []struct {
			id       int64
			comments int
			score    float64
		}{{both.ID, 3, 7.9}, {viewed.ID, 0, 2.1}, {discussed.ID, 7, 2.1}, {edge.ID, 0, 0}}
		require.Len(t, popular, len(want))
		for i, w := range want {
			require.Equal(t, w.id, popular[i].ID)
			require.Equal(t, w.comments, popular[i].CommentsCount)
			require.InDelta(t, w.score, popular[i].Score, 1e-9)
			require.Equal(t, "ada", popular[i].Edges.Author.Username)
		}
		two, err := repo.FindPopular(ctx, 30, 2)
		require.NoError(t, err)
		require.Len(t, two, 2)
		var bad *relay.ArgumentError
		for _, args := range [][2]int{{0, 10}, {-30, 10}, {1 << 40, 10}, {30, 0}, {30, -1}} {
			_, err = repo.FindPopular(ctx, args[0], args[1])
			require.ErrorAs(t, err, &bad)
		}
	})
}

// A report counts each kind of reaction by itself, in one statement and one for
// the author, and has no average without ratings.
//
// Covers: D54.
func TestReport(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c)
		ada, bob, eve := newUser(t, c, "ada"), newUser(t, c, "bob"), newUser(t, c, "eve")
		loved, ignored := publish(t, c, ada, "loved", 1), publish(t, c, ada, "ignored", 1)
		for range 4 {
			c.Comment.Create().SetPost(loved).SetUser(bob).SetContent("Yes.").ExecX(ctx)
		}
		c.Comment.DeleteOne(c.Comment.Query().FirstX(ctx)).ExecX(ctx)
		for i, u := range []*ent.User{ada, bob, eve} {
			c.PostRating.Create().SetPost(loved).SetUser(u).SetRating(int32(min(i+4, 5))).ExecX(ctx)
			if i > 0 {
				c.PostLike.Create().SetPost(loved).SetUser(u).ExecX(ctx)
			}
		}
		c.PostShare.Create().SetPost(loved).SetUser(eve).ExecX(ctx)
		var report *posts.Report
		var err error
		testkit.MaxStatements(t, app.DB, 2, func() { report, err = repo.Report(ctx, loved.ID) })
		require.NoError(t, err)
		require.Equal(t, [4]int{3, 2, 1, 3}, [4]int{report.CommentsCount, report.LikesCount, report.SharesCount, report.RatingsCount})
		require.InDelta(t, 14.0/3, *report.AverageRating, 1e-12)
		require.Equal(t, "ada", report.Edges.Author.Username)
		require.Equal(t, "LOVED", report.Title)

		report, err = repo.Report(ctx, ignored.ID)
		require.NoError(t, err)
		require.Equal(t, [4]int{}, [4]int{report.CommentsCount, report.LikesCount, report.SharesCount, report.RatingsCount})
		require.Nil(t, report.AverageRating)
		_, err = repo.Report(ctx, ignored.ID+1)
		require.ErrorIs(t, err, entity.ErrNotFound)
	})
}

// Related posts share tags, the more the better, and the category decides among
// equals; it relates alone where nothing shares a tag.
//
// Covers: D55, X17, X18.
func TestFindRelated(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c).WithClock(clock)
		ada := newUser(t, c, "ada")
		a, b := c.Tag.Create().SetName("a").SaveX(ctx), c.Tag.Create().SetName("b").SaveX(ctx)
		other := c.Tag.Create().SetName("other").SaveX(ctx)
		self := publish(t, c, ada, "self", 9, a, b).Update().SetCategory("news").SaveX(ctx)
		publish(t, c, ada, "both", 8, a, b, other)
		publish(t, c, ada, "one-new", 1, a)
		publish(t, c, ada, "one-news", 7, b).Update().SetCategory("news").ExecX(ctx)
		publish(t, c, ada, "one-old", 6, a).Update().SetCategory("olds").ExecX(ctx)
		publish(t, c, ada, "news", 2, other).Update().SetCategory("news").ExecX(ctx)
		publish(t, c, ada, "foreign", 1, other).Update().SetCategory("olds").ExecX(ctx)
		hidden(t, c, ada, func(p *ent.PostUpdateOne) { p.AddTags(a, b) })

		list := func(id int64, limit int) (string, []posts.Related) {
			related, err := repo.FindRelated(ctx, id, limit)
			require.NoError(t, err)
			var rows []*ent.Post
			for _, r := range related {
				rows = append(rows, r.Post)
			}
			return slugs(rows), related
		}
		got, related := list(self.ID, 20)
		require.Equal(t, "both one-news one-new one-old", got)
		require.Equal(t, 2, related[0].CommonTags)
		require.False(t, related[0].SameCategory)
		require.Equal(t, 1, related[1].CommonTags)
		require.True(t, related[1].SameCategory)
		got, _ = list(self.ID, 2)
		require.Equal(t, "both one-news", got)

		bare := publish(t, c, ada, "bare", 1) // no tags, no category
		got, _ = list(bare.ID, 5)
		require.Empty(t, got)
		untagged := publish(t, c, ada, "untagged", 1).Update().SetCategory("olds").SaveX(ctx)
		got, _ = list(untagged.ID, 5)
		require.Equal(t, "foreign one-old", got)
		alone := c.Tag.Create().SetName("alone").SaveX(ctx)
		lonely := publish(t, c, ada, "lonely", 3, alone).Update().SetCategory("news").SaveX(ctx)
		got, related = list(lonely.ID, 2)
		require.Equal(t, "news one-news", got)
		require.Zero(t, related[0].CommonTags)
		require.True(t, related[0].SameCategory)
		empty := publish(t, c, ada, "empty", 1).Update().SetCategory("").SaveX(ctx) // is none
		publish(t, c, ada, "empty-too", 1).Update().SetCategory("").ExecX(ctx)
		got, _ = list(empty.ID, 5)
		require.Empty(t, got)

		_, err := repo.FindRelated(ctx, 1<<40, 5)
		require.ErrorIs(t, err, entity.ErrNotFound)
		var bad *relay.ArgumentError
		_, err = repo.FindRelated(ctx, self.ID, 0)
		require.ErrorAs(t, err, &bad)
	})
}

// Lists read the columns that they show: no contents, and of authors their names.
//
// Covers: D22, S09.
func TestListsReadWhatTheyShow(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		repo := posts.NewRepository(c).WithClock(clock)
		ada := newUser(t, c, "ada")
		golang := c.Tag.Create().SetName("go").SaveX(ctx)
		self := publish(t, c, ada, "self", 1, golang)
		publish(t, c, ada, "other", 1, golang).Update().SetContent("Long.").ExecX(ctx)
		var err error
		for name, list := range map[string]func(){
			"latest":   func() { _, err = repo.Latest(ctx, 10) },
			"all":      func() { _, err = repo.AllPublished(ctx) },
			"tagged":   func() { _, err = repo.FindByTag(ctx, "go", 10) },
			"popular":  func() { _, err = repo.FindPopular(ctx, 30, 10) },
			"related":  func() { _, err = repo.FindRelated(ctx, self.ID, 10) },
			"calendar": func() { _, err = repo.Calendar(ctx, 2026, time.June, nil) },
			"page":     func() { _, err = repo.Paginate(ctx, 1, 10, posts.Filters{}) },
			"report":   func() { _, err = repo.Report(ctx, self.ID) },
		} {
			statements := testkit.Count(t, app.DB).Of(list)
			require.NoError(t, err)
			text := strings.Join(statements, "\n")
			require.Contains(t, text, "username", name)
			for _, column := range []string{"password", "email", "last_login"} {
				require.NotContains(t, text, column, name)
			}
			if name != "page" && name != "report" { // which have whole posts
				require.NotContains(t, text, "content", name)
			}
		}
		all, err := repo.AllPublished(ctx)
		require.NoError(t, err)
		require.Equal(t, ada.ID, all[0].Edges.Author.ID)
	})
}

// run runs SQL past the framework.
func run(t *testing.T, app *blog.App, text string) error {
	t.Helper()
	_, err := app.DB.SQL().ExecContext(t.Context(), text)
	return err
}
