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
			case relay.TakesJSON:
				t = ast.NamedType(jsonFilter, nil)
				s.Types[jsonFilter] = documentFilter()
			case relay.TakesList, relay.TakesSome:
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

const jsonFilter = "JSONFilter"

// documentFilter is the input that asks for what is in a document.
func documentFilter() *ast.Definition {
	def := &ast.Definition{
		Kind: ast.InputObject, Name: jsonFilter,
		Description: "What the value at a path of a document must be. All given predicates must hold.",
		Fields: ast.FieldList{{
			Name: "path", Type: ast.NamedType("String", nil),
			Description: "Keys and places: author.name, tags[0], [\"a key.with dots\"]. Left out, it is the whole document.",
		}},
	}
	for _, p := range relay.JSONPredicates() {
		def.Fields = append(def.Fields, &ast.FieldDefinition{Name: p.Name, Type: ast.NamedType(p.Type, nil), Description: p.About})
	}
	return def
}
