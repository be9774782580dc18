package accounts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/repository"
)

// Change is what a user is to have. ID is nil where the caller gave none; it is
// an error of this change alone.
type Change struct {
	ID      *int64
	Values  repository.Values // of the fields that Changeable returns
	Version *int64            // if given, the one that the caller has read; see entity.StaleError
}

// Changeable returns the fields that UpdateMany changes. It is a list of what
// may, not of what may not: a field that is added to users is not in it.
func Changeable() []string {
	return []string{user.FieldUsername, user.FieldEmail, user.FieldFirstName, user.FieldLastName, user.FieldDisplayName, user.FieldBio}
}

// ErrNoID says that a change does not say of whom.
var ErrNoID = errors.New("missing user id in update")

// Summary is what became of changes.
type Summary struct {
	Successful int
	Failed     int
	Errors     []*entity.RowError // what failed, by the number of the change, from 0
}

// UpdateMany makes changes to users, each as a whole or not at all. One that
// fails leaves the others alone: each has a savepoint, and is written before it
// is counted.
//
// What each change failed by is in the summary. The error is that of all of them
// together: then nothing was changed, and the summary says so.
func (s *Service) UpdateMany(ctx context.Context, changes []Change) (Summary, error) {
	var done Summary
	err := s.transact(ctx, func(ctx context.Context) error {
		done = Summary{}
		for i, change := range changes {
			err := s.client.Transact(ctx, func(ctx context.Context) error { return s.update(ctx, change) })
			if fatal(err) {
				return err
			}
			if err != nil {
				done.Failed++
				done.Errors = append(done.Errors, &entity.RowError{Index: i, Err: err})
				continue
			}
			done.Successful++
		}
		return nil
	})
	if err != nil {
		return Summary{Failed: len(changes)}, fmt.Errorf("accounts: cannot update users: %w", err)
	}
	return done, nil
}

func (s *Service) update(ctx context.Context, c Change) error {
	if c.ID == nil {
		return ErrNoID
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if !slices.Contains(Changeable(), name) {
			return fmt.Errorf("user %d: %w", *c.ID, &entity.ValidationError{Entity: "User", Violations: []entity.Violation{
				{Field: name, Code: "NOT_ALLOWED", Message: "cannot be changed here; these can: " + strings.Join(Changeable(), ", ")},
			}})
		}
	}
	var opts []repository.Option
	if c.Version != nil {
		opts = append(opts, repository.ExpectVersion(*c.Version))
	}
	if _, err := s.users.UpdateFrom(ctx, *c.ID, c.Values, opts...); err != nil {
		return fmt.Errorf("user %d: %w", *c.ID, err)
	}
	return nil
}
