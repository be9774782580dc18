package migration_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// evolution is a database and the entities that it follows.
type evolution struct {
	t       *rapid.T
	ctx     context.Context
	db      *database.DB
	server  config.Database
	dir     *migration.Dir
	world   *world
	counter int
}

func (e *evolution) note(format string, args ...any) { e.t.Logf(format, args...) }

func (e *evolution) quote(name string) string {
	if e.db.Dialect() == config.Postgres {
		return `"` + name + `"`
	}
	return "`" + name + "`"
}

// schema reads the schema of the database, without the history.
func (e *evolution) schema() *atlas.Schema { return e.schemaOf(e.t) }

func (e *evolution) schemaOf(t require.TestingT) *atlas.Schema {
	found, err := e.driver(t).InspectSchema(e.ctx, "", nil)
	require.NoError(t, err)
	found.Tables = slices.DeleteFunc(found.Tables, func(t *atlas.Table) bool {
		return t.Name == migration.RevisionsTable || strings.HasPrefix(t.Name, "framefox_")
	})
	for _, t := range found.Tables { // how far ids have been given out is no part of it
		t.Attrs = slices.DeleteFunc(t.Attrs, func(a atlas.Attr) bool { _, ok := a.(*mysql.AutoIncrement); return ok })
	}
	return found
}

func (e *evolution) driver(t require.TestingT) migrate.Driver {
	open := map[config.Dialect]func(atlas.ExecQuerier) (migrate.Driver, error){
		config.SQLite: sqlite.Open, config.Postgres: postgres.Open, config.MySQL: mysql.Open,
	}[e.db.Dialect()]
	driver, err := open(e.db.SQL())
	require.NoError(t, err)
	return driver
}

// same requires the schema of the database to be as before.
func (e *evolution) same(want *atlas.Schema, file []byte) {
	changes, err := e.driver(e.t).SchemaDiff(e.schema(), want)
	require.NoError(e.t, err)
	for _, c := range changes {
		if m, ok := c.(*atlas.ModifyTable); ok {
			for _, part := range m.Changes {
				e.t.Logf("%s: %T %+v", m.T.Name, part, part)
			}
		}
		e.t.Fatalf("the schema differs by %T after\n%s", c, file)
	}
}

// rows counts the rows of "table" and the values of "table.column".
func (e *evolution) rows() map[string]int {
	count := map[string]int{}
	for _, t := range e.schema().Tables {
		columns := []string{"count(*)"}
		keys := []string{t.Name}
		for _, c := range t.Columns {
			if strings.HasSuffix(c.Name, "_where") {
				continue
			}
			columns, keys = append(columns, "count("+e.quote(c.Name)+")"), append(keys, t.Name+"."+c.Name)
		}
		values, into := make([]int, len(keys)), make([]any, len(keys))
		for i := range values {
			into[i] = &values[i]
		}
		query := "SELECT " + strings.Join(columns, ", ") + " FROM " + e.quote(t.Name)
		require.NoError(e.t, e.db.SQL().QueryRowContext(e.ctx, query).Scan(into...), query)
		for i, key := range keys {
			count[key] = values[i]
		}
	}
	return count
}

// empty deletes all rows, children first.
func (e *evolution) empty() {
	left := e.schema().Tables
	for range 10 {
		var failed []*atlas.Table
		for _, t := range left {
			query := "DELETE FROM " + e.quote(t.Name)
			if e.db.Dialect() == config.MySQL { // checks row by row; rows refer to older ones
				query += " ORDER BY id DESC"
			}
			if _, err := e.db.SQL().ExecContext(e.ctx, query); err != nil {
				failed = append(failed, t)
			}
		}
		if left = failed; len(left) == 0 {
			return
		}
	}
	e.t.Fatalf("cannot empty the database")
}

// insert adds two rows to each table, one of them with as many NULLs as can be.
func (e *evolution) insert(tables []*schema.Table) {
	for _, t := range tables {
		for _, sparse := range []bool{false, true} {
			e.insertRow(t, sparse)
		}
	}
}

func (e *evolution) insertRow(t *schema.Table, sparse bool) {
	e.counter++
	var names, values []string
	for _, c := range t.Columns[1:] {
		if sparse && (c.Nullable || c.Default != nil) && !c.Unique {
			continue
		}
		names, values = append(names, e.quote(c.Name)), append(values, e.value(t, c))
	}
	query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", e.quote(t.Name), strings.Join(names, ", "), strings.Join(values, ", "))
	if len(names) == 0 {
		query = map[config.Dialect]string{
			config.SQLite: "INSERT INTO %s DEFAULT VALUES", config.Postgres: "INSERT INTO %s DEFAULT VALUES", config.MySQL: "INSERT INTO %s () VALUES ()",
		}[e.db.Dialect()]
		query = fmt.Sprintf(query, e.quote(t.Name))
	}
	_, err := e.db.SQL().ExecContext(e.ctx, query)
	if _, ok := database.AsConstraint(err); ok {
		return // defaults that collide in a unique index: one row less
	}
	require.NoError(e.t, err, query)
}

// value is short and numeric where it can be, so that it survives changes of
// type.
func (e *evolution) value(t *schema.Table, c *schema.Column) string {
	for _, fk := range t.ForeignKeys {
		if slices.Contains(fk.Columns, c) {
			return e.parent(fk, c)
		}
	}
	n := strconv.Itoa(e.counter)
	switch c.Type {
	case field.TypeString:
		return "'" + n + "'"
	case field.TypeBool:
		return "true"
	case field.TypeTime:
		return fmt.Sprintf("'2026-01-02 03:%02d:%02d'", e.counter/60%60, e.counter%60)
	case field.TypeEnum:
		return "'" + strings.ReplaceAll(c.Enums[e.counter%len(c.Enums)], "'", "''") + "'"
	case field.TypeJSON:
		return `'{"n": ` + n + `}'`
	case field.TypeUUID:
		return fmt.Sprintf("'00000000-0000-7000-8000-%012d'", e.counter)
	case field.TypeBytes:
		return "'" + n + "'"
	default:
		return n
	}
}

// parent is the id of a row that nothing refers to yet.
func (e *evolution) parent(fk *schema.ForeignKey, c *schema.Column) string {
	if c.Nullable && fk.RefTable.Name == "" {
		return "NULL"
	}
	id := 0
	query := "SELECT coalesce(max(id), 0) FROM " + e.quote(fk.RefTable.Name)
	require.NoError(e.t, e.db.SQL().QueryRowContext(e.ctx, query).Scan(&id))
	if id == 0 {
		return "NULL"
	}
	return strconv.Itoa(id)
}
