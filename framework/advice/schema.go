package advice

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
	"github.com/agnivade/levenshtein"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Table is a table of the database.
type Table struct {
	Name    string
	Columns []Column
	Primary []string
	Indexes []Existing
	Keys    [][]string // the columns of its foreign keys
}

// Column is a column of a table.
type Column struct {
	Name string
	Time bool // a date, or a date with a time
	Long bool // too long for an index, or of a kind that has no order
}

// Existing is an index that a table has.
type Existing struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"` // an expression is ""
	Unique  bool     `json:"unique,omitempty"`
	Where   string   `json:"where,omitempty"` // for which rows; "" for all
}

// UnknownTableError says that the database has no table of the name.
type UnknownTableError struct {
	Name string
	Near []string // names that are alike
}

func (e *UnknownTableError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("advice: there is no table %q", e.Name)
	}
	return fmt.Sprintf("advice: there is no table %q; did you mean %s?", e.Name, strings.Join(e.Near, " or "))
}

// Inspect reads a table of the database.
func Inspect(ctx context.Context, db *database.DB, table string) (*Table, error) {
	all, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	if t, ok := all[table]; ok {
		return t, nil
	}
	e := &UnknownTableError{Name: table}
	for name := range all {
		if levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(table)) <= 2 {
			e.Near = append(e.Near, name)
		}
	}
	slices.Sort(e.Near)
	return nil, e
}

func inspect(ctx context.Context, db *database.DB) (map[string]*Table, error) {
	driver, err := open(db)
	if err != nil {
		return nil, fmt.Errorf("advice: cannot ask the database for its version: %w", err)
	}
	found, err := driver.InspectSchema(ctx, "", &atlas.InspectOptions{Mode: atlas.InspectSchemas | atlas.InspectTables})
	if err != nil {
		return nil, fmt.Errorf("advice: cannot read the schema: %w", err)
	}
	tables := map[string]*Table{}
	for _, from := range found.Tables {
		tables[from.Name] = inspected(from)
	}
	return tables, nil
}

func open(db *database.DB) (migrate.Driver, error) {
	switch db.Dialect() {
	case config.SQLite:
		return sqlite.Open(db.SQL())
	case config.Postgres:
		return postgres.Open(db.SQL())
	default:
		return mysql.Open(db.SQL())
	}
}

func inspected(from *atlas.Table) *Table {
	t := &Table{Name: from.Name}
	for _, c := range from.Columns {
		t.Columns = append(t.Columns, column(c))
	}
	if from.PrimaryKey != nil {
		t.Primary = parts(from.PrimaryKey)
	}
	for _, index := range from.Indexes {
		t.Indexes = append(t.Indexes, Existing{Name: index.Name, Columns: parts(index), Unique: index.Unique, Where: predicate(index)})
	}
	for _, key := range from.ForeignKeys {
		var columns []string
		for _, c := range key.Columns {
			columns = append(columns, c.Name)
		}
		t.Keys = append(t.Keys, columns)
	}
	return t
}

func column(c *atlas.Column) Column {
	out := Column{Name: c.Name}
	switch c.Type.Type.(type) {
	case *atlas.TimeType:
		out.Time = !strings.HasPrefix(strings.ToLower(c.Type.Raw), "time") || strings.HasPrefix(strings.ToLower(c.Type.Raw), "timestamp")
	case *atlas.JSONType, *atlas.BinaryType, *atlas.SpatialType:
		out.Long = true
	default:
		raw := strings.ToLower(c.Type.Raw)
		out.Time = strings.HasPrefix(raw, "date") || strings.HasPrefix(raw, "timestamp")
		out.Long = strings.HasSuffix(raw, "text") && raw != "text" || raw == "tsvector"
	}
	return out
}

func parts(index *atlas.Index) []string {
	columns := make([]string, 0, len(index.Parts))
	for _, p := range index.Parts {
		if p.C == nil {
			columns = append(columns, "")
		} else {
			columns = append(columns, p.C.Name)
		}
	}
	return columns
}

func predicate(index *atlas.Index) string {
	for _, a := range index.Attrs {
		switch a := a.(type) {
		case *sqlite.IndexPredicate:
			return bare(a.P)
		case *postgres.IndexPredicate:
			return bare(a.P)
		}
	}
	return ""
}

// bare is a condition without the quotes and parentheses that databases put there.
func bare(condition string) string {
	return strings.NewReplacer("(", "", ")", "", `"`, "", "`", "").Replace(condition)
}

func (t *Table) column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return Column{}, false
}

// serves reports whether the primary key, or an index that holds for the rows of
// where, begins with the columns.
func (t *Table) serves(columns []string, where string) bool {
	return begins(t.Primary, columns) || slices.ContainsFunc(t.Indexes, func(index Existing) bool {
		return begins(index.Columns, columns) && (index.Where == "" || strings.EqualFold(index.Where, bare(where)))
	})
}

func begins(list, with []string) bool {
	return len(list) >= len(with) && slices.Equal(list[:len(with)], with)
}
