package entext

import (
	"fmt"
	"strings"

	"entgo.io/ent/entc/gen"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// refine turns the schema that entgql built into the one that the framework
// serves: its own filters, inputs and mutations, and no binding directives.
func refine(_ *gen.Graph, nodes []*node, s *ast.Schema) error {
	delete(s.Directives, "goModel")
	delete(s.Directives, "goField")
	for _, def := range s.Types {
		def.Directives = nil
		for _, f := range def.Fields {
			f.Directives = dropBindings(f.Directives)
		}
	}
	for name, about := range scalars() {
		s.Types[name] = &ast.Definition{Kind: ast.Scalar, Name: name, Description: about}
	}
	mutation := &ast.Definition{Kind: ast.Object, Name: "Mutation"}
	for _, n := range nodes {
		if !n.InAPI() {
			continue
		}
		filter(s, n)
		nullable(s, n, nodes)
		mutations(s, mutation, n)
	}
	if len(mutation.Fields) > 0 {
		s.AddTypes(mutation)
	}
	return nil
}

func dropBindings(list ast.DirectiveList) ast.DirectiveList {
	var kept ast.DirectiveList
	for _, d := range list {
		if d.Name != "goField" && d.Name != "goModel" {
			kept = append(kept, d)
		}
	}
	return kept
}

func scalars() map[string]string {
	return map[string]string{
		"BigInt": "A whole number of 64 bits, written as a string so that no client rounds it. Numbers are accepted too.",
		"Time":   "An instant in RFC 3339, always UTC, in microseconds.",
		"Date":   "A civil date, YYYY-MM-DD.",
		"UUID":   "A UUID in its canonical form.",
		"JSON":   "Any JSON value.",
		"Base64": "Bytes in standard base64.",
	}
}

// filter replaces the filter input with the predicates that package relay
// evaluates.
func filter(s *ast.Schema, n *node) {
	name := n.Entity.GraphQL + "WhereInput"
	def := &ast.Definition{
		Kind: ast.InputObject, Name: name,
		Description: fmt.Sprintf("Which %s rows to take. All given predicates must hold. Lists and objects must not be empty or null; an empty `In` list matches nothing.", n.Entity.GraphQL),
		Fields: ast.FieldList{
			{Name: "not", Type: ast.NamedType(name, nil)},
			{Name: "and", Type: ast.ListType(ast.NonNullNamedType(name, nil), nil)},
			{Name: "or", Type: ast.ListType(ast.NonNullNamedType(name, nil), nil)},
		},
	}
	for _, f := range n.Entity.Fields {
		if !f.Filter {
			continue
		}
		named := inputType(n, f)
		for _, op := range relay.Operators(f) {
			t := ast.NamedType(named, nil)
			switch op.Takes {
			case relay.TakesList:
				t = ast.ListType(ast.NonNullNamedType(named, nil), nil)
			case relay.TakesFlag:
				t = ast.NamedType("Boolean", nil)
			case relay.TakesValue:
			}
			def.Fields = append(def.Fields, &ast.FieldDefinition{Name: f.GraphQL + op.Suffix, Type: t})
		}
	}
	for _, e := range n.Entity.Edges {
		if e.GraphQL == "" {
			continue
		}
		target := e.Target + "WhereInput"
		def.Fields = append(def.Fields,
			&ast.FieldDefinition{Name: relay.HasEdge(e), Type: ast.NamedType("Boolean", nil)},
			&ast.FieldDefinition{Name: relay.HasEdge(e) + "With", Type: ast.ListType(ast.NonNullNamedType(target, nil), nil)},
		)
	}
	s.Types[name] = def
}

// nullable lets an edge to an entity with soft delete be null: a deleted
// target must not take its page down with it.
func nullable(s *ast.Schema, n *node, nodes []*node) {
	soft := map[string]bool{}
	for _, t := range nodes {
		soft[t.Name] = t.Entity.SoftDelete != nil
	}
	def := s.Types[n.Entity.GraphQL]
	for _, e := range n.Entity.Edges {
		if f := def.Fields.ForName(e.GraphQL); f != nil && !e.ToMany() && soft[e.Target] {
			f.Type.NonNull = false
		}
	}
}

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
			Description: "Brings a deleted " + name + " back.", Arguments: ast.ArgumentDefinitionList{id},
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
