package advice

import (
	"slices"

	"github.com/framefox-go/framefox/framework/config"
)

// maxCovered is how many columns a covering index keeps besides those that it
// looks up by.
const maxCovered = 3

// candidates are the indexes that could serve the use, and that the table does
// not have.
func (u *usage) candidates(d config.Dialect) (list []Index) {
	equal := slices.Clone(u.equal)
	slices.Sort(equal) // so that statements that name them otherwise share an index
	if d == config.MySQL {
		equal = append(equal, u.null...)
	}
	order := u.sorting()
	short := u.withoutID(order)
	shapes := [][]Part{}
	shape := func(names []string, more ...Part) {
		var parts []Part
		for _, name := range names {
			if !slices.Contains(names[:len(parts)], name) {
				parts = append(parts, Part{Column: name})
			}
		}
		for _, p := range more {
			if !slices.ContainsFunc(parts, func(have Part) bool { return have.Column == p.Column }) {
				parts = append(parts, p)
			}
		}
		if len(parts) > 0 {
			shapes = append(shapes, parts)
		}
	}
	for _, name := range slices.Concat(equal, u.join, u.ranges) {
		shape([]string{name})
	}
	shape(equal)
	shape(equal, order...)
	shape(equal, short...)
	shape(equal, asParts(u.group)...)
	for _, name := range u.ranges {
		shape(equal, Part{Column: name})
	}
	for _, name := range u.join {
		shape([]string{name}, slices.Concat(asParts(equal), order)...)
		shape(append(slices.Clone(equal), name), order...)
	}
	for _, parts := range shapes {
		list = append(list, u.variants(d, parts)...)
	}
	return list
}

// variants are the index, the same for the rows that are not deleted, and the same
// with all that is read.
func (u *usage) variants(d config.Dialect, parts []Part) (list []Index) {
	whole := Index{Table: u.table.Name, Columns: parts}
	wheres := []string{""}
	if d != config.MySQL {
		for _, name := range u.null {
			if !slices.Contains(whole.Names(), name) {
				wheres = append(wheres, name+" IS NULL")
			}
		}
	}
	rest := u.uncovered(parts)
	for _, where := range wheres {
		i := whole
		i.Where = where
		if !u.table.serves(i.Names(), where) {
			list = append(list, i)
		}
		if u.whole || len(rest) == 0 || len(rest) > maxCovered {
			continue
		}
		if d == config.Postgres {
			i.Include = rest
		} else {
			i.Columns = slices.Concat(parts, asParts(rest))
		}
		list = append(list, i)
	}
	return list
}

// uncovered are the columns that the statement needs and the index would not have.
func (u *usage) uncovered(parts []Part) (rest []string) {
	for _, name := range u.needed {
		in := slices.ContainsFunc(parts, func(p Part) bool { return p.Column == name })
		if !in && !slices.Equal(u.table.Primary, []string{name}) {
			rest = append(rest, name)
		}
	}
	return rest
}

// sorting is the order as an index wants it: one that only goes backwards is the
// order forwards.
func (u *usage) sorting() []Part {
	order := slices.Clone(u.order)
	if slices.ContainsFunc(order, func(p Part) bool { return p.Desc != order[0].Desc }) {
		return order
	}
	for i := range order {
		order[i].Desc = false
	}
	return order
}

// withoutID leaves out the id that ends the order: SQLite and MySQL have it in each
// index, and PostgreSQL has few rows left to sort.
func (u *usage) withoutID(order []Part) []Part {
	if n := len(order); n > 1 && slices.Equal(u.table.Primary, []string{order[n-1].Column}) {
		return order[:n-1]
	}
	return order
}

func asParts(names []string) (parts []Part) {
	for _, name := range names {
		parts = append(parts, Part{Column: name})
	}
	return parts
}
