package leaktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// writes are mutations that aim at the hidden row, or at a link to it.
func (r *run) writes(t *testing.T, e *entity.Entity, key any, h hiding, copied map[string]string) (all []shape) {
	t.Helper()
	mutation := r.types["Mutation"]
	if mutation == nil {
		return nil
	}
	id := relay.EncodeID(e, key)
	for _, f := range mutation.Fields {
		if h.name == "deleted" && reaches(f.Name, "restore", "purge") {
			continue // whose business deleted rows are
		}
		if !strings.Contains(f.Name, e.GraphQL) || reaches(f.Name, "create", "upsert") {
			continue
		}
		for i, args := range r.aim(f, e, id) {
			s := shape{name: fmt.Sprintf("mutation %s %d", f.Name, i), query: r.mutation(f, args), any: f.Name}
			many := f.arg("where") != nil && f.arg("where").Type.base() == e.GraphQL+"WhereInput"
			s.telling = reaches(f.Name, "update", "delete") && (many || f.Name[len("update"):] == e.GraphQL)
			all = append(all, s)
		}
	}
	for _, x := range r.shown() {
		all = append(all, r.linkWrites(x, e, id)...)
		all = append(all, r.newLinks(t, x, e, id)...)
	}
	return append(all, r.copies(t, e, key, h, copied)...)
}

func reaches(name string, verbs ...string) bool {
	return slices.ContainsFunc(verbs, func(verb string) bool { return strings.HasPrefix(name, verb) })
}

func (r *run) mutation(f *fieldDef, args string) string {
	selection := ""
	if !r.types.leaf(f.Type) {
		selection = r.types.selection(f.Type.base(), 0, "")
		if selection == "" {
			selection = "{ __typename }"
		}
	}
	return fmt.Sprintf("mutation { %s(%s) %s }", f.Name, args, selection)
}

// aim fills in the arguments of a mutation so that it means the row, in one way
// or several.
func (r *run) aim(f *fieldDef, e *entity.Entity, id string) []string {
	var parts []string
	aimed := false
	changes := []string{""}
	for _, a := range f.Args {
		v := ""
		switch base := a.Type.base(); {
		case base == "ID":
			v, aimed = strconv.Quote(id), true
			if a.Type.list() {
				v = "[" + v + "]"
			}
		case base == e.GraphQL+"WhereInput":
			v, aimed = fmt.Sprintf("{id: %q}", id), true
		case strings.HasPrefix(base, "Update") && !a.Type.list():
			changes = nil
			for _, change := range r.changes(base) {
				changes = append(changes, ", "+a.Name+": "+change)
			}
			continue
		case !a.Type.required() || a.DefaultValue != nil:
			continue
		default:
			values := r.types.values(a.Type, id, 0)
			if len(values) == 0 {
				return nil
			}
			v = values[0]
		}
		parts = append(parts, a.Name+": "+v)
	}
	if !aimed {
		return nil
	}
	var out []string
	for _, change := range changes {
		out = append(out, strings.Join(parts, ", ")+change)
	}
	return out
}

// changes are inputs of which each changes one field. Rules may not allow all.
func (r *run) changes(input string) (list []string) {
	for _, f := range r.types[input].InputFields {
		v := ""
		switch base := f.Type.base(); {
		case f.Type.required() || f.Type.list():
			continue
		case base == "String":
			v = `"leaktest"`
		case base == "ID":
			v = "null"
		default:
			if values := r.types.values(f.Type, "", 0); len(values) > 0 && r.types.leaf(f.Type) {
				v = values[0]
			}
		}
		if v != "" {
			list = append(list, "{"+f.Name+": "+v+"}")
		}
	}
	return list
}

// linkWrites are updates of a visible row that link it to the hidden one.
func (r *run) linkWrites(x, e *entity.Entity, id string) (all []shape) {
	update := r.types["Mutation"].field("update" + x.GraphQL)
	keys := r.rows[x.Name]
	if update == nil || len(keys) == 0 {
		return nil
	}
	input := r.types["Update"+x.GraphQL+"Input"]
	var inputs []string
	for _, f := range x.Fields {
		if f.Target == e.Name && input.input(f.GraphQL) != nil {
			inputs = append(inputs, fmt.Sprintf("%s: %q", f.GraphQL, id))
		}
	}
	for _, edge := range x.Edges {
		nested := input.input(edge.GraphQL)
		if edge.Target != e.Name || edge.GraphQL == "" || nested == nil {
			continue
		}
		// What is refused replaces no links.
		for _, op := range []string{"connect", "disconnect", "set"} {
			offered := r.types[nested.Type.base()].input(op)
			switch {
			case offered == nil:
			case offered.Type.list():
				inputs = append(inputs, fmt.Sprintf("%s: {%s: [%q]}", edge.GraphQL, op, id))
			case offered.Type.base() == "ID":
				inputs = append(inputs, fmt.Sprintf("%s: {%s: %q}", edge.GraphQL, op, id))
			}
		}
	}
	// The first row may be linked to it, the last is not.
	for i, at := range []any{keys[0], keys[len(keys)-1]} {
		for _, link := range inputs {
			if x.Name == e.Name && len(keys) < 2 {
				continue
			}
			all = append(all, shape{
				telling: !strings.Contains(link, "disconnect"), // which leaves alone what is not linked
				name:    fmt.Sprintf("mutation update%s %s %d", x.GraphQL, link, i),
				query:   fmt.Sprintf("mutation { update%s(id: %q, input: {%s}) { id } }", x.GraphQL, relay.EncodeID(x, at), link),
			})
		}
	}
	many := r.types["Mutation"].field("update" + plural(x, r.types))
	for _, f := range x.Fields {
		if many == nil || f.Target != e.Name || r.types["Update"+plural(x, r.types)+"Input"].input(f.GraphQL) == nil {
			continue
		}
		all = append(all, shape{
			telling: true,
			name:    "mutation " + many.Name + " " + f.GraphQL,
			query:   fmt.Sprintf("mutation { %s(where: {id: %q}, input: {%s: %q}) { count } }", many.Name, relay.EncodeID(x, keys[len(keys)-1]), f.GraphQL, id),
		})
	}
	return all
}

// plural is the name of many rows, as mutations have it.
func plural(x *entity.Entity, all types) string {
	for _, f := range all["Mutation"].Fields {
		if strings.HasPrefix(f.Name, "update") && f.arg("where") != nil && f.arg("where").Type.base() == x.GraphQL+"WhereInput" {
			return strings.TrimPrefix(f.Name, "update")
		}
	}
	return ""
}

// literals are the values of a row that is visible, as an input has them.
func (r *run) literals(t *testing.T, e *entity.Entity, key any) map[string]string {
	t.Helper()
	def := r.types[e.GraphQL]
	out := map[string]string{}
	if def == nil || r.root(e) == nil {
		return out
	}
	var names []string
	for _, f := range def.Fields {
		if r.types.leaf(f.Type) && !f.needs() {
			names = append(names, f.Name)
		}
	}
	answer := r.API.Must(fmt.Sprintf("{ node(id: %q) { ... on %s { %s } } }", relay.EncodeID(e, key), e.GraphQL, strings.Join(names, " ")), nil)
	row, ok := answer["node"].(map[string]any)
	require.True(t, ok, "leaktest: %s %v does not show", e.Name, key)
	for name, v := range row {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		base := r.types[def.field(name).Type.base()]
		switch {
		case v == nil || base != nil && base.Name == "JSON":
			continue
		case base != nil && base.Kind == "ENUM":
			text = []byte(fmt.Sprint(v))
		}
		out[name] = string(text)
	}
	return out
}

// forever reports whether a value of the field is never given twice, so that a
// deleted row is in the way by design.
func forever(e *entity.Entity, f *entity.Field) bool {
	return slices.ContainsFunc(e.Keys, func(k *entity.Key) bool { return !k.Living && slices.Contains(k.Fields, f.Name) })
}

func inKey(e *entity.Entity, f *entity.Field) bool {
	return slices.ContainsFunc(e.Keys, func(k *entity.Key) bool { return slices.Contains(k.Fields, f.Name) })
}

// copyOf is an input with the values of a row: what is required, and what is
// unique. Values for which fresh reports true are others.
func (r *run) copyOf(e *entity.Entity, input string, values map[string]string, fresh func(*entity.Field) bool, over map[string]string) string {
	var parts []string
	for _, f := range e.Fields[1:] {
		a := r.types[input].input(f.GraphQL)
		v, known := values[f.GraphQL]
		if !known && a != nil && a.Type.required() && a.Type.base() == "String" {
			v, known = `"Leaktest-7-secret"`, true // what can be written and not read
		}
		if _, given := over[f.GraphQL]; given || f.GraphQL == "" || a == nil || !known || !f.Required && !inKey(e, f) {
			continue
		}
		if f.Target == "" && fresh(f) {
			switch r.types[a.Type.base()].Name {
			case "String":
				v = `"lt` + strings.TrimPrefix(v, `"`)
			default:
				v = "98765"
			}
		}
		parts = append(parts, f.GraphQL+": "+v)
	}
	for _, name := range slices.Sorted(maps.Keys(over)) {
		if over[name] != "" {
			parts = append(parts, name+": "+over[name])
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// newLinks are mutations that make a row which refers to the hidden one.
func (r *run) newLinks(t *testing.T, x, e *entity.Entity, id string) (all []shape) {
	t.Helper()
	create := r.types["Mutation"].field("create" + x.GraphQL)
	keys := r.rows[x.Name]
	if create == nil || len(keys) == 0 || create.arg("input") == nil {
		return nil
	}
	input := "Create" + x.GraphQL + "Input"
	values := r.literals(t, x, keys[len(keys)-1])
	add := func(name string, over map[string]string) {
		all = append(all, shape{
			telling: true, makes: x, name: "mutation create" + x.GraphQL + " " + name,
			query: fmt.Sprintf("mutation { %s(input: %s) { __typename } }", create.Name,
				r.copyOf(x, input, values, func(f *entity.Field) bool { return inKey(x, f) }, over)),
		})
	}
	for _, edge := range x.Edges {
		if edge.Target != e.Name || edge.GraphQL == "" {
			continue
		}
		var key *entity.Field
		if edge.OwnsFK {
			key = x.ByColumn(edge.Column)
		}
		over := map[string]string{}
		if key != nil && r.types[input].input(key.GraphQL) != nil {
			add(key.GraphQL, map[string]string{key.GraphQL: strconv.Quote(id)})
			over[key.GraphQL] = ""
		}
		nested := r.types[input].input(edge.GraphQL)
		if nested == nil {
			continue
		}
		if connect := r.types[nested.Type.base()].input("connect"); connect != nil {
			over[edge.GraphQL] = fmt.Sprintf("{connect: %q}", id)
			if connect.Type.list() {
				over[edge.GraphQL] = fmt.Sprintf("{connect: [%q]}", id)
			}
			add(edge.GraphQL+" connect", over)
		}
	}
	return all
}

// copies are mutations that make a row with the unique values of the hidden one,
// which is not in their way: it is not found, and not changed.
func (r *run) copies(t *testing.T, e *entity.Entity, key any, h hiding, values map[string]string) (all []shape) {
	t.Helper()
	fresh := func(f *entity.Field) bool { return h.name == "deleted" && forever(e, f) }
	add := func(x *entity.Entity, name, format string, args ...any) {
		all = append(all, shape{name: "mutation " + name, query: fmt.Sprintf(format, args...), makes: x, copies: true})
	}
	mutation := r.types["Mutation"]
	if f := mutation.field("create" + e.GraphQL); f != nil {
		add(e, f.Name+" copy", "mutation { %s(input: %s) { __typename } }", f.Name, r.copyOf(e, "Create"+e.GraphQL+"Input", values, fresh, nil))
	}
	free := func(k *entity.Key) bool {
		return h.name != "deleted" || k.Living && !e.Revive
	}
	for _, f := range mutation.Fields {
		by, input := f.arg("by"), f.arg("input")
		if by == nil || input == nil || !reaches(f.Name, "upsert") || by.Type.base() != e.GraphQL+"Key" {
			continue
		}
		for _, v := range r.types[by.Type.base()].EnumValues {
			if !slices.ContainsFunc(e.Keys, func(k *entity.Key) bool { return free(k) && same(v.Name, strings.Join(k.Fields, "_")) }) {
				continue
			}
			row := r.copyOf(e, input.Type.base(), values, fresh, nil)
			if input.Type.list() {
				row = "[" + row + "]"
			}
			add(e, f.Name+" "+v.Name, "mutation { %s(by: %s, input: %s) { __typename } }", f.Name, v.Name, row)
		}
	}
	for _, x := range r.shown() {
		keys := r.rows[x.Name]
		update := r.types["Update"+x.GraphQL+"Input"]
		if mutation.field("update"+x.GraphQL) == nil || update == nil || len(keys) == 0 {
			continue
		}
		for _, edge := range x.Edges {
			nested := update.input(edge.GraphQL)
			if edge.Target != e.Name || edge.GraphQL == "" || nested == nil {
				continue
			}
			choice := r.types[nested.Type.base()].input("connectOrCreate")
			if choice == nil {
				continue
			}
			def := r.types[choice.Type.base()]
			at := keys[len(keys)-1]
			undo := func() {}
			if edge.OwnsFK { // of a row that is not linked to the hidden one, as it leaves where it was
				others := r.keysWhere(t, x, sql.Or(sql.NEQ(edge.Column, key), sql.IsNull(edge.Column)))
				i := slices.IndexFunc(keys, func(k any) bool { return slices.Contains(others, k) })
				if i < 0 {
					continue
				}
				at = keys[i]
				was := r.row(t, x, at)[edge.Column]
				undo = func() {
					require.NoError(t, r.exec(r.sql().Update(x.Table).Set(edge.Column, was).Where(sql.EQ(x.ID().Column, at))))
				}
			}
			for _, k := range e.Keys {
				var where []string
				for _, name := range k.Fields {
					f, _ := e.Field(name)
					if r.types[def.input("where").Type.base()].input(f.GraphQL) != nil {
						where = append(where, f.GraphQL+": "+values[f.GraphQL])
					}
				}
				if !free(k) || len(where) == 0 {
					continue
				}
				v := fmt.Sprintf("{where: {%s}, create: %s}", strings.Join(where, ", "), r.copyOf(e, def.input("create").Type.base(), values, fresh, nil))
				if choice.Type.list() {
					v = "[" + v + "]"
				}
				add(e, fmt.Sprintf("update%s %s connectOrCreate %s", x.GraphQL, edge.GraphQL, strings.Join(k.Fields, "_")),
					"mutation { update%s(id: %q, input: {%s: {connectOrCreate: %s}}) { __typename } }", x.GraphQL, relay.EncodeID(x, at), edge.GraphQL, v)
				all[len(all)-1].undo = undo
			}
		}
	}
	return all
}
