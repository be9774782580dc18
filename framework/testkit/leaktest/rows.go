package leaktest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
)

// past is when rows were deleted.
func past() time.Time { return time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC) }

func (r *run) sql() *sql.DialectBuilder { return sql.Dialect(r.dialect()) }

func (r *run) dialect() string { return r.DB.Driver().Dialect() }

func (r *run) exec(q sql.Querier) error {
	text, args := q.Query()
	return r.DB.Driver().Exec(r.ctx, text, args, nil)
}

// keys reads the ids of the rows of a table, in their order.
func (r *run) keys(t *testing.T, e *entity.Entity) []any {
	t.Helper()
	text, args := r.sql().Select(e.ID().Column).From(sql.Table(e.Table)).OrderBy(e.ID().Column).Query()
	rows := &sql.Rows{}
	require.NoError(t, r.DB.Driver().Query(r.ctx, text, args, rows))
	defer func() { require.NoError(t, rows.Close()) }()
	var keys []any
	for rows.Next() {
		key := newOf(e.ID().GoType)
		require.NoError(t, rows.Scan(key.Interface()))
		keys = append(keys, key.Elem().Interface())
	}
	require.NoError(t, rows.Err())
	return keys
}

// set changes a row past the client.
func (r *run) set(t *testing.T, e *entity.Entity, key any, values Values) {
	t.Helper()
	u := r.sql().Update(e.Table).Where(sql.EQ(e.ID().Column, key))
	for name, v := range values {
		f, ok := e.Field(name)
		require.True(t, ok, "leaktest: %s has no field %s", e.Name, name)
		u.Set(f.Column, v)
	}
	require.NoError(t, r.exec(u))
}

// link makes the row one end of every edge of its entity, and of all edges that
// lead to it. It returns the edges that this worked for; the database may not
// allow for all.
func (r *run) link(t *testing.T, e *entity.Entity, key any) map[string]bool {
	t.Helper()
	linked := map[string]bool{}
	for _, owner := range r.Entities {
		for _, edge := range owner.Edges {
			if edge.Target != e.Name || !single(owner) {
				continue
			}
			err := r.linkFrom(owner, edge, e, key)
			linked[edgeName(owner, edge)] = err == nil && edge.GraphQL != ""
			if err != nil {
				t.Logf("not covered: %s: %v", edgeName(owner, edge), err)
			}
		}
	}
	return linked
}

// linkFrom makes an edge lead from a visible row to the subject.
func (r *run) linkFrom(owner *entity.Entity, edge *entity.Edge, e *entity.Entity, key any) error {
	if len(r.rows[owner.Name]) == 0 {
		return fmt.Errorf("there are no rows of %s", owner.Name)
	}
	from := r.rows[owner.Name][0]
	switch {
	case edge.Relation == entity.ManyToMany:
		insert := r.sql().Insert(edge.JoinTable).Columns(edge.OwnerColumn, edge.TargetColumn).Values(from, key)
		exists := r.sql().Select(sql.Count("*")).From(sql.Table(edge.JoinTable)).
			Where(sql.And(sql.EQ(edge.OwnerColumn, from), sql.EQ(edge.TargetColumn, key)))
		if n, err := r.count(exists); err != nil || n > 0 {
			return err
		}
		return r.exec(insert)
	case edge.OwnsFK:
		return r.point(owner, from, edge.Column, key, edge.Relation == entity.OneToOne)
	default:
		return r.point(e, key, edge.Column, from, edge.Relation == entity.OneToOne)
	}
}

// point sets a foreign key. Where only one row may have it, the other loses it,
// or is the one to be taken.
func (r *run) point(e *entity.Entity, key any, column string, to any, once bool) error {
	if once {
		taken := r.sql().Select(sql.Count("*")).From(sql.Table(e.Table)).Where(sql.EQ(column, to))
		if n, err := r.count(taken); err != nil {
			return err
		} else if n > 0 {
			own := r.sql().Select(sql.Count("*")).From(sql.Table(e.Table)).Where(sql.And(sql.EQ(column, to), sql.EQ(e.ID().Column, key)))
			if n, err := r.count(own); err != nil || n > 0 {
				return err
			}
			f := e.ByColumn(column)
			if f == nil || !f.Nullable {
				return fmt.Errorf("another row of %s has it", e.Table)
			}
			if err := r.exec(r.sql().Update(e.Table).SetNull(column).Where(sql.EQ(column, to))); err != nil {
				return err
			}
		}
	}
	return r.exec(r.sql().Update(e.Table).Set(column, to).Where(sql.EQ(e.ID().Column, key)))
}

func (r *run) count(q sql.Querier) (int, error) {
	text, args := q.Query()
	rows := &sql.Rows{}
	if err := r.DB.Driver().Query(r.ctx, text, args, rows); err != nil {
		return 0, err
	}
	defer rows.Close() //nolint:errcheck // read to its end
	return sql.ScanInt(rows)
}

// state is the hidden row with everything that links to it, as it is stored.
func (r *run) state(t *testing.T, e *entity.Entity, key any) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(r.dump(t, "*", e.Table, e.ID().Column, key))
	for _, name := range slices.Sorted(maps.Keys(r.Entities)) {
		owner := r.Entities[name]
		for _, edge := range owner.Edges {
			if edge.Target != e.Name {
				continue
			}
			switch {
			case edge.Relation == entity.ManyToMany:
				b.WriteString(r.dump(t, edge.OwnerColumn, edge.JoinTable, edge.TargetColumn, key))
			case edge.OwnsFK:
				b.WriteString(r.dump(t, owner.ID().Column, owner.Table, edge.Column, key))
			}
		}
	}
	return b.String()
}

// dump is the text of the rows of a table that have a value.
func (r *run) dump(t *testing.T, what, table, column string, v any) string {
	t.Helper()
	text, args := r.sql().Select(what).From(sql.Table(table)).Where(sql.EQ(column, v)).Query()
	rows, err := r.DB.SQL().QueryContext(r.ctx, text, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var lines []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		lines = append(lines, fmt.Sprintf("%s %v", table, values))
	}
	require.NoError(t, rows.Err())
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// remove takes a row out of its table and nothing else, as if it never was.
func (r *run) remove(t *testing.T, e *entity.Entity, key any) {
	t.Helper()
	conn, err := r.DB.SQL().Conn(r.ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	exec := func(text string, args ...any) {
		_, err := conn.ExecContext(r.ctx, text, args...)
		require.NoError(t, err, text)
	}
	text, args := r.sql().Delete(e.Table).Where(sql.EQ(e.ID().Column, key)).Query()
	switch r.dialect() {
	case dialect.SQLite:
		exec("PRAGMA foreign_keys = OFF")
		exec(text, args...)
		exec("PRAGMA foreign_keys = ON")
	case dialect.MySQL:
		exec("SET FOREIGN_KEY_CHECKS = 0")
		exec(text, args...)
		exec("SET FOREIGN_KEY_CHECKS = 1")
	default:
		rows, err := conn.QueryContext(r.ctx, `SELECT quote_ident(c.relname), quote_ident(f.conname)
			FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
			WHERE f.contype = 'f' AND f.confrelid = to_regclass($1)`, e.Table)
		require.NoError(t, err)
		var drops []string
		for rows.Next() {
			var table, name string
			require.NoError(t, rows.Scan(&table, &name))
			drops = append(drops, "ALTER TABLE "+table+" DROP CONSTRAINT "+name)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		for _, drop := range drops {
			exec(drop)
		}
		exec(text, args...)
	}
}
