package entext

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"
	"github.com/99designs/gqlgen/codegen/templates"

	"github.com/framefox-go/framefox/framework/entschema"
)

// upsertKey is a unique key that rows are found by.
type upsertKey struct {
	Name    string   // "project_id_number"
	Go      string   // "ProjectIDNumber"
	GraphQL string   // "PROJECT_ID_NUMBER"; empty where clients cannot give all of it
	Fields  []string // names of the fields
}

// FieldList is the names of the fields as Go.
func (k upsertKey) FieldList() string { return fmt.Sprintf("%#v", k.Fields) }

// upsertKeys lists the unique keys of a node: fields, foreign keys of edges from
// one to one, indexes, and the id last. A key that holds for some rows only is
// none. It reads the schema as it was written, before the tables are prepared.
func upsertKeys(n *node) []upsertKey {
	var keys []upsertKey
	add := func(fields ...string) {
		if slices.ContainsFunc(keys, func(k upsertKey) bool { return slices.Equal(k.Fields, fields) }) {
			return
		}
		name := strings.Join(fields, "_")
		keys = append(keys, upsertKey{Name: name, Go: pascal(name), GraphQL: keyInAPI(n, name, fields), Fields: fields})
	}
	for _, f := range n.Fields {
		e, err := f.Edge()
		if f.Unique || f.IsEdgeField() && err == nil && e.O2O() {
			add(f.Name)
		}
	}
	for _, index := range n.Indexes {
		var a entsql.IndexAnnotation
		err := entschema.Annotation(index.Annotations, a.Name(), &a)
		if !index.Unique || err != nil || a.Where != "" || a.Prefix > 0 || len(a.PrefixColumns) > 0 {
			continue
		}
		var fields []string
		for _, column := range index.Columns {
			if f := n.Entity.ByColumn(column); f != nil {
				fields = append(fields, f.Name)
			}
		}
		if len(fields) == len(index.Columns) {
			add(fields...)
		}
	}
	if n.HasOneFieldID() {
		add(n.ID.Name)
	}
	return keys
}

// keyInAPI names a key in the API, if clients can give all of it.
func keyInAPI(n *node, name string, fields []string) string {
	if !n.InAPI() || n.Expose.NoCreate || n.Expose.NoUpdate {
		return ""
	}
	for _, name := range fields {
		if f := n.Entity.ByColumn(n.columnOf(name)); f == nil || !f.Create || f.GraphQL == "" {
			return ""
		}
	}
	return upper(name)
}

// columnOf is the column of a field.
func (n *node) columnOf(name string) string {
	for _, f := range n.Entity.Fields {
		if f.Name == name {
			return f.Column
		}
	}
	return ""
}

// defaulted reports whether the database itself has a default for the field.
func defaulted(f *gen.Field) bool {
	a := f.EntSQL()
	return a != nil && (a.Default != "" || a.DefaultExpr != "" || len(a.DefaultExprs) > 0)
}

// upserts lists the keys by which the API upserts the node.
func upserts(n *node) []upsertKey {
	if !updates(n) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.Upsert), func(k upsertKey) bool { return k.GraphQL == "" })
}

// upsertAll names the Go method and, with a small letter, the mutation that
// upserts many rows.
func upsertAll(n *node) string {
	if many := templates.ToGo(listField(n)); many != n.Name {
		return "Upsert" + many
	}
	return "UpsertMany" + n.Name
}

func pascal(name string) string { return gen.Funcs["pascal"].(func(string) string)(name) }
