package entext

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/entc/gen"
	"github.com/99designs/gqlgen/codegen/templates"
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

// InAPI is what a client's choice of the key reads as, in small letters.
func (k upsertKey) InAPI() string { return strings.ToLower(k.GraphQL) }

// upsertKeys lists the unique keys of a node, the id last.
func upsertKeys(n *node) []upsertKey {
	var keys []upsertKey
	add := func(fields ...string) {
		if slices.ContainsFunc(keys, func(k upsertKey) bool { return slices.Equal(k.Fields, fields) }) {
			return
		}
		name := strings.Join(fields, "_")
		key := upsertKey{Name: name, Go: pascal(name), GraphQL: keyInAPI(n, fields), Fields: fields}
		if slices.ContainsFunc(keys, func(k upsertKey) bool { return k.GraphQL == key.GraphQL }) && key.GraphQL != "" {
			key.GraphQL = upper(name) // the same but for the tenant
		}
		keys = append(keys, key)
	}
	for _, fields := range n.Entity.UniqueKeys() {
		add(fields...)
	}
	if n.HasOneFieldID() {
		add(n.ID.Name)
	}
	return keys
}

// keyInAPI names a key in the API, if clients can give all of it. They know
// nothing of the tenant, which is that of the caller.
func keyInAPI(n *node, fields []string) string {
	if !n.InAPI() || n.Expose.NoCreate || n.Expose.NoUpdate {
		return ""
	}
	var given []string
	for _, name := range fields {
		f := n.Entity.ByColumn(n.columnOf(name))
		if f != nil && f == n.Entity.Tenant {
			continue
		}
		if f == nil || !f.Create || f.GraphQL == "" {
			return ""
		}
		given = append(given, name)
	}
	if len(given) == 0 { // one row for each tenant
		given = fields
	}
	return upper(strings.Join(given, "_"))
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
	if !n.UpdatesMany() {
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
