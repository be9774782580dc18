package analytics

import (
	"context"

	"github.com/framefox-go/framefox/framework/query"
)

// UserEngagement is how much active users do, in one row.
type UserEngagement struct {
	TotalUsers       int64   `json:"total_users"`
	TotalPosts       int64   `json:"total_posts"`            // theirs, drafts included
	AvgActivityScore float64 `json:"avg_engagement" sql:"-"` // mean of posts × 2 + comments that users wrote; 0 without users
	ActiveUsers7d    int64   `json:"active_users_7d"`        // who signed in within 7 days
}

// UserEngagement reports how much the active users do.
func (r *Repository) UserEngagement(ctx context.Context) (UserEngagement, error) {
	type row struct {
		UserEngagement
		Score int64
	}
	f, err := readOne[row](ctx, r, "user engagement", `
		WITH posts_of AS (
			SELECT p.user_id, COUNT(*) AS n FROM posts p WHERE p.deleted_at IS NULL GROUP BY p.user_id
		),
		comments_by AS (
			SELECT c.user_id, COUNT(*) AS n
			FROM comments c INNER JOIN posts p ON p.id = c.post_id
			WHERE c.deleted_at IS NULL AND p.deleted_at IS NULL GROUP BY c.user_id
		)
		SELECT COUNT(*) AS total_users,
			COALESCE(SUM(po.n), 0) AS total_posts,
			COALESCE(SUM(COALESCE(po.n, 0) * 2 + COALESCE(co.n, 0)), 0) AS score,
			COUNT(CASE WHEN u.last_login >= :week THEN 1 END) AS active_users_7d
		FROM users u
		LEFT JOIN posts_of po ON po.user_id = u.id
		LEFT JOIN comments_by co ON co.user_id = u.id
		WHERE u.is_active AND u.deleted_at IS NULL`, query.Named{"week": r.now().Add(-7 * day)})
	if mean := ratio(f.Score, f.TotalUsers); mean != nil {
		f.AvgActivityScore = *mean
	}
	return f.UserEngagement, err
}
