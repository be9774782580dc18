package analytics_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// Ada has 2 posts with views by day of 60 + 40 and 10: 110. She wrote 2 comments
// and liked 3 posts. Score: 2 × 3 + 2 × 1 + 3 × 0.5 + 110 × 0.01 = 10.6. Joined in
// one SELECT, her views come once for each comment and like: 110 × 2 × 3 = 660.
//
// Bob has 1 post and nothing else: 3. Cyd has nothing: 0. So the percentiles are
// 2/2, 1/2 and 0/2. Three users are in the quintiles 1 to 3, so that the best is a
// Potential Loyal and no Champion: that is how few users are.
//
// Covers: E61, E62, E63, E64, E65, E67, X47, S18.
func TestSegmentation(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", ago(365*day), new(ago(7*day)))
		bob := w.user("bob", ago(30*day), new(ago(36*hour)))
		cyd := w.user("cyd", ago(365*day+12*hour), nil)
		one, two, other := w.post(ada, ago(day), 0), w.post(ada, ago(day), 0), w.post(bob, ago(day), 0)
		w.viewed(one, 60, 40)
		w.viewed(two, 10)
		w.comment(other, ada)
		w.comment(one, ada)
		w.app.Client.Comment.DeleteOne(w.comment(one, ada)).ExecX(w.Context())
		w.like(one, ada)
		w.like(two, ada)
		w.like(other, ada)
		gone := w.post(bob, ago(day), 0) // what hangs on it does not count
		w.comment(gone, cyd)
		w.like(gone, cyd)
		w.viewed(gone, 500)
		w.app.Client.Post.DeleteOne(gone).ExecX(w.Context())
		require.InDelta(w, 660, w.naive(`
			SELECT SUM(v.view_count) FROM users u
			LEFT JOIN posts p ON p.user_id = u.id AND p.deleted_at IS NULL
			LEFT JOIN comments c ON c.user_id = u.id AND c.deleted_at IS NULL
			LEFT JOIN post_likes l ON l.user_id = u.id
			LEFT JOIN post_views v ON v.post_id = p.id
			WHERE u.username = 'ada'`), 0)

		rows, err := w.reports.Segmentation(w.Context(), analytics.SegmentationParams{})
		require.NoError(w, err)
		require.Equal(w, []analytics.SegmentedUser{
			{
				ID: ada.ID, Username: "ada", Email: "ada@example.org", CreatedAt: ago(365 * day), LastLogin: new(ago(7 * day)),
				PostsCount: 2, CommentsCount: 2, LikesGiven: 3, TotalViewsReceived: 110,
				DaysSinceLogin: new(7.0), AccountAgeDays: 365, EngagementScore: 10.6, EngagementQuintile: 3, EngagementPercentile: 1,
				ActivityStatus: analytics.Active, UserLifecycle: analytics.EstablishedUser, UserSegment: analytics.PotentialLoyal,
			},
			{
				ID: bob.ID, Username: "bob", Email: "bob@example.org", CreatedAt: ago(30 * day), LastLogin: new(ago(36 * hour)),
				PostsCount: 1, DaysSinceLogin: new(1.5), AccountAgeDays: 30, EngagementScore: 3, EngagementQuintile: 2, EngagementPercentile: 0.5,
				ActivityStatus: analytics.Active, UserLifecycle: analytics.NewUser, UserSegment: analytics.NewCustomer,
			},
			{
				ID: cyd.ID, Username: "cyd", Email: "cyd@example.org", CreatedAt: ago(365*day + 12*hour),
				AccountAgeDays: 365.5, EngagementQuintile: 1,
				ActivityStatus: analytics.Dormant, UserLifecycle: analytics.VeteranUser, UserSegment: analytics.Others,
			},
		}, rows)

		top, err := w.reports.Segmentation(w.Context(), analytics.SegmentationParams{Limit: 1})
		require.NoError(w, err)
		require.Equal(w, rows[:1], top) // the limit changes no rank
	})
}

// Twenty users, four in each quintile, of which each has one of the four activity
// statuses: the table of segments in full.
//
// Covers: E63, E64, E65, E66, E67, X20.
func TestSegments(t *testing.T) {
	eachWorld(t, func(w *world) {
		days := []int{7, 30, 90, 91}
		for i := range 20 {
			// The age goes by the quintile: New, New, Growing, Established, Veteran.
			registered := present.AddDate(0, 0, -[]int{1, 30, 180, 365, 366}[i/4])
			u := w.user(fmt.Sprintf("user%02d", i), registered, new(present.AddDate(0, 0, -days[i%4])))
			for range i {
				w.post(u, ago(day), 0)
			}
		}
		rows, err := w.reports.Segmentation(w.Context(), analytics.SegmentationParams{})
		require.NoError(w, err)
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%d %s %s: %s", r.EngagementQuintile, r.UserLifecycle, r.ActivityStatus, r.UserSegment))
		}
		require.Equal(w, []string{
			"5 Veteran Dormant: Others", "5 Veteran Inactive: At Risk", "5 Veteran Occasional: Loyal", "5 Veteran Active: Champion",
			"4 Established Dormant: Others", "4 Established Inactive: At Risk", "4 Established Occasional: Loyal", "4 Established Active: Loyal",
			"3 Growing Dormant: Others", "3 Growing Inactive: At Risk", "3 Growing Occasional: Others", "3 Growing Active: Potential Loyal",
			"2 New Dormant: Others", "2 New Inactive: Cannot Lose", "2 New Occasional: Others", "2 New Active: New Customer",
			"1 New Dormant: Others", "1 New Inactive: Cannot Lose", "1 New Occasional: Others", "1 New Active: New Customer",
		}, got)
	})
}

// Users with the same score come by id, and are all in the same percentile.
//
// Covers: E63, E67.
func TestSegmentationOfEquals(t *testing.T) {
	eachWorld(t, func(w *world) {
		for i := range analytics.MinPopulation {
			w.user(fmt.Sprintf("user%d", i), ago(day), nil)
		}
		rows, err := w.reports.Segmentation(w.Context(), analytics.SegmentationParams{})
		require.NoError(w, err)
		for i, r := range rows {
			require.Equal(w, fmt.Sprintf("user%d", i), r.Username)
			require.EqualValues(w, i+1, r.EngagementQuintile)
			require.Zero(w, r.EngagementPercentile)
		}
	})
}
