package entity

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"
	"entgo.io/ent/schema/field"
)

// UpdateNode is sqlgraph.UpdateNode in one statement where PostgreSQL can do
// it in one: UPDATE … RETURNING, in place of BEGIN, UPDATE, SELECT and COMMIT.
//
// MySQL has no RETURNING, and SQLite's does not tell the type of a column, so
// that no time could be read; both, and updates that reach into other tables,
// go the longer way. The generated client uses it.
func UpdateNode(ctx context.Context, drv dialect.Driver, spec *sqlgraph.UpdateSpec) error {
	update := returning(drv, spec)
	if update == nil {
		return sqlgraph.UpdateNode(ctx, drv, spec)
	}
	if err := update.Err(); err != nil {
		return err
	}
	rows := &sql.Rows{}
	query, args := update.Query()
	if err := drv.Query(ctx, query, args, rows); err != nil {
		return err
	}
	return scanOne(rows, spec)
}

// returning builds the statement, or returns nil where one is not enough.
func returning(drv dialect.Driver, spec *sqlgraph.UpdateSpec) *sql.UpdateBuilder {
	if drv.Dialect() != dialect.Postgres || spec.Node.ID == nil || spec.ScanValues == nil || len(spec.Modifiers) > 0 {
		return nil
	}
	b := sql.Dialect(drv.Dialect())
	update := b.Update(spec.Node.Table).Schema(spec.Node.Schema).Where(sql.EQ(spec.Node.ID.Column, spec.Node.ID.Value))
	if spec.Predicate != nil {
		selector := b.Select().From(b.Table(spec.Node.Table).Schema(spec.Node.Schema))
		spec.Predicate(selector)
		update.FromSelect(selector)
	}
	if !setColumns(update, spec) || update.Empty() {
		return nil
	}
	return update.Returning(spec.Node.Columns...)
}

// setColumns sets what the update changes. It reports whether all of it is in
// the row itself.
func setColumns(update *sql.UpdateBuilder, spec *sqlgraph.UpdateSpec) bool {
	set := map[string]bool{} // by an edge: Ent clears a key before it sets it
	for _, e := range spec.Edges.Add {
		if !inRow(e) {
			return false
		}
		set[e.Columns[0]] = true
	}
	for _, f := range spec.Fields.Clear {
		update.SetNull(f.Column)
	}
	for _, e := range spec.Edges.Clear {
		if !inRow(e) {
			return false
		}
		if !set[e.Columns[0]] {
			update.SetNull(e.Columns[0])
		}
	}
	for _, f := range spec.Fields.Set {
		value := f.Value
		if f.Type == field.TypeJSON {
			data, err := json.Marshal(value)
			if err != nil {
				return false // the longer way tells
			}
			value = driver.Value(json.RawMessage(data))
		}
		update.Set(f.Column, value)
	}
	for _, e := range spec.Edges.Add {
		update.Set(e.Columns[0], e.Target.Nodes[0])
	}
	for _, f := range spec.Fields.Add {
		update.Add(f.Column, f.Value)
	}
	return true
}

// inRow reports whether the key of an edge is a column of the row.
func inRow(e *sqlgraph.EdgeSpec) bool {
	return e.Rel == sqlgraph.M2O || e.Rel == sqlgraph.O2O && e.Inverse
}

func scanOne(rows *sql.Rows, spec *sqlgraph.UpdateSpec) (err error) {
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return &sqlgraph.NotFoundError{}
	}
	values, err := spec.ScanValues(columns)
	if err != nil {
		return err
	}
	if err := rows.Scan(values...); err != nil {
		return fmt.Errorf("entity: cannot scan an updated row: %w", err)
	}
	return spec.Assign(columns, values)
}
