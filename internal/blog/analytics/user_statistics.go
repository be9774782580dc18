package analytics

import (
	"context"

	"github.com/framefox-go/framefox/framework/query"
)

// UserStatistics counts users, deactivated ones included.
type UserStatistics struct {
	TotalUsers  int64 `json:"total_users"`
	ActiveUsers int64 `json:"active_users"` // not deactivated
	AdminUsers  int64 `json:"admin_users"`
	NewUsers30d int64 `json:"new_users_30d"` // who registered within 30 days
	Active7d    int64 `json:"active_7d"`     // who signed in within 7 days
}

// UserStatistics counts the users.
func (r *Repository) UserStatistics(ctx context.Context) (UserStatistics, error) {
	now := r.now()
	return readOne[UserStatistics](ctx, r, "user statistics", `
		SELECT COUNT(*) AS total_users,
			COUNT(CASE WHEN u.is_active THEN 1 END) AS active_users,
			COUNT(CASE WHEN u.is_admin THEN 1 END) AS admin_users,
			COUNT(CASE WHEN u.created_at >= :month THEN 1 END) AS new_users_30d,
			COUNT(CASE WHEN u.last_login >= :week THEN 1 END) AS active_7d
		FROM users u
		WHERE u.deleted_at IS NULL`, query.Named{"month": now.Add(-30 * day), "week": now.Add(-7 * day)})
}
