package entext

import (
	"entgo.io/contrib/entgql"
	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/expose"
)

// annotate writes what the framework's annotations mean for entgql into the
// graph, before anything is generated from it. What they mean for the tables is
// entschema's.
func annotate(nodes []*node) error {
	for _, n := range nodes {
		for _, d := range n.Entity.Fields {
			if err := annotateField(n.GoFields[d.Name], d, n.HasOneFieldID() && d == n.Entity.ID()); err != nil {
				return err
			}
		}
		for _, d := range n.Entity.Edges {
			a := entgql.Annotation{RelayConnection: d.ToMany()}
			if d.GraphQL == "" {
				a = entgql.Annotation{Skip: entgql.SkipAll}
			}
			e := n.GoEdges[d.Name]
			e.Annotations = entschema.Annotated(e.Annotations, a.Name(), a)
		}
		a := entgql.Annotation{
			RelayConnection: true, MultiOrder: true,
			QueryField: &entgql.FieldConfig{Name: listField(n)},
		}
		if !n.InAPI() {
			a = entgql.Annotation{Skip: entgql.SkipAll}
		}
		n.Annotations = entschema.Annotated(n.Annotations, a.Name(), a)
	}
	return nil
}

func annotateField(f *gen.Field, d *entity.Field, isID bool) error {
	var show expose.Exposure
	if err := entschema.Annotation(f.Annotations, show.Name(), &show); err != nil {
		return err
	}
	a := entgql.Annotation{Type: show.Type}
	switch {
	case isID:
		a.Type = "ID"
	case a.Type == "":
		a.Type = scalar(d)
	}
	if d.Order {
		a.OrderField = upper(d.Name)
	}
	if !d.Read {
		a.Skip = entgql.SkipAll
	}
	f.Annotations = entschema.Annotated(f.Annotations, a.Name(), a)
	return nil
}

// scalar names the GraphQL type of a kind, or "" where entgql knows best.
func scalar(d *entity.Field) string {
	if d.Target != "" {
		return "ID"
	}
	switch d.Kind {
	case entity.BigInt:
		return "BigInt"
	case entity.UUID:
		return "UUID"
	case entity.Date:
		return "Date"
	case entity.JSON:
		return "JSON"
	case entity.Strings:
		return "[String!]"
	case entity.Bytes:
		return "Base64"
	default:
		return ""
	}
}
