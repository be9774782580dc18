package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
)

// RecentUser is a user who registered lately.
type RecentUser struct {
	ID          int64      `json:"id"`
	Username    string     `json:"username"`
	Email       string     `json:"email"`
	FirstName   *string    `json:"first_name"`
	LastName    *string    `json:"last_name"`
	DisplayName *string    `json:"display_name"`
	IsAdmin     bool       `json:"is_admin"`
	IsVerified  bool       `json:"is_verified"`
	CreatedAt   time.Time  `json:"created_at"`
	LastLogin   *time.Time `json:"last_login"`
}

// RecentUsersParams say who is listed.
type RecentUsersParams struct {
	Days  int // registered that many days ago at most; default 7
	Limit int // default 20
}

// RecentUsers lists the active users who registered lately, newest first. Seven
// days ago is that instant, not its midnight.
func (r *Repository) RecentUsers(ctx context.Context, p RecentUsersParams) ([]RecentUser, error) {
	const report = "recent users"
	from, err := since(report, r.now(), p.Days, 7)
	if err != nil {
		return nil, err
	}
	limit, err := limited(report, p.Limit, 20)
	if err != nil {
		return nil, err
	}
	return read[RecentUser](ctx, r, report, `
		SELECT u.id, u.username, u.email, u.first_name, u.last_name, u.display_name,
			u.is_admin, u.is_verified, u.created_at, u.last_login
		FROM users u
		WHERE u.is_active AND u.deleted_at IS NULL AND u.created_at >= :since
		ORDER BY u.created_at DESC, u.id DESC
		LIMIT :limit`, query.Named{"since": from, "limit": limit})
}
