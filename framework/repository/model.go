package repository

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// Query is what the repository needs of a generated query.
type Query[T any, P ~func(*sql.Selector), Q any] interface {
	All(ctx context.Context) ([]*T, error)
	Count(ctx context.Context) (int, error)
	Exist(ctx context.Context) (bool, error)
	Limit(n int) Q
	Offset(n int) Q
	Where(specs ...P) Q
	WhereP(predicates ...func(*sql.Selector))
	WithEdges(paths ...string) (Q, error)
}

// Builder is what the repository needs of a generated builder of one row.
type Builder[T any] interface {
	Save(ctx context.Context) (*T, error)
}

// Client is what the repository needs of the generated client of an entity.
type Client[T any, K, Q, C, U any] interface {
	Query() Q
	Create() C
	UpdateOneID(id K) U
	LoadMissing(ctx context.Context, rows []*T, paths ...string) error
}

// Model ties a repository to the generated code of its entity, which makes one:
// T is the row, K its key, P a predicate, Q a query, C and U the builders of a
// new row and of a change.
type Model[T any, K comparable, P ~func(*sql.Selector), Q Query[T, P, Q], C, U Builder[T]] struct {
	Entity *entity.Entity
	Source relay.Source
	Client Client[T, K, Q, C, U]
	Value  func(row *T, field string) any
	Modify func(q Q, fn func(*sql.Selector))

	Missing error // of the generated client, where there is no row

	Creation   func(C) entity.Mutation
	Change     func(U) entity.Mutation
	Expect     func(u U, version int64) // nil for entities without a version
	CreateMany func(ctx context.Context, rows []C) ([]*T, error)
	UpdateMany func(ctx context.Context, rows []U) ([]*T, error)
	UpdateAll  func() Mass
	DeleteAll  func() Mass
	DeleteOne  func(id K, version *int64) Mass
}

// Mass is a mutation of the rows that its predicates hold for.
type Mass struct {
	Mutation entity.Mutation
	Run      func(ctx context.Context) (int, error)
}
