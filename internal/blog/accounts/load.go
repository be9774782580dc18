package accounts

import (
	"context"
	"maps"
	"slices"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/internal/blog/roles"
)

// Find returns a user with the named relations: posts, profile, and roles, those
// that the user holds now. Each takes one statement, roles two; what is not named
// is not read. Another name is an *entity.UnknownEdgeError, and a user who is not
// there an *entity.NotFoundError.
func (s *Service) Find(ctx context.Context, id int64, relations ...string) (*ent.User, error) {
	loads := map[string]func(*ent.UserQuery){
		"posts":   func(q *ent.UserQuery) { q.WithPosts() },
		"profile": func(q *ent.UserQuery) { q.WithProfile() },
		"roles": func(q *ent.UserQuery) {
			q.WithRoleAssignments(func(q *ent.UserRoleQuery) { q.Where(roles.Held(s.now())).WithRole() })
		},
	}
	with := s.users.Repository
	for _, name := range relations {
		load, known := loads[name]
		if !known {
			return nil, &entity.UnknownEdgeError{Entity: "User", Path: name, Name: name, Known: slices.Sorted(maps.Keys(loads))}
		}
		with = with.With(load)
	}
	return with.Find(ctx, id)
}
