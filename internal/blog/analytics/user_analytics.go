package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
)

// ActivityLevel tells how much a user has published.
type ActivityLevel string

// The levels of activity.
const (
	HighActivity   ActivityLevel = "High"   // HighActivityPosts or more
	MediumActivity ActivityLevel = "Medium" // MediumActivityPosts or more
	LowActivity    ActivityLevel = "Low"
)

// From how many published posts on an activity is high, or medium.
const (
	HighActivityPosts   = 10
	MediumActivityPosts = 3
)

func activityLevel(posts int64) ActivityLevel {
	switch {
	case posts >= HighActivityPosts:
		return HighActivity
	case posts >= MediumActivityPosts:
		return MediumActivity
	}
	return LowActivity
}

// EngagementStatus tells in three steps how long ago a user signed in. It is not
// [ActivityStatus], which has four steps and means other days by "Inactive".
type EngagementStatus string

// The engagement statuses.
const (
	EngagementActive   EngagementStatus = "Active"   // within 7 days
	EngagementInactive EngagementStatus = "Inactive" // within 30 days
	EngagementDormant  EngagementStatus = "Dormant"  // longer ago, or never
)

func engagementStatus(now time.Time, lastLogin *time.Time) EngagementStatus {
	switch {
	case within(now, lastLogin, 7):
		return EngagementActive
	case within(now, lastLogin, 30):
		return EngagementInactive
	}
	return EngagementDormant
}

// within reports whether at is no more than that many days before now.
func within(now time.Time, at *time.Time, days int) bool {
	return at != nil && !at.Before(now.Add(-time.Duration(days)*day))
}

// UserAnalytics is what a user has published, and what came of it.
type UserAnalytics struct {
	ID                    int64            `json:"id"`
	Username              string           `json:"username"`
	Email                 string           `json:"email"`
	DisplayName           *string          `json:"display_name"`
	CreatedAt             time.Time        `json:"created_at"`
	LastLogin             *time.Time       `json:"last_login"`
	PostsCount            int64            `json:"posts_count"`               // published
	CommentsCount         int64            `json:"comments_count"`            // on these posts
	LikesReceived         int64            `json:"likes_received"`            // by these posts
	AvgRating             *float64         `json:"avg_rating" sql:"-"`        // of all ratings of these posts, nil without any
	PostRank              int64            `json:"post_rank"`                 // by posts, then id
	DailyRegistrationRank int64            `json:"daily_registration_rank"`   // among those who registered on the same day
	ActivityLevel         ActivityLevel    `json:"activity_level" sql:"-"`    // by posts
	EngagementStatus      EngagementStatus `json:"engagement_status" sql:"-"` // by last_login
	PostsQuartile         int64            `json:"posts_quartile"`            // 4 are those with most posts
	PrevUserPosts         *int64           `json:"prev_user_posts"`           // posts of who registered before
	NextUserPosts         *int64           `json:"next_user_posts"`           // posts of who registered next
}

// UserAnalyticsParams say which users the report is about.
type UserAnalyticsParams struct {
	Registered Range // when
	Limit      int   // default MaxLimit
}

// UserAnalytics reports about the active users who registered in a range of time,
// those with most posts first. Ranks, quartiles and neighbours are among them.
func (r *Repository) UserAnalytics(ctx context.Context, p UserAnalyticsParams) ([]UserAnalytics, error) {
	const report = "user analytics"
	now := r.now()
	values := query.Named{"now": now}
	if err := p.Registered.bind(report, r.opts.Zone, values); err != nil {
		return nil, err
	}
	var err error
	if values["limit"], err = limited(report, p.Limit, MaxLimit); err != nil {
		return nil, err
	}
	type row struct {
		UserAnalytics
		RatingsSum, RatingsCount int64
	}
	found, err := read[row](ctx, r, report, `
		WITH `+publishedPosts+`,
		posts_of AS (
			SELECT p.user_id, COUNT(*) AS posts_count FROM published p GROUP BY p.user_id
		),
		comments_of AS (
			SELECT p.user_id, COUNT(*) AS comments_count
			FROM published p INNER JOIN comments c ON c.post_id = p.id
			WHERE c.deleted_at IS NULL GROUP BY p.user_id
		),
		likes_of AS (
			SELECT p.user_id, COUNT(*) AS likes_received
			FROM published p INNER JOIN post_likes l ON l.post_id = p.id GROUP BY p.user_id
		),
		ratings_of AS (
			SELECT p.user_id, SUM(g.rating) AS ratings_sum, COUNT(*) AS ratings_count
			FROM published p INNER JOIN post_ratings g ON g.post_id = p.id GROUP BY p.user_id
		),
		stats AS (
			SELECT u.id, u.username, u.email, u.display_name, u.created_at, u.last_login,
				COALESCE(po.posts_count, 0) AS posts_count,
				COALESCE(co.comments_count, 0) AS comments_count,
				COALESCE(lo.likes_received, 0) AS likes_received,
				COALESCE(ra.ratings_sum, 0) AS ratings_sum,
				COALESCE(ra.ratings_count, 0) AS ratings_count
			FROM users u
			LEFT JOIN posts_of po ON po.user_id = u.id
			LEFT JOIN comments_of co ON co.user_id = u.id
			LEFT JOIN likes_of lo ON lo.user_id = u.id
			LEFT JOIN ratings_of ra ON ra.user_id = u.id
			WHERE u.is_active AND u.deleted_at IS NULL AND u.created_at >= :from AND u.created_at < :until
		)
		SELECT s.*,
			ROW_NUMBER() OVER (ORDER BY s.posts_count DESC, s.id) AS post_rank,
			RANK() OVER (PARTITION BY `+r.sql.day("s.created_at")+` ORDER BY s.id) AS daily_registration_rank,
			NTILE(4) OVER (ORDER BY s.posts_count, s.id) AS posts_quartile,
			LAG(s.posts_count) OVER (ORDER BY s.created_at, s.id) AS prev_user_posts,
			LEAD(s.posts_count) OVER (ORDER BY s.created_at, s.id) AS next_user_posts
		FROM stats s
		ORDER BY s.posts_count DESC, s.created_at DESC, s.id
		LIMIT :limit`, values)
	if err != nil {
		return nil, err
	}
	rows := make([]UserAnalytics, len(found))
	for i, f := range found {
		rows[i] = f.UserAnalytics
		rows[i].AvgRating = ratio(f.RatingsSum, f.RatingsCount)
		rows[i].ActivityLevel = activityLevel(f.PostsCount)
		rows[i].EngagementStatus = engagementStatus(now, f.LastLogin)
	}
	return rows, nil
}
