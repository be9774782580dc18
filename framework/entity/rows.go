package entity

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
)

// Row is a table, or an alias of one, in a statement that is being built.
type Row interface {
	C(column string) string // the column, qualified and quoted
}

// Condition says which rows are meant: a predicate on the columns of a table.
type Condition func(row Row) *sql.Predicate

// Rows are the row filters of one entity: what soft delete, the tenant and the
// privacy filters of its schema hide. Every statement that reads or changes
// rows of the entity asks them, whatever its shape. The generated code has one
// for each entity.
//
// What cannot be decided hides everything and is an error: no tenant in the
// context, or an error of a privacy filter.
type Rows struct {
	entity  string
	config  RowsConfig
	private atomic.Pointer[[]*Filter] // nil until the client hands them over
}

// RowsConfig says which filters an entity has. The zero value is none.
type RowsConfig struct {
	SoftDelete string       // column that marks tombstones
	Tenant     string       // column of the tenant
	TenantType reflect.Type // of the tenant's value
	Private    bool         // the schema has interceptors, which may be row filters
}

// NewRows returns the row filters of an entity. The generated code calls it.
func NewRows(entity string, c RowsConfig) *Rows {
	r := &Rows{entity: entity, config: c}
	if !c.Private {
		r.private.Store(&[]*Filter{})
	}
	return r
}

// Use takes the privacy filters from the interceptors of the schema. The
// generated client calls it.
func (r *Rows) Use(interceptors ...ent.Interceptor) {
	filters := make([]*Filter, 0, len(interceptors))
	for _, i := range interceptors {
		if i == nil {
			return // package runtime is not imported: nothing is seen
		}
		if f, ok := i.(*Filter); ok {
			f.used.Store(true)
			filters = append(filters, f)
		}
	}
	r.private.Store(&filters)
}

// Seen returns the condition that rows must meet to be seen in a statement run
// with ctx, or nil where nothing is hidden. In a statement that reads rows of
// several entities it is for all but those that the statement returns, whose
// view may be another; see [WithView].
func (r *Rows) Seen(ctx context.Context) (Condition, error) {
	return r.decide(ctx, viewOf(ctx).others)
}

// Returned is Seen for the rows that the statement itself returns or changes. The
// context is that from outside of the statement; see [Statement].
func (r *Rows) Returned(ctx context.Context) (Condition, error) {
	return r.decide(ctx, viewOf(ctx).own)
}

// decide puts the filters together.
func (r *Rows) decide(ctx context.Context, view View) (Condition, error) {
	var all []Condition
	if c := view.condition(r.config.SoftDelete); c != nil {
		all = append(all, c)
	}
	c, err := r.ofTenant(ctx)
	if err != nil {
		return nil, err
	}
	if c != nil {
		all = append(all, c)
	}
	private, err := r.privacy(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, private...)
	if len(all) == 0 {
		return nil, nil //nolint:nilnil // nothing is hidden
	}
	return func(row Row) *sql.Predicate {
		parts := make([]*sql.Predicate, len(all))
		for i, c := range all {
			if parts[i] = c(row); parts[i] == nil {
				parts[i] = sql.False()
			}
		}
		if len(parts) == 1 {
			return parts[0]
		}
		return sql.And(parts...)
	}, nil
}

// Hides reports whether the entity has any row filter.
func (r *Rows) Hides() bool { return r.config.SoftDelete != "" || r.guarded() }

// Private reports whether the schema of the entity has privacy filters.
func (r *Rows) Private() bool {
	private := r.private.Load()
	return private == nil || len(*private) > 0
}

// guarded reports whether who asks decides what is seen.
func (r *Rows) guarded() bool { return r.config.Tenant != "" || r.Private() }

// privacy asks the privacy filters, once for each statement.
func (r *Rows) privacy(ctx context.Context) ([]Condition, error) {
	filters := r.private.Load()
	if filters == nil {
		return nil, fmt.Errorf("entity: cannot read %s: %w", r.entity, ErrNotWired)
	}
	if len(*filters) == 0 {
		return nil, nil
	}
	st := statementOf(ctx)
	if st == nil {
		return r.ask(ctx, *filters)
	}
	return st.once(r, func() ([]Condition, error) { return r.ask(ctx, *filters) })
}

func (r *Rows) ask(ctx context.Context, filters []*Filter) ([]Condition, error) {
	var all []Condition
	for _, f := range filters {
		c, err := f.decide(ctx)
		if err != nil {
			return nil, fmt.Errorf("entity: cannot tell which rows of %s may be seen: %w", r.entity, err)
		}
		if c != nil {
			all = append(all, c)
		}
	}
	return all, nil
}

// Visible returns the predicate that hides what may not be seen of the entity
// in table t, or nil where there is nothing to hide. It is for statements that
// are built by hand within a query of a generated client: an error, which the
// predicate stands for too, fails that query. Elsewhere, use [Rows.Seen].
func (e *Entity) Visible(ctx context.Context, t interface{ C(string) string }) *sql.Predicate {
	c, err := e.Rows.Seen(ctx)
	if err != nil {
		if st := statementOf(ctx); st != nil {
			st.fail(err)
		}
		return sql.P(func(b *sql.Builder) { b.AddError(err).WriteString("FALSE") })
	}
	if c == nil {
		return nil
	}
	return c(t)
}
