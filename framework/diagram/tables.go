package diagram

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
)

// FromTables makes a diagram of Ent's tables, such as the generated
// migrate.Tables. Types are those of Ent, for the tables are of no dialect yet.
// Entities have the names of their tables.
func FromTables(tables []*schema.Table) *Diagram {
	list := make([]*table, 0, len(tables))
	for _, t := range tables {
		if !t.View {
			list = append(list, fromTable(t))
		}
	}
	return build(list)
}

func fromTable(from *schema.Table) *table {
	t := &table{
		entity:   &Entity{Name: from.Name, Table: from.Name, Comment: from.Comment, Columns: []Column{}},
		primary:  columnNames(from.PrimaryKey),
		required: map[string]bool{},
	}
	for _, c := range from.Columns {
		t.entity.Columns = append(t.entity.Columns, Column{
			Name: c.Name, Type: typeName(c), Null: c.Nullable, Values: c.Enums, Comment: c.Comment,
		})
		t.required[c.Name] = !c.Nullable && c.Default == nil && !c.Increment
		if c.Unique && !slices.ContainsFunc(from.Indexes, func(index *schema.Index) bool {
			return index.Name == "uq_"+from.Name+"_"+c.Name // holds for a part of the rows; see package policy
		}) {
			t.uniques = append(t.uniques, []string{c.Name})
		}
	}
	for _, index := range from.Indexes {
		if index.Unique && (index.Annotation == nil || index.Annotation.Where == "") {
			t.uniques = append(t.uniques, columnNames(index.Columns))
		}
	}
	for _, fk := range from.ForeignKeys {
		t.foreign = append(t.foreign, foreignKey{
			columns: columnNames(fk.Columns), references: columnNames(fk.RefColumns), table: fk.RefTable.Name,
			onDelete: action(string(fk.OnDelete)),
		})
	}
	return t
}

func columnNames(columns []*schema.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// action writes what happens on deletion in lower case, and the default not at
// all.
func action(option string) string {
	option = strings.ToLower(option)
	if option == "no action" {
		return ""
	}
	return option
}

// maxText is from which size on a string is text without a limit.
const maxText = 65535

// typeName is the type of a column: what the schema asks for, if that is the
// same on every dialect, else Ent's.
func typeName(c *schema.Column) string {
	if asked := slices.Compact(slices.Sorted(maps.Values(c.SchemaType))); len(asked) == 1 {
		return asked[0]
	}
	switch {
	case c.Type == field.TypeEnum:
		return "enum"
	case c.Type == field.TypeString && c.Size > maxText:
		return "text"
	case c.Type == field.TypeString && c.Size > 0:
		return fmt.Sprintf("string(%d)", c.Size)
	case c.Type == field.TypeBytes:
		return "bytes"
	case c.Type == field.TypeUUID:
		return "uuid"
	case c.Type == field.TypeTime:
		return "time"
	case c.Type == field.TypeJSON:
		return "json"
	case c.Type == field.TypeOther:
		return "other"
	default:
		return c.Type.String()
	}
}
