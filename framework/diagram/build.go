package diagram

import (
	"slices"
	"strings"
)

// table is what a diagram is built from.
type table struct {
	entity   *Entity
	primary  []string
	uniques  [][]string // keys that hold for every row
	foreign  []foreignKey
	required map[string]bool // columns that a row cannot be inserted without
}

type foreignKey struct {
	columns, references []string
	table               string
	onDelete            string
}

// build derives marks and relations.
func build(tables []*table) *Diagram {
	d := &Diagram{Title: "Entities", Entities: []*Entity{}, Relations: []*Relation{}}
	for _, t := range tables {
		t.mark()
		d.Entities = append(d.Entities, t.entity)
	}
	for _, t := range tables {
		for i, fk := range t.foreign {
			t.foreign[i].table = d.referred(fk.table).Table
			d.Relations = append(d.Relations, t.relation(t.foreign[i]))
		}
		if r := t.join(); r != nil {
			t.entity.Join = true
			d.Relations = append(d.Relations, r)
		}
	}
	d.Sort()
	return d
}

// referred finds a table that a foreign key refers to, whose name may differ in
// case where the database does not care, or else adds it as external.
func (d *Diagram) referred(name string) *Entity {
	for _, same := range []func(*Entity) bool{
		func(e *Entity) bool { return e.Table == name },
		func(e *Entity) bool { return strings.EqualFold(e.Table, name) },
	} {
		if i := slices.IndexFunc(d.Entities, same); i >= 0 {
			return d.Entities[i]
		}
	}
	external := &Entity{Name: name, Table: name, Columns: []Column{}, External: true}
	d.Entities = append(d.Entities, external)
	return external
}

// mark marks the columns that belong to keys.
func (t *table) mark() {
	for i := range t.entity.Columns {
		c := &t.entity.Columns[i]
		c.Primary = slices.Contains(t.primary, c.Name)
		c.Foreign = slices.ContainsFunc(t.foreign, func(fk foreignKey) bool { return slices.Contains(fk.columns, c.Name) })
		c.Unique = slices.ContainsFunc(t.uniques, func(key []string) bool { return len(key) == 1 && key[0] == c.Name })
		c.Null = c.Null && !c.Primary
	}
	for _, key := range t.uniques {
		if len(key) > 1 {
			t.entity.Uniques = append(t.entity.Uniques, key)
		}
	}
}

// relation is what a foreign key means. It is one to one only if a unique key
// or the primary key consists of exactly its columns.
func (t *table) relation(fk foreignKey) *Relation {
	r := &Relation{
		Kind: Reference, From: t.entity.Table, To: fk.table, FromCardinality: Many, ToCardinality: One,
		Columns: fk.columns, References: fk.references, OnDelete: fk.onDelete,
	}
	if t.isKey(fk.columns) {
		r.FromCardinality = ZeroOrOne
	}
	if slices.ContainsFunc(fk.columns, t.nullable) {
		r.ToCardinality = ZeroOrOne
	}
	return r
}

func (t *table) nullable(column string) bool {
	return slices.ContainsFunc(t.entity.Columns, func(c Column) bool { return c.Name == column && c.Null })
}

// isKey reports whether the columns, in any order, are the primary key or a
// unique key.
func (t *table) isKey(columns []string) bool {
	return sameSet(t.primary, columns) || slices.ContainsFunc(t.uniques, func(key []string) bool { return sameSet(key, columns) })
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && len(a) > 0 && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// join returns the relation that the table makes, if two of its foreign keys
// form a key and a row needs nothing else.
func (t *table) join() *Relation {
	for i, first := range t.foreign {
		for _, second := range t.foreign[i+1:] {
			pair := slices.Concat(first.columns, second.columns)
			if t.isKey(pair) && !slices.ContainsFunc(pair, t.nullable) && !t.needs(pair) {
				return &Relation{
					Kind: ManyToMany, From: first.table, To: second.table, FromCardinality: Many, ToCardinality: Many,
					Through: t.entity.Table, Attributes: t.attributes(pair),
				}
			}
		}
	}
	return nil
}

// needs reports whether a row needs a column besides these.
func (t *table) needs(columns []string) bool {
	return slices.ContainsFunc(t.entity.Columns, func(c Column) bool {
		return t.required[c.Name] && !slices.Contains(columns, c.Name)
	})
}

// attributes are the columns that say something of the pair.
func (t *table) attributes(pair []string) []string {
	var list []string
	for _, c := range t.entity.Columns {
		if !c.Primary && !slices.Contains(pair, c.Name) {
			list = append(list, c.Name)
		}
	}
	return list
}
