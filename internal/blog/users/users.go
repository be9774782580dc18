// Package users finds users together with what belongs to them.
package users

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/entity"
)

// Repository finds users with one client.
type Repository struct{ client *ent.Client }

// NewRepository returns the repository of a client.
func NewRepository(client *ent.Client) *Repository { return &Repository{client} }

// FindWithProfile returns the user with the profile, which may be nil, in two
// statements. Without such a user the error is an *entity.NotFoundError.
func (r *Repository) FindWithProfile(ctx context.Context, id int64) (*ent.User, error) {
	return one(id)(r.client.User.Query().Where(user.ID(id)).WithProfile().All(ctx))
}

// FindWithPosts returns the user with the newest posts, at most limit of them,
// in two statements. Without such a user the error is an
// *entity.NotFoundError.
func (r *Repository) FindWithPosts(ctx context.Context, id int64, limit int) (*ent.User, error) {
	if limit < 1 {
		return nil, errors.New("users: the limit of posts must be at least 1")
	}
	return one(id)(r.client.User.Query().Where(user.ID(id)).
		WithPosts(func(q *ent.PostQuery) {
			q.Order(ent.Desc(post.FieldCreatedAt), ent.Desc(post.FieldID)).Limit(limit)
		}).All(ctx))
}

// one takes the only row of a result.
func one(id int64) func([]*ent.User, error) (*ent.User, error) {
	return func(found []*ent.User, err error) (*ent.User, error) {
		if err != nil {
			return nil, fmt.Errorf("users: cannot read user %d: %w", id, err)
		}
		if len(found) == 0 {
			return nil, &entity.NotFoundError{Entity: "User", ID: strconv.FormatInt(id, 10)}
		}
		return found[0], nil
	}
}
