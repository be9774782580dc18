package entity

import (
	"maps"
	"slices"

	"github.com/framefox-go/framefox/framework/policy"
)

// reference is a foreign key, seen from both of its ends.
type reference struct {
	from, to *Entity // from holds the key
	column   string
	out      string // edge of from that leads to to, if it has one
	back     string // edge of to that leads to from, if it has one
	onDelete policy.OnDelete
	onPurge  policy.OnDelete
}

// link tells each entity of the registry which foreign keys leave it and which
// lead to it. An edge and its inverse are one key.
func (r Registry) link(entities []*Entity) {
	type key struct{ table, column string }
	known := map[key]*reference{}
	for _, e := range entities {
		for _, edge := range e.Edges {
			other := r[edge.Target]
			if other == nil || edge.Relation == ManyToMany {
				continue
			}
			from, to := other, e
			if edge.OwnsFK {
				from, to = e, other
			}
			ref := known[key{from.Table, edge.Column}]
			if ref == nil {
				ref = &reference{from: from, to: to, column: edge.Column, onDelete: edge.OnDelete, onPurge: edge.OnPurge}
				known[key{from.Table, edge.Column}] = ref
				from.refersTo = append(from.refersTo, ref)
				to.referredBy = append(to.referredBy, ref)
			}
			if edge.OwnsFK {
				ref.out = edge.Name
			} else {
				ref.back = edge.Name
			}
		}
	}
}

// rank numbers the entities so that what is referred to comes before what
// refers to it, as far as there is no cycle.
func (r Registry) rank() {
	names := slices.Sorted(maps.Keys(r))
	entities := make([]*Entity, len(names))
	for i, name := range names {
		entities[i] = r[name]
	}
	order := childrenFirst(entities, func(*Entity) bool { return true })
	for i, e := range order {
		e.place = len(order) - i
	}
}

// Rank tells the place of the entity in the order in which rows of several
// entities are locked: the same for all transactions, so that they wait for
// each other instead of standing in each other's way. Rows that are referred to
// come first, since the check of a foreign key locks them too.
func (e *Entity) Rank() int { return e.place }

// rule is what the reference asks for when rows that it leads to are marked, or
// removed for good.
func (ref *reference) rule(purge bool) policy.OnDelete {
	if purge {
		return ref.onPurge
	}
	return ref.onDelete
}

// hasKey reports whether the entity has a primary key of one column. The rows
// of an entity without one join two others, and go with either in the database.
func (e *Entity) hasKey() bool { return len(e.Fields) > 0 && e.ID().Name == "id" }
