package analytics

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
)

// Options say how reports are made. The zero value is the default.
type Options struct {
	Now     func() time.Time // the present; default time.Now
	Zone    *time.Location   // of days and months, see the package; default UTC
	Timeout time.Duration    // of one statement; default 30 seconds
}

// WithDefaults returns the options with the defaults filled in.
func (o Options) WithDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	return o
}

// Repository makes reports. It may be used by several goroutines.
type Repository struct {
	source query.Source
	sql    syntax
	opts   Options
}

// New returns the reports about a database: a generated client, or a
// *database.DB.
//
// Their statements only read, also within a transaction that may write; see
// query.ReadOnly. One that was begun with database.ToRead is joined.
func New(src query.Source, opts Options) *Repository {
	opts = opts.WithDefaults()
	return &Repository{
		// Rows are limited by the reports. This is the net below.
		source: query.With(src, query.ReadOnly(), query.Timeout(opts.Timeout), query.MaxRows(10*MaxLimit)),
		sql:    syntax{src.Driver().Dialect()},
		opts:   opts,
	}
}

const day = 24 * time.Hour

// now is the present as the database stores instants.
func (r *Repository) now() time.Time { return r.opts.Now().UTC().Truncate(time.Microsecond) }

// snapshot runs fn so that all of its statements see the same rows.
func (r *Repository) snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	if database.TransactionOf(ctx) != nil {
		return fn(ctx) // as much of a snapshot as the caller asked for
	}
	return database.Transact(ctx, r.source.Driver(), fn, database.ToRead(), database.Isolated(sql.LevelRepeatableRead))
}

// read returns the rows of a statement of the named report.
func read[T any](ctx context.Context, r *Repository, report, text string, values query.Named) ([]T, error) {
	rows, err := query.All[T](ctx, r.source, text, values)
	if err != nil {
		return nil, fmt.Errorf("analytics: cannot make the report %s: %w", report, err)
	}
	return rows, nil
}

// readOne returns the only row of a statement of the named report.
func readOne[T any](ctx context.Context, r *Repository, report, text string, values query.Named) (T, error) {
	row, err := query.One[T](ctx, r.source, text, values)
	if err != nil {
		return row, fmt.Errorf("analytics: cannot make the report %s: %w", report, err)
	}
	return row, nil
}
