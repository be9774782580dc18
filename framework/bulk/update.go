package bulk

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"

	"github.com/framefox-go/framefox/framework/entity"
)

// update changes the rows. Those that set the same columns share a statement,
// in which CASE tells their values apart. A row that comes twice is changed
// twice, one time after the other.
func (b *batch) update(ctx context.Context, rows []*Row) error {
	for len(rows) > 0 {
		var (
			wave, later []*Row
			seen        = map[any]bool{}
		)
		for _, r := range rows {
			if id := idOf(r); seen[id] {
				later = append(later, r)
			} else {
				seen[id] = true
				wave = append(wave, r)
			}
		}
		if err := b.updateWave(ctx, wave); err != nil {
			return err
		}
		rows = later
	}
	return nil
}

// updateWave changes rows that differ from each other.
func (b *batch) updateWave(ctx context.Context, rows []*Row) error {
	if err := b.lock(ctx, rows); err != nil {
		return err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r *Row) bool { return r.err != nil })
	var groups []*group
	bySignature := map[string]*group{}
	for _, r := range rows {
		r.alone = len(r.update.Modifiers) > 0 || slices.ContainsFunc(slices.Concat(r.update.Edges.Add, r.update.Edges.Clear), external)
		if r.alone {
			continue
		}
		change, err := newChange(r)
		if err != nil {
			return err
		}
		g := bySignature[change.signature]
		if g == nil {
			g = &group{columns: change.columns}
			bySignature[change.signature] = g
			groups = append(groups, g)
		}
		g.changes = append(g.changes, change)
	}
	for _, g := range groups {
		if err := b.updateGroup(ctx, g); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if r.alone {
			if err := r.saveAlone(ctx); err != nil {
				return err
			}
		}
	}
	return b.read(ctx, slices.DeleteFunc(rows, func(r *Row) bool { return r.alone }))
}

// idOf is the key of the row that an update is for.
func idOf(r *Row) driver.Value { return r.update.Node.ID.Value }

func idsOf(rows []*Row) []driver.Value {
	ids := make([]driver.Value, len(rows))
	for i, r := range rows {
		ids[i] = idOf(r)
	}
	return ids
}

// change is what one row sets.
type change struct {
	row       *Row
	signature string   // equal for rows that share a statement
	columns   []string // that are set to a value
	values    map[string]any
}

func newChange(r *Row) (*change, error) {
	c := &change{row: r, values: map[string]any{}}
	set := func(column string, v any) {
		if _, again := c.values[column]; !again {
			c.columns = append(c.columns, column)
		}
		c.values[column] = v
	}
	if err := eachColumn(r.update.Fields.Set, r.update.Edges.Add, set); err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q", c.columns)
	for _, f := range r.update.Fields.Add {
		fmt.Fprintf(&b, "+%q %v", f.Column, f.Value)
	}
	for _, column := range c.cleared() {
		fmt.Fprintf(&b, "-%q", column)
	}
	c.signature = b.String()
	return c, nil
}

// cleared lists the columns that become NULL.
func (c *change) cleared() []string {
	var columns []string
	add := func(column string) {
		if _, set := c.values[column]; !set && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	for _, f := range c.row.update.Fields.Clear {
		add(f.Column)
	}
	for _, e := range c.row.update.Edges.Clear {
		if !external(e) {
			add(e.Columns[0])
		}
	}
	return columns
}

// group is the changes that one statement makes.
type group struct {
	columns []string
	changes []*change
}

// updateGroup changes rows that set the same columns.
func (b *batch) updateGroup(ctx context.Context, g *group) error {
	server, err := b.limits(ctx)
	if err != nil {
		return err
	}
	perRow := 2*len(g.columns) + 1
	most := max(parameters(b.driver.Dialect())/perRow-1, 1)
	for start := 0; start < len(g.changes); {
		end, weight := start, 0
		for end < len(g.changes) && end-start < most {
			for _, v := range g.changes[end].values {
				weight += weigh(v) + valueBytes
			}
			if end > start && weight > server.packet {
				break
			}
			end++
		}
		if err := b.updateTogether(ctx, g.columns, g.changes[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

func (b *batch) updateTogether(ctx context.Context, columns []string, changes []*change) error {
	first := changes[0].row.update
	key := first.Node.ID.Column
	update := sql.Dialect(b.driver.Dialect()).Update(first.Node.Table).Schema(first.Node.Schema)
	for _, column := range changes[0].cleared() {
		update.SetNull(column)
	}
	for _, column := range columns {
		if v := changes[0].values[column]; allSame(changes, column) {
			update.Set(column, v)
		} else {
			update.Set(column, cases(key, column, changes))
		}
	}
	for _, f := range first.Fields.Add {
		update.Add(f.Column, f.Value)
	}
	if update.Empty() {
		return nil
	}
	rows := make([]*Row, len(changes))
	for i, c := range changes {
		rows[i] = c.row
	}
	text, args := update.Where(entity.In(key, idsOf(rows)...)).Query()
	if err := b.driver.Exec(ctx, text, args, nil); err != nil {
		return fmt.Errorf("bulk: cannot update %s: %w", first.Node.Table, err)
	}
	return nil
}

// cases gives each row its value. The column itself, for which there is no row,
// tells the database the type of the values.
func cases(key, column string, changes []*change) sql.Querier {
	return sql.ExprFunc(func(b *sql.Builder) {
		b.WriteString("CASE ").Ident(key)
		for _, c := range changes {
			b.WriteString(" WHEN ").Arg(idOf(c.row)).WriteString(" THEN ").Arg(c.values[column])
		}
		b.WriteString(" ELSE ").Ident(column).WriteString(" END")
	})
}

// allSame reports whether all rows set the column to one value.
func allSame(changes []*change, column string) bool {
	first := changes[0].values[column]
	if len(changes) == 1 {
		return true
	}
	if first == nil || !reflect.TypeOf(first).Comparable() {
		return false
	}
	return !slices.ContainsFunc(changes, func(c *change) bool { return c.values[column] != first })
}

// read reads the rows back, as they are now.
func (b *batch) read(ctx context.Context, rows []*Row) error {
	byColumns := map[string][]*Row{}
	for _, r := range rows {
		key := strings.Join(r.update.Node.Columns, "\x00")
		byColumns[key] = append(byColumns[key], r)
	}
	for _, same := range byColumns {
		if err := b.readSame(ctx, same); err != nil {
			return err
		}
	}
	return nil
}

// readSame reads rows of which the same columns are wanted.
func (b *batch) readSame(ctx context.Context, rows []*Row) error {
	spec := rows[0].update
	byID := make(map[any]*Row, len(rows))
	for _, r := range rows {
		byID[idOf(r)] = r
	}
	s := sql.Dialect(b.driver.Dialect()).Select(append([]string{spec.Node.ID.Column}, spec.Node.Columns...)...).
		From(sql.Table(spec.Node.Table).Schema(spec.Node.Schema)).
		Where(entity.In(spec.Node.ID.Column, idsOf(rows)...))
	text, args := s.Query()
	err := query(ctx, b.driver, text, args, func(found *sql.Rows) error {
		values, err := spec.ScanValues(spec.Node.Columns)
		if err != nil {
			return err
		}
		id, into := scanID(spec.Node.ID)
		into = append(into, values...)
		for i, v := range into {
			if _, ok := v.(*sql.UnknownType); ok {
				into[i] = sql.ScanTypeOf(found, i)
			}
		}
		if err := found.Scan(into...); err != nil {
			return err
		}
		r := byID[id()]
		if r == nil {
			return fmt.Errorf("unexpected id %v", id())
		}
		return r.update.Assign(spec.Node.Columns, into[1:])
	})
	if err != nil {
		return fmt.Errorf("bulk: cannot read %s: %w", spec.Node.Table, err)
	}
	return nil
}

// scanID returns what an id is scanned into, and what then gives it as the
// update has it.
func scanID(spec *sqlgraph.FieldSpec) (id func() any, into []any) {
	v := reflect.New(reflect.TypeOf(spec.Value))
	return func() any { return v.Elem().Interface() }, []any{v.Interface()}
}
