package entext

import (
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/relay"
)

// aggregates adds to the connection of an entity what package relay computes
// over its rows. The types are objects for clients only: gqlgen takes each for
// a scalar, so they need no code; see aggregateTypes.
func aggregates(s *ast.Schema, n *node, nodes []*node) error {
	e := n.Entity
	for _, name := range append(aggregateTypes(e), aggregateInputs(e)...) {
		if s.Types[name] != nil {
			return fmt.Errorf("entext: the API has a type %s of its own; give the entity another name", name)
		}
	}
	functions := functionFields(s, n)
	registry := make(entity.Registry, len(nodes))
	for _, other := range nodes {
		registry[other.Name] = other.Entity
	}
	groupings := relay.Groupings(registry, e)
	count := &ast.FieldDefinition{Name: "count", Type: ast.NonNullNamedType("Int", nil), Description: "How many rows."}
	whole := &ast.Definition{
		Kind: ast.Object, Name: relay.AggregateType(e, ""),
		Description: "What is computed over rows of " + e.GraphQL + ". NULLs take no part; a sum, average, minimum or maximum of nothing is null.",
		Fields:      append(ast.FieldList{count}, functions...),
	}
	connection := s.Types[e.GraphQL+"Connection"]
	connection.Fields = append(connection.Fields, &ast.FieldDefinition{
		Name: "aggregate", Type: ast.NonNullNamedType(whole.Name, nil),
		Description: "Over all rows that satisfy the filter, of whatever page.",
	})
	if key := groupKey(s, n, groupings); len(key.Fields) > 0 {
		group := &ast.Definition{
			Kind: ast.Object, Name: relay.AggregateType(e, "group"),
			Description: "Rows of " + e.GraphQL + " that have the same key.",
			Fields: append(ast.FieldList{
				{Name: "key", Type: ast.NonNullNamedType(key.Name, nil), Description: "What the rows have in common. Only what they are grouped by may be read."}, count,
			}, functions...),
		}
		s.AddTypes(key, group, groupBy(e, groupings), groupOrder(e), groupOrderField(e, groupings))
		connection.Fields = append(connection.Fields, groupsField(e))
	}
	s.AddTypes(whole)
	return nil
}

// aggregateTypes names the types that aggregates of an entity may consist of.
func aggregateTypes(e *entity.Entity) []string {
	names := make([]string, 0, 8)
	for _, part := range []string{"", "group", "key", string(relay.CountDistinct), string(relay.Sum), string(relay.Avg), string(relay.Min)} {
		names = append(names, relay.AggregateType(e, part))
	}
	return names
}

// aggregateInputs names the types of the arguments of groups.
func aggregateInputs(e *entity.Entity) []string {
	return []string{relay.AggregateType(e, "by"), relay.AggregateType(e, "order"), relay.AggregateType(e, "orderField")}
}

// functionFields are the fields for the functions, with their types.
func functionFields(s *ast.Schema, n *node) ast.FieldList {
	about := map[relay.Function]string{
		relay.CountDistinct: "How many different values.",
		relay.Sum:           "Exact for whole numbers.",
		relay.Avg:           "The mean.",
		relay.Min:           "The smallest value.",
		relay.Max:           "The largest value.",
	}
	var fields ast.FieldList
	for _, fn := range relay.Functions() {
		def := &ast.Definition{Kind: ast.Object, Name: relay.AggregateType(n.Entity, string(fn))}
		for _, f := range n.Entity.Fields {
			if t := functionType(s, n, fn, f); t != nil {
				def.Fields = append(def.Fields, &ast.FieldDefinition{Name: f.GraphQL, Type: t})
			}
		}
		if len(def.Fields) > 0 {
			s.AddTypes(def)
			fields = append(fields, &ast.FieldDefinition{Name: string(fn), Type: ast.NonNullNamedType(def.Name, nil), Description: about[fn]})
		}
	}
	return fields
}

// functionType is the type of a function of a field, or nil.
func functionType(s *ast.Schema, n *node, fn relay.Function, f *entity.Field) *ast.Type {
	if !fn.Takes(n.Entity, f) {
		return nil
	}
	switch fn {
	case relay.CountDistinct:
		return ast.NonNullNamedType("Int", nil)
	case relay.Sum:
		if f.Kind != entity.Float {
			return ast.NamedType("Decimal", nil)
		}
		return ast.NamedType("Float", nil)
	case relay.Avg:
		return ast.NamedType("Float", nil)
	default:
		return shownType(s, n, f)
	}
}

// shownType is the type of a field in the API, nullable; nil where the
// application has a type of its own for it, whose form is not known here.
func shownType(s *ast.Schema, n *node, f *entity.Field) *ast.Type {
	var show expose.Exposure
	_ = entschema.Annotation(n.GoFields[f.Name].Annotations, show.Name(), &show) // read once already
	def := s.Types[n.Entity.GraphQL].Fields.ForName(f.GraphQL)
	if show.Type != "" || def == nil {
		return nil
	}
	return ast.NamedType(def.Type.Name(), nil)
}

// groupKey is the type of the keys of groups.
func groupKey(s *ast.Schema, n *node, groupings []relay.Grouping) *ast.Definition {
	def := &ast.Definition{Kind: ast.Object, Name: relay.AggregateType(n.Entity, "key")}
	for _, g := range groupings {
		var t *ast.Type
		switch {
		case g.Via != nil:
			t = ast.NamedType("ID", nil)
		case g.Bucket != relay.NoBucket:
			t = ast.NamedType("Date", nil)
		default:
			t = shownType(s, n, g.Field)
		}
		if t != nil {
			def.Fields = append(def.Fields, &ast.FieldDefinition{Name: g.Key, Type: t})
		}
	}
	return def
}

func groupBy(e *entity.Entity, groupings []relay.Grouping) *ast.Definition {
	def := &ast.Definition{
		Kind: ast.Enum, Name: relay.AggregateType(e, "by"),
		Description: "What rows of " + e.GraphQL + " can be grouped by. Days, weeks from Monday, months and years are those of UTC.",
	}
	for _, g := range groupings {
		def.EnumValues = append(def.EnumValues, &ast.EnumValueDefinition{Name: g.Name})
	}
	return def
}

func groupOrder(e *entity.Entity) *ast.Definition {
	return &ast.Definition{
		Kind: ast.InputObject, Name: relay.AggregateType(e, "order"),
		Description: "Ordering options for groups of " + e.GraphQL + ".",
		Fields: ast.FieldList{
			{
				Name: "direction", Type: ast.NonNullNamedType("OrderDirection", nil), Description: "The ordering direction.",
				DefaultValue: &ast.Value{Kind: ast.EnumValue, Raw: "ASC"},
			},
			{Name: "field", Type: ast.NonNullNamedType(relay.AggregateType(e, "orderField"), nil), Description: "What to order by."},
		},
	}
}

func groupOrderField(e *entity.Entity, groupings []relay.Grouping) *ast.Definition {
	def := &ast.Definition{
		Kind: ast.Enum, Name: relay.AggregateType(e, "orderField"),
		Description: "What groups of " + e.GraphQL + " can be ordered by: the number of their rows, an aggregate, or what they are grouped by.",
	}
	add := func(name string) {
		if def.EnumValues.ForName(name) == nil {
			def.EnumValues = append(def.EnumValues, &ast.EnumValueDefinition{Name: name})
		}
	}
	add(relay.CountOrder)
	for _, fn := range relay.Functions() {
		for _, f := range e.Fields {
			if fn.Orders() && fn.Takes(e, f) {
				add(fn.OrderName(f))
			}
		}
	}
	for _, g := range groupings {
		add(g.Name)
	}
	return def
}

func groupsField(e *entity.Entity) *ast.FieldDefinition {
	list := func(name string) *ast.Type { return ast.ListType(ast.NonNullNamedType(name, nil), nil) }
	by, groups := list(relay.AggregateType(e, "by")), list(relay.AggregateType(e, "group"))
	by.NonNull, groups.NonNull = true, true
	return &ast.FieldDefinition{
		Name: "groups", Type: groups,
		Description: "The rows that satisfy the filter, of whatever page, in groups. A null in the key is a group of its own.",
		Arguments: ast.ArgumentDefinitionList{
			{Name: "by", Type: by, Description: "What the rows of a group have in common."},
			{Name: "orderBy", Type: list(relay.AggregateType(e, "order")), Description: "The order of the groups; the key completes it."},
			{Name: "first", Type: ast.NamedType("Int", nil), Description: "The most groups to return."},
			{Name: "minCount", Type: ast.NamedType("Int", nil), Description: "Leave out groups of fewer rows."},
		},
	}
}

// computed makes gqlgen see aggregates as scalars without arguments: package
// relay reads both from the running document. The schema that is served keeps
// them as they are.
func computed(cfg *config.Config) {
	opaque := func(name string) bool {
		model := cfg.Models[name].Model
		return len(model) > 0 && model[0] == relayPackage+".JSON"
	}
	for name, def := range cfg.Schema.Types {
		if def.Kind != ast.Object {
			continue
		}
		for _, f := range def.Fields {
			if len(f.Arguments) > 0 && opaque(f.Type.Name()) && strings.HasSuffix(f.Type.Name(), "AggregateGroup") {
				f.Arguments = nil
			}
		}
		if opaque(name) {
			def.Kind, def.Fields = ast.Scalar, nil
		}
	}
}
