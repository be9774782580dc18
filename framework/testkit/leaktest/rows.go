package leaktest

import (
	"fmt"
	"maps"
	"regexp"
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
	return r.keysWhere(t, e, nil)
}

func (r *run) keysWhere(t *testing.T, e *entity.Entity, where *sql.Predicate) []any {
	t.Helper()
	q := r.sql().Select(e.ID().Column).From(sql.Table(e.Table)).OrderBy(e.ID().Column)
	if where != nil {
		q.Where(where)
	}
	text, args := q.Query()
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
		var err error
		for _, from := range r.rows[owner.Name] { // some may not, as they would have a twin
			if err = r.point(owner, from, edge.Column, key, edge.Relation == entity.OneToOne); err == nil {
				return nil
			}
		}
		return err
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
				return r.taken(e, key, column)
			}
			if err := r.exec(r.sql().Update(e.Table).SetNull(column).Where(sql.EQ(column, to))); err != nil {
				return err
			}
		}
	}
	u := func() *sql.UpdateBuilder {
		return r.sql().Update(e.Table).Set(column, to).Where(sql.EQ(e.ID().Column, key))
	}
	err := r.exec(u())
	if err == nil {
		return nil
	}
	for _, f := range e.Fields { // of several owners, it may have one only
		if f.Target != "" && f.Nullable && f.Column != column && r.exec(u().SetNull(f.Column)) == nil {
			return nil
		}
	}
	return err
}

// taken deals with a key that only one row may have, and must. Either end of it
// is linked then, to whom it may concern, if that row is one of those that show.
func (r *run) taken(e *entity.Entity, key any, column string) error {
	f := e.ByColumn(column)
	if f == nil {
		return fmt.Errorf("another row of %s has it", e.Table)
	}
	rows := append([]any{}, r.rows[f.Target]...)
	shown := r.sql().Select(sql.Count("*")).From(sql.Table(e.Table)).Where(sql.And(sql.EQ(e.ID().Column, key), sql.In(column, rows...)))
	if n, err := r.count(shown); err != nil {
		return err
	} else if n == 0 {
		return fmt.Errorf("another row of %s has it", e.Table)
	}
	return nil
}

// analyze brings the statistics of the planner up to date, as the database does
// by itself now and then.
func (r *run) analyze(t *testing.T, e *entity.Entity) {
	t.Helper()
	switch r.dialect() {
	case dialect.Postgres:
		require.NoError(t, r.DB.Driver().Exec(r.ctx, `ANALYZE "`+e.Table+`"`, []any{}, nil))
	case dialect.MySQL:
		rows, err := r.DB.SQL().QueryContext(r.ctx, "ANALYZE TABLE `"+e.Table+"`")
		require.NoError(t, err)
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
}

// row is a row as it is stored, by column.
func (r *run) row(t *testing.T, e *entity.Entity, key any) map[string]any {
	t.Helper()
	text, args := r.sql().Select("*").From(sql.Table(e.Table)).Where(sql.EQ(e.ID().Column, key)).Query()
	rows, err := r.DB.SQL().QueryContext(r.ctx, text, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	out := map[string]any{}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	require.True(t, rows.Next())
	require.NoError(t, rows.Scan(into...))
	for i, column := range columns {
		out[column] = values[i]
		if b, ok := values[i].([]byte); ok {
			out[column] = string(b)
		}
	}
	return out
}

var words = regexp.MustCompile(`\pL{3,}`)

// word is one by which the row is found.
func (r *run) word(t *testing.T, e *entity.Entity, key any) string {
	t.Helper()
	row := r.row(t, e, key)
	for _, column := range e.Search.Columns {
		if text, ok := row[column].(string); ok {
			if word := words.FindString(text); word != "" {
				return word
			}
		}
	}
	return ""
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
	r.free(t, e, r.sql().Delete(e.Table).Where(sql.EQ(e.ID().Column, key)))
}

// tidy does away with references to a row that was removed, so that they do not
// trip up what comes later.
func (r *run) tidy(t *testing.T, e *entity.Entity, key any) {
	t.Helper()
	joins := map[string]bool{}
	for _, owner := range r.Entities {
		for _, edge := range owner.Edges {
			if edge.Target != e.Name {
				continue
			}
			switch {
			case edge.Relation == entity.ManyToMany && !joins[edge.JoinTable+edge.TargetColumn]:
				joins[edge.JoinTable+edge.TargetColumn] = true
				require.NoError(t, r.exec(r.sql().Delete(edge.JoinTable).Where(sql.EQ(edge.TargetColumn, key))))
			case edge.OwnsFK && single(owner):
				for _, k := range r.keysWhere(t, owner, sql.EQ(edge.Column, key)) {
					r.adopt(t, owner, edge, e, k)
				}
			}
		}
	}
}

// adopt gives a row whose reference leads to nothing another one, or none; where
// neither is possible, it goes.
func (r *run) adopt(t *testing.T, owner *entity.Entity, edge *entity.Edge, e *entity.Entity, key any) {
	t.Helper()
	at := func() *sql.UpdateBuilder {
		return r.sql().Update(owner.Table).Where(sql.EQ(owner.ID().Column, key))
	}
	if f := owner.ByColumn(edge.Column); f != nil && f.Nullable && r.exec(at().SetNull(edge.Column)) == nil {
		return
	}
	for _, to := range r.rows[e.Name] {
		if r.exec(at().Set(edge.Column, to)) == nil {
			return
		}
	}
	r.remove(t, owner, key)
	r.rows[owner.Name] = slices.DeleteFunc(r.rows[owner.Name], func(k any) bool { return k == key })
	r.tidy(t, owner, key)
}

// free runs a statement that breaks foreign keys to a table.
func (r *run) free(t *testing.T, e *entity.Entity, q sql.Querier) {
	t.Helper()
	conn, err := r.DB.SQL().Conn(r.ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	exec := func(text string, args ...any) {
		_, err := conn.ExecContext(r.ctx, text, args...)
		require.NoError(t, err, text)
	}
	text, args := q.Query()
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
