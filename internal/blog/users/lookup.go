package users

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/relay"
	"github.com/framefox-go/framefox/framework/repository"
)

// MaxFound is the most users that a search returns.
const MaxFound = 500

// DefaultFound is how many users a search returns that names no number.
const DefaultFound = 50

// Lookup returns the active users whose username, e-mail address, first or last
// name contains the text, in any case: first those with it in the username, then
// in the address, then the others, each by username. A text of less than two
// characters finds nobody, and asks no database.
//
// The users come with the columns that a list shows. The password is not read.
func (r *Repository) Lookup(ctx context.Context, text string, limit int) ([]*ent.User, error) {
	if err := most(limit); err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) < repository.MinSearch {
		return []*ent.User{}, nil
	}
	anywhere, err := repository.Containing(r.Entity(), text, searched()...)
	if err != nil {
		return nil, err
	}
	inUsername, err := repository.Containing(r.Entity(), text, user.FieldUsername)
	if err != nil {
		return nil, err
	}
	inEmail, err := repository.Containing(r.Entity(), text, user.FieldEmail)
	if err != nil {
		return nil, err
	}
	q := r.Query(Active(), anywhere).Limit(limit)
	q.Modify(func(s *sql.Selector) {
		s.OrderExpr(sql.ExprFunc(func(b *sql.Builder) {
			b.WriteString("CASE WHEN ").Join(condition(s, inUsername)).WriteString(" THEN 1 WHEN ").
				Join(condition(s, inEmail)).WriteString(" THEN 2 ELSE 3 END")
		}))
		s.OrderBy(s.C(user.FieldUsername), s.C(user.FieldID))
	})
	q.Select(listed()...)
	found, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("users: cannot look up users: %w", err)
	}
	return found, nil
}

// searched are the columns that a text is looked for in.
func searched() []string {
	return []string{user.FieldUsername, user.FieldEmail, user.FieldFirstName, user.FieldLastName}
}

// listed are the columns that a list of users shows.
func listed() []string {
	return []string{
		user.FieldID, user.FieldUsername, user.FieldEmail, user.FieldFirstName, user.FieldLastName, user.FieldDisplayName,
		user.FieldIsActive, user.FieldIsAdmin, user.FieldIsVerified, user.FieldCreatedAt, user.FieldLastLogin,
	}
}

// condition is what a specification asks of the rows of a query.
func condition(s *sql.Selector, spec func(*sql.Selector)) *sql.Predicate {
	alone := sql.Dialect(s.Dialect()).Select().From(s.Table())
	spec(alone)
	return alone.P()
}

func most(limit int) error {
	if limit < 1 || limit > MaxFound {
		return &relay.ArgumentError{Path: "limit", Reason: fmt.Sprintf("must be between 1 and %d", MaxFound)}
	}
	return nil
}
