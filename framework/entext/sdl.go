package entext

import (
	"entgo.io/ent/entc/gen"
	"github.com/vektah/gqlparser/v2/ast"

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
	s.Directives[relay.NeedsDirective] = needsDirective()
	for name, about := range scalars() {
		s.Types[name] = &ast.Definition{Kind: ast.Scalar, Name: name, Description: about}
	}
	if err := shared(s); err != nil {
		return err
	}
	mutation := &ast.Definition{Kind: ast.Object, Name: "Mutation"}
	for _, n := range nodes {
		if !n.InAPI() {
			continue
		}
		filter(s, n)
		nullable(s, n, nodes)
		if err := pages(s, n); err != nil {
			return err
		}
		mutations(s, mutation, n)
		if err := aggregates(s, n, nodes); err != nil {
			return err
		}
		upsertFields(s, mutation, n)
	}
	trashed(s, nodes)
	if len(mutation.Fields) > 0 {
		s.AddTypes(mutation)
	}
	return nil
}

// needsDirective declares the directive for fields of the application.
func needsDirective() *ast.DirectiveDefinition {
	return &ast.DirectiveDefinition{
		Name: relay.NeedsDirective, Locations: []ast.DirectiveLocation{ast.LocationFieldDefinition},
		Description: "Which fields of its row a field of the application reads. Without it, all are read.",
		Arguments: ast.ArgumentDefinitionList{{
			Name: "fields", Type: ast.NonNullListType(ast.NonNullNamedType("String", nil), nil),
		}},
		Position: &ast.Position{Src: &ast.Source{}},
	}
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
		"BigInt":  "A whole number of 64 bits, written as a string so that no client rounds it. Numbers are accepted too.",
		"Decimal": "An exact number of any size, written as a string.",
		"Time":    "An instant in RFC 3339, always UTC, in microseconds.",
		"Date":    "A civil date, YYYY-MM-DD.",
		"UUID":    "A UUID in its canonical form.",
		"JSON":    "Any JSON value.",
		"Base64":  "Bytes in standard base64.",
	}
}

// nullable lets an edge to an entity with row filters be null: a target that is
// hidden must not take its page down with it.
func nullable(s *ast.Schema, n *node, nodes []*node) {
	hides := map[string]bool{}
	for _, t := range nodes {
		hides[t.Name] = t.Entity.SoftDelete != nil || t.Entity.Tenant != nil || t.NumInterceptors() > 0
	}
	def := s.Types[n.Entity.GraphQL]
	for _, e := range n.Entity.Edges {
		if f := def.Fields.ForName(e.GraphQL); f != nil && !e.ToMany() && hides[e.Target] {
			f.Type.NonNull = false
		}
	}
}
