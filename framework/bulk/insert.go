package bulk

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"
	"entgo.io/ent/schema/field"
)

// tuple is one row of an INSERT.
type tuple struct {
	row    *Row
	values map[string]any
	weight int
}

// insert creates the rows and what their edges add in other tables.
func (b *batch) insert(ctx context.Context, rows []*Row) error {
	for _, r := range rows {
		if r.madeID { // by a try that was undone
			r.create.ID.Value = nil
		}
		r.madeID, r.alone = false, false
	}
	if err := b.reserve(ctx, rows); err != nil {
		return err
	}
	server, err := b.limits(ctx)
	if err != nil {
		return err
	}
	var (
		columns []string
		known   = map[string]bool{}
		tuples  = make([]*tuple, len(rows))
	)
	for i, r := range rows {
		if tuples[i], err = newTuple(r); err != nil {
			return err
		}
		for _, column := range tuples[i].order(r) {
			if !known[column] {
				known[column] = true
				columns = append(columns, column)
			}
		}
	}
	most := parameters(b.driver.Dialect()) / max(len(columns), 1)
	for start := 0; start < len(tuples); {
		if b.needsOwn(tuples[start], columns) {
			if err := tuples[start].row.saveAlone(ctx); err != nil {
				return err
			}
			tuples[start].row.alone = true
			start++
			continue
		}
		end, weight := start, 0
		for end < len(tuples) && end-start < most && b.goTogether(tuples[start], tuples[end], columns) {
			weight += tuples[end].weight
			if end > start && weight > server.packet {
				break
			}
			end++
		}
		if err := b.insertTuples(ctx, tuples[start:end], columns); err != nil {
			return err
		}
		start = end
	}
	return b.link(ctx, rows)
}

// newTuple collects the columns that a row sets.
func newTuple(r *Row) (*tuple, error) {
	t := &tuple{row: r, values: map[string]any{}}
	set := func(column string, v any) {
		t.values[column] = v
		t.weight += weigh(v)
	}
	if id := r.create.ID; id != nil && id.Value != nil {
		set(id.Column, id.Value)
	}
	return t, eachColumn(r.create.Fields, r.create.Edges, set)
}

// order lists the columns of a row in the order of its schema.
func (t *tuple) order(r *Row) []string {
	list := make([]string, 0, len(t.values))
	if r.create.ID != nil && r.create.ID.Value != nil {
		list = append(list, r.create.ID.Column)
	}
	_ = eachColumn(r.create.Fields, r.create.Edges, func(column string, _ any) { list = append(list, column) })
	return list
}

// eachColumn tells the columns that fields and edges set in a row's own table.
func eachColumn(fields []*sqlgraph.FieldSpec, edges []*sqlgraph.EdgeSpec, set func(column string, v any)) error {
	for _, f := range fields {
		var value any = f.Value
		if f.Type == field.TypeJSON {
			text, err := json.Marshal(f.Value)
			if err != nil {
				return fmt.Errorf("bulk: cannot write column %s as JSON: %w", f.Column, err)
			}
			value = json.RawMessage(text)
		}
		set(f.Column, value)
	}
	for _, e := range edges {
		if !external(e) {
			set(e.Columns[0], any(e.Target.Nodes[0]))
		}
	}
	return nil
}

// external reports whether the edge is kept in another table.
func external(e *sqlgraph.EdgeSpec) bool {
	return e.Rel == sqlgraph.M2M || e.Rel == sqlgraph.O2M || e.Rel == sqlgraph.O2O && !e.Inverse && !e.Bidi
}

// needsOwn reports whether the row fits in no statement for many: the database
// makes an id that is no number, or there is nothing to write.
func (b *batch) needsOwn(t *tuple, columns []string) bool {
	id := t.row.create.ID
	return len(columns) == 0 || id != nil && id.Value == nil && !id.Type.Numeric()
}

// goTogether reports whether two rows can be in one statement. MySQL makes all
// ids of a statement or none, and SQLite has no word for a column's default.
func (b *batch) goTogether(first, t *tuple, columns []string) bool {
	if b.needsOwn(t, columns) {
		return false
	}
	switch b.driver.Dialect() {
	case dialect.MySQL:
		return first.row.create.ID == nil || (first.row.create.ID.Value == nil) == (t.row.create.ID.Value == nil)
	case dialect.SQLite:
		for _, column := range columns {
			_, a := first.values[column]
			_, c := t.values[column]
			if a != c && b.defaulted(column) {
				return false
			}
		}
	}
	return true
}

// defaulted reports whether the database has a default for the column.
func (b *batch) defaulted(column string) bool {
	f := b.entity.ByColumn(column)
	return f == nil || f.Defaulted
}

func (b *batch) insertTuples(ctx context.Context, tuples []*tuple, columns []string) error {
	first := tuples[0].row.create
	makesIDs := b.driver.Dialect() == dialect.MySQL && first.ID != nil && first.ID.Value == nil
	used := make([]string, 0, len(columns))
	for _, column := range columns {
		for _, t := range tuples {
			if _, ok := t.values[column]; ok {
				used = append(used, column)
				break
			}
		}
	}
	absent := any(sql.Raw("DEFAULT"))
	if b.driver.Dialect() == dialect.SQLite {
		absent = nil
	}
	insert := sql.Dialect(b.driver.Dialect()).Insert(first.Table).Schema(first.Schema).Columns(used...)
	for _, t := range tuples {
		values := make([]any, len(used))
		for i, column := range used {
			v, ok := t.values[column]
			if !ok {
				v = absent
			}
			values[i] = v
		}
		insert.Values(values...)
	}
	text, args, err := insert.QueryErr()
	if err != nil {
		return fmt.Errorf("bulk: cannot build an INSERT into %s: %w", first.Table, err)
	}
	var result stdsql.Result
	if err := b.driver.Exec(ctx, text, args, &result); err != nil {
		return fmt.Errorf("insert nodes to table %q: %w", first.Table, err)
	}
	if !makesIDs {
		return nil
	}
	id, err := result.LastInsertId()
	if err != nil {
		return fmt.Errorf("bulk: cannot read the ids of %s: %w", first.Table, err)
	}
	for i, t := range tuples {
		t.row.create.ID.Value = id + int64(i)*b.server.step
		t.row.madeID = true
	}
	return nil
}

// link writes what the edges of new rows keep in other tables.
func (b *batch) link(ctx context.Context, rows []*Row) error {
	joins := &joinTables{tables: map[string]*joinTable{}}
	for _, r := range rows {
		if r.alone {
			continue
		}
		for _, e := range r.create.Edges {
			switch {
			case e.Rel == sqlgraph.M2M:
				joins.add(r.create.ID.Value, e)
			case external(e):
				if err := b.adopt(ctx, r.create.ID.Value, e); err != nil {
					return err
				}
			}
		}
	}
	return joins.insert(ctx, b.driver)
}

// adopt sets the foreign key of rows at the other end of an edge. Rows that
// belong to another one already are left there, and refused.
func (b *batch) adopt(ctx context.Context, id driver.Value, e *sqlgraph.EdgeSpec) error {
	text, args := sql.Dialect(b.driver.Dialect()).Update(e.Table).Schema(e.Schema).
		Set(e.Columns[0], id).
		Where(sql.And(in(e.Target.IDSpec.Column, e.Target.Nodes), sql.IsNull(e.Columns[0]))).
		Query()
	var result stdsql.Result
	if err := b.driver.Exec(ctx, text, args, &result); err != nil {
		return fmt.Errorf("add %s edge for table %s: %w", e.Rel, e.Table, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("bulk: cannot count the rows of %s: %w", e.Table, err)
	}
	if int(n) < len(e.Target.Nodes) {
		return &takenError{table: e.Table, column: e.Columns[0]}
	}
	return nil
}
