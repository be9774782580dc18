package accounts

import (
	"context"
	"fmt"

	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/usersession"
)

// Deactivate closes an account: the user cannot sign in any more, published posts
// are archived, sessions end, and a log is kept. It reports whether there was
// something to do: a user who is inactive already stays as it is. Without such a
// user the error is an *entity.NotFoundError.
//
// Posts and sessions are changed by one statement each, however many there are.
func (s *Service) Deactivate(ctx context.Context, id int64) (changed bool, err error) {
	err = s.transact(ctx, func(ctx context.Context) error {
		changed = false
		rows, err := s.lock(ctx, id)
		if err != nil || !rows[id].IsActive {
			return err
		}
		now := s.now()
		// Select says what is read back: nobody looks at it.
		if err := s.client.User.UpdateOneID(id).Select(user.FieldID).SetIsActive(false).SetUpdatedAt(now).Exec(ctx); err != nil {
			return err
		}
		err = s.client.Post.Update().Where(post.UserID(id), post.StatusEQ(post.StatusPublished)).
			SetStatus(post.StatusArchived).SetUpdatedAt(now).Exec(ctx)
		if err != nil {
			return err
		}
		err = s.client.UserSession.Update().Where(usersession.UserID(id), usersession.IsActive(true)).
			SetIsActive(false).Exec(ctx)
		if err != nil {
			return err
		}
		changed = true
		return s.client.UserLog.Create().SetUserID(id).SetAction("deactivated").SetTimestamp(now).
			SetDetails("User deactivated with cascade operations").Exec(ctx)
	})
	if err != nil {
		return false, fmt.Errorf("accounts: cannot deactivate user %d: %w", id, err)
	}
	return changed, nil
}
