package migration

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// DataTx is a transaction of a [DataStep], over when the function returns that
// was given it.
type DataTx struct {
	dialect config.Dialect
	db      querier
}

// Dialect is the dialect of the database, for SQL that differs.
func (t *DataTx) Dialect() config.Dialect { return t.dialect }

// Exec runs a statement and returns how many rows it changed.
func (t *DataTx) Exec(ctx context.Context, query string, args ...any) (rows int64, err error) {
	if err := checkData(t.dialect, query); err != nil {
		return 0, err
	}
	query, args, err = rewrite(t.dialect, query, args, 1)
	if err != nil {
		return 0, err
	}
	result, err := t.db.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("migration: cannot %s: %w", firstWords(query), err)
	}
	if rows, err = result.RowsAffected(); err != nil {
		return 0, fmt.Errorf("migration: cannot count the rows of %s: %w", firstWords(query), err)
	}
	return rows, nil
}

// Query reads rows, all of them into memory.
func (t *DataTx) Query(ctx context.Context, query string, args ...any) ([]Row, error) {
	if err := checkData(t.dialect, query); err != nil {
		return nil, err
	}
	query, args, err := rewrite(t.dialect, query, args, 1)
	if err != nil {
		return nil, err
	}
	return readRows(ctx, t.db, query, args...)
}

// The limits of one INSERT: the parameters of the strictest dialect, and a size
// that every server takes.
const (
	maxParameters = 32000
	maxInsertSize = 1 << 20
)

// Insert inserts rows, each with a value for each column, many with one
// statement. A list is given as slices.Values(list).
func (t *DataTx) Insert(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (inserted int64, err error) {
	if err := checkNamesOf(append([]string{table}, columns...)...); err != nil {
		return 0, err
	}
	if len(columns) == 0 {
		return 0, fmt.Errorf("migration: cannot insert into %s: no columns are named", table)
	}
	var (
		args  []any
		size  int
		marks = "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + "), "
		head  = "INSERT INTO " + quoteName(t.dialect, table) + " (" + quoteNames(t.dialect, columns, "", ", ") + ") VALUES "
	)
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		n, err := t.Exec(ctx, head+strings.TrimSuffix(strings.Repeat(marks, len(args)/len(columns)), ", "), args...)
		inserted += n
		args, size = args[:0], 0
		return err
	}
	count := 0
	for row := range rows {
		count++
		if len(row) != len(columns) {
			return inserted, fmt.Errorf("migration: cannot insert row %d into %s: it has %d values for %d columns", count, table, len(row), len(columns))
		}
		if len(args)+len(row) > maxParameters || size > maxInsertSize {
			if err := flush(); err != nil {
				return inserted, err
			}
		}
		args = append(args, row...)
		for _, v := range row {
			size += sizeOf(v)
		}
	}
	return inserted, flush()
}

// sizeOf is about how long a value is in a statement.
func sizeOf(value any) int {
	switch v := value.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	default:
		return 16
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkNamesOf refuses names of tables and columns that could be anything else.
func checkNamesOf(list ...string) error {
	for _, name := range list {
		if !plainName.MatchString(name) {
			return fmt.Errorf("migration: %q cannot be the name of a table or column: use letters, digits and underscores", name)
		}
	}
	return nil
}

func quoteName(d config.Dialect, name string) string { return (&adapted{dialect: d}).quoteName(name) }

// quoteNames quotes names, each followed by suffix.
func quoteNames(d config.Dialect, list []string, suffix, separator string) string {
	quoted := make([]string, len(list))
	for i, name := range list {
		quoted[i] = quoteName(d, name) + suffix
	}
	return strings.Join(quoted, separator)
}
