package diagram

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// bookkeeping are the tables that belong to migrations, not to the application.
func bookkeeping() []string { return []string{"atlas_schema_revisions", "framefox_data_migrations"} }

// Inspect makes a diagram of the tables of a live database, with their types as
// the database calls them. Tables that only keep account of migrations, and
// what is there only to search the text of others, are left out. On PostgreSQL it reads the schema that comes first in the search path.
func Inspect(ctx context.Context, db *database.DB) (*Diagram, error) {
	driver, err := open(db)
	if err != nil {
		return nil, err
	}
	found, err := driver.InspectSchema(ctx, "", &atlas.InspectOptions{Mode: atlas.InspectSchemas | atlas.InspectTables})
	if err != nil {
		return nil, fmt.Errorf("diagram: cannot read the schema of the database: %w", err)
	}
	hidden, err := virtual(ctx, db)
	if err != nil {
		return nil, err
	}
	list := make([]*table, 0, len(found.Tables))
	for _, t := range found.Tables {
		if !slices.Contains(bookkeeping(), t.Name) && !hidden[t.Name] {
			list = append(list, inspected(t))
		}
	}
	return build(list), nil
}

func open(db *database.DB) (migrate.Driver, error) {
	var (
		driver migrate.Driver
		err    error
	)
	switch d := db.Dialect(); d {
	case config.SQLite:
		driver, err = sqlite.Open(db.SQL())
	case config.Postgres:
		driver, err = postgres.Open(db.SQL())
	case config.MySQL:
		driver, err = mysql.Open(db.SQL())
	default:
		return nil, fmt.Errorf("diagram: dialect %q: %w", d, config.ErrUnsupportedDialect)
	}
	if err != nil {
		return nil, fmt.Errorf("diagram: cannot ask the database for its version: %w", err)
	}
	return driver, nil
}

func inspected(from *atlas.Table) *table {
	t := &table{
		entity:   &Entity{Name: from.Name, Table: from.Name, Comment: comment(from.Attrs), Columns: []Column{}},
		required: map[string]bool{},
	}
	if from.PrimaryKey != nil {
		t.primary, _ = parts(from.PrimaryKey)
	}
	for _, c := range from.Columns {
		if isIndexOfWords(from, c) || slices.ContainsFunc(from.Indexes, func(index *atlas.Index) bool { return marks(index, c) }) {
			continue
		}
		column := Column{Name: c.Name, Type: c.Type.Raw, Null: c.Type.Null, Comment: comment(c.Attrs)}
		if e, ok := c.Type.Type.(*atlas.EnumType); ok {
			column.Values = e.Values
		}
		t.entity.Columns = append(t.entity.Columns, column)
		t.required[c.Name] = !c.Type.Null && c.Default == nil && !generated(from, c)
	}
	for _, index := range from.Indexes {
		if columns, whole := parts(index); whole && index.Unique && !partial(index) {
			t.uniques = append(t.uniques, columns)
		}
	}
	for _, fk := range from.ForeignKeys {
		t.foreign = append(t.foreign, inspectedKey(from, fk))
	}
	slices.SortFunc(t.foreign, func(a, b foreignKey) int { return slices.Compare(a.columns, b.columns) })
	slices.SortFunc(t.uniques, slices.Compare)
	t.uniques = slices.CompactFunc(t.uniques, slices.Equal)
	return t
}

func inspectedKey(from *atlas.Table, fk *atlas.ForeignKey) foreignKey {
	key := foreignKey{onDelete: action(string(fk.OnDelete))}
	for _, c := range fk.Columns {
		key.columns = append(key.columns, c.Name)
	}
	for _, c := range fk.RefColumns {
		key.references = append(key.references, c.Name)
	}
	if ref := fk.RefTable; ref != nil {
		key.table = ref.Name
		if ref.Schema != nil && from.Schema != nil && ref.Schema.Name != from.Schema.Name {
			key.table = ref.Schema.Name + "." + ref.Name
		}
	}
	return key
}

// parts are the columns of an index; whole is false if a part is an expression.
func parts(index *atlas.Index) (columns []string, whole bool) {
	for _, p := range index.Parts {
		if p.C == nil {
			return nil, false
		}
		columns = append(columns, p.C.Name)
	}
	return columns, true
}

// marks reports whether the column is the last one of an index of MySQL and
// stands for the condition under which that holds: 1 or NULL, computed. The
// planner of migrations makes such columns.
func marks(index *atlas.Index, c *atlas.Column) bool {
	last := index.Parts[len(index.Parts)-1].C
	return last == c && strings.HasSuffix(c.Name, "_where") && slices.ContainsFunc(c.Attrs, func(a atlas.Attr) bool {
		_, computed := a.(*atlas.GeneratedExpr)
		return computed
	})
}

// partial reports whether the index holds for some rows only.
func partial(index *atlas.Index) bool {
	if last := index.Parts[len(index.Parts)-1].C; last != nil && marks(index, last) {
		return true
	}
	return slices.ContainsFunc(index.Attrs, func(a atlas.Attr) bool {
		switch a := a.(type) {
		case *sqlite.IndexPredicate:
			return a.P != ""
		case *postgres.IndexPredicate:
			return a.P != ""
		default:
			return false
		}
	})
}

// generated reports whether the database fills in the column by itself.
func generated(t *atlas.Table, c *atlas.Column) bool {
	if slices.ContainsFunc(c.Attrs, func(a atlas.Attr) bool {
		switch a.(type) {
		case *atlas.GeneratedExpr, *postgres.Identity, *mysql.AutoIncrement, *sqlite.AutoIncrement:
			return true
		default:
			return false
		}
	}) {
		return true
	}
	switch c.Type.Type.(type) {
	case *postgres.SerialType:
		return true
	case *atlas.IntegerType: // the rowid of SQLite
		return c.Type.Raw == "integer" && t.PrimaryKey != nil && len(t.PrimaryKey.Parts) == 1 && t.PrimaryKey.Parts[0].C == c
	default:
		return false
	}
}

func comment(attributes []atlas.Attr) string {
	for _, a := range attributes {
		if c, ok := a.(*atlas.Comment); ok {
			return c.Text
		}
	}
	return ""
}
