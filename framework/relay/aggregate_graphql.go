package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/framefox-go/framefox/framework/entity"
)

// AggregateType names a type of the API that aggregates of the entity consist
// of: PostAggregate, or the one of a field in it, PostAggregateSum.
func AggregateType(e *entity.Entity, field string) string {
	switch Function(field) {
	case Min, Max:
		field = "minMax"
	default:
	}
	if field != "" {
		field = capital(field)
	}
	return e.GraphQL + "Aggregate" + field
}

// Fields of connections, and of what they give.
const (
	aggregateField = "aggregate"
	groupsField    = "groups"
	groupType      = "group" // of one of the groups: PostAggregateGroup
	keyField       = "key"
	countLeaf      = "count"
	typeNameField  = "__typename"
)

// Aggregates is what a connection computed over all its rows, of whatever
// page. Generated connections embed it.
type Aggregates struct{ fields map[string]computed }

// computed is the value of one field, by its name in the answer.
type computed struct {
	groups []JSON
	err    error
}

// Aggregate resolves the field of that name.
func (a Aggregates) Aggregate(ctx context.Context) (JSON, error) {
	groups, err := a.Groups(ctx)
	if err != nil {
		return JSON{}, err
	}
	return groups[0], nil
}

// Groups resolves the field of that name.
func (a Aggregates) Groups(ctx context.Context) ([]JSON, error) {
	found, ok := a.fields[graphql.GetFieldContext(ctx).Field.Alias]
	if !ok {
		return nil, errors.New("relay: cannot aggregate: the connection is not that of the running field")
	}
	return found.groups, found.err
}

// picked is a field that is selected.
type picked struct {
	alias, name string
	sub         []picked
}

// wantedAggregate is one field of a connection that aggregates.
type wantedAggregate struct {
	picked
	field *ast.Field
}

// wantAggregate reads the selection below a field aggregate or groups.
func wantAggregate(op *graphql.OperationContext, e *entity.Entity, f graphql.CollectedField) wantedAggregate {
	of := ""
	if f.Name == groupsField {
		of = groupType
	}
	w := wantedAggregate{field: f.Field, picked: picked{alias: f.Alias, name: f.Name}}
	for _, sub := range graphql.CollectFields(op, f.Selections, []string{AggregateType(e, of)}) {
		p := picked{alias: sub.Alias, name: sub.Name}
		for _, leaf := range graphql.CollectFields(op, sub.Selections, []string{AggregateType(e, sub.Name)}) {
			p.sub = append(p.sub, picked{alias: leaf.Alias, name: leaf.Name})
		}
		w.sub = append(w.sub, p)
	}
	return w
}

// aggregatesKey tells selections of aggregates apart. The arguments are those
// of a place in the document.
func aggregatesKey(list []wantedAggregate) string {
	var b strings.Builder
	for _, w := range list {
		fmt.Fprintf(&b, "%s %p %v;", w.alias, w.field, w.sub)
	}
	return b.String()
}

// loadAggregates computes the fields for each owner of the rows; at the root
// the owner is nil. A field that fails does not take the others with it.
func loadAggregates(ctx context.Context, rows rowset, list []wantedAggregate) map[any]Aggregates {
	if len(list) == 0 {
		return nil
	}
	keys := rows.keys
	if rows.edge == nil {
		keys = []any{nil}
	}
	loaded := make(map[any]Aggregates, len(keys))
	for _, key := range keys {
		loaded[key] = Aggregates{make(map[string]computed, len(list))}
	}
	for _, w := range list {
		found, err := w.load(ctx, rows)
		for _, key := range keys {
			loaded[key].fields[w.alias] = computed{found[key], err}
		}
	}
	return loaded
}

func (w wantedAggregate) load(ctx context.Context, rows rowset) (map[any][]JSON, error) {
	spec, err := w.spec(graphql.GetOperationContext(ctx).Variables)
	if err != nil {
		return nil, err
	}
	shape, err := newShape(rows.src.Entities(), rows.entity, w.sub, &spec)
	if err != nil {
		return nil, err
	}
	plan, err := newAggregation(rows.src, rows.entity, spec)
	if err != nil {
		return nil, err
	}
	found, err := plan.load(ctx, rows)
	if err != nil {
		return nil, err
	}
	documents := make(map[any][]JSON, len(found))
	for key, results := range found {
		list := make([]JSON, len(results))
		for i, r := range results {
			list[i] = JSON{shape.answer(rows.src.Entities(), r)}
		}
		documents[key] = list
	}
	return documents, nil
}

// spec reads the arguments of groups.
func (w wantedAggregate) spec(variables map[string]any) (AggregateSpec, error) {
	var spec AggregateSpec
	if w.name != groupsField {
		return spec, nil
	}
	args := w.field.ArgumentMap(variables)
	for _, v := range items(args["by"]) {
		name, ok := v.(string)
		if !ok {
			return spec, bad("by", "must be a list of what to group by")
		}
		spec.By = append(spec.By, name)
	}
	if len(spec.By) == 0 {
		return spec, bad("by", "must not be an empty list; use aggregate to take all rows together")
	}
	if v := args["first"]; v != nil {
		n, err := parseInt(v)
		if err != nil {
			return spec, bad("first", "%s", err.Error())
		}
		spec.First = new(int(n))
	}
	if v := args["minCount"]; v != nil {
		n, err := parseInt(v)
		if err != nil || n < 0 {
			return spec, bad("minCount", "must be a number of rows")
		}
		spec.MinCount = int(n)
	}
	if v := args["orderBy"]; v != nil {
		for i, item := range items(v) {
			o := new(Order)
			if err := o.UnmarshalGQL(item); err != nil {
				return spec, bad(fmt.Sprintf("orderBy[%d]", i), "%s", err.Error())
			}
			spec.OrderBy = append(spec.OrderBy, o)
		}
	}
	return spec, nil
}
