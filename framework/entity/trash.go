package entity

import (
	"context"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
)

type (
	trashKey struct{}
	purgeKey struct{}
)

// WithTrashed opens the view to soft-deleted rows for everything that is done
// with the returned context.
func WithTrashed(ctx context.Context) context.Context {
	return context.WithValue(ctx, trashKey{}, true)
}

// WithPurge makes deletes with the returned context remove rows for good.
func WithPurge(ctx context.Context) context.Context {
	return context.WithValue(WithTrashed(ctx), purgeKey{}, true)
}

func seesTrash(ctx context.Context) bool { return ctx.Value(trashKey{}) != nil }
func purges(ctx context.Context) bool    { return ctx.Value(purgeKey{}) != nil }

// Visible returns the predicate that hides tombstones of the entity in table
// t, or nil where there is nothing to hide.
func (e *Entity) Visible(ctx context.Context, t interface{ C(string) string }) *sql.Predicate {
	if e.SoftDelete == nil || seesTrash(ctx) {
		return nil
	}
	return sql.IsNull(t.C(e.SoftDelete.Column))
}

// Interceptor hides tombstones from each query of the entity. The generated
// client installs it.
func Interceptor(e *Entity) ent.Interceptor {
	return ent.TraverseFunc(func(ctx context.Context, q ent.Query) error {
		if e.SoftDelete == nil || seesTrash(ctx) {
			return nil
		}
		if w, ok := q.(interface{ WhereP(...func(*sql.Selector)) }); ok {
			w.WhereP(sql.FieldIsNull(e.SoftDelete.Column))
		}
		return nil
	})
}

// Alive is the predicate that hides rows that the column marks as deleted. The
// generated predicates of edges use it.
func Alive(column string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		if !seesTrash(s.Context()) {
			s.Where(sql.IsNull(s.C(column)))
		}
	}
}
