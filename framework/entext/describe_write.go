package entext

import (
	"slices"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/relay"
)

// writableEdge says in which inputs of its owner clients may write an edge. A
// foreign key of the owner's own has to be open to them too.
func writableEdge(owner *node, d *entity.Edge, show expose.Exposure) {
	if d.GraphQL == "" {
		return
	}
	d.Create = !show.NoCreate && !owner.Expose.NoCreate
	d.Update = !show.NoUpdate && !owner.Expose.NoUpdate
	if key := owner.Entity.ByColumn(d.Column); d.OwnsFK && key != nil {
		d.Create = d.Create && key.Create
		d.Update = d.Update && key.Update
	}
}

// uniqueKeys lists the unique keys of a type but the id, each by the names of
// its fields. A key that holds for some rows only is none.
func uniqueKeys(t *gen.Type) [][]string {
	var keys [][]string
	add := func(key []string) {
		if len(key) > 0 && !slices.ContainsFunc(keys, func(other []string) bool { return slices.Equal(other, key) }) {
			keys = append(keys, key)
		}
	}
	for _, f := range t.Fields {
		if f.Unique {
			add([]string{f.StorageKey()})
		} else if e, err := f.Edge(); f.IsEdgeField() && err == nil && e.O2O() {
			add([]string{f.StorageKey()})
		}
	}
	for _, index := range t.Indexes {
		if index.Unique && !partial(index) {
			add(fieldsOf(t, index.Columns))
		}
	}
	return keys
}

func partial(index *gen.Index) bool {
	var a entsql.IndexAnnotation
	err := entschema.Annotation(index.Annotations, a.Name(), &a)
	return err != nil || a.Where != "" || len(a.PrefixColumns) > 0 || a.Prefix > 0
}

// fieldsOf names the fields of columns; nil where one is no field.
func fieldsOf(t *gen.Type, columns []string) []string {
	names := make([]string, 0, len(columns))
	for _, column := range columns {
		for _, f := range t.Fields {
			if f.StorageKey() == column {
				names = append(names, f.StorageKey())
			}
		}
	}
	if len(names) != len(columns) {
		return nil
	}
	return names
}

// Creates reports whether the API has mutations that create rows of the node.
func (n *node) Creates() bool {
	return !n.Expose.NoCreate && (slices.ContainsFunc(n.Entity.Fields, func(f *entity.Field) bool { return f.Create }) || n.nests(true))
}

// Updates reports whether the API has a mutation that updates a row of the
// node.
func (n *node) Updates() bool { return !n.Expose.NoUpdate && (n.UpdatesMany() || n.nests(false)) }

// UpdatesMany reports whether the API has a mutation that updates many rows of
// the node: edges are written row by row.
func (n *node) UpdatesMany() bool {
	return !n.Expose.NoUpdate && slices.ContainsFunc(n.Entity.Fields, func(f *entity.Field) bool { return f.Update })
}

func (n *node) nests(creating bool) bool {
	return slices.ContainsFunc(n.Entity.Edges, func(e *entity.Edge) bool {
		return relay.NestedOf(n.registry, n.Entity, e, creating).Any()
	})
}

// Many names the mutation that does to many rows what the verb says:
// createPosts; createManyNews where the plural names an entity.
func (n *node) Many(verb string) string {
	plural := upperFirst(listField(n))
	for _, other := range n.others {
		if other.Entity.GraphQL == plural {
			return verb + "Many" + plural
		}
	}
	return verb + plural
}
