package graph_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// analytics plants two published posts of one user whose comments and likes
// make rows of a join of all of them: 4 comments by 3 likes for the post that
// is rated 1 and seen 110 times, one of each for the post that is rated 5. A
// draft that is rated too must stay out.
func analytics(t *testing.T, f *fixture) *ent.User {
	t.Helper()
	ctx, c := t.Context(), f.app.Client
	author := f.user(t, "author")
	var readers []*ent.User
	for i := range 4 {
		readers = append(readers, f.user(t, fmt.Sprintf("reader%d", i)))
	}
	posts := f.posts(t, author, "p", 3)
	for i, p := range posts[:2] {
		c.Post.UpdateOne(p).SetStatus(post.StatusPublished).ExecX(ctx)
		c.PostRating.Create().SetPost(p).SetUser(readers[0]).SetRating([]int32{1, 5}[i]).ExecX(ctx)
	}
	c.PostRating.Create().SetPost(posts[2]).SetUser(readers[0]).SetRating(5).ExecX(ctx)
	for i, n := range []int{4, 1} {
		for j := range n {
			c.Comment.Create().SetPost(posts[i]).SetUser(readers[j]).SetContent("Well said.").ExecX(ctx)
		}
	}
	for i, n := range []int{3, 1} {
		for j := range n {
			c.PostLike.Create().SetPost(posts[i]).SetUser(readers[j]).ExecX(ctx)
		}
	}
	for i, n := range []int64{60, 50} {
		c.PostView.Create().SetPost(posts[0]).SetViewDate(time.Date(2026, 5, 1+i, 0, 0, 0, 0, time.UTC)).SetViewCount(n).ExecX(ctx)
	}
	return author
}

// The mean of all ratings of a user's published posts is 3, and their views
// are 110. A join of posts with comments, likes and ratings says 1.31.
//
// Covers: E47, E61, S18.
func TestAnalyticsWithoutFanOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, f *fixture) {
		author := analytics(t, f)
		requireFanOut(t, f)
		query := `query ($user: ID!) {
			postRatings(where: {hasPostWith: [{userID: $user, status: published}]}) { aggregate { count avg { rating } } }
			postViews(where: {hasPostWith: [{userID: $user, hasComments: true, hasLikes: true}]}) { aggregate { sum { viewCount } } }
			users(first: 1, where: {id: $user}) { edges { node {
				posts(first: 5, where: {status: published}) { aggregate { count } edges { node {
					ratings { aggregate { count sum { rating } } } views { aggregate { sum { viewCount } } } comments { aggregate { count } } likes { aggregate { count } }
				} } }
			} } }
		}`
		var data vars
		ran := f.statements.of(func() { data = f.Must(query, vars{"user": gid("User", author.ID)}) })
		require.Len(t, ran, 9) // however many users and posts there are
		require.Equal(t, vars{"count": 2.0, "avg": vars{"rating": 3.0}}, apitest.Get(data, "postRatings", "aggregate"))
		require.Equal(t, "110", apitest.Get(data, "postViews", "aggregate", "sum", "viewCount"))
		posts := apitest.Get(data, "users", "edges", 0, "node", "posts")
		require.Equal(t, vars{"count": 2.0}, apitest.Get(posts, "aggregate"))
		require.Equal(t, vars{
			"ratings": vars{"aggregate": vars{"count": 1.0, "sum": vars{"rating": "1"}}}, "views": vars{"aggregate": vars{"sum": vars{"viewCount": "110"}}},
			"comments": vars{"aggregate": vars{"count": 4.0}}, "likes": vars{"aggregate": vars{"count": 3.0}},
		}, apitest.Get(posts, "edges", 0, "node"))

		data = f.Must(`{ postRatings(where: {hasPostWith: [{status: published}]}) { groups(by: [POST_USER_ID]) { key { postUserID } avg { rating } } } }`, nil)
		require.Equal(t, []any{vars{"key": vars{"postUserID": gid("User", author.ID)}, "avg": vars{"rating": 3.0}}}, apitest.Get(data, "postRatings", "groups"))

		ratings, err := relay.Aggregate(t.Context(), author.GraphSource(), "PostRating",
			relay.Where{"hasPostWith": map[string]any{"userID": gid("User", author.ID), "status": "published", "hasComments": true, "hasLikes": true}},
			relay.AggregateSpec{Measures: []relay.Measure{{Function: relay.Avg, Field: "rating"}}})
		require.NoError(t, err)
		require.Equal(t, []relay.AggregateResult{{Count: 2, Values: []any{3.0}}}, ratings)

		// Rows of a deleted post are reached through it no more.
		f.app.Client.Post.DeleteOne(f.app.Client.Post.Query().Where(post.Slug("p-1")).OnlyX(t.Context())).ExecX(t.Context())
		data = f.Must(query, vars{"user": gid("User", author.ID)})
		require.Equal(t, vars{"count": 1.0, "avg": vars{"rating": 1.0}}, apitest.Get(data, "postRatings", "aggregate"))
	})
}

// requireFanOut shows that the rows are such that a join is wrong.
func requireFanOut(t *testing.T, f *fixture) {
	t.Helper()
	var avg float64
	rows, err := f.app.Client.QueryContext(t.Context(), `SELECT 1.0 * SUM(r.rating) / COUNT(*) FROM posts p
		JOIN comments c ON c.post_id = p.id JOIN post_likes l ON l.post_id = p.id JOIN post_ratings r ON r.post_id = p.id`)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	require.True(t, rows.Next())
	require.NoError(t, rows.Scan(&avg))
	require.InDelta(t, 1.31, avg, 0.01)
	require.NoError(t, rows.Err())
}
