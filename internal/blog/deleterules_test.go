package blog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog"
	"github.com/framefox-go/framefox/internal/blog/blogtest"
)

// What is about a user alone goes with the user; logs stay, without the name.
//
// Covers: C12, C22, C23, C40, C41.
func TestPurgeUser(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		p := newPost(t, app, bob, "one")
		role := newRole(t, app, "editor")
		c := app.Client
		c.UserProfile.Create().SetUser(ada).ExecX(ctx)
		c.UserSession.Create().SetUser(ada).SetTokenHash("h").SetExpiresAt(time.Now()).ExecX(ctx)
		c.UserGroup.Create().SetUser(ada).SetName("staff").ExecX(ctx)
		c.AdvancedEntity.Create().SetUser(ada).SetEmail("a@example.org").ExecX(ctx)
		c.UserRole.Create().SetUser(ada).SetRole(role).ExecX(ctx)
		c.PostLike.Create().SetUser(ada).SetPost(p).ExecX(ctx)
		c.PostRating.Create().SetUser(ada).SetPost(p).SetRating(5).ExecX(ctx)
		c.UserRole.Create().SetUser(bob).SetRole(role).SetAssigner(ada).ExecX(ctx)
		c.PostShare.Create().SetUser(ada).SetPost(p).ExecX(ctx)
		c.UserLog.Create().SetUser(ada).SetAction("deactivated").ExecX(ctx)
		c.TransferLog.Create().SetFromUser(ada).SetToUser(bob).SetPostsTransferred(7).ExecX(ctx)
		c.TransferLog.Create().SetFromUser(bob).SetToUser(ada).SetPostsTransferred(8).ExecX(ctx)
		c.OwnershipLog.Create().SetFromUser(ada).SetToUser(bob).SetPost(p).ExecX(ctx)

		require.NoError(t, c.User.DeleteOne(ada).Exec(ctx))
		require.Equal(t, 1, count(t, app, "user_profiles"), "marking the user as deleted removes nothing")
		require.Equal(t, 1, count(t, app, "user_logs WHERE user_id = "+id(ada.ID)), "nor does it forget who it was")
		require.NoError(t, c.User.DeleteOne(ada).Exec(entity.WithPurge(ctx)))
		for _, table := range []string{"user_profiles", "user_sessions", "user_groups", "advanced_entities", "post_likes", "post_ratings"} {
			require.Zero(t, count(t, app, table), table)
		}
		require.Equal(t, 1, count(t, app, "user_roles"))
		for _, kept := range []string{
			"user_roles WHERE assigned_by IS NULL AND user_id = " + id(bob.ID),
			"post_shares WHERE user_id IS NULL",
			"user_logs WHERE user_id IS NULL AND action = 'deactivated'",
			"transfer_logs WHERE from_user_id IS NULL AND to_user_id = " + id(bob.ID),
			"transfer_logs WHERE to_user_id IS NULL AND from_user_id = " + id(bob.ID),
			"ownership_logs WHERE from_user_id IS NULL AND post_id = " + id(p.ID),
		} {
			require.Equal(t, 1, count(t, app, kept), kept)
		}
	})
}

// Who has written for others cannot be purged before what was written.
//
// Covers: C31, C41.
func TestPurgeRestricted(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		purge := entity.WithPurge(t.Context())
		ada, bob, eve := newUser(t, app, "ada"), newUser(t, app, "bob"), newUser(t, app, "eve")
		p := newPost(t, app, ada, "one")
		app.Client.Comment.Create().SetPost(p).SetUser(bob).SetContent("hm").ExecX(purge)
		app.Client.Scenario.Create().SetCreator(eve).SetTitle("x").ExecX(purge)
		for name, u := range map[string]int64{"1 Post (User.posts)": ada.ID, "1 Comment (User.comments)": bob.ID, "1 Scenario (User.scenarios)": eve.ID} {
			err := app.Client.User.DeleteOneID(u).Exec(purge)
			got := conflict(t, err)
			require.Equal(t, entity.Restricted, got.Code, name)
			require.Equal(t, "User", got.Entity, name)
			require.EqualError(t, err, "User is still in use: "+name)
		}
		// A bulk delete that one row forbids deletes none.
		_, err := app.Client.User.Delete().Exec(purge)
		require.Equal(t, entity.Restricted, conflict(t, err).Code)
		require.Equal(t, 3, count(t, app, "users"))

		require.NoError(t, app.Client.Post.DeleteOne(p).Exec(purge))
		require.NoError(t, app.Client.User.DeleteOne(ada).Exec(purge))
		require.NoError(t, app.Client.User.DeleteOne(bob).Exec(purge), "the comment went with the post")
	})
}

// What hangs on a post goes with it; tags and logs stay.
//
// Covers: C33, C34, C40, C41.
func TestPurgePost(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u := newUser(t, app, "ada")
		p := newPost(t, app, u, "one")
		c := app.Client
		c.Tag.Create().SetName("go").AddPosts(p).ExecX(ctx)
		c.Comment.Create().SetPost(p).SetUser(u).SetContent("hm").ExecX(ctx)
		c.PostLike.Create().SetPost(p).SetUser(u).ExecX(ctx)
		c.PostShare.Create().SetPost(p).SetUser(u).ExecX(ctx)
		c.PostRating.Create().SetPost(p).SetUser(u).SetRating(1).ExecX(ctx)
		c.PostView.Create().SetPost(p).SetViewCount(3).ExecX(ctx)
		c.OwnershipLog.Create().SetPost(p).SetToUser(u).ExecX(ctx)
		require.NoError(t, c.Post.DeleteOne(p).Exec(entity.WithPurge(ctx)))
		for _, table := range []string{"posts", "post_tags", "comments", "post_likes", "post_shares", "post_ratings", "post_views"} {
			require.Zero(t, count(t, app, table), table)
		}
		require.Equal(t, 1, count(t, app, "tags"))
		require.Equal(t, 1, count(t, app, "ownership_logs WHERE post_id IS NULL AND to_user_id IS NOT NULL"))

		p = newPost(t, app, u, "two")
		c.Post.UpdateOne(p).AddTagIDs(c.Tag.Query().OnlyIDX(ctx)).ExecX(ctx)
		require.NoError(t, c.Tag.DeleteOneID(c.Tag.Query().OnlyIDX(ctx)).Exec(ctx))
		require.Zero(t, count(t, app, "post_tags"), "a tag takes its links along")
		require.Equal(t, 1, count(t, app, "posts"))
	})
}

// A role that was ever given stays; an organization lets its users go.
//
// Covers: C12, C41, C45.
func TestDeleteRoleAndOrganization(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx := t.Context()
		u, role, unused := newUser(t, app, "ada"), newRole(t, app, "editor"), newRole(t, app, "unused")
		app.Client.UserRole.Create().SetUser(u).SetRole(role).ExecX(ctx)
		got := conflict(t, app.Client.Role.DeleteOne(role).Exec(ctx))
		require.Equal(t, entity.Restricted, got.Code)
		require.Equal(t, "Role", got.Entity)
		require.NoError(t, app.Client.Role.DeleteOne(unused).Exec(ctx))

		org := app.Client.Organization.Create().SetName("Guild").AddUsers(u).SaveX(ctx)
		require.NoError(t, app.Client.Organization.DeleteOne(org).Exec(ctx))
		require.Nil(t, app.Client.User.GetX(ctx, u.ID).OrganizationID)
	})
}

// What a delete does to every edge of the application, when the row is marked
// and when it is removed for good.
//
// Covers: C41, C45.
func TestDeleteMatrix(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"Organization.users":       "detach detach",
		"User.posts":               "restrict restrict",
		"User.comments":            "restrict restrict",
		"User.scenarios":           "restrict restrict",
		"User.profile":             "cascade cascade",
		"User.user_groups":         "cascade cascade",
		"User.advanced_entities":   "cascade cascade",
		"User.sessions":            "cascade cascade",
		"User.role_assignments":    "cascade cascade",
		"User.likes":               "cascade cascade",
		"User.ratings":             "cascade cascade",
		"User.shares":              "keep detach",
		"User.assigned_roles":      "keep detach",
		"User.revoked_roles":       "keep detach",
		"User.logs":                "keep detach",
		"User.transfer_logs_from":  "keep detach",
		"User.transfer_logs_to":    "keep detach",
		"User.ownership_logs_from": "keep detach",
		"User.ownership_logs_to":   "keep detach",
		"Post.comments":            "cascade cascade",
		"Post.likes":               "cascade cascade",
		"Post.shares":              "cascade cascade",
		"Post.ratings":             "cascade cascade",
		"Post.views":               "cascade cascade",
		"Post.post_tags":           "cascade cascade",
		"Tag.post_tags":            "cascade cascade",
		"Post.ownership_logs":      "keep detach",
		"Role.assignments":         "restrict restrict",
	}
	got := map[string]string{}
	for _, e := range ent.Entities() {
		for _, edge := range e.Edges {
			if edge.Relation != entity.ManyToMany && !edge.OwnsFK {
				got[e.Name+"."+edge.Name] = string(edge.OnDelete + " " + edge.OnPurge)
			}
		}
	}
	require.Equal(t, want, got)
}

// A post takes its comments along and brings them back; a user with posts
// stays.
//
// Covers: C41, C42.
func TestSoftDeleteFollowsTheMatrix(t *testing.T) {
	t.Parallel()
	blogtest.Each(t, func(t *testing.T, app *blog.App) {
		ctx, c := t.Context(), app.Client
		ada, bob := newUser(t, app, "ada"), newUser(t, app, "bob")
		p := newPost(t, app, ada, "one")
		hm := c.Comment.Create().SetPost(p).SetUser(bob).SetContent("hm").SaveX(ctx)
		contact := c.AdvancedEntity.Create().SetUser(bob).SetEmail("b@example.org").SaveX(ctx)
		c.OwnershipLog.Create().SetPost(p).SetToUser(ada).ExecX(ctx)
		require.Equal(t, "Post", conflict(t, c.User.DeleteOne(ada).Exec(ctx)).Blockers[0].Entity)
		require.Equal(t, "Comment", conflict(t, c.User.DeleteOne(bob).Exec(ctx)).Blockers[0].Entity)

		require.NoError(t, c.Post.DeleteOne(p).Exec(ctx))
		require.Zero(t, c.Comment.Query().CountX(ctx))
		require.Equal(t, 1, count(t, app, "ownership_logs WHERE post_id = "+id(p.ID)))
		require.NoError(t, c.User.DeleteOne(bob).Exec(ctx), "deleted comments are in nobody's way")
		require.Zero(t, c.AdvancedEntity.Query().CountX(ctx))

		_, err := c.Post.Restore(ctx, p.ID)
		require.Equal(t, entity.ParentDeleted, conflict(t, err).Code, "the comment has no author")
		_, err = c.User.Restore(ctx, bob.ID)
		require.NoError(t, err)
		require.Equal(t, contact.ID, c.AdvancedEntity.Query().OnlyIDX(ctx))
		_, err = c.Post.Restore(ctx, p.ID)
		require.NoError(t, err)
		require.Equal(t, hm.ID, c.Comment.Query().OnlyIDX(ctx))
	})
}
