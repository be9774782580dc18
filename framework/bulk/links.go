package bulk

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"github.com/framefox-go/framefox/framework/entity"
)

// joinTables collects the links of many rows, table by table.
type joinTables struct {
	names  []string
	tables map[string]*joinTable
}

type joinTable struct {
	name, schema string
	columns      []string
	extra        bool // columns beyond the two keys
	rows         [][]any
}

func (j *joinTables) add(id driver.Value, e *sqlgraph.EdgeSpec) {
	t := j.tables[e.Table]
	if t == nil {
		t = &joinTable{name: e.Table, schema: e.Schema, columns: slices.Clone(e.Columns), extra: len(e.Target.Fields) > 0}
		for _, f := range e.Target.Fields {
			t.columns = append(t.columns, f.Column)
		}
		j.names = append(j.names, e.Table)
		j.tables[e.Table] = t
	}
	for _, target := range e.Target.Nodes {
		from, to := id, target
		if e.Inverse {
			from, to = to, from
		}
		t.link(from, to, e)
		if e.Bidi {
			t.link(to, from, e)
		}
	}
}

func (t *joinTable) link(from, to driver.Value, e *sqlgraph.EdgeSpec) {
	row := []any{from, to}
	for _, f := range e.Target.Fields {
		row = append(row, f.Value)
	}
	t.rows = append(t.rows, row)
}

// insert writes the links. One that is there already stays, unless links have
// columns of their own, which may differ.
func (j *joinTables) insert(ctx context.Context, tx dialect.Driver) error {
	for _, name := range j.names {
		t := j.tables[name]
		for rows := range slices.Chunk(t.rows, min(parameters(tx.Dialect())/len(t.columns), maxLinks)) {
			insert := sql.Dialect(tx.Dialect()).Insert(t.name).Schema(t.schema).Columns(t.columns...)
			if !t.extra {
				insert.OnConflict(sql.DoNothing())
			}
			for _, row := range rows {
				insert.Values(row...)
			}
			text, args := insert.Query()
			if err := tx.Exec(ctx, text, args, nil); err != nil {
				return fmt.Errorf("add m2m edge for table %s: %w", t.name, err)
			}
		}
	}
	return nil
}

// maxLinks keeps a statement of links within any packet.
const maxLinks = 5000

// in is entity.In for values of drivers.
func in(column string, values []driver.Value) *sql.Predicate { return entity.In(column, values...) }

// takenError says that a row at the other end of an edge has another owner.
type takenError struct{ table, column string }

func (e *takenError) Error() string {
	return fmt.Sprintf("UNIQUE constraint failed: a row of %s has another %s already", e.table, e.column)
}

// Broken implements entity.Constraint.
func (e *takenError) Broken() (kind, table string, columns []string, name string) {
	return "unique", e.table, []string{e.column}, ""
}
