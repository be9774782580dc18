package database

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// rawDriver is what ent asks of a driver, its optional abilities included.
type rawDriver interface {
	dialect.Driver
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	BeginTx(ctx context.Context, opts *sql.TxOptions) (dialect.Tx, error)
}

// explainer turns the drivers' constraint errors into ConstraintErrors, in
// words by which ent recognises them on every database.
type explainer struct {
	rawDriver
	variables sessionVariables
}

// explainerTx is explainer inside a transaction.
type explainerTx struct {
	dialect.Tx
	raw       rawExecQuerier
	variables sessionVariables
	watch     *txWatch // nil: somebody else does
}

type rawExecQuerier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// explainedRows are rows of a statement that writes: its errors may come as
// late as the first row.
type explainedRows struct{ entsql.ColumnScanner }

func explain(err error) error {
	if err == nil {
		return nil
	}
	c, ok := AsConstraint(err)
	if !ok {
		if failure, ok := AsFailure(err); ok {
			return failure
		}
		return err
	}
	return fmt.Errorf("%s constraint failed: %w", strings.ToUpper(string(c.Kind)), c)
}

// Broken implements the interface by which package entity explains a broken
// constraint in terms of an entity.
func (e *ConstraintError) Broken() (kind, table string, columns []string, name string) {
	return string(e.Kind), e.Table, e.Columns, e.Constraint
}

// Exec runs a statement.
func (d *explainer) Exec(ctx context.Context, query string, args, v any) error {
	if err := d.variables.refuse(ctx); err != nil {
		return err
	}
	return explain(d.rawDriver.Exec(ctx, query, args, v))
}

// Query runs a statement that returns rows.
func (d *explainer) Query(ctx context.Context, query string, args, v any) error {
	if err := d.variables.refuse(ctx); err != nil {
		return err
	}
	return explainQuery(query, v, d.rawDriver.Query(ctx, query, args, v))
}

// ExecContext runs a statement.
func (d *explainer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := d.variables.refuse(ctx); err != nil {
		return nil, err
	}
	result, err := d.rawDriver.ExecContext(ctx, query, args...)
	return result, explain(err)
}

// QueryContext runs a statement that returns rows.
func (d *explainer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := d.variables.refuse(ctx); err != nil {
		return nil, err
	}
	rows, err := d.rawDriver.QueryContext(ctx, query, args...)
	return rows, explain(err)
}

// Tx begins a transaction.
func (d *explainer) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

// BeginTx begins a transaction.
func (d *explainer) BeginTx(ctx context.Context, opts *sql.TxOptions) (dialect.Tx, error) {
	tx, err := d.begin(ctx, opts)
	if err != nil {
		return nil, err
	}
	return tx, nil
}

func (d *explainer) begin(ctx context.Context, opts *sql.TxOptions) (*explainerTx, error) {
	tx, err := d.rawDriver.BeginTx(ctx, opts)
	if err != nil {
		return nil, explain(err)
	}
	raw, ok := tx.(rawExecQuerier)
	if !ok {
		return nil, fmt.Errorf("database: unexpected transaction %T", tx)
	}
	return &explainerTx{Tx: tx, raw: raw, variables: d.variables}, nil
}

// Exec runs a statement.
func (t *explainerTx) Exec(ctx context.Context, query string, args, v any) error {
	if err := t.variables.refuse(ctx); err != nil {
		return err
	}
	return explain(t.Tx.Exec(ctx, query, args, v))
}

// Query runs a statement that returns rows.
func (t *explainerTx) Query(ctx context.Context, query string, args, v any) error {
	if err := t.variables.refuse(ctx); err != nil {
		return err
	}
	return explainQuery(query, v, t.Tx.Query(ctx, query, args, v))
}

// ExecContext runs a statement.
func (t *explainerTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.variables.refuse(ctx); err != nil {
		return nil, err
	}
	result, err := t.raw.ExecContext(ctx, query, args...)
	return result, explain(err)
}

// QueryContext runs a statement that returns rows.
func (t *explainerTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.variables.refuse(ctx); err != nil {
		return nil, err
	}
	rows, err := t.raw.QueryContext(ctx, query, args...)
	return rows, explain(err)
}

// Commit ends the transaction; deferred constraints are checked here.
func (t *explainerTx) Commit() error {
	defer t.watch.end()
	return explain(t.Tx.Commit())
}

// Rollback undoes the transaction.
func (t *explainerTx) Rollback() error {
	defer t.watch.end()
	return t.Tx.Rollback()
}

func explainQuery(query string, v any, err error) error {
	if rows, ok := v.(*entsql.Rows); ok && err == nil && writes(query) {
		rows.ColumnScanner = explainedRows{rows.ColumnScanner}
	}
	return explain(err)
}

// Err is the error that ended the rows.
func (r explainedRows) Err() error { return explain(r.ColumnScanner.Err()) }
