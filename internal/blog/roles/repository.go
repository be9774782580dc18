package roles

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/framework/repository"
)

// Repository finds roles: FindByName, and all that is generated.
type Repository struct{ *ent.RoleRepository }

// NewRepository returns the repository of a client.
func NewRepository(client *ent.Client) *Repository {
	return &Repository{ent.NewRoleRepository(client)}
}

// Assignments finds the assignments of roles to users, present and past. To make
// and to end them is the work of [Service].
type Assignments struct{ *ent.UserRoleRepository }

// NewAssignments returns the repository of a client.
func NewAssignments(client *ent.Client) *Assignments {
	return &Assignments{ent.NewUserRoleRepository(client)}
}

// Of returns the assignments that a user holds at an instant, with their roles.
func (a *Assignments) Of(ctx context.Context, user int64, at time.Time) ([]*ent.UserRole, error) {
	held, err := a.Where(userrole.UserID(user), Held(at)).FindAll(ctx, repository.With("role"))
	if err != nil {
		return nil, fmt.Errorf("roles: cannot read the roles of user %d: %w", user, err)
	}
	return held, nil
}
