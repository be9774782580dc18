package users

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/ent/user"
	"github.com/framefox-go/framefox/framework/relay"
)

// Sorts returns what users can be sorted by.
func Sorts() []string { return slices.Sorted(maps.Keys(sorts())) }

// sorts are the expressions that users can be sorted by. There are no others:
// what a caller names is looked up here, and never becomes SQL.
func sorts() map[string]func(*sql.Selector) sql.Querier {
	column := func(name string) func(*sql.Selector) sql.Querier {
		return func(s *sql.Selector) sql.Querier {
			return sql.ExprFunc(func(b *sql.Builder) { b.Ident(s.C(name)) })
		}
	}
	return map[string]func(*sql.Selector) sql.Querier{
		"id":          column(user.FieldID),
		"username":    column(user.FieldUsername),
		"email":       column(user.FieldEmail),
		"created_at":  column(user.FieldCreatedAt),
		"updated_at":  column(user.FieldUpdatedAt),
		"last_login":  column(user.FieldLastLogin),
		"full_name":   fullName,
		"posts_count": func(s *sql.Selector) sql.Querier { return postsOf(s, countAll) },
	}
}

// fullName is the first and the last name in small letters; what is missing leaves
// no space.
func fullName(s *sql.Selector) sql.Querier {
	parts := fmt.Sprintf("COALESCE(%s, '') || ' ' || COALESCE(%s, '')", s.C(user.FieldFirstName), s.C(user.FieldLastName))
	if s.Dialect() == dialect.MySQL { // where || is a logical or
		parts = "CONCAT(" + strings.ReplaceAll(parts, " || ", ", ") + ")"
	}
	if s.Dialect() == dialect.Postgres { // the columns' own collation lowers ASCII only, but orders as other databases do
		return sql.Raw("LOWER(TRIM(" + parts + `) COLLATE "default") COLLATE "C"`)
	}
	return sql.Raw("LOWER(TRIM(" + parts + "))")
}

// sorting is the order that a filter asks for, which the id completes.
func sorting(f Filter) (func(*sql.Selector), error) {
	name := f.Sort
	if name == "" {
		name = user.FieldCreatedAt
	}
	by, ok := sorts()[name]
	if !ok {
		return nil, &relay.ArgumentError{Path: "sort", Reason: "must be one of " + strings.Join(Sorts(), ", ")}
	}
	direction := " DESC"
	if f.Ascending {
		direction = " ASC"
	}
	return func(s *sql.Selector) {
		term := func(suffix string) sql.Querier {
			return sql.ExprFunc(func(b *sql.Builder) {
				b.WriteString("(").Join(by(s)).WriteString(")" + suffix + direction)
			})
		}
		if name == user.FieldLastLogin { // the only one that may be NULL, which is the smallest value on every dialect
			s.OrderExpr(term(" IS NOT NULL"))
		}
		s.OrderExpr(term(""))
		s.OrderExpr(sql.ExprFunc(func(b *sql.Builder) { b.Ident(s.C(user.FieldID)).WriteString(direction) }))
	}, nil
}
