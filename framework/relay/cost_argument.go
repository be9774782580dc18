package relay

import (
	"math"
	"reflect"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// What parts of a statement cost. What looks through an edge is a subquery.
const (
	costOfEdge  = 5
	listPerCost = 100 // values of an IN list
)

// arguments counts what the arguments of a field add to its statement, by their
// types.
func (b *bill) arguments(f *ast.Field, args map[string]any) float64 {
	sum := 0.0
	for _, arg := range f.Definition.Arguments {
		if v, ok := args[arg.Name]; ok && arg.Name != "ids" {
			sum += b.weigh(arg.Type, v)
		}
	}
	return sum
}

// weigh counts one argument: the predicates of a filter, the terms of an order,
// or the nodes of an input.
func (b *bill) weigh(t *ast.Type, v any) float64 {
	if v == nil {
		return 0
	}
	name := t.Name()
	def := b.schema.Types[name]
	switch {
	case def == nil || def.Kind != ast.InputObject:
		if name == "ID" && t.Elem != nil {
			return float64(len(items(v))) // rows that are linked
		}
		return 0
	case strings.HasSuffix(name, "WhereInput"):
		return predicates(v)
	case strings.HasSuffix(name, "Order"):
		return orders(v)
	}
	sum := 0.0
	for _, item := range items(v) {
		object, ok := item.(map[string]any)
		if !ok {
			continue
		}
		sum++
		for _, field := range def.Fields {
			sum += b.weigh(field.Type, object[field.Name])
		}
	}
	return sum
}

// predicates counts those of a filter, and'ed, or'ed and nested ones included.
func predicates(v any) float64 {
	switch t := v.(type) {
	case map[string]any:
		sum := 0.0
		for key, inner := range t {
			sum += 1 + predicates(inner)
			if strings.HasPrefix(key, "has") && (isObject(inner) || strings.HasSuffix(key, "With")) {
				sum += costOfEdge - 1
			}
		}
		return sum
	case nil, string, bool:
		return 0
	}
	if reflect.TypeOf(v).Kind() != reflect.Slice {
		return 0
	}
	sum, values := 0.0, 0
	for _, item := range items(v) {
		if isObject(item) {
			sum += predicates(item)
		} else {
			values++
		}
	}
	return sum + math.Floor(float64(values)/listPerCost)
}

// orders counts the terms of an order; one through an edge, or by the number
// of rows there, is a subquery for each row.
func orders(v any) float64 {
	sum := 0.0
	for _, item := range items(v) {
		term, ok := item.(map[string]any)
		if !ok {
			continue
		}
		sum++
		for _, inner := range term {
			if text, ok := inner.(string); ok && strings.HasSuffix(text, "_COUNT") {
				sum += costOfEdge
			}
			if isObject(inner) {
				sum += costOfEdge + orders(inner)
			}
		}
	}
	return sum
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}
