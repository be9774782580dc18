package posts

import (
	"context"
	"fmt"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
)

// What a view and a comment count for the popularity of a post, in tenths: whole
// numbers order the same on every database, and 3 x 0.7 equals 7 x 0.3.
const (
	viewTenths    = 7
	commentTenths = 3
)

// Popular is a post and how popular it is.
type Popular struct {
	*ent.Post             // as lists show it
	CommentsCount int     `json:"comments_count"`
	Score         float64 `json:"popularity_score"` // 0.7 for a view, 0.3 for a comment
}

// FindPopular returns the most popular of the posts that were published in the
// last days, at most limit. Posts of one score come by their ids. Age does not
// lower a score.
//
// The comments of a post are counted by a subquery of their own: a join would
// multiply what else is counted.
func (r *Repository) FindPopular(ctx context.Context, days, limit int) ([]Popular, error) {
	since, err := r.since(days)
	if err != nil {
		return nil, err
	}
	if err := most(limit); err != nil {
		return nil, err
	}
	q := r.With(listed, withAuthor).Query(Published(r.now()), post.PublishedAtGTE(since)).Limit(limit)
	q.Modify(func(s *sql.Selector) {
		comments := countOf(s, comment.Table, comment.FieldDeletedAt)
		s.AppendSelectExprAs(comments, "comments_count")
		s.OrderExpr(sql.ExprFunc(func(b *sql.Builder) {
			b.WriteString("(").Ident(s.C(post.FieldViewCount)).WriteString(fmt.Sprintf(" * %d + (", viewTenths)).
				Join(countOf(s, comment.Table, comment.FieldDeletedAt)).
				WriteString(fmt.Sprintf(") * %d) DESC, ", commentTenths)).Ident(s.C(post.FieldID))
		}))
	})
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("posts: cannot read the popular posts: %w", err)
	}
	popular := make([]Popular, len(rows))
	for i, row := range rows {
		n, err := number(row, "comments_count")
		if err != nil {
			return nil, err
		}
		popular[i] = Popular{row, n, float64(viewTenths*row.ViewCount+commentTenths*int64(n)) / 10}
	}
	return popular, nil
}

// countOf counts the rows of a table that belong to a post, without those that
// are deleted, where the table has such a mark.
func countOf(posts *sql.Selector, table, deletedAt string) *sql.Selector {
	return scalar(posts, table, deletedAt, func(*sql.SelectTable) string { return sql.Count("*") })
}

// scalar is one value about the rows of a table that belong to a post. All tables
// that do name it in a column of one name.
func scalar(posts *sql.Selector, table, deletedAt string, value func(*sql.SelectTable) string) *sql.Selector {
	t := sql.Table(table).As("of_post")
	s := sql.Dialect(posts.Dialect()).Select().From(t)
	s.AppendSelectExpr(sql.Raw(value(t)))
	s.Where(sql.ColumnsEQ(t.C(comment.FieldPostID), posts.C(post.FieldID)))
	if deletedAt != "" {
		s.Where(sql.IsNull(t.C(deletedAt)))
	}
	return s
}

// number reads a whole number that a query added to the post.
func number(row *ent.Post, column string) (int, error) {
	v, err := row.Value(column)
	if err != nil {
		return 0, fmt.Errorf("posts: cannot read %s: %w", column, err)
	}
	if text, ok := v.([]byte); ok { // the sums of MySQL are decimals
		v = string(text)
	}
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil {
		return 0, fmt.Errorf("posts: cannot read %s: %w", column, err)
	}
	return n, nil
}
