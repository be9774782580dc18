package tracker_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/internal/tracker/ent"
	"github.com/framefox-go/framefox/framework/relay"
)

// entities are those that the generator writes.
var entities = map[string]struct {
	list   string // root connection
	fields string // what is read of a row
}{
	"Project": {"projects", "id name code budget archived leadID version lead { id name } members(first: 3) { totalCount edges { node { id } } }"},
	"Task": {"tasks", `id title body state rank estimate points urgent due startedAt watchers projectID assigneeID parentID version
		project { id code } assignee { id badge { number } } parent { id title } children(first: 2) { totalCount pageInfo { hasNextPage } edges { node { id } } }
		labels(orderBy: [{field: NAME}]) { edges { node { name } } } notes { totalCount }`},
	"Person": {"people", "id email name nickname version badge { id number } tasks(first: 2, orderBy: [{field: RANK, direction: DESC}]) { totalCount edges { node { id } } }"},
	"Label":  {"labels", "id name color tasks { totalCount }"},
	"Note":   {"notes", "id text task { id } author { id }"},
	"Badge":  {"badges", "id number person { id }"},
}

// value makes a value for an input of the field, now and then a wrong one.
func (g *generator) value(f *entity.Field) any {
	if f.Target != "" {
		if row := g.row(f.Target); row != "" {
			return row
		}
		return "bm8gaWQ"
	}
	switch f.Kind {
	case entity.Bool:
		return g.IntN(2) == 0
	case entity.Int, entity.BigInt:
		return pick(g, 0, 1, 2, 3, -1, 1<<31-1, -1<<31)
	case entity.Float:
		return pick(g, 0, 0.5, 1.25, -2.75, 1e10, 0.1)
	case entity.Enum:
		return pick(g, f.Enum...)
	case entity.Time:
		return pick(g, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2026-01-01T01:30:00+01:30", "1999-12-31T23:59:59.5Z")
	case entity.Date:
		return pick(g, "2026-01-01", "2026-02-28", "1999-12-31")
	case entity.Strings:
		return pick[any](g, []any{}, []any{"a"}, []any{"a", "é"}, []any{"b b", "", "a"})
	case entity.JSON:
		return pick[any](g, map[string]any{}, map[string]any{"a": 1, "b": []any{true, nil}}, map[string]any{"é": "x"})
	default:
		return g.text(f)
	}
}

func (g *generator) text(f *entity.Field) string {
	if f.Rules.Email {
		return pick(g, "a", "b", "c", "é") + strconv.Itoa(g.IntN(8)) + pick(g, "@example.org", "@Example.ORG", "")
	}
	return pick(g, "", "a", "A", "b", "é", "É", "e", "z%", "_", `\`, "a b", "ß", "😀", "a'b", `"`) + pick(g, "", "a", "b", strconv.Itoa(g.IntN(9)))
}

// input makes the inputs of an entity, the required ones always.
func (g *generator) input(e *entity.Entity, creating bool) map[string]any {
	in := map[string]any{}
	for _, f := range e.Fields {
		if creating && !f.Create || !creating && !f.Update {
			continue
		}
		switch {
		case creating && f.Required && g.IntN(30) > 0, g.IntN(3) == 0:
			in[f.GraphQL] = g.value(f)
		case f.Nullable && g.IntN(6) == 0:
			in[f.GraphQL] = nil
		}
	}
	return in
}

func (g *generator) create() operation {
	g.count++
	// Parents are made more often at first, so that children find some.
	name := pick(g, "Project", "Person", "Label", "Task", "Task", "Task", "Note", "Badge")
	if g.count < 6 {
		name = pick(g, "Project", "Person", "Label")
	}
	e := ent.Entities()[name]
	row := ref(fmt.Sprintf("%s %d", name, g.count))
	g.rows[name] = append(g.rows[name], row)
	return operation{
		document:  fmt.Sprintf("mutation($input: Create%[1]sInput!) { create%[1]s(input: $input) { id %[2]s } }", name, entities[name].fields),
		variables: map[string]any{"input": g.input(e, true)},
		bind:      row, path: []any{"create" + name, "id"},
	}
}

func (g *generator) update() operation {
	name := pick(g, "Project", "Person", "Label", "Task", "Task", "Task")
	e := ent.Entities()[name]
	variables := map[string]any{"id": g.row(name), "input": g.input(e, false)}
	declare, pass := "", ""
	if e.Version != nil {
		declare, pass = ", $version: BigInt", ", expectedVersion: $version"
		if g.IntN(3) == 0 {
			variables["version"] = 1 + g.IntN(3)
		}
	}
	return operation{
		document: fmt.Sprintf("mutation($id: ID!, $input: Update%[1]sInput!%[3]s) { update%[1]s(id: $id, input: $input%[4]s) { %[2]s } }",
			name, entities[name].fields, declare, pass),
		variables: variables,
	}
}

func (g *generator) remove() operation {
	name, what := pick(g, "Project", "Person", "Label", "Task", "Task", "Note"), "delete"
	result := ""
	if ent.Entities()[name].SoftDelete != nil && g.IntN(2) == 0 {
		what, result = "restore", " { id }"
	}
	return operation{
		document:  fmt.Sprintf("mutation($id: ID!) { %s%s(id: $id)%s }", what, name, result),
		variables: map[string]any{"id": g.row(name)},
	}
}

// list reads a page, forwards or from its end.
func (g *generator) list() operation {
	name := pick(g, keys(entities)...)
	e := ent.Entities()[name]
	variables := map[string]any{pick(g, "first", "last"): g.IntN(5)}
	if g.IntN(4) > 0 {
		variables["where"] = g.where(e, 2)
	}
	var order []any
	for range g.IntN(3) {
		order = append(order, map[string]any{"field": g.orderField(e), "direction": pick(g, "ASC", "DESC")})
	}
	variables["orderBy"] = order
	return operation{
		document: fmt.Sprintf(`query($first: Int, $last: Int, $where: %[1]sWhereInput, $orderBy: [%[1]sOrder!]) {
	%[2]s(first: $first, last: $last, where: $where, orderBy: $orderBy) { totalCount
		pageInfo { hasNextPage hasPreviousPage } edges { node { %[3]s } } } }`, name, entities[name].list, entities[name].fields),
		variables: variables,
	}
}

// orderField picks a field to order by. The key of a project is random, so
// the databases would not agree on it.
func (g *generator) orderField(e *entity.Entity) string {
	for {
		f := e.Fields[g.IntN(len(e.Fields))]
		if f.Order && f.Kind != entity.UUID && f.Name != "created_at" && f.Name != "updated_at" {
			return strings.ToUpper(f.Name)
		}
	}
}

// where makes a filter, now and then one that is refused.
func (g *generator) where(e *entity.Entity, depth int) map[string]any {
	where := map[string]any{}
	for range 1 + g.IntN(2) {
		switch n := g.IntN(12); {
		case n == 0 && depth > 0:
			where["not"] = g.where(e, depth-1)
		case n == 1 && depth > 0:
			where[pick(g, "and", "or")] = []any{g.where(e, depth-1), g.where(e, depth-1)}
		case n < 5 && depth > 0:
			edge := e.Edges[g.IntN(len(e.Edges))]
			if g.IntN(2) == 0 {
				where[relay.HasEdge(edge)] = g.IntN(2) == 0
			} else {
				where[relay.HasEdge(edge)+"With"] = []any{g.where(ent.Entities()[edge.Target], depth-1)}
			}
		default:
			g.predicate(e, where)
		}
	}
	return where
}

func (g *generator) predicate(e *entity.Entity, where map[string]any) {
	f := e.Fields[g.IntN(len(e.Fields))]
	if !f.Filter || f.Name == "created_at" || f.Name == "updated_at" || f.Name == "id" {
		return
	}
	ops := relay.Operators(f)
	op := ops[g.IntN(len(ops))]
	var operand any
	switch op.Takes {
	case relay.TakesFlag:
		operand = g.IntN(2) == 0
	case relay.TakesList:
		list := []any{}
		for range g.IntN(3) {
			list = append(list, g.value(f))
		}
		operand = list
	case relay.TakesValue:
		operand = g.value(f)
	}
	where[f.GraphQL+op.Suffix] = operand
}
