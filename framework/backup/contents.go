package backup

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
)

// contents is what is in a database at one instant.
type contents struct {
	rows    map[string]int64 // of each table
	objects []string         // "index users_email_key", "view active_users"; sorted
}

// querier is a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// texts returns the rows of a query whose columns are all text.
func texts(ctx context.Context, db querier, query string) (list [][]string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says more
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		row := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// objects returns the rows of a query as "kind name", sorted.
func objects(ctx context.Context, db querier, query string) ([]string, error) {
	rows, err := texts(ctx, db, query)
	if err != nil {
		return nil, fmt.Errorf("backup: cannot list what is in the database: %w", err)
	}
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = row[0] + " " + row[1]
	}
	slices.Sort(list)
	return list, nil
}

// count counts the rows of a table; quoted is its name in SQL.
func count(ctx context.Context, db querier, quoted string) (n int64, err error) {
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted).Scan(&n); err != nil {
		return 0, fmt.Errorf("backup: cannot count the rows of %s: %w", quoted, err)
	}
	return n, nil
}

// differences tells what is not in got as it is in want.
func differences(want, got map[string]int64) (list []string) {
	for _, table := range slices.Sorted(maps.Keys(want)) {
		n, ok := got[table]
		switch {
		case !ok:
			list = append(list, "table "+table+" is missing")
		case n != want[table]:
			list = append(list, fmt.Sprintf("table %s has %d rows instead of %d", table, n, want[table]))
		}
	}
	for _, table := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[table]; !ok {
			list = append(list, "table "+table+" was not in the database")
		}
	}
	return list
}

// missing lists what is in want and not in got.
func missing(want, got []string) (list []string) {
	for _, object := range want {
		if _, found := slices.BinarySearch(got, object); !found {
			list = append(list, object+" is missing")
		}
	}
	return list
}

// compare is differences and missing together, as an error.
func compare(path string, want, got contents) error {
	if problems := append(differences(want.rows, got.rows), missing(want.objects, got.objects)...); len(problems) > 0 {
		return &IntegrityError{Path: path, Problems: problems}
	}
	return nil
}
