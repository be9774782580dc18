package unitofwork

import (
	"context"
	stdsql "database/sql"
	"errors"

	"entgo.io/ent/dialect"
)

// Driver is the driver of the manager's client for statements of one's own: they
// run in the transaction that the manager works in, whatever context they come
// with, and see what was flushed. With [Autoflush] what is pending is flushed
// before each of them.
func (m *Manager) Driver() dialect.Driver { return &sqlDriver{m.driver, m} }

type sqlDriver struct {
	dialect.Driver
	m *Manager
}

// raw is what a driver of package database does beyond Ent's.
type raw interface {
	ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error)
}

var errNotRaw = errors.New("unitofwork: this driver runs no SQL of one's own: give the client that of database.Open")

// before returns the context to run a statement with.
func (d *sqlDriver) before(ctx context.Context) (context.Context, error) {
	done, err := d.m.use()
	if err != nil {
		return ctx, err
	}
	defer done()
	if ctx, err = d.m.enter(ctx); err != nil {
		return ctx, err
	}
	if err := d.m.flushBefore(ctx); err != nil {
		return ctx, err
	}
	return d.m.enter(ctx)
}

// Exec runs a statement.
func (d *sqlDriver) Exec(ctx context.Context, query string, args, v any) error {
	ctx, err := d.before(ctx)
	if err != nil {
		return err
	}
	return d.Driver.Exec(ctx, query, args, v)
}

// Query runs a statement that returns rows.
func (d *sqlDriver) Query(ctx context.Context, query string, args, v any) error {
	ctx, err := d.before(ctx)
	if err != nil {
		return err
	}
	return d.Driver.Query(ctx, query, args, v)
}

// ExecContext runs a statement.
func (d *sqlDriver) ExecContext(ctx context.Context, query string, args ...any) (stdsql.Result, error) {
	ctx, err := d.before(ctx)
	if err != nil {
		return nil, err
	}
	if r, ok := d.Driver.(raw); ok {
		return r.ExecContext(ctx, query, args...)
	}
	return nil, errNotRaw
}

// QueryContext runs a statement that returns rows.
func (d *sqlDriver) QueryContext(ctx context.Context, query string, args ...any) (*stdsql.Rows, error) {
	ctx, err := d.before(ctx)
	if err != nil {
		return nil, err
	}
	if r, ok := d.Driver.(raw); ok {
		return r.QueryContext(ctx, query, args...)
	}
	return nil, errNotRaw
}
