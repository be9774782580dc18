package entext

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/relay"
)

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
	if n.Entity.Search != nil {
		def.Fields = append(def.Fields, searchPredicate(n))
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
