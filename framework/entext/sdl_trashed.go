package entext

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/relay"
)

// trashed adds the argument that shows deleted rows to every field that leads to
// rows of an entity with soft delete, but for edges to one.
func trashed(s *ast.Schema, nodes []*node) {
	if !anyTrash(nodes) {
		return
	}
	enum := &ast.Definition{Kind: ast.Enum, Name: "Trashed", Description: "Which rows to take of entities whose deleted rows are kept."}
	for _, v := range []struct {
		value relay.Trashed
		about string
	}{
		{relay.TrashExclude, "Rows that are not deleted."},
		{relay.TrashInclude, "All rows, deleted or not."},
		{relay.TrashOnly, "Deleted rows."},
	} {
		enum.EnumValues = append(enum.EnumValues, &ast.EnumValueDefinition{Name: string(v.value), Description: v.about})
	}
	s.AddTypes(enum)
	add := func(f *ast.FieldDefinition) {
		f.Arguments = append(f.Arguments, &ast.ArgumentDefinition{
			Name: "trashed", Type: ast.NamedType(enum.Name, nil),
			DefaultValue: &ast.Value{Kind: ast.EnumValue, Raw: string(relay.TrashExclude)},
			Description:  "Whether to show deleted rows, which takes a permission.",
		})
	}
	query := s.Types["Query"]
	for _, name := range []string{"node", "nodes"} {
		if f := query.Fields.ForName(name); f != nil {
			add(f)
		}
	}
	for _, n := range nodes {
		if !n.InAPI() {
			continue
		}
		if n.Entity.SoftDelete != nil {
			add(query.Fields.ForName(listField(n)))
		}
		for _, e := range n.Entity.Edges {
			if e.GraphQL != "" && e.ToMany() && hasTrash(nodes, e.Target) {
				add(s.Types[n.Entity.GraphQL].Fields.ForName(e.GraphQL))
			}
		}
	}
}

func hasTrash(nodes []*node, name string) bool {
	return slices.ContainsFunc(nodes, func(n *node) bool { return n.Name == name && n.Entity.SoftDelete != nil })
}

func anyTrash(nodes []*node) bool {
	return slices.ContainsFunc(nodes, func(n *node) bool { return n.InAPI() && n.Entity.SoftDelete != nil })
}

// trash reports whether deleted rows of the entity are kept.
func (x *extension) trash(name string) bool { return hasTrash(x.nodes, name) }
