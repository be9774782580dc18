package entext

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// mutations adds the inputs and root fields that write the entity.
func mutations(s *ast.Schema, root *ast.Definition, n *node) {
	name := n.Entity.GraphQL
	id := &ast.ArgumentDefinition{Name: "id", Type: ast.NonNullNamedType("ID", nil), Description: "ID of the " + name + "."}
	result := ast.NonNullNamedType(name, nil)
	if in := input(n, "Create"+name+"Input", true); !n.Expose.NoCreate && len(in.Fields) > 0 {
		s.AddTypes(in)
		root.Fields = append(root.Fields, &ast.FieldDefinition{
			Name: "create" + name, Description: "Creates one " + name + ".", Type: result,
			Arguments: ast.ArgumentDefinitionList{{Name: "input", Type: ast.NonNullNamedType(in.Name, nil)}},
		})
	}
	if in := input(n, "Update"+name+"Input", false); !n.Expose.NoUpdate && len(in.Fields) > 0 {
		s.AddTypes(in)
		args := ast.ArgumentDefinitionList{id, {Name: "input", Type: ast.NonNullNamedType(in.Name, nil)}}
		if n.Entity.Version != nil {
			args = append(args, &ast.ArgumentDefinition{
				Name: "expectedVersion", Type: ast.NamedType("BigInt", nil),
				Description: "Refuse with CONFLICT when the row has another version by now.",
			})
		}
		root.Fields = append(root.Fields, &ast.FieldDefinition{
			Name: "update" + name, Type: result, Arguments: args,
			Description: "Changes the given fields of one " + name + ". Null clears a nullable field; fields left out stay.",
		})
	}
	if n.Expose.NoDelete {
		return
	}
	root.Fields = append(root.Fields, &ast.FieldDefinition{
		Name: "delete" + name, Type: ast.NonNullNamedType("ID", nil),
		Description: "Deletes one " + name + " and returns its ID.", Arguments: ast.ArgumentDefinitionList{id},
	})
	if n.Entity.SoftDelete != nil {
		root.Fields = append(root.Fields, &ast.FieldDefinition{
			Name: "restore" + name, Type: result,
			Description: "Brings a deleted " + name + " back, with all that was deleted together with it.", Arguments: ast.ArgumentDefinitionList{id},
		})
	}
}

func input(n *node, name string, create bool) *ast.Definition {
	def := &ast.Definition{Kind: ast.InputObject, Name: name}
	add := func(field string, t *ast.Type, about string) {
		def.Fields = append(def.Fields, &ast.FieldDefinition{Name: field, Type: t, Description: about})
	}
	for _, f := range n.Entity.Fields {
		if create && !f.Create || !create && !f.Update {
			continue
		}
		named, about := inputType(n, f), n.GoFields[f.Name].Comment()
		t := ast.NamedType(named, nil)
		if f.Kind == entity.Strings {
			t = ast.ListType(ast.NonNullNamedType("String", nil), nil)
		}
		t.NonNull = create && f.Required
		add(f.GraphQL, t, about)
		if !create && f.Kind == entity.Strings {
			add(relay.Append(f), ast.ListType(ast.NonNullNamedType("String", nil), nil), "Added to the end of "+f.GraphQL+".")
		}
	}
	ids := ast.ListType(ast.NonNullNamedType("ID", nil), nil)
	for _, e := range n.Entity.Edges {
		switch {
		case e.Relation != entity.ManyToMany:
		case create && e.Create:
			add(relay.EdgeIDs(e), ids, "")
		case !create && e.Update:
			add(relay.AddEdge(e), ids, "")
			add(relay.RemoveEdge(e), ids, "")
		}
	}
	return def
}

// inputType names the GraphQL type of a field's value in inputs.
func inputType(n *node, f *entity.Field) string {
	if f.Target != "" {
		return "ID"
	}
	switch f.Kind {
	case entity.Bool:
		return "Boolean"
	case entity.Int:
		return "Int"
	case entity.Float:
		return "Float"
	case entity.String:
		return "String"
	case entity.Enum:
		return n.Entity.GraphQL + n.GoFields[f.Name].StructField()
	case entity.Time:
		return "Time"
	default:
	}
	if n.HasOneFieldID() && f == n.Entity.ID() {
		return "ID"
	}
	return strings.Trim(scalar(f), "[]!")
}
