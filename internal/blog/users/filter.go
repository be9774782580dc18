package users

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/predicate"
	"github.com/framefox-go/framefox/ent/role"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/ent/userprofile"
	"github.com/framefox-go/framefox/ent/userrole"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
	"github.com/framefox-go/framefox/internal/blog/localday"
	"github.com/framefox-go/framefox/internal/blog/roles"
)

// Filter restricts a list of users. What is nil, zero or empty does not.
type Filter struct {
	Search   string // in the username, the e-mail address, the first or the last name
	Email    string
	Username string

	IsActive   *bool
	IsAdmin    *bool // for administrators only; see Repository.FindFiltered
	IsVerified *bool

	CreatedAfter   time.Time // included
	CreatedBefore  time.Time // included; for the whole of a day see EndOfDay
	LastLoginAfter time.Time // included; leaves out who never signed in

	MinAge   int      // in whole years, today in UTC; leaves out whose age is not known
	City     string   // anywhere in the address: there is no column for it
	Roles    []string // one of which is held now
	MinPosts int

	Sort      string // created_at unless it names one of Sorts
	Ascending bool

	Limit  int // 1 to MaxFound; 0 stands for DefaultFound
	Offset int
}

// EndOfDay is the last instant of a day that the databases tell from the next.
func EndOfDay(day time.Time) time.Time {
	return localday.Begin(day.Year(), day.Month(), day.Day()+1, day.Location()).Add(-time.Microsecond)
}

// Caller is who asks for users.
type Caller struct{ Admin bool }

// ErrAdminsOnly says that somebody else searches for administrators.
var ErrAdminsOnly = errors.New("users: only administrators may search for administrators")

// FindFiltered returns the users whom all filters admit. Who administrates the
// site is nothing that others may search for: the error is [ErrAdminsOnly] then.
//
// What is asked of profiles, roles and posts are conditions, not joins: none
// multiplies the rows of another, and no user comes twice.
func (r *Repository) FindFiltered(ctx context.Context, by Caller, f Filter) ([]*ent.User, error) {
	if f.IsAdmin != nil && !by.Admin {
		return nil, ErrAdminsOnly
	}
	specs, err := r.specs(f)
	if err != nil {
		return nil, err
	}
	order, err := sorting(f)
	if err != nil {
		return nil, err
	}
	if f.Limit == 0 {
		f.Limit = DefaultFound
	}
	if err := most(f.Limit); err != nil {
		return nil, err
	}
	q := r.Query(specs...).Limit(f.Limit).Offset(f.Offset)
	q.Modify(order)
	q.Select(listed()...)
	found, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("users: cannot search users: %w", err)
	}
	return found, nil
}

// specs are the specifications that a filter stands for.
func (r *Repository) specs(f Filter) ([]predicate.User, error) {
	for path, n := range map[string]int{"minAge": f.MinAge, "minPosts": f.MinPosts, "offset": f.Offset} {
		if n < 0 {
			return nil, &relay.ArgumentError{Path: path, Reason: "must not be negative"}
		}
	}
	var specs []predicate.User
	add := func(asked bool, spec func() predicate.User) {
		if asked {
			specs = append(specs, spec())
		}
	}
	if f.Search != "" {
		contains, err := repository.Containing(r.Entity(), f.Search, searched()...)
		if err != nil {
			return nil, err
		}
		specs = append(specs, contains)
	}
	if f.City != "" {
		contains, err := repository.Containing(ent.NewUserProfileRepository(r.client).Entity(), f.City, userprofile.FieldAddress)
		if err != nil {
			return nil, err
		}
		specs = append(specs, user.HasProfileWith(contains))
	}
	add(f.Email != "", func() predicate.User { return user.Email(normal(f.Email)) })
	add(f.Username != "", func() predicate.User { return user.Username(normal(f.Username)) })
	add(f.IsActive != nil, func() predicate.User { return user.IsActive(*f.IsActive) })
	add(f.IsAdmin != nil, func() predicate.User { return user.IsAdmin(*f.IsAdmin) })
	add(f.IsVerified != nil, func() predicate.User { return user.IsVerified(*f.IsVerified) })
	add(!f.CreatedAfter.IsZero(), func() predicate.User { return user.CreatedAtGTE(f.CreatedAfter) })
	add(!f.CreatedBefore.IsZero(), func() predicate.User { return user.CreatedAtLTE(f.CreatedBefore) })
	add(!f.LastLoginAfter.IsZero(), func() predicate.User { return user.LastLoginGTE(f.LastLoginAfter) })
	add(f.MinAge > 0, func() predicate.User {
		return user.HasProfileWith(userprofile.DateOfBirthLTE(bornBefore(r.now(), f.MinAge)))
	})
	add(len(f.Roles) > 0, func() predicate.User {
		names := make([]string, len(f.Roles))
		for i, name := range f.Roles {
			names[i] = normal(name)
		}
		return user.HasRoleAssignmentsWith(roles.Held(r.now()), userrole.HasRoleWith(role.NameIn(names...)))
	})
	add(f.MinPosts > 0, func() predicate.User {
		return func(s *sql.Selector) {
			s.Where(sql.P(func(b *sql.Builder) {
				b.WriteString("(").Join(postsOf(s, countAll)).WriteString(") >= ").Arg(f.MinPosts)
			}))
		}
	})
	return specs, nil
}

// normal is how usernames, addresses and the names of roles are stored.
func normal(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// bornBefore is the last date of birth of those who have the age today. Years
// have no fixed number of days: 18 times 365 of them admit people of 17.
func bornBefore(now time.Time, age int) time.Time {
	year, month, day := now.UTC().Date()
	born := time.Date(year-age, month, day, 0, 0, 0, 0, time.UTC)
	if born.Month() != month { // today is February 29, and that year had none
		born = born.AddDate(0, 0, -born.Day())
	}
	return born
}
