package leaktest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/testkit/apitest"
)

// types are the types of a GraphQL schema, by name.
type types map[string]*typeDef

type typeDef struct {
	Name        string
	Kind        string
	Fields      []*fieldDef
	InputFields []*argDef
	EnumValues  []struct{ Name string }
}

type fieldDef struct {
	Name string
	Args []*argDef
	Type typeRef
}

type argDef struct {
	Name         string
	Type         typeRef
	DefaultValue *string
}

type typeRef struct {
	Kind   string
	Name   string
	OfType *typeRef
}

const schemaQuery = `{ __schema { types { name kind
	fields { name args { name defaultValue type { ...T } } type { ...T } }
	inputFields { name defaultValue type { ...T } }
	enumValues { name } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

func introspect(t *testing.T, api *apitest.API) types {
	t.Helper()
	data, err := json.Marshal(api.Must(schemaQuery, nil))
	require.NoError(t, err)
	var schema struct {
		Schema struct{ Types []*typeDef } `json:"__schema"`
	}
	require.NoError(t, json.Unmarshal(data, &schema))
	all := types{}
	for _, def := range schema.Schema.Types {
		all[def.Name] = def
	}
	return all
}

func (t *typeDef) field(name string) *fieldDef {
	if t == nil {
		return nil
	}
	for _, f := range t.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func (t *typeDef) input(name string) *argDef {
	if t == nil {
		return nil
	}
	for _, f := range t.InputFields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func (f *fieldDef) arg(name string) *argDef {
	for _, a := range f.Args {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// base is the named type below lists and non-nulls.
func (r typeRef) base() string {
	for r.OfType != nil {
		r = *r.OfType
	}
	return r.Name
}

func (r typeRef) required() bool { return r.Kind == "NON_NULL" }

func (r typeRef) list() bool {
	if r.required() {
		r = *r.OfType
	}
	return r.Kind == "LIST"
}

// needs reports whether the field has an argument that must be given.
func (f *fieldDef) needs() bool {
	return slices.ContainsFunc(f.Args, func(a *argDef) bool { return a.Type.required() && a.DefaultValue == nil })
}

// groups reports whether the field puts rows into groups, whose key may be read
// as far as the rows are grouped by it.
func (f *fieldDef) groups() bool { return f.Name == "groups" && f.arg("by") != nil }

// page reports whether the field is a list of pages by their number.
func (f *fieldDef) page() bool { return f.arg("page") != nil && f.arg("perPage") != nil }

func (t types) leaf(r typeRef) bool {
	def := t[r.base()]
	return def == nil || def.Kind == "SCALAR" || def.Kind == "ENUM"
}

// selection selects what a type has, to a depth, with pages of a few rows.
func (t types) selection(name string, depth int, id string) string {
	def := t[name]
	var parts []string
	switch {
	case def == nil:
		return ""
	case def.Kind == "INTERFACE" || def.Kind == "UNION":
		return "{ __typename }"
	}
	for _, f := range def.Fields {
		args := ""
		switch {
		case f.groups(): // asked for one key at a time, see extras
			continue
		case f.Name == "aggregate":
			parts = append(parts, "aggregate { count }")
			continue
		}
		if f.needs() {
			options := t.options(f, id)
			if len(options) == 0 {
				continue
			}
			args = options[0]
		} else if f.arg("first") != nil {
			args = "(first: 2)"
		}
		if t.leaf(f.Type) {
			parts = append(parts, f.Name+args)
			continue
		}
		if depth == 0 && f.Name != "pageInfo" {
			continue
		}
		less := depth - 1
		if f.Name == "edges" || f.Name == "node" || f.Name == "pageInfo" {
			less = depth // steps of a connection are no depth of their own
		}
		if inner := t.selection(f.Type.base(), less, id); inner != "" {
			parts = append(parts, f.Name+args+" "+inner)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

// options are ways to fill in the arguments of a field that must be given: one
// for each value of the first of them.
func (t types) options(f *fieldDef, id string) []string {
	var first []string
	name := ""
	var rest []string
	for _, a := range f.Args {
		if !a.Type.required() || a.DefaultValue != nil {
			continue
		}
		values := t.values(a.Type, id, 0)
		if len(values) == 0 {
			return nil
		}
		if name == "" {
			name, first = a.Name, values
			continue
		}
		rest = append(rest, ", "+a.Name+": "+values[0])
	}
	options := make([]string, len(first))
	for i, v := range first {
		options[i] = "(" + name + ": " + v + strings.Join(rest, "") + ")"
	}
	return options
}

// values are literals of a type.
func (t types) values(r typeRef, id string, depth int) (list []string) {
	if r.required() {
		r = *r.OfType
	}
	if r.Kind == "LIST" {
		for _, v := range t.values(*r.OfType, id, depth) {
			list = append(list, "["+v+"]")
		}
		return list
	}
	def := t[r.Name]
	switch {
	case def == nil || depth > 3:
		return nil
	case def.Kind == "ENUM":
		for _, v := range def.EnumValues {
			list = append(list, v.Name)
		}
		return list
	case def.Kind == "INPUT_OBJECT":
		options := []string{""}
		for _, f := range def.InputFields {
			if !f.Type.required() || f.DefaultValue != nil {
				continue
			}
			values := t.values(f.Type, id, depth+1)
			if len(values) == 0 {
				return nil
			}
			if len(options) == 1 {
				head := options[0]
				options = nil
				for _, v := range values {
					options = append(options, head+f.Name+": "+v+", ")
				}
				continue
			}
			for i := range options {
				options[i] += f.Name + ": " + values[0] + ", "
			}
		}
		for _, o := range options {
			list = append(list, "{"+strings.TrimSuffix(o, ", ")+"}")
		}
		return list
	}
	switch r.Name {
	case "ID":
		return []string{strconv.Quote(id)}
	case "Int", "Float", "BigInt", "Decimal":
		return []string{"5"}
	case "JSON":
		return []string{`{a: 1}`}
	case "Boolean":
		return []string{"true"}
	case "String":
		return []string{`"a"`}
	}
	return nil
}
