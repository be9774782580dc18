package diagram

import (
	"slices"
	"strings"
)

// Diagram is a set of entities and how they relate.
type Diagram struct {
	Title     string      `json:"title"`
	Entities  []*Entity   `json:"entities"`  // ordered by table
	Relations []*Relation `json:"relations"` // ordered by table and columns
}

// Entity is one table.
type Entity struct {
	Name    string     `json:"name"`  // of the entity; the table's where there is no other
	Table   string     `json:"table"` // unique in a diagram
	Comment string     `json:"comment,omitempty"`
	Columns []Column   `json:"columns"` // in the order of the table
	Uniques [][]string `json:"uniques,omitempty"`

	// Join says that the table does little but join two others; there is a
	// relation of kind ManyToMany through it.
	Join bool `json:"join,omitempty"`
	// External says that the table is referred to but not part of what was read.
	External bool `json:"external,omitempty"`
}

// Column is a column of a table.
type Column struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Primary bool     `json:"primary,omitempty"` // belongs to the primary key
	Foreign bool     `json:"foreign,omitempty"` // belongs to a foreign key
	Unique  bool     `json:"unique,omitempty"`  // by itself
	Null    bool     `json:"null,omitempty"`
	Values  []string `json:"values,omitempty"` // of an enum
	Comment string   `json:"comment,omitempty"`
}

// Keys are the markers of the column: PK, FK and UK, in this order.
func (c Column) Keys() []string {
	var keys []string
	for _, k := range []struct {
		on   bool
		name string
	}{{c.Primary, "PK"}, {c.Foreign, "FK"}, {c.Unique, "UK"}} {
		if k.on {
			keys = append(keys, k.name)
		}
	}
	return keys
}

// Kind tells the two kinds of relation apart.
type Kind string

// The kinds.
const (
	Reference  Kind = "reference"    // a foreign key
	ManyToMany Kind = "many-to-many" // through a table with two foreign keys
)

// Cardinality is how many rows may stand at an end of a relation.
type Cardinality string

// The cardinalities.
const (
	One       Cardinality = "one"
	ZeroOrOne Cardinality = "zero-or-one"
	Many      Cardinality = "many" // or none
	OneOrMore Cardinality = "one-or-more"
)

// Relation leads from one table to another, perhaps to itself.
type Relation struct {
	Kind Kind   `json:"kind"`
	From string `json:"from"` // table; that with the foreign key
	To   string `json:"to"`   // table

	FromCardinality Cardinality `json:"fromCardinality"` // rows of From for one of To
	ToCardinality   Cardinality `json:"toCardinality"`   // rows of To for one of From

	FromEdge string `json:"fromEdge,omitempty"` // edge of From that leads to To
	ToEdge   string `json:"toEdge,omitempty"`   // edge of To that leads to From

	Columns    []string `json:"columns,omitempty"`    // of the foreign key
	References []string `json:"references,omitempty"` // columns that it refers to
	OnDelete   string   `json:"onDelete,omitempty"`   // "cascade", "set null" …; "" is the default

	Through    string   `json:"through,omitempty"`    // table, if the kind is ManyToMany
	Attributes []string `json:"attributes,omitempty"` // further columns of Through
}

// Label is what to write on the relation: the names of its edges, else of its
// columns or the table between.
func (r *Relation) Label() string {
	var names []string
	for _, name := range []string{r.FromEdge, r.ToEdge} {
		if name != "" {
			names = append(names, name)
		}
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, " / ")
	case r.Kind == ManyToMany:
		return r.Through
	default:
		return strings.Join(r.Columns, ", ")
	}
}

// Entity finds an entity by its table.
func (d *Diagram) Entity(table string) (*Entity, bool) {
	i, ok := slices.BinarySearchFunc(d.Entities, table, func(e *Entity, name string) int {
		return strings.Compare(e.Table, name)
	})
	if !ok {
		return nil, false
	}
	return d.Entities[i], true
}

// Lines are the relations to draw as lines. One through a table that is drawn
// is drawn already: as the two foreign keys of that table.
func (d *Diagram) Lines() []*Relation {
	return slices.DeleteFunc(slices.Clone(d.Relations), func(r *Relation) bool {
		_, drawn := d.Entity(r.Through)
		return r.Kind == ManyToMany && drawn
	})
}

// Sort brings the diagram into its order.
func (d *Diagram) Sort() {
	slices.SortFunc(d.Entities, func(a, b *Entity) int { return strings.Compare(a.Table, b.Table) })
	key := func(r *Relation) []string {
		return slices.Concat([]string{r.From, string(r.Kind), r.To, r.Through, r.FromEdge, r.ToEdge}, r.Columns)
	}
	slices.SortStableFunc(d.Relations, func(a, b *Relation) int { return slices.Compare(key(a), key(b)) })
}
