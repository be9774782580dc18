package analytics

import (
	"context"
	"errors"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/query"
)

// RelatedPost is a post that is about the same.
type RelatedPost struct {
	ListedPost
	CommonTags   int64 `json:"common_tags"`
	SameCategory bool  `json:"same_category"`
}

// RelatedPostsParams say how much is listed.
type RelatedPostsParams struct {
	Limit int // default 5
}

// RelatedPosts lists the published posts that share tags with a post, those with
// most of them first, then those of its category, then the newest. For a post
// without tags it lists those of its category. Without the post the error is an
// entity.ErrNotFound.
func (r *Repository) RelatedPosts(ctx context.Context, id int64, p RelatedPostsParams) ([]RelatedPost, error) {
	const report = "related posts"
	limit, err := limited(report, p.Limit, 5)
	if err != nil {
		return nil, err
	}
	type subject struct {
		Category *string
		Tags     int64
	}
	var rows []RelatedPost
	err = r.snapshot(ctx, func(ctx context.Context) error {
		s, err := readOne[subject](ctx, r, report, `
			SELECT p.category, (SELECT COUNT(*) FROM post_tags pt WHERE pt.post_id = p.id) AS tags
			FROM posts p WHERE p.id = :id AND p.deleted_at IS NULL`, query.Named{"id": id})
		if errors.Is(err, entity.ErrNotFound) {
			return postNotFound(id)
		}
		if err != nil {
			return err
		}
		category := "" // no post has this one
		if s.Category != nil {
			category = *s.Category
		}
		candidates := "co.n > 0"
		if s.Tags == 0 {
			candidates = "p.category = :category AND p.category <> ''"
		}
		rows, err = read[RelatedPost](ctx, r, report, `
			WITH common AS (
				SELECT other.post_id, COUNT(*) AS n
				FROM post_tags own INNER JOIN post_tags other ON other.tag_id = own.tag_id
				WHERE own.post_id = :id GROUP BY other.post_id
			)
			SELECT `+listedColumns+`,
				COALESCE(co.n, 0) AS common_tags,
				CASE WHEN p.category = :category AND p.category <> '' THEN 1 ELSE 0 END AS same_category
			FROM posts p
			LEFT JOIN common co ON co.post_id = p.id
			`+joinAuthor+`
			WHERE `+candidates+` AND p.id <> :id AND `+published+`
			ORDER BY common_tags DESC, same_category DESC, p.published_at DESC, p.id DESC
			LIMIT :limit`, query.Named{"id": id, "category": category, "now": r.now(), "limit": limit})
		return err
	})
	return rows, err
}
