package analytics_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/internal/blog/analytics"
)

// The first post has 50 views, 2 comments, 3 likes, 1 share: (2 + 3 + 1) × 100 / 50
// = 12 %; ratings of 2, 2 and 5: 3.0; 1,149 characters / 5 / 200 = 1.149, so 1.1
// minutes. The second, of the same day, has the same views and nothing else: 0 %.
// The third, of another day, has no views, one like, and so no rate: it comes last
// by engagement, where NULLs come first on PostgreSQL unless told otherwise.
//
// Joined in one SELECT, the first post is 2 × 3 × 1 × 3 = 18 rows.
//
// Covers: E68, E69, E70, E71, S18.
func TestContentPerformance(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada, bob, cyd := w.user("ada", ago(99*day), nil), w.user("bob", ago(99*day), nil), w.user("cyd", ago(99*day), nil)
		first := w.post(ada, at(2026, 3, 1, 0, 0), 50, func(c *ent.PostCreate) { c.SetContent(strings.Repeat("é", 1149)) })
		second := w.post(ada, at(2026, 3, 1, 23, 0), 50)
		third := w.post(bob, at(2026, 3, 2, 0, 0), 0)
		w.comment(first, bob)
		w.comment(first, bob)
		w.app.Client.Comment.DeleteOne(w.comment(first, bob)).ExecX(w.Context())
		w.like(first, ada, bob, cyd)
		w.share(first)
		w.rate(first, ada, 2)
		w.rate(first, bob, 2)
		w.rate(first, cyd, 5)
		w.like(third, ada)
		w.app.Client.Post.DeleteOne(w.post(bob, ago(day), 1000)).ExecX(w.Context())
		w.post(bob, present.Add(hour), 1000) // to come
		// A user may be deleted past the framework; the posts stay, and keep their ranks.
		w.exec("UPDATE users SET deleted_at = ? WHERE id = ?", present, bob.ID)

		rows, err := w.reports.ContentPerformance(w.Context(), analytics.ContentPerformanceParams{})
		require.NoError(w, err)
		require.Equal(w, []analytics.ContentPerformance{
			{
				ID: first.ID, Title: first.Title, Slug: first.Slug, UserID: ada.ID, Author: new("ada"), PublishedAt: at(2026, 3, 1, 0, 0),
				ViewCount: 50, CommentsCount: 2, LikesCount: 3, SharesCount: 1, AvgRating: new(3.0), RatingsCount: 3,
				EngagementRate: new(12.0), EstimatedReadingTime: new(1.1),
				ViewRank: 1, EngagementRank: 1, LikesRank: 1, DailyViewRank: 1, PerformanceCategory: analytics.TopPerformer,
			},
			{
				ID: second.ID, Title: second.Title, Slug: second.Slug, UserID: ada.ID, Author: new("ada"), PublishedAt: at(2026, 3, 1, 23, 0),
				ViewCount: 50, EngagementRate: new(0.0),
				ViewRank: 2, EngagementRank: 2, LikesRank: 3, DailyViewRank: 1, PerformanceCategory: analytics.TopPerformer,
			},
			{
				ID: third.ID, Title: third.Title, Slug: third.Slug, UserID: bob.ID, PublishedAt: at(2026, 3, 2, 0, 0),
				LikesCount: 1,
				ViewRank:   3, EngagementRank: 3, LikesRank: 2, DailyViewRank: 1, PerformanceCategory: analytics.TopPerformer,
			},
		}, rows)

		chosen := analytics.Range{From: analytics.At(at(2026, 3, 1, 23, 0)), To: analytics.Day(2026, 3, 2)}
		rows, err = w.reports.ContentPerformance(w.Context(), analytics.ContentPerformanceParams{Published: chosen})
		require.NoError(w, err)
		require.Len(w, rows, 2)
		require.Equal(w, []int64{second.ID, third.ID}, []int64{rows[0].ID, rows[1].ID})
		require.EqualValues(w, 1, rows[0].ViewRank) // ranks are among the chosen
	})
}

// Of 32 posts, 10 have the most views. The next 14 have 100 views and the other 8
// have 99. All of these but one of each were shared, so that those 20 have the best
// engagement; the two are told apart by their views.
//
// Covers: E71, E72, E73.
func TestPerformanceCategories(t *testing.T) {
	eachWorld(t, func(w *world) {
		ada := w.user("ada", ago(99*day), nil)
		var posts []*ent.Post
		for i := range 32 {
			views := []int64{1000, 100, 100, 99}[i/8]
			if i < 10 {
				views = 1000 - int64(i)
			}
			posts = append(posts, w.post(ada, ago(day), views))
		}
		for _, p := range posts[10:] {
			if p != posts[15] && p != posts[30] {
				w.share(p)
			}
		}
		rows, err := w.reports.ContentPerformance(w.Context(), analytics.ContentPerformanceParams{})
		require.NoError(w, err)
		categories := map[int64]analytics.PerformanceCategory{}
		ranks := map[int64]int64{}
		for i, r := range rows {
			categories[r.ID], ranks[r.ID] = r.PerformanceCategory, r.ViewRank
			if i > 0 { // the same views: by engagement, then id
				a, b := rows[i-1], r
				require.GreaterOrEqual(w, fmt.Sprintf("%05d %09.4f", a.ViewCount, *a.EngagementRate), fmt.Sprintf("%05d %09.4f", b.ViewCount, *b.EngagementRate))
			}
		}
		for i, p := range posts {
			require.EqualValues(w, i+1, ranks[p.ID])
			switch i {
			default:
				require.Equal(w, map[bool]analytics.PerformanceCategory{true: analytics.TopPerformer, false: analytics.HighEngagement}[i < 10], categories[p.ID], i)
			case 15:
				require.Equal(w, analytics.Average, categories[p.ID])
			case 30:
				require.Equal(w, analytics.NeedsPromotion, categories[p.ID])
			}
		}
	})
}
