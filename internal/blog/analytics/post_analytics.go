package analytics

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/query"
)

// PostAnalytics is a post, whatever its status, with what came of it.
type PostAnalytics struct {
	ListedPost
	Content       *string  `json:"content"`
	CommentsCount int64    `json:"comments_count"`
	LikesCount    int64    `json:"likes_count"`
	SharesCount   int64    `json:"shares_count"`
	AverageRating *float64 `json:"average_rating" sql:"-"` // nil without ratings
	RatingsCount  int64    `json:"ratings_count"`
}

// PostAnalytics reports about one post. Without it the error is an
// entity.ErrNotFound.
func (r *Repository) PostAnalytics(ctx context.Context, id int64) (PostAnalytics, error) {
	type row struct {
		PostAnalytics
		RatingsSum int64
	}
	f, err := readOne[row](ctx, r, "post analytics", `
		SELECT `+listedColumns+`, p.content,
			(SELECT COUNT(*) FROM comments c WHERE c.post_id = p.id AND c.deleted_at IS NULL) AS comments_count,
			(SELECT COUNT(*) FROM post_likes l WHERE l.post_id = p.id) AS likes_count,
			(SELECT COUNT(*) FROM post_shares s WHERE s.post_id = p.id) AS shares_count,
			(SELECT COUNT(*) FROM post_ratings g WHERE g.post_id = p.id) AS ratings_count,
			(SELECT COALESCE(SUM(g.rating), 0) FROM post_ratings g WHERE g.post_id = p.id) AS ratings_sum
		FROM posts p
		`+joinAuthor+`
		WHERE p.id = :id AND p.deleted_at IS NULL`, query.Named{"id": id})
	if errors.Is(err, entity.ErrNotFound) {
		return PostAnalytics{}, postNotFound(id)
	}
	f.AverageRating = ratio(f.RatingsSum, f.RatingsCount)
	return f.PostAnalytics, err
}

func postNotFound(id int64) error {
	return fmt.Errorf("analytics: %w", &entity.NotFoundError{Entity: "Post", ID: strconv.FormatInt(id, 10)})
}
