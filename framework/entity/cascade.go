package entity

import (
	"maps"
	"slices"

	"github.com/framefox-go/framefox/framework/policy"
)

// Tables lists the tables of the entities, and those that join two of them.
func (r Registry) Tables() []string {
	tables := map[string]bool{}
	for _, e := range r {
		tables[e.Table] = true
		for _, edge := range e.Edges {
			if edge.JoinTable != "" {
				tables[edge.JoinTable] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(tables))
}

// Cascades tells, for each table, in which others the database itself changes or
// removes rows when rows of it are removed, directly: foreign keys that follow.
func (r Registry) Cascades() map[string][]string {
	all := map[string]map[string]bool{}
	add := func(from, to string) {
		if all[from] == nil {
			all[from] = map[string]bool{}
		}
		all[from][to] = true
	}
	for _, e := range r {
		for _, ref := range e.referredBy {
			if ref.onPurge != policy.Restrict {
				add(e.Table, ref.from.Table)
			}
		}
		for _, edge := range e.Edges {
			if edge.Relation == ManyToMany {
				add(e.Table, edge.JoinTable)
				if target := r[edge.Target]; target != nil {
					add(target.Table, edge.JoinTable)
				}
			}
		}
	}
	out := make(map[string][]string, len(all))
	for from, to := range all {
		out[from] = slices.Sorted(maps.Keys(to))
	}
	return out
}
