package entext

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/relay"
)

// shared are the types that pages of all entities use.
func shared(s *ast.Schema) error {
	required := func(name, named, about string) *ast.FieldDefinition {
		return &ast.FieldDefinition{Name: name, Type: ast.NonNullNamedType(named, nil), Description: about}
	}
	return addTypes(s,
		&ast.Definition{
			Kind: ast.Enum, Name: "Precision", Description: "How sure a number of rows is.",
			EnumValues: ast.EnumValueList{
				{Name: string(relay.Exact)},
				{Name: string(relay.AtLeast), Description: "Counting stopped at the limit, and there are more."},
				{Name: string(relay.Estimated), Description: "The database guessed."},
			},
		},
		&ast.Definition{
			Kind: ast.Object, Name: "Total", Description: "A number of rows.",
			Fields: ast.FieldList{
				required("value", "Int", ""), required("precision", "Precision", ""),
				required("text", "String", "As people read it: 42, 1000+, ~12000."),
			},
		},
		&ast.Definition{
			Kind: ast.Object, Name: "Pagination", Description: "Where a page lies in its list.",
			Fields: ast.FieldList{
				required("currentPage", "Int", ""), required("perPage", "Int", ""),
				required("total", "Int", "Rows of the whole list."),
				required("lastPage", "Int", "0 where the list is empty."),
				required("from", "Int", "Place of the first row of the page, counted from 1; 0 where the page is empty."),
				required("to", "Int", "Place of the last row of the page; 0 where the page is empty."),
				required("hasNext", "Boolean", ""), required("hasPrev", "Boolean", ""),
			},
		})
}

// pages lets lists of the entity be ordered, counted and read by page number.
func pages(s *ast.Schema, n *node) error {
	name := n.Entity.GraphQL
	if err := orders(s, n); err != nil {
		return err
	}
	connection := s.Types[name+"Connection"]
	connection.Fields = append(connection.Fields, &ast.FieldDefinition{
		Name: "total", Type: ast.NonNullNamedType("Total", nil),
		Description: "The number of rows, for less than an exact count costs.",
		Arguments: ast.ArgumentDefinitionList{
			{Name: "upTo", Type: ast.NamedType("Int", nil), Description: "Stop counting there."},
			{Name: "estimate", Type: ast.NamedType("Boolean", nil), Description: "Let the database guess what is beyond upTo, default 1000."},
		},
	})
	query := s.Types["Query"]
	query.Fields = append(query.Fields, &ast.FieldDefinition{
		Name: listField(n) + "Page", Type: ast.NonNullNamedType(name+"Page", nil),
		Description: "One page of " + name + " rows by its number. Prefer " + listField(n) + " for lists that are long or change.",
		Arguments: ast.ArgumentDefinitionList{
			{Name: "page", Type: ast.NamedType("Int", nil), DefaultValue: &ast.Value{Kind: ast.IntValue, Raw: "1"}},
			{Name: "perPage", Type: ast.NamedType("Int", nil)},
			{Name: "orderBy", Type: ast.ListType(ast.NonNullNamedType(name+"Order", nil), nil)},
			{Name: "where", Type: ast.NamedType(name+"WhereInput", nil)},
		},
	})
	return addTypes(s, &ast.Definition{
		Kind: ast.Object, Name: name + "Page", Description: "A page of " + name + " rows.",
		Fields: ast.FieldList{
			{Name: "data", Type: ast.NonNullListType(ast.NonNullNamedType(name, nil), nil)},
			{Name: "pagination", Type: ast.NonNullNamedType("Pagination", nil)},
			{Name: "filters", Type: ast.NonNullNamedType("JSON", nil), Description: "The filter, as it was applied."},
		},
	})
}

// orders replaces entgql's order inputs: a term is a field or a count, or leads
// through an edge to one.
func orders(s *ast.Schema, n *node) error {
	name := n.Entity.GraphQL
	fields := &ast.Definition{
		Kind: ast.Enum, Name: name + "OrderField",
		Description: "What " + name + " rows can be ordered by. NULL is the smallest value.",
	}
	for _, f := range relay.OrderFields(n.Entity) {
		fields.EnumValues = append(fields.EnumValues, &ast.EnumValueDefinition{Name: string(f)})
	}
	s.Types[fields.Name] = fields
	order := &ast.Definition{
		Kind: ast.InputObject, Name: name + "Order",
		Description: "One term of an order: field with a direction, or one edge with the term at its end.",
		Fields: ast.FieldList{
			{Name: "field", Type: ast.NamedType(fields.Name, nil)},
			{
				Name: "direction", Type: ast.NonNullNamedType("OrderDirection", nil),
				DefaultValue: &ast.Value{Kind: ast.EnumValue, Raw: string(relay.Ascending)},
			},
		},
	}
	for _, e := range relay.OrderEdges(n.Entity) {
		if order.Fields.ForName(e.GraphQL) != nil {
			return fmt.Errorf("entext: %s.%s: an edge of that name cannot be told from the keys of an order; rename it, or hide it with expose.Hidden()", n.Name, e.Name)
		}
		order.Fields = append(order.Fields, &ast.FieldDefinition{Name: e.GraphQL, Type: ast.NamedType(e.Target+"Order", nil)})
	}
	s.Types[order.Name] = order
	return nil
}

// addTypes refuses a type whose name an entity has taken.
func addTypes(s *ast.Schema, defs ...*ast.Definition) error {
	for _, def := range defs {
		if s.Types[def.Name] != nil {
			return fmt.Errorf("entext: the schema needs the name %s for a type of its own; rename what has it", def.Name)
		}
		s.AddTypes(def)
	}
	return nil
}
