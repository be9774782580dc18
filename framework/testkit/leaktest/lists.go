package leaktest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// directions are those of an order. NULL stands first in one and last in the other.
func directions() []string { return []string{"ASC", "DESC"} }

// summary is what a connection says of all its rows.
type summary struct {
	name, query string
	telling     bool   // it changes with each row of the list
	edge        string // it changes if that edge leads to the subject
	guessed     bool
}

// summaries are the ways to ask a connection of an entity for more than its rows.
func (r *run) summaries(x *entity.Entity, connection *typeDef, e *entity.Entity, yield func(summary)) {
	for _, f := range connection.Fields {
		switch {
		case slices.Contains([]string{"edges", "nodes", "pageInfo"}, f.Name):
		case f.Name == "totalCount":
			yield(summary{name: "totalCount", query: "totalCount", telling: true})
		case f.groups():
			r.groups(x, f, e, yield)
		case f.Name == "aggregate":
			def := r.types[f.Type.base()]
			yield(summary{name: "aggregate", query: "aggregate " + r.types.selection(def.Name, 1, ""), telling: true})
			for _, part := range def.Fields {
				query := part.Name
				if !r.types.leaf(part.Type) {
					query += " " + r.types.selection(part.Type.base(), 0, "")
				}
				yield(summary{name: "aggregate " + part.Name, query: "aggregate { " + query + " }", telling: part.Name == "count"})
			}
		case f.Name == "total":
			const all = " { value precision text }"
			yield(summary{name: "total", query: "total" + all, telling: true})
			yield(summary{name: "total up to 1", query: "total(upTo: 1)" + all})
			yield(summary{name: "total up to 100", query: "total(upTo: 100)" + all, telling: true})
			yield(summary{name: "total estimate", query: "total(estimate: true)" + all, telling: true})
			yield(summary{name: "total estimate up to 1", query: "total(estimate: true, upTo: 1)" + all})
		default: // of the application's own
			options := []string{""}
			if f.needs() {
				options = r.types.options(f, "")
			}
			for i, o := range options {
				query := f.Name + o
				if !r.types.leaf(f.Type) {
					query += " " + r.types.selection(f.Type.base(), 3, "")
				}
				yield(summary{name: f.Name + " " + strconv.Itoa(i), query: query, guessed: true})
			}
		}
	}
}

// same reports whether an enum's value means a field: PROJECT_LEAD_ID and
// projectLeadID.
func same(value, field string) bool {
	return strings.EqualFold(strings.ReplaceAll(value, "_", ""), strings.ReplaceAll(field, "_", ""))
}

// groups are the groups by each thing that rows can be grouped by, and orders of
// them.
func (r *run) groups(x *entity.Entity, f *fieldDef, e *entity.Entity, yield func(summary)) {
	by := r.types[f.arg("by").Type.base()].EnumValues
	group := r.types[f.Type.base()]
	keys := r.types[group.field("key").Type.base()]
	key := func(value string) string {
		for _, k := range keys.Fields {
			if same(value, k.Name) {
				return k.Name
			}
		}
		return "leaktest: no key for " + value // which the API refuses
	}
	for _, v := range by {
		s := summary{telling: true, name: "groups by " + v.Name}
		s.query = fmt.Sprintf("groups(by: [%s], first: 100) { key { %s } count }", v.Name, key(v.Name))
		for _, edge := range x.Edges {
			// A column of the row at an edge to one, which is null where that
			// row cannot be seen.
			own := slices.ContainsFunc(x.Fields, func(f *entity.Field) bool { return same(v.Name, f.Name) })
			if edge.Target != e.Name || edge.ToMany() || edge.GraphQL == "" || own || !strings.HasPrefix(strings.ToLower(strings.ReplaceAll(v.Name, "_", "")), strings.ToLower(edge.GraphQL)) {
				continue
			}
			s.edge = r.through(x, edge, e, v.Name)
		}
		yield(s)
		s.edge = ""
		s.name, s.telling = s.name+" of two or more", false
		s.query = fmt.Sprintf("groups(by: [%s], minCount: 2, first: 2, orderBy: [{field: COUNT, direction: DESC}]) { key { %s } count }", v.Name, key(v.Name))
		yield(s)
	}
	if len(by) == 0 {
		return
	}
	full := strings.Replace(r.types.selection(group.Name, 1, ""), "key "+r.types.selection(keys.Name, 0, ""), "", 1)
	yield(summary{name: "groups with everything", query: fmt.Sprintf("groups(by: [%s], first: 100) %s", by[0].Name, full), telling: true})
	for _, v := range r.types[r.types[f.arg("orderBy").Type.base()].input("field").Type.base()].EnumValues {
		grouped := by[0].Name
		if slices.ContainsFunc(by, func(b struct{ Name string }) bool { return b.Name == v.Name }) {
			grouped = v.Name
		}
		for _, d := range directions() {
			yield(summary{
				name:  "groups ordered by " + v.Name + " " + d,
				query: fmt.Sprintf("groups(by: [%s], first: 100, orderBy: [{field: %s, direction: %s}]) { key { %s } count }", grouped, v.Name, d, key(grouped)),

				telling: true,
			})
		}
	}
}

// through is the edge that has to lead to the subject for a column of its row
// to show, if that column holds something in the row that was taken.
func (r *run) through(x *entity.Entity, edge *entity.Edge, e *entity.Entity, value string) string {
	for _, f := range e.Fields {
		if same(value, edge.GraphQL+"_"+f.Name) && (!f.Nullable || r.held[f.Column]) {
			return edgeName(x, edge)
		}
	}
	return ""
}

// pages are pages by number.
func (r *run) pages(x, e *entity.Entity, id string) (all []shape) {
	for _, f := range r.types["Query"].Fields {
		if !f.page() || f.Type.base() != x.GraphQL+"Page" {
			continue
		}
		rest := "{ data { id } " + strings.TrimPrefix(r.types.selection(f.Type.base(), 0, ""), "{ ")
		if p := r.types[f.Type.base()].field("pagination"); p != nil {
			rest = "{ data { id } pagination " + r.types.selection(p.Type.base(), 0, "") + " filters }"
		}
		add := func(telling bool, name, args string) {
			all = append(all, shape{name: x.Name + " page " + name, query: fmt.Sprintf("{ %s%s %s }", f.Name, args, rest), telling: telling && x == e})
		}
		add(true, "default", "")
		add(true, "whole", "(page: 1, perPage: 100)")
		add(true, "second of two", "(page: 2, perPage: 2)")
		add(true, "past the end", "(page: 9, perPage: 5)")
		if x == e {
			add(true, "where id", fmt.Sprintf("(where: {id: %q})", id))
			add(true, "where not id", fmt.Sprintf("(where: {not: {idNEQ: %q}})", id))
		}
		for _, edge := range x.Edges {
			if edge.Target != e.Name || edge.GraphQL == "" {
				continue
			}
			add(false, "where "+relay.HasEdge(edge), fmt.Sprintf("(where: {%sWith: [{id: %q}]})", relay.HasEdge(edge), id))
			all[len(all)-1].edge = edgeName(x, edge)
		}
		for name, term := range r.terms(x, e) {
			for _, d := range directions() {
				add(true, "ordered by "+name+" "+d, fmt.Sprintf("(perPage: 12, orderBy: [%s])", fmt.Sprintf(term.text, d)))
			}
		}
	}
	return all
}

// term is a term of an order, with a place for its direction.
type term struct {
	text string
	edge string // it is another value if that edge leads to the subject
}

// terms are the terms of an order of an entity that the subject has to do with:
// columns of its own, numbers of rows at an edge, and what is found through one.
func (r *run) terms(x, e *entity.Entity) map[string]term {
	out := map[string]term{}
	for _, v := range r.orderFields(x) {
		switch {
		case slices.ContainsFunc(x.Fields, func(f *entity.Field) bool { return same(v, f.Name) }):
			if x == e {
				out[v] = term{text: "{field: " + v + ", direction: %s}"}
			}
		default:
			t := term{text: "{field: " + v + ", direction: %s}"}
			for _, edge := range x.Edges {
				if edge.Target == e.Name && edge.ToMany() && same(v, edge.GraphQL+"_COUNT") {
					t.edge = edgeName(x, edge)
				}
			}
			out[v] = t
		}
	}
	for _, edge := range r.orderEdges(x) {
		target := r.Entities[edge.Target]
		if target == e {
			for _, v := range r.orderFields(e) {
				t := term{text: fmt.Sprintf("{%s: {field: %s, direction: %%s}}", edge.GraphQL, v)}
				if f := fieldOf(e, v); f == nil || !f.Nullable || r.held[f.Column] {
					t.edge = edgeName(x, edge)
				}
				out[edge.GraphQL+" "+v] = t
			}
			for _, back := range r.orderEdges(e) {
				out[edge.GraphQL+" "+back.GraphQL] = term{text: fmt.Sprintf("{%s: {%s: {field: ID, direction: %%s}}}", edge.GraphQL, back.GraphQL)}
			}
			continue
		}
		for _, next := range r.orderEdges(target) { // two steps away
			if next.Target == e.Name {
				out[edge.GraphQL+" "+next.GraphQL] = term{text: fmt.Sprintf("{%s: {%s: {field: ID, direction: %%s}}}", edge.GraphQL, next.GraphQL)}
			}
		}
		for _, next := range target.Edges {
			if next.Target != e.Name || !next.ToMany() || next.GraphQL == "" {
				continue
			}
			for _, v := range r.orderFields(target) {
				if same(v, next.GraphQL+"_COUNT") {
					out[edge.GraphQL+" "+v] = term{text: fmt.Sprintf("{%s: {field: %s, direction: %%s}}", edge.GraphQL, v)}
				}
			}
		}
	}
	return out
}

func fieldOf(e *entity.Entity, value string) *entity.Field {
	for _, f := range e.Fields {
		if same(value, f.Name) {
			return f
		}
	}
	return nil
}

// orderFields are the values of an order's enum.
func (r *run) orderFields(x *entity.Entity) (list []string) {
	if def := r.types[x.GraphQL+"OrderField"]; def != nil {
		for _, v := range def.EnumValues {
			list = append(list, v.Name)
		}
	}
	return list
}

// orderEdges are the edges that an order may go through.
func (r *run) orderEdges(x *entity.Entity) (list []*entity.Edge) {
	for _, edge := range x.Edges {
		if a := r.types[x.GraphQL+"Order"].input(edge.GraphQL); edge.GraphQL != "" && a != nil && r.types[a.Type.base()].input("field") != nil {
			list = append(list, edge)
		}
	}
	return list
}

// orders ask for rows in every order, with their cursors, which hold the values
// that they are ordered by.
func (r *run) orders(x, e *entity.Entity, root *fieldDef) (all []shape) {
	const rows = "{ totalCount pageInfo { startCursor endCursor hasNextPage } edges { cursor node { id } } }"
	terms := r.terms(x, e)
	for _, name := range slices.Sorted(maps.Keys(terms)) {
		t := terms[name]
		for _, d := range directions() {
			s := shape{telling: x == e, edge: t.edge, name: x.Name + " ordered by " + name + " " + d}
			s.query = fmt.Sprintf("{ %s(first: 12, orderBy: [%s]) %s }", root.Name, fmt.Sprintf(t.text, d), rows)
			all = append(all, s)
		}
	}
	return all
}

// ownFilters are filters that the subject satisfies; of several of one name, at
// least one of them.
func (r *run) ownFilters(t *testing.T, e *entity.Entity, key any) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	input := r.types[e.GraphQL+"WhereInput"]
	if input == nil {
		return nil
	}
	for _, f := range input.InputFields {
		switch base := f.Type.base(); {
		case base == "Boolean" && (strings.HasSuffix(f.Name, "IsNil") || strings.HasSuffix(f.Name, "IsEmpty")):
			out[f.Name] = []string{"{" + f.Name + ": true}", "{" + f.Name + ": false}"}
			if name, list := strings.CutSuffix(f.Name, "IsEmpty"); list { // neither where it is NULL
				if column, ok := e.GraphQLField(name); ok && column.Nullable && !r.held[column.Column] {
					delete(out, f.Name)
				}
			}
		case base == "JSONFilter":
			out[f.Name] = []string{"{" + f.Name + ": {exists: true}}", "{" + f.Name + ": {exists: false}}", "{not: {" + f.Name + ": {exists: true}}}", "{not: {" + f.Name + `: {path: "a.b[0]", hasKey: "c"}}}`}
		case f.Name == "search" && e.Search != nil:
			if word := r.word(t, e, key); word != "" {
				out[f.Name] = []string{fmt.Sprintf("{search: %q}", word)}
				out["not search"] = []string{`{not: {search: "leaktest"}}`}
			}
		}
	}
	return out
}
