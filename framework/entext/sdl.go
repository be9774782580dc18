package entext

import (
	"entgo.io/ent/entc/gen"
	"github.com/vektah/gqlparser/v2/ast"
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
		upsertFields(s, mutation, n)
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
