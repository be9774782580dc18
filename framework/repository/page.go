package repository

import (
	"cmp"
	"context"
	"encoding/json"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/relay"
)

// Page is a page of rows that was found by its number.
type Page[T any] struct {
	Data       []*T             `json:"data"`
	Pagination relay.Pagination `json:"pagination"`
	Filters    Criteria         `json:"filters"` // as they were applied
}

// Paginate returns the page of a number, from 1, of the rows that match the
// criteria; 0 stands for the first page, and for the default of 20 rows. Pages
// have at most 100 rows, and begin at most 100,000 rows from the start, unless
// the client's settings say otherwise. It takes [OrderBy] and [With].
//
// Rows and total come from one statement, so from one state of the database and
// under the same criteria. Rows that are written between two calls move between
// pages: [Repository.Scroll] does not have that fault.
//
// The total costs a count of all rows that match, for each page. With
// Settings.CountLimit of the client it stops there, or at the end of the page:
// where there are more rows, Pagination.TotalAtLeast is set.
func (r *Repository[T, K, P, Q, C, U]) Paginate(ctx context.Context, page, perPage int, criteria Criteria, opts ...Option) (*Page[T], error) {
	o, err := read("Paginate", opts, "OrderBy", "With")
	if err != nil {
		return nil, err
	}
	limits := r.model.Source.Settings()
	page, perPage = cmp.Or(page, 1), cmp.Or(perPage, limits.DefaultPage)
	if err := limits.CheckPage(page, perPage); err != nil {
		return nil, err
	}
	_, applied, err := criteria.compile(r.model.Entity)
	if err != nil {
		return nil, err
	}
	q, err := r.query(criteria, o)
	if err != nil {
		return nil, err
	}
	walk, err := r.walk(o, "", nil)
	if err != nil {
		return nil, err
	}
	offset, total := (page-1)*perPage, 0
	r.model.Modify(q, func(s *sql.Selector) { walk.Number(s, offset, perPage, limits.CountTo(page, perPage)) }) //nolint:contextcheck // the selector carries it
	rows, err := q.All(ctx)
	switch {
	case err != nil:
		return nil, r.fail("read", err)
	case len(rows) > 0:
		total, err = walk.Total(r.values(rows[0]))
	case page > 1: // there is no row that could carry it
		total, err = r.Count(ctx, criteria)
		total = min(total, offset) // further rows were not there a moment ago
	}
	if err != nil {
		return nil, err
	}
	return &Page[T]{rows, limits.Pagination(page, perPage, total, len(rows)), applied}, nil
}

// Slice is a part of a list.
type Slice[T any] struct {
	Data []*T         `json:"data"`
	Next relay.Cursor `json:"next"` // where to go on; "" at the end
}

// Scroll returns the rows that come after a cursor, "" for the first ones:
// however deep that is, the database finds the place by an index, and rows that
// are written meanwhile move no others. It takes [OrderBy], [With] and [Limit],
// by default 20 and at most 100 rows unless the client's settings say otherwise.
//
// A cursor holds for the same criteria and order only, and is signed: another one
// is a *relay.ArgumentError. The key is Settings.CursorKey of the client.
func (r *Repository[T, K, P, Q, C, U]) Scroll(ctx context.Context, after relay.Cursor, criteria Criteria, opts ...Option) (*Slice[T], error) {
	o, err := read("Scroll", opts, "OrderBy", "With", "Limit")
	if err != nil {
		return nil, err
	}
	limits := r.model.Source.Settings()
	limit := limits.DefaultPage
	if o.limit != nil {
		limit = *o.limit
	}
	if limit > limits.MaxPage {
		return nil, bad("Limit", "must be at most %d", limits.MaxPage)
	}
	_, applied, err := criteria.compile(r.model.Entity)
	if err != nil {
		return nil, err
	}
	name, err := json.Marshal(applied)
	if err != nil {
		return nil, r.fail("name the criteria of", err)
	}
	var from *relay.Cursor
	if after != "" {
		from = &after
	}
	walk, err := r.walk(o, "scroll "+string(name), from)
	if err != nil {
		return nil, err
	}
	rows, err := r.step(ctx, walk, criteria, o, limit+1)
	if err != nil {
		return nil, err
	}
	slice := &Slice[T]{Data: rows}
	if len(rows) > limit {
		slice.Data = rows[:limit]
		slice.Next, err = walk.Cursor(r.values(rows[limit-1]))
	}
	return slice, err
}

// step reads the next rows of a walk.
func (r *Repository[T, K, P, Q, C, U]) step(ctx context.Context, walk *relay.Walk, criteria Criteria, o *options, limit int) ([]*T, error) {
	q, err := r.query(criteria, o)
	if err != nil {
		return nil, err
	}
	r.model.Modify(q, func(s *sql.Selector) { walk.Order(s, limit, 0) }) //nolint:contextcheck // the selector carries it
	rows, err := q.Limit(limit).All(ctx)
	if err != nil {
		return nil, r.fail("read", err)
	}
	return rows, nil
}
