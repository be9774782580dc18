package accounts

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/framefox-go/framefox/ent/comment"
	"github.com/framefox-go/framefox/ent/post"
	"github.com/framefox-go/framefox/framework/entity"
)

// Delete marks a user as deleted, together with the named relations: posts, with
// the comments on them, and comments, those that the user wrote. It reports
// whether there was such a user. What is deleted already keeps its date.
//
// What the user leaves to others has to be named: a user with posts that are not
// to be deleted is an *entity.ConflictError. Another name is an
// *entity.UnknownEdgeError, and nothing is deleted then.
func (s *Service) Delete(ctx context.Context, id int64, relations ...string) (deleted bool, err error) {
	cascades := map[string]func(context.Context) (int, error){
		"posts": func(ctx context.Context) (int, error) {
			return s.client.Post.Delete().Where(post.UserID(id)).Exec(ctx)
		},
		"comments": func(ctx context.Context) (int, error) {
			return s.client.Comment.Delete().Where(comment.UserID(id)).Exec(ctx)
		},
	}
	for _, name := range relations {
		if cascades[name] == nil {
			return false, fmt.Errorf("accounts: cannot delete user %d: %w", id,
				&entity.UnknownEdgeError{Entity: "User", Path: name, Name: name, Known: slices.Sorted(maps.Keys(cascades))})
		}
	}
	err = s.transact(ctx, func(ctx context.Context) error {
		deleted = false
		for _, name := range relations {
			if _, err := cascades[name](ctx); err != nil {
				return err
			}
		}
		deleted, err = s.users.Delete(ctx, id)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("accounts: cannot delete user %d: %w", id, err)
	}
	return deleted, nil
}
