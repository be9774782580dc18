package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
)

// PerformanceCategory tells how a post does among others.
type PerformanceCategory string

// The categories, in the order in which a post is tried: the first one that fits
// counts. Of ten posts or fewer each is a TopPerformer, even unseen ones.
const (
	TopPerformer   PerformanceCategory = "Top Performer"   // one of the 10 with most views
	HighEngagement PerformanceCategory = "High Engagement" // one of the 20 with the highest engagement rate
	NeedsPromotion PerformanceCategory = "Needs Promotion" // fewer than 100 views
	Average        PerformanceCategory = "Average"
)

func performanceCategory(p ContentPerformance) PerformanceCategory {
	switch {
	case p.ViewRank <= 10:
		return TopPerformer
	case p.EngagementRank <= 20:
		return HighEngagement
	case p.ViewCount < 100:
		return NeedsPromotion
	}
	return Average
}

// ContentPerformance is what came of a post.
type ContentPerformance struct {
	ID                   int64               `json:"id"`
	Title                string              `json:"title"`
	Slug                 string              `json:"slug"`
	UserID               int64               `json:"user_id"`
	Author               *string             `json:"author"` // the username; nil for a deleted user
	PublishedAt          time.Time           `json:"published_at"`
	ViewCount            int64               `json:"view_count"`
	CommentsCount        int64               `json:"comments_count"`
	LikesCount           int64               `json:"likes_count"`
	SharesCount          int64               `json:"shares_count"`
	AvgRating            *float64            `json:"avg_rating" sql:"-"` // nil without ratings
	RatingsCount         int64               `json:"ratings_count"`
	EngagementRate       *float64            `json:"engagement_rate" sql:"-"`        // comments, likes and shares per 100 views; nil without views
	EstimatedReadingTime *float64            `json:"estimated_reading_time" sql:"-"` // minutes, with one decimal, at 200 words of 5 characters; nil without content
	ViewRank             int64               `json:"view_rank"`                      // 1 has most views; then by id, as the next two
	EngagementRank       int64               `json:"engagement_rank"`                // posts without views come last
	LikesRank            int64               `json:"likes_rank"`
	DailyViewRank        int64               `json:"daily_view_rank"` // by views among the posts of the same day; the same views, the same rank
	PerformanceCategory  PerformanceCategory `json:"performance_category" sql:"-"`
}

// ContentPerformanceParams say which posts the report is about.
type ContentPerformanceParams struct {
	Published Range // when
	Limit     int   // default MaxLimit
}

// ContentPerformance reports about the posts that were published in a range of
// time, those with most views first. Ranks and categories are among them.
func (r *Repository) ContentPerformance(ctx context.Context, p ContentPerformanceParams) ([]ContentPerformance, error) {
	const report = "content performance"
	values := query.Named{"now": r.now()}
	if err := p.Published.bind(report, r.opts.Zone, values); err != nil {
		return nil, err
	}
	var err error
	if values["limit"], err = limited(report, p.Limit, MaxLimit); err != nil {
		return nil, err
	}
	type row struct {
		ContentPerformance
		RatingsSum int64
		Characters *int64
		Rate       *float64 // for the order; the one that is shown is computed in Go
	}
	found, err := read[row](ctx, r, report, `
		WITH chosen AS (
			SELECT p.id FROM posts p
			WHERE `+published+` AND p.published_at >= :from AND p.published_at < :until
		),
		`+reactionsOf("chosen")+`,
		stats AS (
			SELECT p.id, p.title, p.slug, p.user_id, u.username AS author, p.published_at, p.view_count,
				COALESCE(co.n, 0) AS comments_count,
				COALESCE(li.n, 0) AS likes_count,
				COALESCE(sh.n, 0) AS shares_count,
				COALESCE(ra.n, 0) AS ratings_count,
				COALESCE(ra.total, 0) AS ratings_sum,
				`+r.sql.characters("p.content")+` AS characters,
				`+r.sql.ratio("COALESCE(co.n, 0) + COALESCE(li.n, 0) + COALESCE(sh.n, 0)", "p.view_count")+` AS rate
			FROM chosen x INNER JOIN posts p ON p.id = x.id
			`+joinAuthor+`
			`+joinReactions+`
		)
		SELECT s.*,
			ROW_NUMBER() OVER (ORDER BY s.view_count DESC, s.id) AS view_rank,
			ROW_NUMBER() OVER (ORDER BY s.rate IS NULL, s.rate DESC, s.id) AS engagement_rank,
			ROW_NUMBER() OVER (ORDER BY s.likes_count DESC, s.id) AS likes_rank,
			RANK() OVER (PARTITION BY `+r.sql.day("s.published_at")+` ORDER BY s.view_count DESC) AS daily_view_rank
		FROM stats s
		ORDER BY s.view_count DESC, s.rate IS NULL, s.rate DESC, s.id
		LIMIT :limit`, values)
	if err != nil {
		return nil, err
	}
	rows := make([]ContentPerformance, len(found))
	for i, f := range found {
		c := f.ContentPerformance
		c.AvgRating = ratio(f.RatingsSum, c.RatingsCount)
		c.EngagementRate = ratio((c.CommentsCount+c.LikesCount+c.SharesCount)*100, c.ViewCount)
		if f.Characters != nil {
			c.EstimatedReadingTime = rounded(*f.Characters, 5*200, 1)
		}
		c.PerformanceCategory = performanceCategory(c)
		rows[i] = c
	}
	return rows, nil
}

// reactionsOf are CTEs of what hangs on the posts whose ids a CTE has: each kind
// counted by itself, for joinReactions.
func reactionsOf(posts string) string {
	return `comments_on AS (
			SELECT c.post_id, COUNT(*) AS n FROM ` + posts + ` x INNER JOIN comments c ON c.post_id = x.id
			WHERE c.deleted_at IS NULL GROUP BY c.post_id
		),
		likes_on AS (
			SELECT l.post_id, COUNT(*) AS n FROM ` + posts + ` x INNER JOIN post_likes l ON l.post_id = x.id GROUP BY l.post_id
		),
		shares_on AS (
			SELECT s.post_id, COUNT(*) AS n FROM ` + posts + ` x INNER JOIN post_shares s ON s.post_id = x.id GROUP BY s.post_id
		),
		ratings_on AS (
			SELECT g.post_id, COUNT(*) AS n, SUM(g.rating) AS total
			FROM ` + posts + ` x INNER JOIN post_ratings g ON g.post_id = x.id GROUP BY g.post_id
		)`
}

// joinReactions joins posts p to reactionsOf.
const joinReactions = `LEFT JOIN comments_on co ON co.post_id = p.id
			LEFT JOIN likes_on li ON li.post_id = p.id
			LEFT JOIN shares_on sh ON sh.post_id = p.id
			LEFT JOIN ratings_on ra ON ra.post_id = p.id`

// joinAuthor joins posts p to their authors u. A post stays when its author is
// deleted.
const joinAuthor = "LEFT JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL"
