package query

import (
	stdsql "database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
)

// scanner reads rows into values of T.
type scanner[T any] struct {
	pointer bool // T points to a struct
	record  reflect.Type
	columns []string
	loose   bool
	cells   []*cell
	dests   []any
}

// cell is where the value of one column goes.
type cell struct {
	index   []int // nil for a scalar
	convert converter
	to      reflect.Value
	err     error
}

// Scan takes the value as the driver gives it.
func (c *cell) Scan(v any) error {
	c.err = c.convert(c.to, v)
	return c.err
}

func newScanner[T any](rows *sql.Rows) (*scanner[T], error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("query: cannot read the columns: %w", err)
	}
	s := &scanner[T]{record: reflect.TypeFor[T](), columns: columns}
	if t := s.record; t.Kind() == reflect.Pointer && isRecord(t.Elem()) {
		s.pointer, s.record = true, t.Elem()
	}
	p, err := planOf(s.record)
	if err != nil {
		return nil, err
	}
	switch {
	case p.loose:
		err = s.bindMap(rows)
	case p.convert == nil:
		err = s.bindRecord(p)
	case len(columns) != 1:
		err = fmt.Errorf("query: %s takes one column, not the %d of the rows: %s", s.record, len(columns), strings.Join(columns, ", "))
	default:
		s.cells = []*cell{{convert: p.convert}}
	}
	for _, c := range s.cells {
		s.dests = append(s.dests, c)
	}
	return s, err
}

// bindRecord finds the field of each column.
func (s *scanner[T]) bindRecord(p *plan) error {
	if err := distinct(s.columns); err != nil {
		return err
	}
	for _, column := range s.columns {
		i, ok := p.byColumn[column]
		if !ok && p.entity {
			s.cells = append(s.cells, &cell{convert: leaveOut})
			continue
		}
		if !ok {
			return fmt.Errorf("%w; these are the columns that %s has fields for", &UnknownNameError{"field of the column", column, p.columns()}, s.record)
		}
		s.cells = append(s.cells, &cell{index: p.fields[i].index, convert: p.fields[i].convert})
	}
	for _, f := range p.fields {
		if !f.optional && !slices.Contains(s.columns, f.column) {
			if p.entity {
				return fmt.Errorf("%w; a %s is read whole", &UnknownNameError{"column", f.column, s.columns}, s.record)
			}
			return fmt.Errorf(`%w; %s wants it: tag the field sql:"%s,optional" where rows may come without, or sql:"-"`,
				&UnknownNameError{"column", f.column, s.columns}, s.record, f.column)
		}
	}
	return nil
}

func leaveOut(reflect.Value, any) error { return nil }

func (s *scanner[T]) bindMap(rows *sql.Rows) error {
	if err := distinct(s.columns); err != nil {
		return err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return fmt.Errorf("query: cannot read the types of the columns: %w", err)
	}
	s.loose = true
	for _, t := range types {
		s.cells = append(s.cells, &cell{convert: plain(t)})
	}
	return nil
}

// distinct refuses columns of which one would hide the other.
func distinct(columns []string) error {
	for i, c := range columns {
		if slices.Contains(columns[:i], c) {
			return fmt.Errorf("query: the rows have two columns %q; give one another name, with AS", c)
		}
	}
	return nil
}

func (s *scanner[T]) scan(rows *sql.Rows, n int) (T, error) {
	var (
		row  T
		into = reflect.ValueOf(&row).Elem()
		list []any
	)
	switch {
	case s.loose:
		list = make([]any, len(s.cells))
	case s.pointer:
		into.Set(reflect.New(s.record))
		into = into.Elem()
	}
	for i, c := range s.cells {
		switch {
		case s.loose:
			c.to = reflect.ValueOf(&list[i]).Elem()
		case c.index != nil:
			c.to = into.FieldByIndex(c.index)
		default:
			c.to = into
		}
	}
	if err := rows.Scan(s.dests...); err != nil {
		var none T
		return none, s.failed(err, n)
	}
	if s.loose {
		m := make(map[string]any, len(list))
		for i, c := range s.columns {
			m[c] = list[i]
		}
		into.Set(reflect.ValueOf(m))
	}
	return row, nil
}

// failed names the column whose value did not fit.
func (s *scanner[T]) failed(err error, n int) error {
	for i, c := range s.cells {
		if c.err != nil {
			return &ColumnError{s.columns[i], n, c.err}
		}
	}
	return fmt.Errorf("query: cannot read row %d: %w", n, err)
}

var (
	_ stdsql.Scanner = (*cell)(nil)

	errNull = errors.New("it is NULL, which the Go type has no room for; make it a pointer")
)
