package users

import (
	"context"
	"fmt"

	"github.com/framefox-go/framefox/framework/query"
)

// Statistics count the users who are not deleted, deactivated ones included.
type Statistics struct {
	TotalUsers  int `json:"total_users"`
	ActiveUsers int `json:"active_users"` // not deactivated
	AdminUsers  int `json:"admin_users"`
	NewUsers30d int `json:"new_users_30d" sql:"new_users_30d"` // registered within 30 days
	Active7d    int `json:"active_7d" sql:"active_7d"`         // signed in within 7 days
}

// Statistics counts the users, in one statement.
func (r *Repository) Statistics(ctx context.Context) (Statistics, error) {
	now := r.now().UTC()
	s, err := query.One[Statistics](ctx, r.client, `
		SELECT COUNT(*) AS total_users,
			COUNT(CASE WHEN is_active THEN 1 END) AS active_users,
			COUNT(CASE WHEN is_admin THEN 1 END) AS admin_users,
			COUNT(CASE WHEN created_at >= ? THEN 1 END) AS new_users_30d,
			COUNT(CASE WHEN last_login >= ? THEN 1 END) AS active_7d
		FROM users WHERE deleted_at IS NULL`, now.AddDate(0, 0, -30), now.AddDate(0, 0, -7))
	if err != nil {
		return Statistics{}, fmt.Errorf("users: cannot count users: %w", err)
	}
	return s, nil
}
