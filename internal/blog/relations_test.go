package blog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// An edge that is set at one end is there at the other.
//
// Covers: C01, C02, C11, C13, C14, C34, C39, X45.
func TestOneToMany(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		p := newPost(t, app, ada, "one")
		require.Equal(t, ada.ID, p.UserID)
		require.Equal(t, ada.ID, p.QueryAuthor().OnlyX(ctx).ID)
		require.Equal(t, []int64{p.ID}, ada.QueryPosts().IDsX(ctx))

		app.Client.Post.UpdateOne(p).SetAuthor(bob).ExecX(ctx)
		require.Empty(t, ada.QueryPosts().IDsX(ctx))
		require.Equal(t, []int64{p.ID}, bob.QueryPosts().IDsX(ctx))
		require.Equal(t, bob.ID, app.Client.Post.GetX(ctx, p.ID).UserID)

		app.Client.UserGroup.Create().SetUser(ada).SetName("staff").ExecX(ctx)
		app.Client.Scenario.Create().SetCreator(ada).SetTitle("x").ExecX(ctx)
		app.Client.UserSession.Create().SetUser(ada).SetTokenHash("h").SetExpiresAt(time.Now()).ExecX(ctx)
		c := app.Client.Comment.Create().SetPost(p).SetUser(ada).SetContent("hm").SaveX(ctx)
		require.Equal(t, "staff", ada.QueryUserGroups().OnlyX(ctx).Name)
		require.Equal(t, ada.ID, ada.QueryScenarios().OnlyX(ctx).CreatorID)
		require.Equal(t, ada.ID, ada.QuerySessions().QueryUser().OnlyX(ctx).ID)
		require.Equal(t, c.ID, p.QueryComments().OnlyX(ctx).ID)
		require.Equal(t, p.ID, c.QueryPost().OnlyX(ctx).ID)
	})
}

// A user has one profile or none.
//
// Covers: C09, C10, C11.
func TestOneToOne(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		_, err := u.QueryProfile().Only(ctx)
		require.True(t, ent.IsNotFound(err))
		require.Nil(t, app.Client.User.Query().WithProfile().OnlyX(ctx).Edges.Profile)

		profile := app.Client.UserProfile.Create().SetUser(u).SetPhone("123").SaveX(ctx)
		require.Equal(t, profile.ID, u.QueryProfile().OnlyX(ctx).ID)
		require.Equal(t, u.ID, app.Client.UserProfile.Query().WithUser().OnlyX(ctx).Edges.User.ID)

		second := conflict(t, app.Client.UserProfile.Create().SetUser(u).Exec(ctx))
		require.Equal(t, entity.Unique, second.Code)
		require.Equal(t, []string{"user_id"}, second.Fields)
		require.Equal(t, 1, count(t, app, "user_profiles"))
	})
}

// Covers: C06, C08, C29, C33.
func TestManyToMany(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		p, q := newPost(t, app, u, "one"), newPost(t, app, u, "two")
		tags := app.Client.Tag.MapCreateBulk([]string{"go", "sql", "web"}, func(c *ent.TagCreate, i int) { c.SetName([]string{"go", "sql", "web"}[i]) }).SaveX(ctx)
		app.Client.Post.UpdateOne(p).AddTags(tags...).ExecX(ctx)
		app.Client.Tag.UpdateOne(tags[0]).AddPosts(q).ExecX(ctx)
		require.Equal(t, 3, p.QueryTags().CountX(ctx))
		require.Equal(t, []int64{p.ID, q.ID}, tags[0].QueryPosts().Order(post.ByID()).IDsX(ctx))

		require.NoError(t, app.Client.Post.UpdateOne(p).AddTags(tags[0]).Exec(ctx), "what is there already is no fault")
		require.Equal(t, 4, count(t, app, "post_tags"))
		broken, ok := database.AsConstraint(exec(t, app, "INSERT INTO post_tags (post_id, tag_id) VALUES ("+id(p.ID)+", "+id(tags[0].ID)+")"))
		require.True(t, ok)
		require.Equal(t, database.Unique, broken.Kind, "a pair stands once")

		app.Client.Post.UpdateOne(p).RemoveTags(tags[0], tags[1]).ExecX(ctx)
		require.Equal(t, []string{"web"}, p.QueryTags().Select(tag.FieldName).StringsX(ctx))
		app.Client.Post.UpdateOne(p).ClearTags().AddTags(tags[1]).ExecX(ctx)
		require.Equal(t, []string{"sql"}, p.QueryTags().Select(tag.FieldName).StringsX(ctx))

		// An update that cannot add one of its tags adds none and changes nothing.
		err := app.Client.Post.UpdateOne(p).SetTitle("changed").AddTagIDs(tags[0].ID, 4711).Exec(ctx)
		require.Equal(t, entity.ForeignKey, conflict(t, err).Code)
		require.Equal(t, p.Title, app.Client.Post.GetX(ctx, p.ID).Title)
		require.Equal(t, 1, p.QueryTags().CountX(ctx))
	})
}

// Predicates reach across edges, both ways and several deep.
//
// Covers: C47.
func TestPredicatesAcrossEdges(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		newUser(t, app, "eve")
		p := newPost(t, app, ada, "one")
		newPost(t, app, bob, "two")
		go1 := app.Client.Tag.Create().SetName("go").AddPosts(p).SaveX(ctx)
		app.Client.Comment.Create().SetPost(p).SetUser(bob).SetContent("hm").ExecX(ctx)
		names := func(q *ent.UserQuery) []string {
			return q.Order(user.ByUsername()).Select(user.FieldUsername).StringsX(ctx)
		}
		users := app.Client.User.Query
		require.Equal(t, []string{"ada", "bob"}, names(users().Where(user.HasPosts())))
		require.Equal(t, []string{"eve"}, names(users().Where(user.Not(user.HasPosts()))))
		require.Equal(t, []string{"ada"}, names(users().Where(user.HasPostsWith(post.Slug("one")))))
		require.Equal(t, []string{"ada"}, names(users().Where(user.HasPostsWith(post.HasTagsWith(tag.Name("go")), post.HasCommentsWith(comment.UserID(bob.ID))))))
		require.Equal(t, []string{"ada", "bob"}, names(users().Where(user.Or(user.HasPostsWith(post.HasTags()), user.HasComments()))))
		require.Equal(t, "ada", go1.QueryPosts().QueryAuthor().OnlyX(ctx).Username)
	})
}

// Loaders bring related rows along, filtered, ordered and nested.
//
// Covers: C24.
func TestEagerLoading(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		for _, slug := range []string{"c", "a", "b"} {
			newPost(t, app, ada, slug)
		}
		p := newPost(t, app, bob, "z")
		app.Client.Tag.Create().SetName("go").AddPosts(p).ExecX(ctx)
		all := app.Client.User.Query().Order(user.ByUsername()).WithProfile().
			WithPosts(func(q *ent.PostQuery) { q.Where(post.SlugNEQ("b")).Order(post.BySlug()).WithTags() }).AllX(ctx)
		require.Len(t, all, 2)
		require.Equal(t, []string{"a", "c"}, []string{all[0].Edges.Posts[0].Slug, all[0].Edges.Posts[1].Slug})
		require.Equal(t, "go", all[1].Edges.Posts[0].Edges.Tags[0].Name)
		_, err := all[0].Edges.CommentsOrErr()
		require.True(t, ent.IsNotLoaded(err), "what was not asked for is not taken for empty")
	})
}

// One like, rating and count of views for each pair.
//
// Covers: C35, C36, C37, C38, L25, L26, L27, L28.
func TestUniquePairs(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		p, q := newPost(t, app, u, "one"), newPost(t, app, u, "two")
		like := func(p *ent.Post) error { return app.Client.PostLike.Create().SetPost(p).SetUser(u).Exec(ctx) }
		rate := func(p *ent.Post) error {
			return app.Client.PostRating.Create().SetPost(p).SetUser(u).SetRating(3).Exec(ctx)
		}
		view := func(p *ent.Post) error {
			return app.Client.PostView.Create().SetPost(p).SetViewDate(time.Date(2024, 1, 2, 3, 0, 0, 0, time.UTC)).Exec(ctx)
		}
		for name, c := range map[string]struct {
			write  func(*ent.Post) error
			fields []string
		}{
			"PostLike": {like, []string{"post_id", "user_id"}}, "PostRating": {rate, []string{"post_id", "user_id"}}, "PostView": {view, []string{"post_id", "view_date"}},
		} {
			require.NoError(t, c.write(p), name)
			require.NoError(t, c.write(q), name)
			got := conflict(t, c.write(p))
			require.Equal(t, entity.Unique, got.Code)
			require.Equal(t, name, got.Entity)
			require.Equal(t, c.fields, got.Fields)
		}
		for range 2 {
			app.Client.PostShare.Create().SetPost(p).SetUser(u).ExecX(ctx)
		}
		app.Client.PostShare.Create().SetPost(p).ExecX(ctx)
		require.Equal(t, 3, p.QueryShares().CountX(ctx), "sharing again, and without an account, is fine")
	})
}
