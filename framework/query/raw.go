package query

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// All runs a statement and returns its rows; none is an empty slice. T is a
// struct, a pointer to one, map[string]any, or a scalar for a single column: see
// the package. A generated entity takes all of its columns and is not attached to
// a client: it is data, and its edges are those of nothing.
func All[T any](ctx context.Context, src Source, text string, args ...any) ([]T, error) {
	all := []T{}
	for row, err := range Each[T](ctx, src, text, args...) {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}

// One returns the only row of a statement: without one the error is an
// entity.ErrNotFound, with several [ErrNotSingular].
func One[T any](ctx context.Context, src Source, text string, args ...any) (T, error) {
	var (
		one, none T
		found     bool
	)
	for row, err := range Each[T](ctx, src, text, args...) {
		if err != nil {
			return none, err
		}
		if found {
			return none, ErrNotSingular
		}
		one, found = row, true
	}
	if !found {
		return none, fmt.Errorf("query: no row: %w", entity.ErrNotFound)
	}
	return one, nil
}

// Each streams the rows of a statement: as many as there are, in constant
// memory. An error is the last thing that it yields. The rows are closed
// whatever ends the loop. Until then they hold a connection, and within a
// transaction its only one: nothing else can be run in it on PostgreSQL and
// MySQL.
//
//	for row, err := range query.Each[Row](ctx, db, "SELECT … WHERE user_id = ?", id) {
//		if err != nil {
//			return err
//		}
//		…
//	}
func Each[T any](ctx context.Context, src Source, text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		driver := src.Driver()
		text, bound, err := limitsOf(src).bind(driver.Dialect(), text, args)
		if err == nil {
			err = stream(ctx, driver, limitsOf(src), text, bound, yield)
		}
		if err != nil && !errors.Is(err, errStopped) {
			var none T
			yield(none, err)
		}
	}
}

// errStopped says that the loop over the rows has ended early.
var errStopped = errors.New("query: stopped")

// stream yields the rows of a statement as the database takes it.
func stream[T any](ctx context.Context, driver dialect.Driver, l limits, text string, args []any, yield func(T, error) bool) error {
	stopped := false
	err := l.query(ctx, driver, text, args, func(rows *sql.Rows) error {
		s, err := newScanner[T](rows)
		if err != nil {
			return err
		}
		for n := 1; rows.Next(); n++ {
			if l.rows > 0 && n > l.rows {
				return fmt.Errorf("%w: there are more than %d", ErrTooManyRows, l.rows)
			}
			row, err := s.scan(rows, n)
			if err != nil {
				return err
			}
			if !yield(row, nil) {
				stopped = true
				return nil
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("query: cannot read the rows: %w", conflict(driver.Dialect(), text, err))
		}
		return nil
	})
	if stopped {
		return errStopped // whatever came after, nobody listens any more
	}
	return err
}

// Exec runs a statement that returns no rows, and returns how many it changed.
// Row filters, rules and versions know nothing of it.
func Exec(ctx context.Context, src Source, text string, args ...any) (affected int64, err error) {
	driver := src.Driver()
	text, bound, err := limitsOf(src).bind(driver.Dialect(), text, args)
	if err != nil {
		return 0, err
	}
	err = limitsOf(src).run(ctx, driver, func(ctx context.Context) error {
		var result sql.Result
		if err := driver.Exec(ctx, text, bound, &result); err != nil {
			return fmt.Errorf("query: cannot run the SQL: %w", conflict(driver.Dialect(), text, err))
		}
		affected, err = result.RowsAffected()
		return err
	})
	return affected, err
}
