package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/entity"
)

// Register makes a user for a caller who may know which accounts there are. The
// error is an *entity.ValidationError that lists all that is wrong, before any
// statement is run, or an *entity.ConflictError with the field that is taken.
//
// Nothing is looked up first: between looking and writing, somebody else could
// take the name. The unique indexes decide.
func (s *Service) Register(ctx context.Context, u NewUser) (*ent.User, error) {
	created, err := u.fill(s.client.User.Create()).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("accounts: cannot register a user: %w", err)
	}
	return created, nil
}

// SignUp makes a user for anybody. Whether an e-mail address has an account is
// nobody's business: it answers the same if it has, and created is nil. Have the
// owner of the address told, by mail, what has happened. Usernames are public, and
// one that is taken is an *entity.ConflictError.
func (s *Service) SignUp(ctx context.Context, u NewUser) (created *ent.User, err error) {
	err = s.client.Transact(ctx, func(ctx context.Context) error {
		created, err = u.fill(s.client.User.Create()).Save(ctx)
		return err
	})
	conflict, taken := errors.AsType[*entity.ConflictError](err)
	switch {
	case err == nil:
		return created, nil
	case !taken:
		return nil, fmt.Errorf("accounts: cannot sign up: %w", err)
	}
	// Where both are taken, the database names one. Who was told of the username
	// in one case and not in the other would know of the address.
	found, err := s.client.User.Query().Where(user.Username(strings.ToLower(strings.TrimSpace(u.Username)))).Exist(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("accounts: cannot sign up: %w", err)
	case !found && slices.Contains(conflict.Fields, user.FieldEmail):
		return nil, nil //nolint:nilnil // the same answer as for an address without an account
	}
	return nil, fmt.Errorf("accounts: cannot sign up: %w",
		&entity.ConflictError{Entity: "User", Fields: []string{user.FieldUsername}, Code: entity.Unique})
}
