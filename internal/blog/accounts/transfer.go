package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
)

var (
	// ErrSameUser says that posts are to go from a user to the same one.
	ErrSameUser = errors.New("the users are the same")
	// ErrNotOwner says that a post belongs to somebody else.
	ErrNotOwner = errors.New("the post belongs to another user")
)

// Transfer is what a transfer of posts did.
type Transfer struct {
	Moved   []int64 // ids of the posts that changed hands
	Skipped []int64 // ids that are no posts of the first user, in the order given
}

// TransferPosts gives those of the posts that belong to one user to another. Both
// have to exist, and the second to be active ([ErrInactive]). A log is kept where
// posts moved. Posts that belong to others are skipped.
//
// The users are locked, so that neither is deactivated or deleted meanwhile, and
// the posts change hands in one statement, whose condition says once more whose
// they are.
func (s *Service) TransferPosts(ctx context.Context, from, to int64, ids []int64) (Transfer, error) {
	var done Transfer
	ids = distinct(ids) // here, and not while rows are locked
	err := s.transact(ctx, func(ctx context.Context) error {
		done = Transfer{}
		if err := s.parties(ctx, from, to); err != nil {
			return err
		}
		owned, err := s.client.Post.Query().Where(post.IDIn(ids...), post.UserID(from), entity.LockForUpdate).Order(post.ByID()).IDs(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, found := slices.BinarySearch(owned, id); !found {
				done.Skipped = append(done.Skipped, id)
			}
		}
		if len(owned) == 0 {
			return nil
		}
		n, err := s.client.Post.Update().Where(post.IDIn(owned...), post.UserID(from)).
			SetUserID(to).SetUpdatedAt(s.now()).Save(ctx)
		if err != nil {
			return err
		}
		done.Moved = owned
		return s.client.TransferLog.Create().SetFromUserID(from).SetToUserID(to).
			SetPostsTransferred(int32(n)).SetTransferDate(s.now()).Exec(ctx) //nolint:gosec // as many as were given
	})
	if err != nil {
		return Transfer{}, fmt.Errorf("accounts: cannot transfer posts from user %d to user %d: %w", from, to, err)
	}
	return done, nil
}

// distinct returns the ids, each once, where it came first.
func distinct(ids []int64) []int64 {
	var once []int64
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			once = append(once, id)
		}
	}
	return once
}

// TransferPost gives one post of a user to another, with a log of its own. A post
// that is not there is an *entity.NotFoundError, one of somebody else
// [ErrNotOwner].
func (s *Service) TransferPost(ctx context.Context, from, to, id int64) error {
	err := s.transact(ctx, func(ctx context.Context) error {
		if err := s.parties(ctx, from, to); err != nil {
			return err
		}
		found, err := s.client.Post.Query().Where(post.ID(id), entity.LockForUpdate).All(ctx)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return &entity.NotFoundError{Entity: "Post", ID: strconv.FormatInt(id, 10)}
		case found[0].UserID != from:
			return ErrNotOwner
		}
		if err := s.client.Post.UpdateOneID(id).SetUserID(to).SetUpdatedAt(s.now()).Exec(ctx); err != nil {
			return err
		}
		return s.client.OwnershipLog.Create().SetFromUserID(from).SetToUserID(to).SetPostID(id).Exec(ctx)
	})
	if err != nil {
		return fmt.Errorf("accounts: cannot transfer post %d from user %d to user %d: %w", id, from, to, err)
	}
	return nil
}

// parties locks the users of a transfer, and checks them.
func (s *Service) parties(ctx context.Context, from, to int64) error {
	if from == to {
		return ErrSameUser
	}
	both, err := s.lock(ctx, from, to)
	if err != nil {
		return err
	}
	if !both[to].IsActive {
		return fmt.Errorf("user %d cannot be given posts: %w", to, ErrInactive)
	}
	return nil
}
