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
		return choose(g, 0, 1, 2, 3, -1, 1<<31-1, -1<<31)
	case entity.Float:
		return choose(g, 0, 0.5, 1.25, -2.75, 1e10, 0.1)
	case entity.Enum:
		return choose(g, f.Enum...)
	case entity.Time:
		return choose(g, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2026-01-01T01:30:00+01:30", "1999-12-31T23:59:59.5Z")
	case entity.Date:
		return choose(g, "2026-01-01", "2026-02-28", "1999-12-31")
	case entity.Strings:
		return choose[any](g, []any{}, []any{"a"}, []any{"a", "é"}, []any{"b b", "", "a"})
	case entity.JSON:
		return choose[any](g, map[string]any{}, map[string]any{"a": 1, "b": []any{true, nil}}, map[string]any{"é": "x"})
	default:
		return g.text(f)
	}
}

func (g *generator) text(f *entity.Field) string {
	if f.Rules.Email {
		return choose(g, "a", "b", "c", "é") + strconv.Itoa(g.IntN(8)) + choose(g, "@example.org", "@Example.ORG", "")
	}
	return choose(g, "", "a", "A", "b", "é", "É", "e", "z%", "_", `\`, "a b", "ß", "😀", "a'b", `"`) + choose(g, "", "a", "b", strconv.Itoa(g.IntN(9)))
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
	name := choose(g, "Project", "Person", "Label", "Task", "Task", "Task", "Note", "Badge")
	if g.count < 6 {
		name = choose(g, "Project", "Person", "Label")
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
	name := choose(g, "Project", "Person", "Label", "Task", "Task", "Task")
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
	name, what := choose(g, "Project", "Person", "Label", "Task", "Task", "Note"), "delete"
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
	name := choose(g, keys(entities)...)
	e := ent.Entities()[name]
	variables := g.filtered(e)
	variables[choose(g, "first", "last")] = g.IntN(5)
	declare, inner := "", ""
	if edge := e.Edges[g.IntN(len(e.Edges))]; edge.ToMany() { // the same of an edge, for several rows at once
		target := ent.Entities()[edge.Target]
		more := g.filtered(target)
		variables["where2"], variables["orderBy2"] = more["where"], more["orderBy"]
		declare = fmt.Sprintf(", $where2: %[1]sWhereInput, $orderBy2: [%[1]sOrder!]", target.GraphQL)
		inner = fmt.Sprintf(" more: %s(first: 2, where: $where2, orderBy: $orderBy2) { totalCount total(upTo: 1) { text } edges { node { id } } }", edge.GraphQL)
	}
	return operation{
		document: fmt.Sprintf(`query($first: Int, $last: Int, $where: %[1]sWhereInput, $orderBy: [%[1]sOrder!]%[4]s) {
	%[2]s(first: $first, last: $last, where: $where, orderBy: $orderBy) { totalCount total(upTo: 3) { value text }
		pageInfo { hasNextPage hasPreviousPage } edges { node { %[3]s%[5]s } } } }`, name, entities[name].list, entities[name].fields, declare, inner),
		variables: variables,
	}
}

// page reads a page by its number.
func (g *generator) page() operation {
	name := choose(g, keys(entities)...)
	variables := g.filtered(ent.Entities()[name])
	variables["page"], variables["perPage"] = g.IntN(4), 1+g.IntN(4)
	return operation{
		document: fmt.Sprintf(`query($page: Int, $perPage: Int, $where: %[1]sWhereInput, $orderBy: [%[1]sOrder!]) {
	%[2]sPage(page: $page, perPage: $perPage, where: $where, orderBy: $orderBy) {
		pagination { currentPage perPage total lastPage from to hasNext hasPrev } data { %[3]s } } }`, name, entities[name].list, entities[name].fields),
		variables: variables,
	}
}

// filtered makes a filter and an order.
func (g *generator) filtered(e *entity.Entity) map[string]any {
	variables := map[string]any{}
	if g.IntN(4) > 0 {
		variables["where"] = g.where(e, 2)
	}
	order := []any{}
	for range g.IntN(3) {
		order = append(order, g.order(e, 2))
	}
	variables["orderBy"] = order
	return variables
}

// order makes one term: a field, a count, or what is behind an edge to one.
func (g *generator) order(e *entity.Entity, depth int) map[string]any {
	edge := e.Edges[g.IntN(len(e.Edges))]
	switch n := g.IntN(6); {
	case n == 0 && edge.ToMany():
		return map[string]any{"field": strings.ToUpper(edge.Name) + "_COUNT", "direction": choose(g, "ASC", "DESC")}
	case n == 1 && !edge.ToMany() && depth > 0:
		return map[string]any{edge.GraphQL: g.order(ent.Entities()[edge.Target], depth-1)}
	}
	return map[string]any{"field": g.orderField(e), "direction": choose(g, "ASC", "DESC")}
}

// aggregate computes over a connection.
func (g *generator) aggregate() operation {
	where := g.where(ent.Entities()["Task"], 2)
	return operation{
		document: `query($where: TaskWhereInput, $by: [TaskAggregateBy!]!, $orderBy: [TaskAggregateOrder!]) { tasks(where: $where) { totalCount
	aggregate { count countDistinct { title assigneeID } sum { points rank } avg { points } min { title due rank } max { startedAt points } }
	groups(by: $by, orderBy: $orderBy) { key { state assigneeID startedAtMonth urgent } count sum { points } } }
	people { edges { node { tasks { aggregate { count sum { points } } } } } } }`,
		variables: map[string]any{
			"where": where, "by": []any{"STATE", "ASSIGNEE_ID", "STARTED_AT_MONTH", "URGENT"},
			"orderBy": choose[any](g, nil, []any{map[string]any{"field": "COUNT", "direction": "DESC"}}),
		},
	}
}

// nest creates a task with rows at its edges, or changes what is there.
func (g *generator) nest() operation {
	registry := ent.Entities()
	input := g.input(registry["Task"], true)
	row := func(name string, without ...string) map[string]any {
		in := g.input(registry[name], true)
		for _, key := range without {
			delete(in, key)
		}
		return in
	}
	if g.IntN(2) == 0 {
		input["notes"] = map[string]any{"create": []any{row("Note", "taskID"), row("Note", "taskID")}}
	}
	if g.IntN(2) == 0 {
		label := row("Label")
		input["labels"] = map[string]any{
			"connectOrCreate": []any{map[string]any{"where": map[string]any{"name": g.value(registry["Label"].Fields[1])}, "create": label}},
			"connect":         []any{g.row("Label")},
		}
	}
	if g.IntN(3) == 0 {
		delete(input, "projectID")
		input["project"] = map[string]any{"create": row("Project")}
	}
	if g.IntN(3) == 0 {
		delete(input, "assigneeID")
		input["assignee"] = map[string]any{"create": row("Person")}
	}
	if g.IntN(2) == 0 {
		g.count++
		made := ref(fmt.Sprintf("Task %d", g.count))
		g.rows["Task"] = append(g.rows["Task"], made)
		return operation{
			document:  "mutation($input: CreateTaskInput!) { createTask(input: $input) { id " + entities["Task"].fields + " } }",
			variables: map[string]any{"input": input}, bind: made, path: []any{"createTask", "id"},
		}
	}
	change := g.input(registry["Task"], false)
	change["labels"] = choose[any](g, map[string]any{"set": []any{g.row("Label")}}, map[string]any{"disconnect": []any{g.row("Label")}},
		map[string]any{"create": []any{row("Label")}})
	return operation{
		document:  "mutation($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input) { " + entities["Task"].fields + " } }",
		variables: map[string]any{"id": g.row("Task"), "input": change},
	}
}

// many writes several rows at once.
func (g *generator) many() operation {
	registry := ent.Entities()
	switch g.IntN(4) {
	case 0:
		return operation{
			document:  "mutation($input: [CreatePersonInput!]!) { createPeople(input: $input) { email name version } }",
			variables: map[string]any{"input": []any{g.input(registry["Person"], true), g.input(registry["Person"], true)}},
		}
	case 1:
		return operation{
			document:  "mutation($where: TaskWhereInput, $input: UpdateTasksInput!) { updateTasks(where: $where, input: $input) { count } }",
			variables: map[string]any{"where": g.where(registry["Task"], 1), "input": g.input(registry["Task"], false)},
		}
	case 2:
		return operation{
			document:  "mutation($where: NoteWhereInput) { deleteNotes(where: $where) { count } }",
			variables: map[string]any{"where": g.where(registry["Note"], 1)},
		}
	default:
		return operation{
			document:  "mutation($input: [UpsertPersonInput!]!) { upsertPeople(by: EMAIL, input: $input) { email name nickname version } }",
			variables: map[string]any{"input": []any{g.input(registry["Person"], true), g.input(registry["Person"], true)}},
		}
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
			where[choose(g, "and", "or")] = []any{g.where(e, depth-1), g.where(e, depth-1)}
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
	if e.Search != nil && g.IntN(8) == 0 {
		where["search"] = choose(g, "a", "z", "b a", "%", "a*")
		return
	}
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
	case relay.TakesSome:
		operand = []any{choose(g, "a", "é", "b b", "")}
	case relay.TakesJSON:
		operand = choose[any](g, map[string]any{"path": "a", "gte": 1}, map[string]any{"path": "é", "stringContains": "x"},
			map[string]any{"path": "b[1]", "isNull": true}, map[string]any{"hasKey": "a"}, map[string]any{"path": "b", "equals": []any{true, nil}})
	case relay.TakesValue:
		operand = g.value(f)
	}
	where[f.GraphQL+op.Suffix] = operand
}
