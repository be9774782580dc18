package leaktest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// writes are mutations that aim at the hidden row, or at a link to it.
func (r *run) writes(e *entity.Entity, key any, h hiding) (all []shape) {
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
		if args, ok := r.aim(f, e, id); ok {
			all = append(all, shape{name: "mutation " + f.Name, query: r.mutation(f, args)})
		}
	}
	for _, x := range r.shown() {
		all = append(all, r.linkWrites(x, e, id)...)
	}
	return all
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

// aim fills in the arguments of a mutation so that it means the row.
func (r *run) aim(f *fieldDef, e *entity.Entity, id string) (string, bool) {
	var parts []string
	aimed := false
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
		case base == "Update"+e.GraphQL+"Input" && !a.Type.list():
			v = r.change(base)
		case !a.Type.required() || a.DefaultValue != nil:
			continue
		default:
			values := r.types.values(a.Type, id, 0)
			if len(values) == 0 {
				return "", false
			}
			v = values[0]
		}
		parts = append(parts, a.Name+": "+v)
	}
	return strings.Join(parts, ", "), aimed
}

// change is an input that changes something.
func (r *run) change(input string) string {
	for _, f := range r.types[input].InputFields {
		if !f.Type.required() && !f.Type.list() && f.Type.base() == "String" {
			return fmt.Sprintf("{%s: %q}", f.Name, "leaktest")
		}
	}
	return "{}"
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
		// "set" replaces the visible links, which is no harm.
		for _, op := range []string{"connect", "disconnect"} {
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
				name:  fmt.Sprintf("mutation update%s %s %d", x.GraphQL, link, i),
				query: fmt.Sprintf("mutation { update%s(id: %q, input: {%s}) { id } }", x.GraphQL, relay.EncodeID(x, at), link),
			})
		}
	}
	return all
}
