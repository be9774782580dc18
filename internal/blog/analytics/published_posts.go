package analytics

import (
	"context"

	"github.com/framefox-go/framefox/framework/query"
)

// PublishedPost is a post that readers see, with the name of its author.
type PublishedPost struct {
	ListedPost
	AuthorFirstName *string `json:"author_first_name"`
	AuthorLastName  *string `json:"author_last_name"`
}

// PublishedPostsParams say how much is listed.
type PublishedPostsParams struct {
	Limit int // default MaxLimit
}

// PublishedPosts lists the posts that readers see, newest first.
func (r *Repository) PublishedPosts(ctx context.Context, p PublishedPostsParams) ([]PublishedPost, error) {
	const report = "published posts"
	limit, err := limited(report, p.Limit, MaxLimit)
	if err != nil {
		return nil, err
	}
	return read[PublishedPost](ctx, r, report, `
		SELECT `+listedColumns+`, u.first_name AS author_first_name, u.last_name AS author_last_name
		FROM posts p
		`+joinAuthor+`
		WHERE `+published+`
		ORDER BY p.published_at DESC, p.id DESC
		LIMIT :limit`, query.Named{"now": r.now(), "limit": limit})
}

// TaggedPost is a post with the tag that it was found by.
type TaggedPost struct {
	ListedPost
	TagName string `json:"tag_name"`
}

// PostsByTagParams say how much is listed.
type PostsByTagParams struct {
	Limit int // default 20
}

// PostsByTag lists the posts that readers see and that have the tag of exactly
// this name, newest first.
func (r *Repository) PostsByTag(ctx context.Context, tag string, p PostsByTagParams) ([]TaggedPost, error) {
	const report = "posts by tag"
	limit, err := limited(report, p.Limit, 20)
	if err != nil {
		return nil, err
	}
	return read[TaggedPost](ctx, r, report, `
		SELECT `+listedColumns+`, t.name AS tag_name
		FROM tags t
		INNER JOIN post_tags pt ON pt.tag_id = t.id
		INNER JOIN posts p ON p.id = pt.post_id
		`+joinAuthor+`
		WHERE t.name = :tag AND `+published+`
		ORDER BY p.published_at DESC, p.id DESC
		LIMIT :limit`, query.Named{"tag": tag, "now": r.now(), "limit": limit})
}
