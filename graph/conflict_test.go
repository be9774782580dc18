package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// Covers: B07, B33, T18, T25, C04, C10, C35, C37.
func TestConflictsNameTheField(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		ctx, c := t.Context(), f.app.Client
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		posts := f.posts(t, ann, "p", 2)
		c.UserProfile.Create().SetUser(ann).ExecX(ctx)
		c.PostRating.Create().SetPost(posts[0]).SetUser(bob).SetRating(5).ExecX(ctx)
		tag := f.tag(t, "red")

		conflict := func(t *testing.T, f *fixture, reason string, fields []any, query string, v vars) apitest.Error {
			t.Helper()
			e := f.Fail("CONFLICT", query, v)
			require.Equal(t, reason, e.Extensions["reason"])
			require.Equal(t, fields, e.Extensions["fields"])
			for _, leak := range []string{"ent: constraint", "constraint failed", "SQLSTATE", "Duplicate", "foreign key", "1062"} {
				require.NotContains(t, e.Message, leak)
			}
			return e
		}
		f.run(t, "unique", func(t *testing.T, f *fixture) {
			conflict(t, f, "UNIQUE", list("input.email"), createUser, vars{"i": vars{"username": "cid", "email": "ANN@example.org", "password": "correct horse"}})
			conflict(t, f, "UNIQUE", list("input.username"), createUser, vars{"i": vars{"username": "Ann", "email": "cid@example.org", "password": "correct horse"}})
			conflict(t, f, "UNIQUE", list("input.slug"), `mutation($id: ID!, $i: UpdatePostInput!) { updatePost(id: $id, input: $i) { id } }`,
				vars{"id": gid("Post", posts[0].ID), "i": vars{"slug": "p-1"}})
			conflict(t, f, "UNIQUE", list("input.userID"), `mutation($i: CreateUserProfileInput!) { createUserProfile(input: $i) { id } }`,
				vars{"i": vars{"userID": gid("User", ann.ID)}})
			conflict(t, f, "UNIQUE", list("input.postID", "input.userID"), `mutation($i: CreatePostRatingInput!) { createPostRating(input: $i) { id } }`,
				vars{"i": vars{"postID": gid("Post", posts[0].ID), "userID": gid("User", bob.ID), "rating": 1}})
		})
		f.run(t, "missing parent", func(t *testing.T, f *fixture) {
			conflict(t, f, "FOREIGN_KEY", list("input.userID"), createPost, vars{"i": vars{"userID": gid("User", 999), "title": "T", "slug": "t"}})
			const comment = `mutation($i: CreateCommentInput!) { createComment(input: $i) { id } }`
			conflict(t, f, "FOREIGN_KEY", list("input.postID"), comment, vars{"i": vars{"postID": gid("Post", 999), "userID": gid("User", ann.ID), "content": "x"}})
			conflict(t, f, "FOREIGN_KEY", list("input.postID", "input.userID"), comment, vars{"i": vars{"postID": gid("Post", 999), "userID": gid("User", 999), "content": "x"}})
			conflict(t, f, "FOREIGN_KEY", list("input.organizationID"), createUser, vars{"i": vars{
				"username": "cid", "email": "cid@example.org", "password": "correct horse", "organizationID": gid("Organization", "018f3f4e-0000-7000-8000-000000000000"),
			}})
			conflict(t, f, "FOREIGN_KEY", list("input.tags.connect[1]"), createPost, vars{"i": vars{
				"userID": gid("User", ann.ID), "title": "T", "slug": "t", "tags": vars{"connect": list(gid("Tag", tag.ID), gid("Tag", 999))},
			}})
			e := f.Fail("VALIDATION", createPost, vars{"i": vars{"userID": gid("User", ann.ID), "title": "T", "slug": "t", "tags": vars{"connect": list(gid("User", 1))}}})
			require.Contains(t, violations(t, e), "input.tags.connect[0]")
		})
		f.run(t, "a deleted parent is missing", func(t *testing.T, f *fixture) {
			gone := f.user(t, "gone")
			c.User.DeleteOne(gone).ExecX(t.Context())
			conflict(t, f, "FOREIGN_KEY", list("input.userID"), createPost, vars{"i": vars{"userID": gid("User", gone.ID), "title": "T", "slug": "t"}})
		})
		f.run(t, "restricted", func(t *testing.T, f *fixture) {
			role := c.Role.Create().SetName("editor").SaveX(t.Context())
			c.UserRole.Create().SetUser(bob).SetRole(role).ExecX(t.Context())
			for _, err := range []error{
				c.Role.DeleteOne(role).Exec(t.Context()),
				c.User.DeleteOne(ann).Exec(entity.WithPurge(t.Context())),
			} {
				var conflict *entity.ConflictError
				require.ErrorAs(t, err, &conflict)
				require.Equal(t, entity.Restricted, conflict.Code)
				require.Equal(t, "CONFLICT", conflict.ErrorCode())
			}
			require.True(t, c.Role.Query().ExistX(t.Context()))
		})
		require.Equal(t, 2, c.Post.Query().CountX(ctx), "no conflict left anything behind")
		require.Equal(t, 2, c.User.Query().CountX(ctx))
	})
}
