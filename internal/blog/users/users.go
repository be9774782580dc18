// Package users is where the blog reads and writes its users: the generated
// repository, and what the blog asks beyond it.
package users

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
)

// Repository is the generated one with the blog's own queries.
type Repository struct {
	*ent.UserRepository
	client *ent.Client
	now    func() time.Time
}

// NewRepository returns the repository of a client.
func NewRepository(client *ent.Client) *Repository {
	return &Repository{ent.NewUserRepository(client), client, time.Now}
}

// WithClock returns a repository for which it is another time.
func (r *Repository) WithClock(now func() time.Time) *Repository {
	return &Repository{r.UserRepository, r.client, now}
}

// Active is the specification of the users who are not deactivated.
func Active() predicate.User { return user.IsActive(true) }

// Admins is the specification of the active users who may do everything.
func Admins() predicate.User { return user.And(Active(), user.IsAdmin(true)) }

// FindActive returns a page of the active users, by their ids.
func (r *Repository) FindActive(ctx context.Context, page, perPage int) (*repository.Page[ent.User], error) {
	return r.Where(Active()).Paginate(ctx, page, perPage, nil)
}

// FindAdmins returns the active administrators, by their ids.
func (r *Repository) FindAdmins(ctx context.Context) ([]*ent.User, error) {
	return r.Where(Admins()).FindAll(ctx)
}

// FindRecent returns the active users who registered within the last days, to the
// instant, the newest first, at most limit. They come with the columns that a list
// shows.
func (r *Repository) FindRecent(ctx context.Context, days, limit int) ([]*ent.User, error) {
	const maxDays = 36_500
	if days < 1 || days > maxDays {
		return nil, &relay.ArgumentError{Path: "days", Reason: fmt.Sprintf("must be between 1 and %d", maxDays)}
	}
	shown := func(q *ent.UserQuery) { q.Select(listed()...) }
	return r.Where(Active(), user.CreatedAtGTE(r.now().UTC().AddDate(0, 0, -days))).With(shown).
		FindBy(ctx, nil, repository.OrderBy(repository.Desc("created_at")), repository.Limit(limit))
}

// TouchLastLogin notes that the user signs in now, and reports whether there is
// such a user.
func (r *Repository) TouchLastLogin(ctx context.Context, id int64) (bool, error) {
	n, err := r.client.User.Update().Where(user.ID(id)).SetLastLogin(r.now().UTC()).Save(ctx)
	if err != nil {
		return false, fmt.Errorf("users: cannot note the sign-in of user %d: %w", id, err)
	}
	return n > 0, nil
}

// FindWithProfile returns the user with the profile, which may be nil, in two
// statements. Without such a user the error is an *entity.NotFoundError.
func (r *Repository) FindWithProfile(ctx context.Context, id int64) (*ent.User, error) {
	return r.Find(ctx, id, repository.With("profile"))
}

// FindWithPosts returns the user with the newest posts, at most limit of them,
// in two statements. Without such a user the error is an
// *entity.NotFoundError.
func (r *Repository) FindWithPosts(ctx context.Context, id int64, limit int) (*ent.User, error) {
	if limit < 1 {
		return nil, errors.New("users: the limit of posts must be at least 1")
	}
	newest := func(q *ent.PostQuery) {
		q.Order(ent.Desc(post.FieldCreatedAt), ent.Desc(post.FieldID)).Limit(limit)
	}
	return r.With(func(q *ent.UserQuery) { q.WithPosts(newest) }).Find(ctx, id)
}
