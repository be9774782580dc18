package entext

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// upsertFields adds the mutations that create rows or update those with their
// keys, and the enum of the keys.
func upsertFields(s *ast.Schema, root *ast.Definition, n *node) {
	keys := upserts(n)
	name := n.Entity.GraphQL
	if len(keys) == 0 || !n.Creates() {
		return
	}
	in := (&writer{s, root, n}).fields("Upsert"+name+"Input", true, nil)
	enum := &ast.Definition{Kind: ast.Enum, Name: name + "Key", Description: "What makes a " + name + " unique."}
	for _, k := range keys {
		enum.EnumValues = append(enum.EnumValues, &ast.EnumValueDefinition{Name: k.GraphQL})
	}
	s.AddTypes(enum)
	by := func() *ast.ArgumentDefinition {
		return &ast.ArgumentDefinition{
			Name: "by", Type: ast.NonNullNamedType(enum.Name, nil), Description: "The key that rows are found by.",
			DefaultValue: &ast.Value{Kind: ast.EnumValue, Raw: keys[0].GraphQL},
		}
	}
	one := ast.NonNullNamedType(name, nil)
	many := upsertAll(n)
	root.Fields = append(root.Fields,
		&ast.FieldDefinition{
			Name: "upsert" + name, Type: one,
			Description: "Creates one " + name + ", or changes the given fields of the one with the same key. Fields that cannot be updated stay.",
			Arguments:   ast.ArgumentDefinitionList{by(), {Name: "input", Type: in}},
		},
		&ast.FieldDefinition{
			Name: strings.ToLower(many[:1]) + many[1:], Type: ast.NonNullListType(one, nil),
			Description: "Does for each input what `upsert" + name + "` does, for all or none. No key may come twice.",
			Arguments:   ast.ArgumentDefinitionList{by(), {Name: "input", Type: ast.NonNullListType(in, nil)}},
		},
	)
}
