package analytics_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// Three users, of whom two registered on the same day:
//
//	        registered        last login   posts (published)
//	ada     1 March, 08:00    now          3, with the reactions below
//	bob     1 March, 09:00    20 days ago  1, and a draft, a future and a deleted one
//	cyd     2 March           never        0
//
// Ada's first post has 3 comments, of which one is deleted, 2 likes, and two
// ratings of 1. Her second one has two ratings of 5. So she has 2 comments, 2
// likes, and an average rating of (1 + 1 + 5 + 5) / 4 = 3.0.
//
// Joined in one SELECT the first post is 3 × 2 × 2 = 12 rows that say 1, and the
// second 2 that say 5: (12 × 1 + 2 × 5) / 14 = 1.57.
//
// Covers: E46, E47, E48, E49, S18.
func TestUserAnalytics(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", at(2026, 3, 1, 8, 0), new(present))
		bob := w.user("bob", at(2026, 3, 1, 9, 0), new(ago(20*day)))
		cyd := w.user("cyd", at(2026, 3, 2, 0, 0), nil)
		gone := w.user("gone", at(2026, 3, 2, 1, 0), nil)
		w.app.Client.User.DeleteOne(gone).ExecX(w.Context())
		w.app.Client.User.UpdateOne(w.user("off", at(2026, 3, 2, 2, 0), nil)).SetIsActive(false).ExecX(w.Context())

		first, second := w.post(ada, ago(9*day), 0), w.post(ada, ago(8*day), 0)
		w.post(ada, ago(7*day), 0)
		w.comment(first, bob)
		w.comment(first, cyd)
		w.app.Client.Comment.DeleteOne(w.comment(first, cyd)).ExecX(w.Context())
		w.like(first, bob, cyd)
		w.rate(first, bob, 1)
		w.rate(first, cyd, 1)
		w.rate(second, bob, 5)
		w.rate(second, cyd, 5)
		const mean = 3.0
		require.InDelta(w, 1.57, w.naive(`
			SELECT AVG(g.rating * 1.0) FROM posts p
			LEFT JOIN comments c ON c.post_id = p.id
			LEFT JOIN post_likes l ON l.post_id = p.id
			LEFT JOIN post_ratings g ON g.post_id = p.id
			WHERE p.deleted_at IS NULL`), 0.01)

		w.post(bob, ago(5*day), 0)
		w.post(bob, present.Add(day), 0) // to come
		w.app.Client.Post.UpdateOne(w.post(bob, ago(day), 0)).SetStatus("draft").ExecX(w.Context())
		w.app.Client.Post.DeleteOne(w.post(bob, ago(day), 0)).ExecX(w.Context())

		rows, err := w.reports.UserAnalytics(w.Context(), analytics.UserAnalyticsParams{})
		require.NoError(w, err)
		require.Equal(w, []analytics.UserAnalytics{
			{
				ID: ada.ID, Username: "ada", Email: "ada@example.org", CreatedAt: at(2026, 3, 1, 8, 0), LastLogin: new(present),
				PostsCount: 3, CommentsCount: 2, LikesReceived: 2, AvgRating: new(mean), PostRank: 1, DailyRegistrationRank: 1,
				ActivityLevel: analytics.MediumActivity, EngagementStatus: analytics.EngagementActive,
				PostsQuartile: 3, NextUserPosts: new(int64(1)), // three users fill three of four groups
			},
			{
				ID: bob.ID, Username: "bob", Email: "bob@example.org", CreatedAt: at(2026, 3, 1, 9, 0), LastLogin: new(ago(20 * day)),
				PostsCount: 1, PostRank: 2, DailyRegistrationRank: 2,
				ActivityLevel: analytics.LowActivity, EngagementStatus: analytics.EngagementInactive,
				PostsQuartile: 2, PrevUserPosts: new(int64(3)), NextUserPosts: new(int64(0)),
			},
			{
				ID: cyd.ID, Username: "cyd", Email: "cyd@example.org", CreatedAt: at(2026, 3, 2, 0, 0),
				PostRank: 3, DailyRegistrationRank: 1,
				ActivityLevel: analytics.LowActivity, EngagementStatus: analytics.EngagementDormant,
				PostsQuartile: 1, PrevUserPosts: new(int64(1)),
			},
		}, rows)
	})
}

// Levels go by 3 and 10 posts; statuses by instants, not by midnights.
//
// Covers: E48, E49.
func TestUserAnalyticsThresholds(t *testing.T) {
	eachWorld(t, func(w *world) {
		for i, posts := range []int{0, 2, 3, 9, 10} {
			lastLogin := []*time.Time{nil, new(ago(7 * day)), new(ago(7*day + time.Microsecond)), new(ago(30 * day)), new(ago(30*day + time.Microsecond))}[i]
			u := w.user(fmt.Sprintf("user%d", i), ago(100*day), lastLogin)
			for range posts {
				w.post(u, ago(day), 0)
			}
		}
		rows, err := w.reports.UserAnalytics(w.Context(), analytics.UserAnalyticsParams{})
		require.NoError(w, err)
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%d %s %s", r.PostsCount, r.ActivityLevel, r.EngagementStatus))
		}
		require.Equal(w, []string{"10 High Dormant", "9 Medium Inactive", "3 Medium Inactive", "2 Low Active", "0 Low Dormant"}, got)
	})
}

// Both bounds are inclusive; a day as upper bound is the whole of that day, in the
// zone of the reports.
//
// Covers: E50, E82.
func TestUserAnalyticsBounds(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.user("before", at(2026, 3, 1, 0, 0).Add(-time.Microsecond), nil)
		w.user("first", at(2026, 3, 1, 0, 0), nil)
		w.user("last", at(2026, 3, 3, 0, 0).Add(-time.Microsecond), nil)
		w.user("after", at(2026, 3, 3, 0, 0), nil)
		names := func(reports *analytics.Repository, r analytics.Range) (names []string) {
			rows, err := reports.UserAnalytics(w.Context(), analytics.UserAnalyticsParams{Registered: r})
			require.NoError(w, err)
			for _, u := range rows {
				names = append([]string{u.Username}, names...)
			}
			return names
		}
		first, second := analytics.Day(2026, 3, 1), analytics.Day(2026, 3, 2)
		require.Equal(w, []string{"first", "last"}, names(w.reports, analytics.Range{From: first, To: second}))
		require.Equal(w, []string{"before", "first"}, names(w.reports, analytics.Range{To: first}))
		require.Equal(w, []string{"first", "last", "after"}, names(w.reports, analytics.Range{From: first}))
		instants := analytics.Range{From: analytics.At(at(2026, 3, 1, 0, 0)), To: analytics.At(at(2026, 3, 3, 0, 0))}
		require.Equal(w, []string{"first", "last", "after"}, names(w.reports, instants))
		parsed, err := analytics.ParseBound("2026-03-01")
		require.NoError(w, err)
		require.Equal(w, []string{"first"}, names(w.reports, analytics.Range{From: parsed, To: parsed}))

		// East of Greenwich, 1 March begins an hour earlier.
		east := analytics.New(w.app.Client, analytics.Options{Now: clock, Zone: time.FixedZone("east", 3600)})
		require.Equal(w, []string{"before", "first"}, names(east, analytics.Range{From: first, To: first}))
	})
}

// Where clocks are put forward at midnight, what was before it is of the day before.
//
// Covers: E50, E82.
func TestBoundsWithoutMidnight(t *testing.T) {
	santiago, err := time.LoadLocation("America/Santiago")
	require.NoError(t, err)
	eachWorld(t, func(w *world) {
		w.user("fifth", time.Date(2026, time.September, 5, 23, 30, 0, 0, santiago), nil)
		w.user("sixth", time.Date(2026, time.September, 6, 1, 0, 0, 0, santiago), nil) // where the day begins
		reports := analytics.New(w.app.Client, analytics.Options{Now: clock, Zone: santiago})
		for day, want := range map[int]string{5: "fifth", 6: "sixth"} {
			bound := analytics.Day(2026, time.September, day)
			rows, err := reports.UserAnalytics(w.Context(), analytics.UserAnalyticsParams{Registered: analytics.Range{From: bound, To: bound}})
			require.NoError(w, err)
			require.Len(w, rows, 1)
			require.Equal(w, want, rows[0].Username)
		}
	})
}

// Rows have the columns that they say, and no secrets.
//
// Covers: E84, S09, X19.
func TestRowsHaveNoSecrets(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", ago(day), nil)
		w.post(ada, ago(hour), 0)
		keys := func(rows any, err error) []string {
			require.NoError(w, err)
			text, err := json.Marshal(rows)
			require.NoError(w, err)
			require.NotContains(w, string(text), ada.Password)
			var objects []map[string]any
			require.NoError(w, json.Unmarshal(text, &objects))
			require.Len(w, objects, 1)
			var keys []string
			for k := range objects[0] {
				keys = append(keys, k)
			}
			return keys
		}
		require.ElementsMatch(w, []string{
			"id", "username", "email", "display_name", "created_at", "last_login", "posts_count", "comments_count", "likes_received",
			"avg_rating", "post_rank", "daily_registration_rank", "activity_level", "engagement_status", "posts_quartile",
			"prev_user_posts", "next_user_posts",
		}, keys(w.reports.UserAnalytics(w.Context(), analytics.UserAnalyticsParams{})))
		require.ElementsMatch(w, []string{
			"id", "username", "email", "created_at", "last_login", "posts_count", "comments_count", "likes_given", "total_views_received",
			"days_since_login", "account_age_days", "engagement_score", "engagement_quintile", "engagement_percentile",
			"activity_status", "user_lifecycle", "user_segment",
		}, keys(w.reports.Segmentation(w.Context(), analytics.SegmentationParams{})))
		require.ElementsMatch(w, []string{
			"id", "title", "slug", "user_id", "author", "published_at", "view_count", "comments_count", "likes_count", "shares_count",
			"avg_rating", "ratings_count", "engagement_rate", "estimated_reading_time", "view_rank", "engagement_rank", "likes_rank",
			"daily_view_rank", "performance_category",
		}, keys(w.reports.ContentPerformance(w.Context(), analytics.ContentPerformanceParams{})))
	})
}
