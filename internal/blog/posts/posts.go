// Package posts is where the blog reads and writes its posts: the generated
// repository, and what the blog asks beyond it.
package posts

import (
	"context"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/repository"
)

// Repository is the generated one with the blog's own queries.
type Repository struct {
	*ent.PostRepository
	now func() time.Time
}

// NewRepository returns the repository of a client.
func NewRepository(client *ent.Client) *Repository {
	return &Repository{ent.NewPostRepository(client), time.Now}
}

// Published is the specification of what readers may see at an instant: posts
// that are published, and whose day has come.
func Published(at time.Time) predicate.Post {
	return post.And(post.StatusEQ(post.StatusPublished), post.PublishedAtLTE(at))
}

// ByAuthor is the specification of the posts of an author.
func ByAuthor(id int64) predicate.Post { return post.UserID(id) }

// Latest returns the newest posts that readers may see, at most limit, as lists
// show them: see AllPublished.
func (r *Repository) Latest(ctx context.Context, limit int) ([]*ent.Post, error) {
	return r.Where(Published(r.now())).With(listed, withAuthor).FindBy(ctx, nil,
		repository.OrderBy(repository.Desc("published_at")), repository.Limit(limit))
}

// listed reads the columns that a list shows: a content can be megabytes.
func listed(q *ent.PostQuery) {
	q.Select(
		post.FieldID, post.FieldUserID, post.FieldTitle, post.FieldSlug, post.FieldExcerpt, post.FieldCategory, post.FieldStatus,
		post.FieldViewCount, post.FieldPublishedAt, post.FieldCreatedAt, post.FieldUpdatedAt,
	)
}

// withAuthor loads the names of the authors, and nothing else of them.
func withAuthor(q *ent.PostQuery) {
	q.WithAuthor(func(q *ent.UserQuery) {
		q.Select(user.FieldID, user.FieldUsername, user.FieldFirstName, user.FieldLastName)
	})
}

// FindPublished returns the post with the slug, if readers may see it. Else the
// error is an *entity.NotFoundError.
func (r *Repository) FindPublished(ctx context.Context, slug string) (*ent.Post, error) {
	return r.Where(Published(r.now())).FindOneBy(ctx, repository.Criteria{"slug": slug})
}
