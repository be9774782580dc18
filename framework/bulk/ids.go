package bulk

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"math"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// No id is taken from the order of returned rows, which no database promises.
//
//   - PostgreSQL: as many numbers as needed are drawn from the sequence of the
//     column in one statement, and inserted as they are.
//   - SQLite: a transaction that writes is the only one, so the numbers behind
//     the highest that was ever given are free. They are those that SQLite itself
//     would give, and it counts on behind them.
//   - MySQL and MariaDB: ids are made by the INSERT. For one that lists its rows
//     and leaves all ids to the database ("simple insert") the manual promises
//     numbers without gaps, whatever innodb_autoinc_lock_mode: LAST_INSERT_ID()
//     is that of the first row, and each further one is higher by
//     auto_increment_increment. So rows with ids of their own are never in one
//     statement with rows without.
//
// UUIDs and other ids that are no numbers are made in Go.

// reserve gives ids to the rows that have none, where the dialect knows them
// before the rows are inserted.
func (b *batch) reserve(ctx context.Context, rows []*Row) error {
	var missing []*Row
	for _, r := range rows {
		if id := r.create.ID; id != nil && id.Value == nil && id.Type.Numeric() {
			missing = append(missing, r)
		}
	}
	if len(missing) == 0 || b.driver.Dialect() == dialect.MySQL {
		return nil
	}
	ids := b.sequence
	if b.driver.Dialect() == dialect.SQLite {
		ids = b.behindHighest
	}
	numbers, err := ids(ctx, missing[0], len(missing))
	if err != nil {
		return err
	}
	for i, r := range missing {
		r.create.ID.Value = numbers[i]
	}
	return nil
}

// sequence draws numbers from the sequence of a column of PostgreSQL.
func (b *batch) sequence(ctx context.Context, r *Row, n int) ([]int64, error) {
	ids := make([]int64, 0, n)
	err := query(ctx, b.driver, "SELECT nextval(pg_get_serial_sequence($1, $2)) FROM generate_series(1, $3::int)",
		[]any{quoted(r.create.Schema, r.create.Table), r.create.ID.Column, n}, func(rows *sql.Rows) error {
			var id stdsql.NullInt64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			if !id.Valid {
				return errors.New("the column has no sequence; give the rows ids")
			}
			ids = append(ids, id.Int64)
			return nil
		})
	if err == nil && len(ids) != n {
		err = fmt.Errorf("got %d numbers of %d", len(ids), n)
	}
	if err != nil {
		return nil, fmt.Errorf("bulk: cannot reserve ids of %s: %w", r.create.Table, err)
	}
	return ids, nil
}

// quoted names a table for pg_get_serial_sequence, which parses identifiers.
func quoted(schema, table string) string {
	b := sql.Dialect(dialect.Postgres).Select()
	name := b.Quote(table)
	if schema != "" {
		name = b.Quote(schema) + "." + name
	}
	return name
}

// behindHighest counts on behind the highest id that SQLite ever gave.
func (b *batch) behindHighest(ctx context.Context, r *Row, n int) ([]int64, error) {
	var highest int64
	read := func(text string, args ...any) error {
		return query(ctx, b.driver, text, args, func(rows *sql.Rows) error {
			var id stdsql.NullInt64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			highest = max(highest, id.Int64)
			return nil
		})
	}
	text, args := sql.Dialect(dialect.SQLite).Select(sql.Max(r.create.ID.Column)).From(sql.Table(r.create.Table)).Query()
	err := read(text, args...)
	if err == nil {
		var counted bool
		err = query(ctx, b.driver, "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'", nil, func(*sql.Rows) error {
			counted = true
			return nil
		})
		if err == nil && counted {
			err = read("SELECT seq FROM sqlite_sequence WHERE name = ?", r.create.Table)
		}
	}
	if err == nil && highest > math.MaxInt64-int64(n) {
		err = errors.New("the highest id is taken")
	}
	if err != nil {
		return nil, fmt.Errorf("bulk: cannot reserve ids of %s: %w", r.create.Table, err)
	}
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = highest + 1 + int64(i)
	}
	return ids, nil
}
