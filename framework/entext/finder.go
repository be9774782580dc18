package entext

import (
	"go/token"
	"go/types"
	"slices"
)

// finders lists the unique keys, but the id, that repositories find rows by.
// Sensitive values are not compared.
func finders(n *node) []upsertKey {
	return slices.DeleteFunc(slices.Clone(n.Upsert), func(k upsertKey) bool {
		return k.Name == n.ID.Name || slices.ContainsFunc(k.Fields, func(name string) bool {
			f := n.Entity.ByColumn(n.columnOf(name))
			return f == nil || f.Sensitive
		})
	})
}

// parameter names a parameter after a field.
func parameter(field string) string {
	name := camel(field)
	if token.IsKeyword(name) || types.Universe.Lookup(name) != nil || slices.Contains([]string{"r", "ctx", "opts", "repository", "entity", "sql", "predicate", "context"}, name) {
		name += "Value"
	}
	return name
}
