package entext

import (
	"maps"

	"entgo.io/contrib/entgql"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
)

// annotate writes what the framework's annotations mean for Ent's SQL schema
// and for entgql into the graph, before anything is generated from it.
func annotate(nodes []*node) error {
	for _, n := range nodes {
		checks := map[string]string{}
		for _, d := range n.Entity.Fields {
			f := n.GoFields[d.Name]
			maps.Copy(checks, d.Rules.Checks(n.Table(), d.Column))
			if err := sizeColumn(f, d); err != nil {
				return err
			}
			if err := annotateField(f, d, n.HasOneFieldID() && d == n.Entity.ID()); err != nil {
				return err
			}
		}
		if err := addChecks(n.Type, checks); err != nil {
			return err
		}
		for _, d := range n.Entity.Edges {
			a := entgql.Annotation{RelayConnection: d.ToMany()}
			if d.GraphQL == "" {
				a = entgql.Annotation{Skip: entgql.SkipAll}
			}
			e := n.GoEdges[d.Name]
			e.Annotations = with(e.Annotations, a.Name(), a)
		}
		a := entgql.Annotation{
			RelayConnection: true, MultiOrder: true,
			QueryField: &entgql.FieldConfig{Name: camel(snake(plural(n.Name)))},
		}
		if !n.InAPI() {
			a = entgql.Annotation{Skip: entgql.SkipAll}
		}
		n.Annotations = with(n.Annotations, a.Name(), a)
	}
	return nil
}

func annotateField(f *gen.Field, d *entity.Field, isID bool) error {
	var show expose.Exposure
	if err := decode(f.Annotations, show.Name(), &show); err != nil {
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
	f.Annotations = with(f.Annotations, a.Name(), a)
	return nil
}

// scalar names the GraphQL type of a kind, or "" where entgql knows best.
func scalar(d *entity.Field) string {
	switch d.Kind {
	case entity.BigInt:
		if d.Target != "" {
			return "ID"
		}
		return "BigInt"
	case entity.UUID:
		if d.Target != "" {
			return "ID"
		}
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

// sizeColumn gives a text column the length that the rules allow.
func sizeColumn(f *gen.Field, d *entity.Field) error {
	if d.Rules.MaxLen == nil || !f.IsString() {
		return nil
	}
	var a entsql.Annotation
	if err := decode(f.Annotations, a.Name(), &a); err != nil {
		return err
	}
	if a.Size == 0 {
		a.Size = int64(*d.Rules.MaxLen)
	}
	f.Annotations = with(f.Annotations, a.Name(), a)
	return nil
}

func addChecks(t *gen.Type, checks map[string]string) error {
	if len(checks) == 0 {
		return nil
	}
	var a entsql.Annotation
	if err := decode(t.Annotations, a.Name(), &a); err != nil {
		return err
	}
	if a.Checks == nil {
		a.Checks = map[string]string{}
	}
	maps.Copy(a.Checks, checks)
	t.Annotations = with(t.Annotations, a.Name(), a)
	return nil
}

// with returns the annotations with one replaced. Ent shares the maps between
// a mixin's users, so they are never changed in place.
func with(annotations map[string]any, name string, value any) map[string]any {
	copied := maps.Clone(annotations)
	if copied == nil {
		copied = map[string]any{}
	}
	copied[name] = value
	return copied
}
