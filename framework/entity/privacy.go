package entity

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"entgo.io/ent"
)

// ErrNotWired says that the privacy filters of a schema are not known to the
// client, because the program does not import the package that brings them.
var ErrNotWired = errors.New(`the row filters of its schema are missing; import _ "…/ent/runtime" where the client is made`)

// Filter is a privacy filter; see [RowFilter].
type Filter struct {
	decide func(context.Context) (Condition, error)
	used   atomic.Bool
}

var (
	_ ent.Interceptor = (*Filter)(nil)
	_ ent.Traverser   = (*Filter)(nil)
)

// RowFilter limits the rows of an entity to those that the context may see. A
// schema, or a mixin, returns it among its interceptors:
//
//	func (Memo) Interceptors() []ent.Interceptor {
//		return []ent.Interceptor{entity.RowFilter(func(ctx context.Context) (entity.Condition, error) {
//			viewer, ok := ViewerFrom(ctx)
//			if !ok {
//				return nil, ErrNoViewer
//			}
//			return func(row entity.Row) *sql.Predicate {
//				return sql.Or(sql.EQ(row.C("author_id"), viewer), sql.EQ(row.C("public"), true))
//			}, nil
//		})}
//	}
//
// It holds in every statement: lists, edges, counts, HasX, updates, deletes,
// references from other rows. It says nothing about what may be created. decide
// runs once for each statement and may read the context only. A nil Condition
// shows all rows; an error fails the statement.
func RowFilter(decide func(ctx context.Context) (Condition, error)) *Filter {
	return &Filter{decide: decide}
}

// Intercept implements ent.Interceptor. The filter does its work through
// [Rows].
func (f *Filter) Intercept(next ent.Querier) ent.Querier { return next }

// Traverse implements ent.Traverser: it refuses queries of a client that does
// not apply the filter.
func (f *Filter) Traverse(_ context.Context, q ent.Query) error {
	if !f.used.Load() {
		return fmt.Errorf("entity: %T has a row filter that is not one of its schema; return it from Interceptors() there", q)
	}
	return nil
}

// Linked panics where the program does not import the package that brings what
// schemas with hooks or interceptors declare: a client would have neither
// defaults nor hooks. The generated client calls it when it is made.
func Linked(yes bool, path string) {
	if !yes {
		panic("entity: the schemas are not linked into the program; import _ \"" + path + "\" where the client is made")
	}
}
