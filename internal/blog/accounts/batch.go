package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// Chunk is how many accounts BatchCreate writes in one transaction.
const Chunk = 100

// Account is a user with what belongs to it.
type Account struct {
	User    NewUser
	Profile *NewProfile // nil for none
	Roles   []int64     // ids
}

// Batch is what a batch has done.
type Batch struct {
	Created    int
	CreatedIDs []int64            // of users, in the order of the accounts; all are committed
	Errors     []*entity.RowError // of accounts that were left out, by their number from 0
	Done       int                // how many accounts, from the first, are dealt with for good
}

// BatchCreate makes accounts, in chunks that are committed one after the other:
// what is in a chunk that was committed stays, whatever happens later. An account
// that fails is left out as a whole, and the others of its chunk are made. chunk 0
// stands for [Chunk].
//
// The error is that of a chunk as a whole, of the database's; the batch tells what
// was done before it. To go on, call it again with accounts[batch.Done:]. Names
// and addresses are unique, so that what a chunk has committed although its
// answer was lost is not made twice: it is among the errors, as a conflict.
//
// A chunk takes one INSERT for each kind of row. One that is refused is halved
// until those that are to blame stand alone.
func (s *Service) BatchCreate(ctx context.Context, accounts []Account, chunk int) (Batch, error) {
	if chunk < 0 {
		return Batch{}, &relay.ArgumentError{Path: "chunk", Reason: "must not be negative"}
	}
	if chunk == 0 {
		chunk = Chunk
	}
	var done Batch
	for done.Done < len(accounts) {
		from, to := done.Done, min(done.Done+chunk, len(accounts))
		var part Batch
		err := s.transact(ctx, func(ctx context.Context) error {
			part = Batch{}
			return s.batch(ctx, accounts[from:to], from, &part)
		})
		if err != nil {
			return done, fmt.Errorf("accounts: cannot create accounts %d to %d: %w", from, to-1, err)
		}
		done.Created += part.Created
		done.CreatedIDs = append(done.CreatedIDs, part.CreatedIDs...)
		done.Errors = append(done.Errors, part.Errors...)
		done.Done = to
	}
	return done, nil
}

// batch makes accounts in a savepoint or, where that fails, each half of them.
func (s *Service) batch(ctx context.Context, accounts []Account, first int, done *Batch) error {
	var ids []int64
	err := s.client.Transact(ctx, func(ctx context.Context) (err error) {
		ids, err = s.insert(ctx, accounts)
		return err
	})
	switch {
	case fatal(err):
		return err
	case err == nil:
		done.Created += len(ids)
		done.CreatedIDs = append(done.CreatedIDs, ids...)
		return nil
	case len(accounts) == 1:
		done.Errors = append(done.Errors, &entity.RowError{Index: first, Err: alone(err)})
		return nil
	}
	half := len(accounts) / 2
	if err := s.batch(ctx, accounts[:half], first, done); err != nil {
		return err
	}
	return s.batch(ctx, accounts[half:], first+half, done)
}

// alone takes the number of a row from an error that is about one row only.
func alone(err error) error {
	if row, ok := errors.AsType[*entity.RowError](err); ok {
		return row.Err
	}
	return err
}

// insert makes accounts with three statements.
func (s *Service) insert(ctx context.Context, accounts []Account) ([]int64, error) {
	rows, err := s.users.CreateMany(ctx, len(accounts), func(i int, c *ent.UserCreate) { accounts[i].User.fill(c) })
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	var profiles []*ent.UserProfileCreate
	var assignments []*ent.UserRoleCreate
	for i, row := range rows {
		ids[i] = row.ID
		if p := accounts[i].Profile; p != nil {
			profiles = append(profiles, p.fill(s.client.UserProfile.Create(), row.ID))
		}
		for _, role := range accounts[i].Roles {
			assignments = append(assignments, s.client.UserRole.Create().SetUserID(row.ID).SetRoleID(role).SetAssignedAt(s.now()))
		}
	}
	if _, err := s.client.UserProfile.CreateBulk(profiles...).Save(ctx); err != nil {
		return nil, err
	}
	_, err = s.client.UserRole.CreateBulk(assignments...).Save(ctx)
	return ids, err
}

// fatal reports whether an error is none of the row that was written, but of the
// transaction, the connection or the caller, so that others would fail too.
func fatal(err error) bool {
	if err == nil {
		return false
	}
	_, lost := errors.AsType[*database.LostError](err)
	_, invalid := errors.AsType[*entity.ValidationError](err)
	_, conflict := errors.AsType[*entity.ConflictError](err)
	_, stale := errors.AsType[*entity.StaleError](err)
	_, unknown := errors.AsType[*entity.UnknownFieldError](err)
	ofRow := invalid || conflict || stale || unknown || errors.Is(err, entity.ErrNotFound) || errors.Is(err, ErrNoID)
	return lost || !ofRow
}
