package entity

import (
	"context"

	"entgo.io/ent/dialect/sql"
)

// View says which rows of entities with soft delete are looked at.
type View uint8

// The views.
const (
	Living     View = iota // not deleted
	Everything             // deleted or not
	Tombstones             // deleted
)

type (
	viewKey  struct{}
	purgeKey struct{}
)

// views are the views of a context: of what a statement returns or changes,
// and of everything else that it looks at.
type views struct{ own, others View }

// WithView sets the view of the rows that queries return, and that updates and
// deletes change. All other rows that they look at are seen as before: those in
// filters, orders and counts, and those loaded along.
func WithView(ctx context.Context, v View) context.Context {
	return withViews(ctx, v, viewOf(ctx).others)
}

func withViews(ctx context.Context, own, others View) context.Context {
	return context.WithValue(ctx, viewKey{}, views{own, others})
}

// WithTrashed opens the view to soft-deleted rows for everything that is done
// with the returned context.
func WithTrashed(ctx context.Context) context.Context {
	return withViews(ctx, Everything, Everything)
}

// OnlyTrashed narrows the view to soft-deleted rows of the entity that is
// queried itself. Its filters and edges see all rows.
func OnlyTrashed(ctx context.Context) context.Context {
	return withViews(ctx, Tombstones, Everything)
}

// WithPurge makes deletes with the returned context remove rows for good.
func WithPurge(ctx context.Context) context.Context {
	return context.WithValue(WithTrashed(ctx), purgeKey{}, true)
}

func viewOf(ctx context.Context) views {
	v, _ := ctx.Value(viewKey{}).(views) // Living, unless set
	return v
}

func purges(ctx context.Context) bool { return ctx.Value(purgeKey{}) != nil }

// condition is what rows of the view meet, or nil where all do.
func (v View) condition(column string) Condition {
	switch {
	case column == "" || v == Everything:
		return nil
	case v == Tombstones:
		return func(row Row) *sql.Predicate { return sql.NotNull(row.C(column)) }
	}
	return func(row Row) *sql.Predicate { return sql.IsNull(row.C(column)) }
}
