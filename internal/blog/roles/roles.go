// Package roles assigns roles to users and says what they may do.
//
//	service := roles.New(client)
//	_, err := service.Assign(ctx, ada, editor, roles.Terms{By: boss, Until: nextYear})
//	may, err := service.Allows(ctx, ada, "posts.publish")
//
// A user holds a role while its assignment is active and has not expired.
// Revoked and expired assignments stay as history.
package roles

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/ent/role"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/framework/entity"
)

// Service assigns, revokes and looks up roles. It is safe for concurrent use.
type Service struct {
	client *ent.Client
	now    func() time.Time
}

// New returns the service of a client.
func New(client *ent.Client) *Service { return &Service{client, time.Now} }

// WithClock returns a service for which it is another time.
func (s *Service) WithClock(now func() time.Time) *Service { return &Service{s.client, now} }

// Terms are the terms of an assignment. The zero value is one by the system,
// for ever.
type Terms struct {
	By    int64     // id of the user who assigns the role; 0 is the system
	Until time.Time // from when it no longer counts; zero is never
}

// Held is the specification of the assignments that count at an instant.
func Held(at time.Time) predicate.UserRole {
	return userrole.And(
		userrole.IsActive(true),
		userrole.Or(userrole.ExpiresAtIsNil(), userrole.ExpiresAtGT(at)),
	)
}

func (s *Service) held() predicate.UserRole { return Held(s.now()) }

// Of returns the roles that the users hold now, by name, in two statements for
// all of them.
func (s *Service) Of(ctx context.Context, users ...int64) (map[int64][]*ent.Role, error) {
	assignments, err := s.client.UserRole.Query().
		Where(userrole.UserIDIn(users...), s.held()).WithRole().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("roles: cannot read the roles of users: %w", err)
	}
	byUser := make(map[int64][]*ent.Role, len(users))
	for _, a := range assignments {
		byUser[a.UserID] = append(byUser[a.UserID], a.Edges.Role)
	}
	for _, held := range byUser {
		slices.SortFunc(held, func(a, b *ent.Role) int { return cmp.Compare(a.Name, b.Name) })
	}
	return byUser, nil
}

// Has reports whether the user holds the role of that exact name now.
func (s *Service) Has(ctx context.Context, user int64, name string) (bool, error) {
	has, err := s.client.UserRole.Query().
		Where(userrole.UserID(user), s.held(), userrole.HasRoleWith(role.Name(name))).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("roles: cannot look for role %q: %w", name, err)
	}
	return has, nil
}

// Allows reports whether a role that the user holds now has the permission.
// Permissions are compared as a whole, with case.
func (s *Service) Allows(ctx context.Context, user int64, permission string) (bool, error) {
	held, err := s.client.Role.Query().
		Where(role.HasAssignmentsWith(userrole.UserID(user), s.held())).Select(role.FieldPermissions).All(ctx)
	if err != nil {
		return false, fmt.Errorf("roles: cannot look for permission %q: %w", permission, err)
	}
	return slices.ContainsFunc(held, func(r *ent.Role) bool { return slices.Contains(r.Permissions, permission) }), nil
}

// attempts is how often Assign looks again when others assign or revoke the
// same role at the same moment.
const attempts = 10

// Assign gives the user a role. A user who holds it already keeps the
// assignment as it is; one whose assignment has expired gets a new one.
func (s *Service) Assign(ctx context.Context, user, roleID int64, terms Terms) (*ent.UserRole, error) {
	if !terms.Until.IsZero() && !terms.Until.After(s.now()) {
		return nil, &entity.ValidationError{Entity: "UserRole", Violations: []entity.Violation{
			{Field: userrole.FieldExpiresAt, Code: "PAST", Message: "must lie in the future"},
		}}
	}
	for range attempts {
		assigned, err := s.assign(ctx, user, roleID, terms)
		// Somebody else has assigned it meanwhile: theirs counts.
		if conflict, ok := errors.AsType[*entity.ConflictError](err); ok && conflict.Code == entity.Unique {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("roles: cannot assign role %d to user %d: %w", roleID, user, err)
		}
		return assigned, nil
	}
	return nil, fmt.Errorf("roles: cannot assign role %d to user %d: others kept changing it; try again", roleID, user)
}

func (s *Service) assign(ctx context.Context, user, roleID int64, terms Terms) (*ent.UserRole, error) {
	active := userrole.And(userrole.UserID(user), userrole.RoleID(roleID), userrole.IsActive(true))
	current, err := s.client.UserRole.Query().Where(active, s.held()).All(ctx)
	if err != nil {
		return nil, err
	}
	if len(current) > 0 {
		return current[0], nil
	}
	create := s.client.UserRole.Create().SetUserID(user).SetRoleID(roleID).SetAssignedAt(s.now())
	if terms.By != 0 {
		create.SetAssignedBy(terms.By)
	}
	if !terms.Until.IsZero() {
		create.SetExpiresAt(terms.Until)
	}
	var assigned *ent.UserRole
	err = s.client.Transact(ctx, func(ctx context.Context) error {
		// What expired is history now, and makes room.
		err := s.client.UserRole.Update().Where(active, userrole.Not(s.held())).
			SetIsActive(false).ClearActiveKey().SetRevokedAt(s.now()).Exec(ctx)
		if err != nil {
			return err
		}
		assigned, err = create.Save(ctx)
		return err
	})
	return assigned, err
}

// Revoke takes a role from the user and reports whether the user had it. The
// assignment stays as history, with by, the id of the user who took the role; 0
// is the system.
func (s *Service) Revoke(ctx context.Context, user, roleID, by int64) (bool, error) {
	update := s.client.UserRole.Update().
		Where(userrole.UserID(user), userrole.RoleID(roleID), userrole.IsActive(true)).
		SetIsActive(false).ClearActiveKey().SetRevokedAt(s.now())
	if by != 0 {
		update.SetRevokedBy(by)
	}
	n, err := update.Save(ctx)
	if err != nil {
		return false, fmt.Errorf("roles: cannot revoke role %d of user %d: %w", roleID, user, err)
	}
	return n > 0, nil
}
