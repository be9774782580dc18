package relay

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"
)

// Pagination tells where a page that was found by its number lies in its list.
type Pagination struct {
	CurrentPage int  `json:"current_page"` // as asked for, the first is 1
	PerPage     int  `json:"per_page"`     // as asked for
	Total       int  `json:"total"`        // rows of the list, or of those that were counted
	LastPage    int  `json:"last_page"`    // 0 where the list is empty
	From        int  `json:"from"`         // first row of the page, counted from 1; 0 where it is empty
	To          int  `json:"to"`           // last row of the page; 0 where it is empty
	HasNext     bool `json:"has_next"`
	HasPrev     bool `json:"has_prev"` // also of a page past the end

	// TotalAtLeast says that counting stopped at Settings.CountLimit: there are
	// more rows than Total, and so maybe pages after LastPage.
	TotalAtLeast bool `json:"total_at_least,omitempty"`
}

// NewPagination describes the page that has the given number of rows, of a
// list with a total of rows. Page and perPage are at least 1.
func NewPagination(page, perPage, total, rows int) Pagination {
	p := Pagination{CurrentPage: page, PerPage: perPage, Total: total, HasPrev: page > 1}
	if perPage > 0 && total > 0 {
		p.LastPage = (total-1)/perPage + 1
	}
	p.HasNext = page < p.LastPage
	if rows > 0 {
		offset := (page - 1) * perPage
		p.From, p.To = offset+1, offset+rows
	}
	return p
}

// CountTo is the number of rows up to which they are counted for a page; 0 is
// all of them. It is CountLimit, or where the page ends: whether there is a next
// one is always known.
func (s Settings) CountTo(page, perPage int) int {
	if s.CountLimit <= 0 {
		return 0
	}
	return max(s.CountLimit, page*perPage)
}

// Pagination describes the page that has the given number of rows, of a list
// whose rows were counted up to one more than CountTo.
func (s Settings) Pagination(page, perPage, total, rows int) Pagination {
	most := s.CountTo(page, perPage)
	if most == 0 || total <= most {
		return NewPagination(page, perPage, total, rows)
	}
	p := NewPagination(page, perPage, most, rows)
	p.HasNext, p.TotalAtLeast = true, true
	return p
}

// PageArgs ask for a page by its number.
type PageArgs struct {
	Page    *int // default 1
	PerPage *int // default Settings.DefaultPage
	OrderBy []*Order
	Where   Where
}

// Numbered is a page that was found by its number.
type Numbered[N Node] struct {
	Data       []N
	Pagination Pagination
	Filters    JSON // the filter, as it was applied
}

// PageOf reads one page of an entity's rows by its number. Rows and total come
// from one statement, and so from one state of the database.
//
// A database reads all the rows before the page, and rows that are written
// meanwhile move between pages: a connection has neither fault.
func PageOf[N Node](ctx context.Context, src Source, name string, args PageArgs) (*Numbered[N], error) {
	limits := src.Settings()
	page, perPage, err := numbers(limits, args)
	if err != nil {
		return nil, err
	}
	e := src.Entities()[name]
	w, err := newScope(src, e).newWindow("", Args{OrderBy: args.OrderBy, Where: args.Where})
	if err != nil {
		return nil, err
	}
	want := wantedOfPage(ctx, e)
	result := &Numbered[N]{Data: []N{}, Filters: JSON{map[string]any{}}}
	if len(args.Where) > 0 {
		result.Filters = JSON{map[string]any(args.Where)}
	}
	offset, total := (page-1)*perPage, -1
	if want.rows {
		rows, err := src.Select(ctx, Query{
			Entity: name, Columns: want.columns,
			Finish: func(s *sql.Selector) { w.number(s, offset, perPage, want.count, 0) }, //nolint:contextcheck // the selector carries it
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot read %s: %w", name, err)
		}
		for _, n := range rows {
			result.Data = append(result.Data, n.(N))
		}
		if want.count && len(rows) > 0 {
			if total, err = counted(rows[0]); err != nil {
				return nil, err
			}
		}
	}
	if !want.count {
		return result, nil
	}
	rows := len(result.Data)
	if total < 0 { // there is no row that could carry it
		if total, err = countRows(ctx, src, name, w, 0); err != nil {
			return nil, err
		}
		if want.rows {
			total = min(total, offset) // further rows were not there a moment ago
		}
		rows = max(0, min(total-offset, perPage))
	}
	result.Pagination = NewPagination(page, perPage, total, rows)
	return result, nil
}

// numbers checks the numbers of a page.
func numbers(limits Settings, args PageArgs) (page, perPage int, err error) {
	page, perPage = 1, limits.DefaultPage
	if args.Page != nil {
		page = *args.Page
	}
	if args.PerPage != nil {
		perPage = *args.PerPage
	}
	return page, perPage, limits.CheckPage(page, perPage)
}

// CheckPage tells what is wrong with the numbers of a page: an *ArgumentError.
func (s Settings) CheckPage(page, perPage int) error {
	switch {
	case page < 1:
		return bad("page", "must be at least 1")
	case perPage < 1:
		return bad("perPage", "must be at least 1")
	case perPage > s.MaxPage:
		return bad("perPage", "must be at most %d", s.MaxPage)
	case page-1 > s.MaxOffset/perPage: // no product that could overflow
		return bad("page", "begins more than %d rows from the start; narrow the filter, or walk the connection, whose cursors reach any depth", s.MaxOffset)
	}
	return nil
}

// number orders and limits a statement by the number of a page, and selects
// the total, counted up to one more than most, beside each row: a subquery that
// depends on no row runs once.
func (w *window) number(s *sql.Selector, offset, limit int, count bool, most int) {
	b := w.filter(s)
	var total *sql.Selector
	if count {
		total = again(s)
		countInto(total, most)
	}
	exprs := place(w.terms, b, s)
	w.read(s, exprs, limit, offset)
	if count {
		s.AppendSelectExprAs(total, countColumn)
	}
}
