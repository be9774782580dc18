// Package accounts is what the blog does with accounts that takes more than one
// statement: it all happens, or nothing of it.
//
//	service := accounts.New(client)
//	ada, err := service.CreateWithProfile(ctx, accounts.NewUser{Username: "ada", Email: "ada@example.org", Password: pw}, accounts.NewProfile{})
//	transfer, err := service.TransferPosts(ctx, ada.ID, bob.ID, ids)
//
// Each method is one transaction, or a savepoint of the one that its context
// carries. There is no BEGIN that a return could forget: what the function of a
// transaction returns decides how it ends. It runs again, in a new one, where it
// loses against another one, and only there.
//
// Errors wrap their causes: errors.Is and errors.As find those of package entity
// behind them.
package accounts

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog/posts"
	"github.com/framefox-go/framefox/internal/blog/users"
)

// Service does things with accounts. It is safe for concurrent use.
type Service struct {
	client *ent.Client
	users  *users.Repository
	posts  *posts.Repository
	now    func() time.Time
	retry  database.RetryPolicy
}

// New returns the service of a client.
func New(client *ent.Client) *Service {
	return &Service{client: client, users: users.NewRepository(client), posts: posts.NewRepository(client), now: time.Now}
}

// WithClock returns a service for which it is another time.
func (s *Service) WithClock(now func() time.Time) *Service {
	other := *s
	other.now, other.users, other.posts = now, s.users.WithClock(now), s.posts.WithClock(now)
	return &other
}

// ErrInactive says that a user is deactivated.
var ErrInactive = errors.New("the user is deactivated")

// transact runs fn in a transaction, again where it loses against another one.
func (s *Service) transact(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.client.Transact(ctx, fn, database.Retrying(s.retry))
}

// lock reads users and keeps others from changing them until the transaction
// ends. It goes by the order of their ids, so that two who lock the same ones
// wait for each other rather than end in a deadlock. They have their ids and
// whether they are active. One that is not there is an *entity.NotFoundError.
func (s *Service) lock(ctx context.Context, ids ...int64) (map[int64]*ent.User, error) {
	q := s.client.User.Query().Where(user.IDIn(ids...), entity.LockForUpdate).Order(user.ByID())
	q.Select(user.FieldID, user.FieldIsActive)
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*ent.User, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if byID[id] == nil {
			return nil, &entity.NotFoundError{Entity: "User", ID: strconv.FormatInt(id, 10)}
		}
	}
	return byID, nil
}
