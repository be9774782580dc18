package analytics

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/framework/query"
)

// ListedPost is a post as lists show it.
type ListedPost struct {
	ID             int64      `json:"id"`
	UserID         int64      `json:"user_id"`
	AuthorUsername *string    `json:"author_username"` // nil for a deleted user
	Title          string     `json:"title"`
	Slug           string     `json:"slug"`
	Excerpt        *string    `json:"excerpt"`
	Category       *string    `json:"category"`
	Status         string     `json:"status"`
	ViewCount      int64      `json:"view_count"`
	PublishedAt    *time.Time `json:"published_at"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
}

// listedColumns are those of ListedPost, of posts p with joinAuthor.
const listedColumns = `p.id, p.user_id, u.username AS author_username, p.title, p.slug, p.excerpt, p.category,
			p.status, p.view_count, p.published_at, p.created_at, p.updated_at`

// PopularPost is a post with its popularity.
type PopularPost struct {
	ListedPost
	CommentsCount   int64   `json:"comments_count"`
	PopularityScore float64 `json:"popularity_score" sql:"-"` // views × 0.7 + comments × 0.3, whatever the age
}

// PopularPostsParams say what is listed.
type PopularPostsParams struct {
	Days  int // published that many days ago at most; default 30
	Limit int // default 10
}

// PopularPosts lists the posts of the last days with the highest popularity score.
func (r *Repository) PopularPosts(ctx context.Context, p PopularPostsParams) ([]PopularPost, error) {
	const report = "popular posts"
	now := r.now()
	from, err := since(report, now, p.Days, 30)
	if err != nil {
		return nil, err
	}
	limit, err := limited(report, p.Limit, 10)
	if err != nil {
		return nil, err
	}
	type row struct {
		PopularPost
		Score int64 // in tenths, to be exact
	}
	found, err := read[row](ctx, r, report, `
		WITH recent AS (
			SELECT p.id FROM posts p WHERE `+published+` AND p.published_at >= :since
		),
		comments_on AS (
			SELECT c.post_id, COUNT(*) AS n FROM recent x INNER JOIN comments c ON c.post_id = x.id
			WHERE c.deleted_at IS NULL GROUP BY c.post_id
		)
		SELECT `+listedColumns+`,
			COALESCE(co.n, 0) AS comments_count,
			p.view_count * 7 + COALESCE(co.n, 0) * 3 AS score
		FROM recent x INNER JOIN posts p ON p.id = x.id
		`+joinAuthor+`
		LEFT JOIN comments_on co ON co.post_id = p.id
		ORDER BY score DESC, p.id DESC
		LIMIT :limit`, query.Named{"now": now, "since": from, "limit": limit})
	if err != nil {
		return nil, err
	}
	rows := make([]PopularPost, len(found))
	for i, f := range found {
		rows[i] = f.PopularPost
		rows[i].PopularityScore = float64(f.Score) / 10
	}
	return rows, nil
}
