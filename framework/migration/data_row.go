package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is a row that was read.
type Row struct {
	columns []string
	values  []any
}

// Value is the value of a column as the database gave it, nil for NULL, fit to
// be the argument of a statement. Text is a string on every dialect. It panics
// if the column was not read.
func (r Row) Value(column string) any {
	i := slices.Index(r.columns, column)
	if i < 0 {
		panic(fmt.Sprintf("migration: column %q was not read, only %s", column, strings.Join(r.columns, ", ")))
	}
	return r.values[i]
}

// Null reports whether a column is NULL.
func (r Row) Null(column string) bool { return r.Value(column) == nil }

// Text is the value of a column as text, "" for NULL.
func (r Row) Text(column string) string {
	switch v := r.Value(column).(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	default:
		return fmt.Sprint(v)
	}
}

// Scan copies the columns, in the order in which they were read, as
// [sql.Rows.Scan] does. A batch reads its key first.
func (r Row) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("migration: cannot scan %d columns (%s) into %d values", len(r.values), strings.Join(r.columns, ", "), len(dest))
	}
	for i, d := range dest {
		if err := scanValue(d, r.values[i]); err != nil {
			return fmt.Errorf("migration: cannot scan column %s: %w", r.columns[i], err)
		}
	}
	return nil
}

func scanValue(dest, value any) error {
	switch d := dest.(type) {
	case *any:
		*d = value
		return nil
	case sql.Scanner:
		return d.Scan(value)
	case *string:
		return convert(d, value)
	case *int:
		return convert(d, value)
	case *int64:
		return convert(d, value)
	case *uint64:
		return convert(d, value)
	case *float64:
		return convert(d, value)
	case *bool:
		return convert(d, value)
	case *[]byte:
		return convert(d, value)
	case *time.Time:
		return convert(d, value)
	default:
		return fmt.Errorf("a %T is not possible; use a pointer to a string, int, int64, uint64, float64, bool, []byte, time.Time or any, or a sql.Scanner", dest)
	}
}

func convert[T any](dest *T, value any) error {
	var n sql.Null[T]
	if err := n.Scan(value); err != nil {
		return err
	}
	if !n.Valid {
		return errors.New("it is NULL; use a sql.Null")
	}
	*dest = n.V
	return nil
}

// readRows runs a query and keeps all of its rows, so that the connection is
// free for the next statement.
func readRows(ctx context.Context, db querier, query string, args ...any) (list []Row, err error) {
	var (
		columns []string
		binary  []bool
	)
	err = each(ctx, db, "read rows", query, func(rows *sql.Rows) error {
		if columns == nil {
			types, err := rows.ColumnTypes()
			if err != nil {
				return err
			}
			for _, t := range types {
				columns, binary = append(columns, t.Name()), append(binary, isBinary(t.DatabaseTypeName()))
			}
		}
		row := Row{columns: columns, values: make([]any, len(columns))}
		pointers := make([]any, len(columns))
		for i := range row.values {
			pointers[i] = &row.values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i, v := range row.values {
			// MySQL and pq give text as bytes.
			if text, ok := v.([]byte); ok && !binary[i] {
				row.values[i] = string(text)
			}
		}
		list = append(list, row)
		return nil
	}, args...)
	return list, err
}

// isBinary reports whether a type holds bytes rather than text. SQLite, where
// the type says little, gives text as text.
func isBinary(databaseType string) bool {
	name := strings.ToUpper(databaseType)
	for _, part := range []string{"BLOB", "BINARY", "BYTEA", "BIT", "GEOMETRY"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == ""
}
