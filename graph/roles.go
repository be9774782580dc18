package graph

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/role"
	"github.com/framefox-go/framefox/ent/userrole"
)

// rolesOf reads the roles that users hold now, by name, for all of them in two
// statements.
func (r *Resolver) rolesOf(ctx context.Context, users []*ent.User) (map[int64][]*ent.Role, error) {
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	assignments, err := r.client.UserRole.Query().
		Where(
			userrole.UserIDIn(ids...), userrole.IsActive(true),
			userrole.Or(userrole.ExpiresAtIsNil(), userrole.ExpiresAtGT(time.Now())),
		).
		All(ctx)
	if err != nil {
		return nil, fmt.Errorf("graph: cannot read the roles of users: %w", err)
	}
	roleIDs := make([]int64, 0, len(assignments))
	for _, a := range assignments {
		roleIDs = append(roleIDs, a.RoleID)
	}
	slices.Sort(roleIDs)
	roles, err := r.client.Role.Query().Where(role.IDIn(slices.Compact(roleIDs)...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("graph: cannot read the roles of users: %w", err)
	}
	byID := make(map[int64]*ent.Role, len(roles))
	for _, held := range roles {
		byID[held.ID] = held
	}
	byUser := make(map[int64][]*ent.Role, len(users))
	for _, a := range assignments {
		if held, ok := byID[a.RoleID]; ok {
			byUser[a.UserID] = append(byUser[a.UserID], held)
		}
	}
	for _, held := range byUser {
		slices.SortFunc(held, func(a, b *ent.Role) int { return cmp.Compare(a.Name, b.Name) })
	}
	return byUser, nil
}
