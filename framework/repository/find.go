package repository

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// Find returns the row with the key. There is none for a key that is zero or
// negative, nor for one that the caller may not see: the error is an
// *entity.NotFoundError then, never nil. It takes the option [With].
func (r *Repository[T, K, P, Q, C, U]) Find(ctx context.Context, id K, opts ...Option) (*T, error) {
	o, err := read("Find", opts, "With")
	if err != nil {
		return nil, err
	}
	q, err := r.query(nil, o)
	if err != nil {
		return nil, err
	}
	q.WhereP(r.key(id))
	rows, err := q.All(ctx)
	if err != nil {
		return nil, r.fail("read", err)
	}
	if len(rows) == 0 {
		return nil, r.missing(fmt.Sprint(id))
	}
	return rows[0], nil
}

// FindAll returns all rows, ordered by their keys unless [OrderBy] says
// otherwise. More than [MaxRows] are an error.
func (r *Repository[T, K, P, Q, C, U]) FindAll(ctx context.Context, opts ...Option) ([]*T, error) {
	return r.FindBy(ctx, nil, opts...)
}

// FindBy returns the rows that match the criteria, ordered by their keys unless
// [OrderBy] says otherwise. It also takes [Limit], [Offset] and [With]; without a
// limit, more than [MaxRows] rows are an error.
func (r *Repository[T, K, P, Q, C, U]) FindBy(ctx context.Context, criteria Criteria, opts ...Option) ([]*T, error) {
	o, err := read("FindBy", opts, "OrderBy", "Limit", "Offset", "With")
	if err != nil {
		return nil, err
	}
	return r.list(ctx, criteria, o)
}

// list reads rows in an order, with a bound.
func (r *Repository[T, K, P, Q, C, U]) list(ctx context.Context, criteria Criteria, o *options) ([]*T, error) {
	limit := MaxRows + 1
	if o.limit != nil {
		limit = *o.limit
	}
	q, err := r.query(criteria, o)
	if err != nil {
		return nil, err
	}
	walk, err := r.walk(o, "", nil)
	if err != nil {
		return nil, err
	}
	r.model.Modify(q, func(s *sql.Selector) { walk.Order(s, limit, o.offset) }) //nolint:contextcheck // the selector carries it
	rows, err := q.Limit(limit).All(ctx)
	if err != nil {
		return nil, r.fail("read", err)
	}
	if len(rows) > MaxRows {
		return nil, bad("FindBy", "finds more than %d rows of %s; narrow the criteria, take a Limit or a page, or stream them with Each", MaxRows, r.model.Entity.Name)
	}
	return rows, nil
}

// FindOneBy returns the first row that matches the criteria, in the order of the
// keys unless [OrderBy] says otherwise; it also takes [With]. Without a match the
// error is an *entity.NotFoundError.
func (r *Repository[T, K, P, Q, C, U]) FindOneBy(ctx context.Context, criteria Criteria, opts ...Option) (*T, error) {
	rows, err := r.some(ctx, "FindOneBy", 1, criteria, opts)
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// FindOnlyBy returns the only row that matches the criteria. Without a match the
// error is an *entity.NotFoundError, with several an *entity.NotUniqueError. It
// takes the option [With].
func (r *Repository[T, K, P, Q, C, U]) FindOnlyBy(ctx context.Context, criteria Criteria, opts ...Option) (*T, error) {
	rows, err := r.some(ctx, "FindOnlyBy", 2, criteria, opts)
	if err != nil {
		return nil, err
	}
	if len(rows) > 1 {
		return nil, &entity.NotUniqueError{Entity: r.model.Entity.Name}
	}
	return rows[0], nil
}

// some reads up to limit rows, at least one.
func (r *Repository[T, K, P, Q, C, U]) some(ctx context.Context, method string, limit int, criteria Criteria, opts []Option) ([]*T, error) {
	o, err := read(method, opts, "OrderBy", "With")
	if err != nil {
		return nil, err
	}
	o.limit = &limit
	rows, err := r.list(ctx, criteria, o)
	if err == nil && len(rows) == 0 {
		err = r.missing("")
	}
	return rows, err
}

// Exists reports whether a row matches the criteria.
func (r *Repository[T, K, P, Q, C, U]) Exists(ctx context.Context, criteria Criteria) (bool, error) {
	q, err := r.query(criteria, &options{})
	if err != nil {
		return false, err
	}
	found, err := q.Exist(ctx)
	if err != nil {
		return false, r.fail("look for", err)
	}
	return found, nil
}

// Count counts the rows that match the criteria.
func (r *Repository[T, K, P, Q, C, U]) Count(ctx context.Context, criteria Criteria) (int, error) {
	q, err := r.query(criteria, &options{})
	if err != nil {
		return 0, err
	}
	n, err := q.Count(ctx)
	if err != nil {
		return 0, r.fail("count", err)
	}
	return n, nil
}

// query begins a query of the rows that match the criteria, with their edges.
func (r *Repository[T, K, P, Q, C, U]) query(criteria Criteria, o *options) (Q, error) {
	var none Q
	predicates, _, err := criteria.compile(r.model.Entity)
	if err != nil {
		return none, err
	}
	q := r.Query()
	q.WhereP(predicates...)
	if len(o.with) > 0 {
		return q.WithEdges(o.with...)
	}
	return q, nil
}

// walk is the order of the options, from the cursor on.
func (r *Repository[T, K, P, Q, C, U]) walk(o *options, name string, after *relay.Cursor) (*relay.Walk, error) {
	order, err := ordering(r.model.Source.Entities(), r.model.Entity, o.order)
	if err != nil {
		return nil, err
	}
	return relay.NewWalk(r.model.Source, r.model.Entity, name, order, after)
}
