package posts

import (
	"context"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/tag"
	"github.com/framefox-go/framefox/framework/repository"
)

// AllPublished returns all posts that readers may see, the newest first. A post
// stays in the list when its author is deleted: the edge is nil then. More than
// [repository.MaxRows] are an error; see Latest and Each.
//
// The posts of this list, as of all others but pages, come without their contents,
// and with the names of their authors; nothing else of those is read.
func (r *Repository) AllPublished(ctx context.Context) ([]*ent.Post, error) {
	return r.Where(Published(r.now())).With(listed, withAuthor).FindBy(ctx, nil, repository.OrderBy(repository.Desc("published_at")))
}

// Tagged is a post and the tag that it was found by.
type Tagged struct {
	*ent.Post
	TagName string `json:"tag_name"`
}

// FindByTag returns the newest posts with a tag that readers may see, at most
// limit. A name that no tag has finds none.
//
// Whether a post has the tag is a condition, not a join, so that no post comes
// twice and nothing has to be made distinct.
func (r *Repository) FindByTag(ctx context.Context, name string, limit int) ([]Tagged, error) {
	if err := most(limit); err != nil {
		return nil, err
	}
	rows, err := r.Where(Published(r.now()), post.HasTagsWith(tag.Name(name))).With(listed, withAuthor).FindBy(ctx, nil,
		repository.OrderBy(repository.Desc("published_at")), repository.Limit(limit))
	if err != nil {
		return nil, err
	}
	tagged := make([]Tagged, len(rows))
	for i, row := range rows {
		tagged[i] = Tagged{row, name}
	}
	return tagged, nil
}
