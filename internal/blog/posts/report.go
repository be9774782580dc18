package posts

import (
	"context"
	"fmt"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/postlike"
	"github.com/framefox-go/framefox/ent/postrating"
	"github.com/framefox-go/framefox/ent/postshare"
	"github.com/framefox-go/framefox/framework/entity"
)

// Report is a post and what readers made of it.
type Report struct {
	*ent.Post              // with its author
	CommentsCount int      `json:"comments_count"`
	LikesCount    int      `json:"likes_count"`
	SharesCount   int      `json:"shares_count"`
	RatingsCount  int      `json:"ratings_count"`
	AverageRating *float64 `json:"average_rating"` // nil without ratings
}

// Report returns what readers made of a post, whatever its status. Without such a
// post the error is an *entity.NotFoundError.
//
// Each number is a subquery of its own. To join the four tables would make
// comments x likes x shares x ratings rows of one post.
func (r *Repository) Report(ctx context.Context, id int64) (*Report, error) {
	q := r.With(withAuthor).Query(post.ID(id))
	q.Modify(func(s *sql.Selector) {
		s.AppendSelectExprAs(countOf(s, comment.Table, comment.FieldDeletedAt), "comments_count")
		s.AppendSelectExprAs(countOf(s, postlike.Table, ""), "likes_count")
		s.AppendSelectExprAs(countOf(s, postshare.Table, ""), "shares_count")
		s.AppendSelectExprAs(countOf(s, postrating.Table, ""), "ratings_count")
		s.AppendSelectExprAs(scalar(s, postrating.Table, "", func(t *sql.SelectTable) string {
			return "COALESCE(" + sql.Sum(t.C(postrating.FieldRating)) + ", 0)"
		}), "ratings_sum")
	})
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("posts: cannot read the report of post %d: %w", id, err)
	}
	if len(rows) == 0 {
		return nil, &entity.NotFoundError{Entity: "Post", ID: strconv.FormatInt(id, 10)}
	}
	report, sum := &Report{Post: rows[0]}, 0
	for column, to := range map[string]*int{
		"comments_count": &report.CommentsCount, "likes_count": &report.LikesCount, "shares_count": &report.SharesCount,
		"ratings_count": &report.RatingsCount, "ratings_sum": &sum,
	} {
		if *to, err = number(rows[0], column); err != nil {
			return nil, err
		}
	}
	if report.RatingsCount > 0 {
		report.AverageRating = new(float64(sum) / float64(report.RatingsCount))
	}
	return report, nil
}
