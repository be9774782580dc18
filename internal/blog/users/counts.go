package users

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/internal/blog/posts"
)

// WithPosts is a user, without what is nobody's business, and what the user has
// written.
type WithPosts struct {
	ID                  int64      `json:"id"`
	Username            string     `json:"username"`
	Email               string     `json:"email"`
	FirstName           *string    `json:"first_name"`
	LastName            *string    `json:"last_name"`
	PostsCount          int        `json:"posts_count"`
	PublishedPostsCount int        `json:"published_posts_count"` // which readers may see
	LastPostDate        *time.Time `json:"last_post_date"`        // when the last one was written; nil without posts
}

// PostCounts returns the active users with what they have written, also those who
// have written nothing. Those with the most posts come first, then by username.
func (r *Repository) PostCounts(ctx context.Context, limit, offset int) ([]WithPosts, error) {
	if err := most(limit); err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, &relay.ArgumentError{Path: "offset", Reason: "must not be negative"}
	}
	rows := []WithPosts{}
	err := r.Query(Active()).Modify(func(s *sql.Selector) {
		s.Select(s.C(user.FieldID), s.C(user.FieldUsername), s.C(user.FieldEmail), s.C(user.FieldFirstName), s.C(user.FieldLastName))
		s.AppendSelectExprAs(postsOf(s, countAll), "posts_count")
		s.AppendSelectExprAs(postsOf(s, countAll, posts.Published(r.now())), "published_posts_count")
		// Not MAX: SQLite tells of no expression that it is a time.
		newest := postsOf(s, createdAt)
		s.AppendSelectExprAs(newest.OrderBy(sql.Desc(newest.C(post.FieldCreatedAt))).Limit(1), "last_post_date")
		s.OrderExpr(sql.Raw(s.Quote("posts_count") + " DESC"))
		s.OrderBy(s.C(user.FieldUsername), s.C(user.FieldID)).Limit(limit).Offset(offset)
	}).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("users: cannot count the posts of users: %w", err)
	}
	return rows, nil
}

func countAll(*sql.Selector) string { return sql.Count("*") }

func createdAt(s *sql.Selector) string { return s.C(post.FieldCreatedAt) }

// postsOf is one value about the posts of a user of the query: those that are not
// deleted and satisfy the specifications.
func postsOf(users *sql.Selector, value func(*sql.Selector) string, specs ...predicate.Post) *sql.Selector {
	s := sql.Dialect(users.Dialect()).Select().From(sql.Table(post.Table).As("of_user"))
	s.AppendSelectExpr(sql.Raw(value(s)))
	s.Where(sql.And(
		sql.ColumnsEQ(s.C(post.FieldUserID), users.C(user.FieldID)),
		sql.IsNull(s.C(post.FieldDeletedAt)),
	))
	for _, spec := range specs {
		spec(s)
	}
	return s
}
