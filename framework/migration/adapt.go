package migration

import (
	"crypto/sha256"
	"fmt"
	"maps"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// maxName is the shortest limit of the dialects for names, PostgreSQL's.
const maxName = 63

// adapted is a set of tables rewritten for one dialect.
type adapted struct {
	dialect config.Dialect
	tables  []*schema.Table
	// partial are the unique indexes that hold only where a condition is true,
	// on MySQL, which lacks them; see markPartial.
	partial []partialIndex
	// searched are the indexes of words; see markSearched.
	searched []searched
}

type partialIndex struct{ table, index, where string }

// adapt copies the tables of an application and rewrites the copy so that it
// means the same on every dialect. Views are left out: Atlas does not know
// them, so they are written by hand.
func adapt(d config.Dialect, tables []*schema.Table) (*adapted, error) {
	copies, err := copyTables(tables)
	if err != nil {
		return nil, fmt.Errorf("migration: cannot read the tables: %w", err)
	}
	a := &adapted{dialect: d, tables: copies}
	for _, t := range a.tables {
		if t.Annotation == nil {
			t.Annotation = &entsql.Annotation{}
		}
		a.adaptChecks(t) // before the columns, which forget their enum values
		for _, c := range t.Columns {
			a.adaptColumn(c)
		}
		a.searched = append(a.searched, takeSearched(t)...)
		a.adaptIndexes(t)
		for _, fk := range t.ForeignKeys {
			fk.Symbol = shorten(fk.Symbol)
		}
	}
	return a, nil
}

// copyTables is schema.CopyTables without views and with what that forgets.
func copyTables(tables []*schema.Table) ([]*schema.Table, error) {
	kept := make([]*schema.Table, 0, len(tables))
	for _, t := range tables {
		if !t.View {
			kept = append(kept, t)
		}
	}
	copies, err := schema.CopyTables(kept)
	if err != nil {
		return nil, err
	}
	for i, t := range copies {
		t.Comment = kept[i].Comment
		if t.Annotation != nil {
			t.Annotation.Checks = maps.Clone(t.Annotation.Checks)
		}
		for _, c := range t.Columns {
			c.SchemaType = maps.Clone(c.SchemaType)
		}
	}
	return copies, nil
}

// entDialect is ent's name for the dialect, also its key in SchemaType.
func entDialect(d config.Dialect) string {
	switch d {
	case config.SQLite:
		return dialect.SQLite
	case config.Postgres:
		return dialect.Postgres
	default:
		return dialect.MySQL
	}
}

// shorten keeps a name within the limit of every dialect, and unique.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	sum := fmt.Sprintf("_%x", sha256.Sum256([]byte(name)))[:13]
	return name[:maxName-len(sum)] + sum
}
