package leaktest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// shape is one question.
type shape struct {
	name    string
	query   string
	telling bool           // its answer has to change when a row is hidden
	guessed bool           // its arguments may not suit
	edge    string         // its answer has to change if that edge leads to the row
	makes   *entity.Entity // a mutation that may make rows of it
	copies  bool           // and has to
	undo    func()         // what it did to other rows
	any     string         // with telling or edge: it is enough if one of those with the same does
}

// masked is the id of an error whose text clients do not see.
var masked = regexp.MustCompile(`"id":"[0-9a-f]{16}"`)

// answers asks, over HTTP.
func (r *run) answers(t *testing.T, shapes []shape) map[string]string {
	t.Helper()
	out := make(map[string]string, len(shapes))
	for _, s := range shapes {
		var before []any
		if s.makes != nil {
			before = r.keys(t, s.makes)
		}
		answer := r.API.Do(s.query, nil).Raw
		if s.undo != nil {
			s.undo()
		}
		if s.makes != nil {
			for _, key := range r.keys(t, s.makes) {
				if !slices.Contains(before, key) {
					r.remove(t, s.makes, key)
					r.tidy(t, s.makes, key)
				}
			}
		}
		if masked.MatchString(answer) || strings.Contains(answer, "GRAPHQL_PARSE_FAILED") || strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") {
			t.Errorf("leaktest: %s fails:\n%s\n%s", s.name, s.query, answer)
		}
		out[s.name] = answer
	}
	return out
}

// roots are the root fields that list an entity.
func (r *run) root(e *entity.Entity) *fieldDef {
	for _, f := range r.types["Query"].Fields {
		if f.Type.base() == e.GraphQL+"Connection" && f.arg("first") != nil && !f.needs() {
			return f
		}
	}
	return nil
}

// shown lists the entities of the API, sorted.
func (r *run) shown() (list []*entity.Entity) {
	for _, name := range slices.Sorted(maps.Keys(r.Entities)) {
		if e := r.Entities[name]; r.types[e.GraphQL] != nil && r.root(e) != nil {
			list = append(list, e)
		}
	}
	return list
}

// reads are the questions that may touch a row of the entity.
func (r *run) reads(t *testing.T, e *entity.Entity, key any) (all []shape) {
	t.Helper()
	id := relay.EncodeID(e, key)
	add := func(telling bool, name, format string, args ...any) {
		all = append(all, shape{name: name, query: fmt.Sprintf(format, args...), telling: telling})
	}
	for _, f := range r.types["Query"].Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		if f.arg("first") == nil && !f.page() && !f.needs() { // a field of the application's own
			add(false, "field "+f.Name, "{ %s %s }", f.Name, r.types.selection(f.Type.base(), 2, id))
			all[len(all)-1].guessed = true
		}
	}
	if r.root(e) == nil {
		return all
	}
	add(true, "node", `{ node(id: %q) { id ... on %s %s } }`, id, e.GraphQL, r.types.selection(e.GraphQL, 1, id))
	add(true, "nodes", `{ nodes(ids: [%q]) { id } }`, id)
	for _, x := range r.shown() {
		near := x == e
		for _, edge := range x.Edges {
			near = near || edge.Target == e.Name && edge.GraphQL != ""
		}
		far := near || slices.ContainsFunc(x.Edges, func(edge *entity.Edge) bool {
			return edge.GraphQL != "" && slices.ContainsFunc(r.Entities[edge.Target].Edges, func(n *entity.Edge) bool { return n.Target == e.Name })
		})
		if !far {
			continue
		}
		root := r.root(x)
		depth := 2
		if near {
			depth = 1
		}
		add(x == e, "list "+x.Name, "{ %s(first: 12) %s }", root.Name, r.types.selection(root.Type.base(), depth, id))
		if near {
			all = append(all, r.nearReads(t, x, e, root, key)...)
		}
	}
	return all
}

// nearReads are the questions about an entity that has edges to the subject's,
// or is the same.
func (r *run) nearReads(t *testing.T, x, e *entity.Entity, root *fieldDef, key any) (all []shape) {
	t.Helper()
	id := relay.EncodeID(e, key)
	add := func(telling bool, name, format string, args ...any) {
		all = append(all, shape{name: x.Name + " " + name, query: fmt.Sprintf(format, args...), telling: telling})
	}
	guess := func(name, format string, args ...any) {
		add(false, name, format, args...)
		all[len(all)-1].guessed = true
	}
	of := func(edge, either, name, format string, args ...any) {
		add(false, name, format, args...)
		all[len(all)-1].edge, all[len(all)-1].any = edge, either
	}
	const ids = "{ totalCount edges { node { id } } }"
	where := func(telling bool, name, filter string) {
		add(telling, "where "+name, "{ %s(first: 12, where: %s) %s }", root.Name, filter, ids)
	}
	if x == e {
		where(true, "id", fmt.Sprintf("{id: %q}", id))
		where(true, "idIn", fmt.Sprintf("{idIn: [%q]}", id))
		where(true, "not idNEQ", fmt.Sprintf("{not: {idNEQ: %q}}", id))
		if keys := r.rows[e.Name]; len(keys) > 2 {
			// Of three rows that a filter names; more than one, so that it is estimated.
			add(true, "total estimate of three", "{ %s(where: {idIn: [%q, %q, %q]}) { total(estimate: true, upTo: 1) { value precision text } aggregate { count } } }",
				root.Name, id, relay.EncodeID(e, keys[0]), relay.EncodeID(e, keys[1]))
		}
		add(true, "last", "{ %s(last: 3) { pageInfo { startCursor endCursor hasPreviousPage } edges { cursor node { id } } } }", root.Name)
	}
	r.summaries(x, r.types[x.GraphQL+"Connection"], e, func(s summary) {
		telling := s.telling && x == e
		add(telling, s.name, "{ %s { %s } }", root.Name, s.query)
		all[len(all)-1].edge, all[len(all)-1].guessed = s.edge, s.guessed
		if telling {
			add(true, s.name+" where id", "{ %s(where: {id: %q}) { %s } }", root.Name, id, s.query)
		}
	})
	all = append(all, r.pages(x, e, id)...)
	all = append(all, r.orders(x, e, root)...)
	if root.arg("trashed") != nil {
		for _, v := range r.types[root.arg("trashed").Type.base()].EnumValues {
			guess("trashed "+v.Name, "{ %s(first: 12, trashed: %s) %s }", root.Name, v.Name, ids)
		}
	}
	if x == e {
		for name, filters := range r.ownFilters(t, e, key) {
			for i, filter := range filters {
				either := name
				if len(filters) == 1 {
					either = ""
				}
				add(true, fmt.Sprintf("where %s %d", name, i), "{ %s(first: 12, where: %s) %s }", root.Name, filter, ids)
				all[len(all)-1].any = either
			}
		}
	}
	for _, edge := range x.Edges {
		if edge.Target != e.Name || edge.GraphQL == "" {
			continue
		}
		field := r.types[x.GraphQL].field(edge.GraphQL)
		if field == nil {
			continue
		}
		args := ""
		if edge.ToMany() {
			args = "(first: 12)"
			r.summaries(e, r.types[field.Type.base()], e, func(s summary) {
				at := ""
				if s.telling {
					at = edgeName(x, edge)
				}
				of(at, "", edge.GraphQL+" "+s.name, "{ %s(first: 12) { edges { node { id %s { %s } } } } }", root.Name, edge.GraphQL, s.query)
				all[len(all)-1].guessed = s.guessed
			})
			of(edgeName(x, edge), "", edge.GraphQL+" where id", "{ %s(first: 12) { edges { node { id %s(where: {id: %q}) { totalCount aggregate { count } edges { node { id } } } } } } }", root.Name, edge.GraphQL, id)
			if field.arg("trashed") != nil {
				// One error only: those of several rows come in no order.
				guess(edge.GraphQL+" trashed", "{ %s(first: 1) { edges { node { id %s(trashed: INCLUDE) { totalCount edges { node { id } } } } } } }", root.Name, edge.GraphQL)
			}
		}
		all = append(all, shape{name: edgeName(x, edge), query: fmt.Sprintf("{ %s(first: 12) { edges { node { id %s%s %s } } } }",
			root.Name, edge.GraphQL, args, r.types.selection(field.Type.base(), 1, id))})
		has := relay.HasEdge(edge)
		for name, filters := range r.ownFilters(t, e, key) {
			for i, filter := range filters {
				either := ""
				if len(filters) > 1 {
					either = has + " with " + name
				}
				of(edgeName(x, edge), either, fmt.Sprintf("where %s with %s %d", has, name, i), "{ %s(first: 12, where: {%sWith: [{id: %q, and: [%s]}]}) %s }", root.Name, has, id, filter, ids)
			}
		}
		where(false, has, fmt.Sprintf("{%s: true}", has))
		where(false, "no "+has, fmt.Sprintf("{%s: false}", has))
		where(false, "not "+has, fmt.Sprintf("{not: {%s: true}}", has))
		of(edgeName(x, edge), "", "where "+has+" with it", "{ %s(first: 12, where: {%sWith: [{id: %q}]}) %s }", root.Name, has, id, ids)
		where(false, has+" without it", fmt.Sprintf("{not: {%sWith: [{id: %q}]}}", has, id))
		where(false, has+" with any", fmt.Sprintf(`{%sWith: [{not: {id: %q}}, {id: %q}]}`, has, id, id))
		for _, back := range e.Edges {
			if back.GraphQL != "" {
				where(false, has+" that "+relay.HasEdge(back), fmt.Sprintf("{%sWith: [{%s: true}]}", has, relay.HasEdge(back)))
				where(false, has+" that not "+relay.HasEdge(back), fmt.Sprintf("{%sWith: [{%s: false}]}", has, relay.HasEdge(back)))
			}
		}
		filters := r.edgeFilters(x, edge, id)
		for _, name := range slices.Sorted(maps.Keys(filters)) {
			guess("where "+name, "{ %s(first: 12, where: %s) %s }", root.Name, filters[name], ids)
		}
	}
	return all
}

// edgeFilters are predicates that name the edge, apart from those of its
// existence: of the number of rows there, say.
func (r *run) edgeFilters(x *entity.Entity, edge *entity.Edge, id string) map[string]string {
	filters := map[string]string{}
	has := relay.HasEdge(edge)
	input := r.types[x.GraphQL+"WhereInput"]
	if input == nil {
		return nil
	}
	for _, f := range input.InputFields {
		ofEdge := strings.HasPrefix(f.Name, edge.GraphQL) || strings.Contains(f.Name, has[3:])
		if f.Name == has || f.Name == has+"With" || !ofEdge {
			continue
		}
		if _, column := x.GraphQLField(f.Name); column || strings.HasPrefix(f.Name, edge.GraphQL+"ID") {
			continue // the foreign key is a column of the row itself
		}
		for i, v := range r.types.values(f.Type, id, 0) {
			filters[f.Name+" "+strconv.Itoa(i)] = "{" + f.Name + ": " + v + "}"
		}
	}
	return filters
}
