package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// MaxRows is the most rows that one call returns.
const MaxRows = 10_000

// Repository reads and writes the rows of one entity. The generated code has one
// for each, with the type parameters of [Model].
type Repository[T any, K comparable, P ~func(*sql.Selector), Q Query[T, P, Q], C, U Builder[T]] struct {
	model Model[T, K, P, Q, C, U]
	where []P
	loads []func(Q)
}

// New returns a repository. The generated code calls it.
func New[T any, K comparable, P ~func(*sql.Selector), Q Query[T, P, Q], C, U Builder[T]](m Model[T, K, P, Q, C, U]) *Repository[T, K, P, Q, C, U] {
	return &Repository[T, K, P, Q, C, U]{model: m}
}

// Entity describes the rows.
func (r *Repository[T, K, P, Q, C, U]) Entity() *entity.Entity { return r.model.Entity }

// Where returns the repository of those rows that satisfy all specifications.
// To it there are no others: it does not find, change or delete them.
func (r *Repository[T, K, P, Q, C, U]) Where(specs ...P) *Repository[T, K, P, Q, C, U] {
	narrow := *r
	narrow.where = slices.Concat(r.where, specs)
	return &narrow
}

// With returns the repository that also loads edges along with the rows that it
// reads, each in one statement:
//
//	posts.With(func(q *ent.PostQuery) { q.WithAuthor().WithTags() })
//
// For names that come from elsewhere, see the option [With].
func (r *Repository[T, K, P, Q, C, U]) With(load ...func(Q)) *Repository[T, K, P, Q, C, U] {
	loading := *r
	loading.loads = slices.Concat(r.loads, load)
	return &loading
}

// Query begins a typed query of the rows that satisfy the specifications.
func (r *Repository[T, K, P, Q, C, U]) Query(specs ...P) Q {
	q := r.model.Client.Query().Where(r.where...).Where(specs...)
	for _, load := range r.loads {
		load(q)
	}
	return q
}

// LoadMissing loads edges for rows that were read without them, each in one
// statement. What is loaded already stays as it is. A path such as
// "comments.user" goes on from edge to edge; a name that is none is an
// *entity.UnknownEdgeError.
func (r *Repository[T, K, P, Q, C, U]) LoadMissing(ctx context.Context, rows []*T, paths ...string) error {
	return r.model.Client.LoadMissing(ctx, rows, paths...)
}

// narrow restricts a mutation to the rows of the repository.
func (r *Repository[T, K, P, Q, C, U]) narrow(m entity.Mutation) {
	for _, p := range r.where {
		m.WhereP(p)
	}
}

// key is the predicate that the row has the key.
func (r *Repository[T, K, P, Q, C, U]) key(id K) func(*sql.Selector) {
	return sql.FieldEQ(r.model.Entity.ID().Column, id)
}

func (r *Repository[T, K, P, Q, C, U]) missing(id string) error {
	return &entity.NotFoundError{Entity: r.model.Entity.Name, ID: id, Err: r.model.Missing}
}

func (r *Repository[T, K, P, Q, C, U]) fail(verb string, err error) error {
	return fmt.Errorf("repository: cannot %s %s: %w", verb, r.model.Entity.Name, err)
}

// values shows a row to package relay.
func (r *Repository[T, K, P, Q, C, U]) values(row *T) relay.Valuer {
	return &shown{row, func(name string) any { return r.model.Value(row, name) }}
}

// shown is a row as package relay reads it.
type shown struct {
	row   any
	field func(name string) any
}

// FieldValue implements relay.Valuer.
func (s *shown) FieldValue(name string) any {
	plain, err := entity.Plain(s.field(name))
	if err != nil {
		return nil // it was read, so it can be stored
	}
	return plain
}

// Value implements relay.Valuer.
func (s *shown) Value(name string) (ent.Value, error) {
	row, ok := s.row.(interface {
		Value(name string) (ent.Value, error)
	})
	if !ok {
		return nil, fmt.Errorf("repository: %T has no added columns", s.row)
	}
	return row.Value(name)
}

// Maybe turns the error that there is no row into found being false:
//
//	post, found, err := repository.Maybe(posts.Find(ctx, id))
func Maybe[T any](row *T, err error) (_ *T, found bool, _ error) {
	if errors.Is(err, entity.ErrNotFound) {
		return nil, false, nil
	}
	return row, err == nil, err
}

func bad(path, format string, args ...any) error {
	return &relay.ArgumentError{Path: path, Reason: fmt.Sprintf(format, args...)}
}
