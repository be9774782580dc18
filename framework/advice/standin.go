package advice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// standIn fills in the arguments that were not recorded: a value that the column
// has, in the middle of the table.
func (it *item) standIn(ctx context.Context, s *scratch) error {
	if len(it.Args) >= it.shape.Params {
		return nil
	}
	tables := map[string]*Table{}
	for _, u := range it.uses {
		tables[u.table.Name] = u.table
	}
	args := append([]any{}, it.Args...)
	for len(args) < it.shape.Params {
		param := len(args)
		var value any = 20 // rows of a LIMIT
		if table, column := it.columnOf(param, tables); table != nil {
			found, err := s.sample(ctx, table.Name, column)
			if err != nil {
				return err
			}
			value = found
		}
		args = append(args, value)
	}
	it.Args = args
	return nil
}

// sample reads a value of a column; nil if it has none.
func (s *scratch) sample(ctx context.Context, table, column string) (value any, err error) {
	q := "`"
	if s.copied.Dialect() == config.Postgres {
		q = `"`
	}
	quote := func(name string) string { return q + strings.ReplaceAll(name, q, q+q) + q }
	from := " FROM " + quote(table) + " WHERE " + quote(column) + " IS NOT NULL"
	var rows int64
	if err := s.copied.SQL().QueryRowContext(ctx, "SELECT COUNT(*)"+from).Scan(&rows); err != nil {
		return nil, fmt.Errorf("advice: cannot count %s: %w", table, err)
	}
	err = s.copied.SQL().QueryRowContext(ctx, fmt.Sprintf("SELECT %s%s LIMIT 1 OFFSET %d", quote(column), from, rows/2)).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("advice: cannot read a value of %s: %w", table, err)
	}
	if text, ok := value.([]byte); ok {
		value = string(text)
	}
	return value, nil
}
