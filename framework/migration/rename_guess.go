package migration

import (
	"reflect"
	"slices"
	"strings"

	atlas "ariga.io/atlas/sql/schema"
)

// likelyTables pairs each table that goes with those that come and have mostly
// the same columns.
func likelyTables(have, want *atlas.Schema) (list []Rename) {
	gone, come := unmatched(have.Tables, want.Tables, tableName)
	for _, from := range gone {
		for _, to := range come {
			if alike(from, to) {
				list = append(list, Rename{From: from.Name, To: to.Name})
			}
		}
	}
	return list
}

// likelyColumns pairs each column that goes with those of its type that come in
// the same table.
func likelyColumns(have, want *atlas.Schema) (list []Rename) {
	for _, t := range have.Tables {
		other, ok := want.Table(t.Name)
		if !ok {
			continue
		}
		gone, come := unmatched(t.Columns, other.Columns, columnName)
		for _, from := range gone {
			for _, to := range come {
				if sameType(from, to) && !generated(from) && !generated(to) {
					list = append(list, Rename{Table: t.Name, From: from.Name, To: to.Name})
				}
			}
		}
	}
	return list
}

// unmatched lists what is only in one of two lists.
func unmatched[T any](have, want []T, name func(T) string) (gone, come []T) {
	missing := func(list []T, x T) bool {
		return !slices.ContainsFunc(list, func(y T) bool { return name(x) == name(y) })
	}
	for _, x := range have {
		if missing(want, x) {
			gone = append(gone, x)
		}
	}
	for _, x := range want {
		if missing(have, x) {
			come = append(come, x)
		}
	}
	return gone, come
}

func tableName(t *atlas.Table) string   { return t.Name }
func columnName(c *atlas.Column) string { return c.Name }

// alike reports whether two tables share most of their columns.
func alike(a, b *atlas.Table) bool {
	same := 0
	for _, c := range a.Columns {
		if other, ok := b.Column(c.Name); ok && sameType(c, other) {
			same++
		}
	}
	return 5*same >= 3*max(len(a.Columns), len(b.Columns))
}

func sameType(a, b *atlas.Column) bool { return reflect.DeepEqual(a.Type.Type, b.Type.Type) }

func generated(c *atlas.Column) bool {
	_, ok := generatedExpr(c)
	return ok
}

// stored reports whether a computed column is kept in each row.
func stored(c *atlas.Column) bool {
	return slices.ContainsFunc(c.Attrs, func(a atlas.Attr) bool {
		x, ok := a.(*atlas.GeneratedExpr)
		return ok && (strings.EqualFold(x.Type, "STORED") || strings.EqualFold(x.Type, "PERSISTENT"))
	})
}

func generatedExpr(c *atlas.Column) (string, bool) {
	for _, a := range c.Attrs {
		if x, ok := a.(*atlas.GeneratedExpr); ok {
			return x.Expr, true
		}
	}
	return "", false
}
