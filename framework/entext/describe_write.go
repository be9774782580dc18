package entext

import (
	"slices"

	"github.com/framefox-go/framefox/framework/entity"
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
