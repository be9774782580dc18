package advice

import (
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/internal/sqltext"
)

// usage is how a part of a statement uses a table.
type usage struct {
	table  *Table
	equal  []string // compared with a value
	null   []string // IS NULL
	ranges []string
	join   []string // compared with a column of another table
	order  []Part   // if all of the order is of this table
	group  []string // likewise
	needed []string // all columns that are named
	whole  bool     // or all that there are
}

// usages reads how a statement uses the tables that exist.
func usages(s *sqltext.Statement, tables map[string]*Table) (list []*usage) {
	for _, b := range s.Blocks {
		r := &resolver{block: b, tables: tables, found: map[string]*usage{}}
		for _, t := range b.Tables {
			if known := tables[t.Name]; known != nil && r.found[t.Alias] == nil {
				r.found[t.Alias] = &usage{table: known, whole: b.Star}
				r.order = append(r.order, t.Alias)
			}
		}
		r.read()
		for _, alias := range r.order {
			list = append(list, r.found[alias])
		}
	}
	return list
}

// resolver finds the tables of columns in a block.
type resolver struct {
	block  *sqltext.Block
	tables map[string]*Table
	found  map[string]*usage // by alias
	order  []string
}

func (r *resolver) of(c sqltext.Column) (*usage, string) {
	for _, alias := range r.order {
		u := r.found[alias]
		if c.Table != "" && !strings.EqualFold(c.Table, alias) {
			continue
		}
		if column, ok := u.table.column(c.Name); ok && !column.Long {
			return u, column.Name
		}
	}
	return nil, ""
}

func (r *resolver) read() {
	for _, c := range r.block.Columns {
		if u, name := r.of(c); u != nil {
			u.needed = add(u.needed, name)
		}
	}
	for _, c := range r.block.Where {
		u, name := r.of(c.Column)
		if c.Op == sqltext.Join {
			if other, column := r.of(c.Other); other != nil && other != u {
				other.join = add(other.join, column)
			}
		}
		if u == nil {
			continue
		}
		switch c.Op {
		case sqltext.Equal:
			u.equal = add(u.equal, name)
		case sqltext.IsNull:
			u.null = add(u.null, name)
		case sqltext.Range:
			u.ranges = add(u.ranges, name)
		case sqltext.Join:
			u.join = add(u.join, name)
		}
	}
	r.sorts()
}

// sorts reads order and group, where all of it is of one table.
func (r *resolver) sorts() {
	var at *usage
	var order []Part
	for i, term := range r.block.Order {
		u, name := r.of(term.Column)
		if u == nil || i > 0 && u != at {
			at, order = nil, nil
			break
		}
		at, order = u, append(order, Part{Column: name, Desc: term.Desc})
	}
	if at != nil {
		at.order = order
	}
	var group []string
	at = nil
	for i, c := range r.block.Group {
		u, name := r.of(c)
		if u == nil || i > 0 && u != at {
			return
		}
		at, group = u, append(group, name)
	}
	if at != nil {
		at.group = group
	}
}

func add(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}
