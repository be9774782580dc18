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
	telling bool // its answer has to change when a row is hidden
	guessed bool // its arguments may not suit
}

// masked is the id of an error whose text clients do not see.
var masked = regexp.MustCompile(`"id":"[0-9a-f]{16}"`)

// answers asks, over HTTP.
func (r *run) answers(t *testing.T, shapes []shape) map[string]string {
	t.Helper()
	out := make(map[string]string, len(shapes))
	for _, s := range shapes {
		answer := r.API.Do(s.query, nil).Raw
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
func (r *run) reads(e *entity.Entity, key any) (all []shape) {
	id := relay.EncodeID(e, key)
	add := func(telling bool, name, format string, args ...any) {
		all = append(all, shape{name: name, query: fmt.Sprintf(format, args...), telling: telling})
	}
	for _, f := range r.types["Query"].Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		if f.arg("first") == nil && !f.needs() { // a field of the application's own
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
			all = append(all, r.nearReads(x, e, root, id)...)
		}
	}
	return all
}

// nearReads are the questions about an entity that has edges to the subject's,
// or is the same.
func (r *run) nearReads(x, e *entity.Entity, root *fieldDef, id string) (all []shape) {
	add := func(telling bool, name, format string, args ...any) {
		all = append(all, shape{name: x.Name + " " + name, query: fmt.Sprintf(format, args...), telling: telling})
	}
	guess := func(name, format string, args ...any) {
		add(false, name, format, args...)
		all[len(all)-1].guessed = true
	}
	const ids = "{ totalCount edges { node { id } } }"
	if order := r.types[x.GraphQL+"OrderField"]; order != nil {
		for _, v := range order.EnumValues {
			if x != e && slices.ContainsFunc(x.Fields, func(f *entity.Field) bool { return strings.EqualFold(f.Name, v.Name) }) {
				continue // a column of the row itself
			}
			for _, direction := range []string{"ASC", "DESC"} {
				add(false, "ordered by "+v.Name+" "+direction, "{ %s(first: 12, orderBy: [{field: %s, direction: %s}]) %s }", root.Name, v.Name, direction, ids)
			}
		}
	}
	where := func(telling bool, name, filter string) {
		add(telling, "where "+name, "{ %s(first: 12, where: %s) %s }", root.Name, filter, ids)
	}
	if x == e {
		where(true, "id", fmt.Sprintf("{id: %q}", id))
		where(true, "idIn", fmt.Sprintf("{idIn: [%q]}", id))
		where(true, "not idNEQ", fmt.Sprintf("{not: {idNEQ: %q}}", id))
		add(true, "last", "{ %s(last: 3) { pageInfo { startCursor endCursor hasPreviousPage } edges { cursor node { id } } } }", root.Name)
	}
	for _, extra := range r.types[x.GraphQL+"Connection"].Fields {
		if slices.Contains([]string{"edges", "nodes", "pageInfo", "totalCount"}, extra.Name) {
			continue
		}
		for i, query := range r.extras(extra, id) {
			guess(extra.Name+" "+strconv.Itoa(i), "{ %s { %s } }", root.Name, query)
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
			for _, extra := range r.types[field.Type.base()].Fields {
				if !slices.Contains([]string{"edges", "nodes", "pageInfo", "totalCount"}, extra.Name) {
					for i, query := range r.extras(extra, id) {
						guess(edge.GraphQL+" "+extra.Name+" "+strconv.Itoa(i), "{ %s(first: 12) { edges { node { %s { %s } } } } }", root.Name, edge.GraphQL, query)
					}
				}
			}
		}
		all = append(all, shape{name: edgeName(x, edge), query: fmt.Sprintf("{ %s(first: 12) { edges { node { id %s%s %s } } } }",
			root.Name, edge.GraphQL, args, r.types.selection(field.Type.base(), 1, id))})
		has := relay.HasEdge(edge)
		where(false, has, fmt.Sprintf("{%s: true}", has))
		where(false, "no "+has, fmt.Sprintf("{%s: false}", has))
		where(false, "not "+has, fmt.Sprintf("{not: {%s: true}}", has))
		where(false, has+" with it", fmt.Sprintf("{%sWith: [{id: %q}]}", has, id))
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

// extras are ways to select a further field of a connection.
func (r *run) extras(f *fieldDef, id string) (queries []string) {
	options := []string{""}
	if f.needs() {
		options = r.types.options(f, id)
	}
	for _, o := range options {
		if len(queries) == 12 {
			break
		}
		queries = append(queries, f.Name+o+" "+r.types.selection(f.Type.base(), 3, id))
	}
	return queries
}
