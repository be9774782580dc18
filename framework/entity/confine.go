package entity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// bound is a generated mutation as the row filters need it.
type bound interface {
	// Bind gives the predicates of the mutation the context, and tells what is
	// wrong with them.
	Bind(ctx context.Context) error
	// Driver is what the mutation runs on.
	Driver() dialect.Driver
	// Key is the id of the row, or nil.
	Key() any
}

// confine keeps the mutation to rows that may be seen: those it changes, and
// those it refers to. It returns the context to go on with.
func (e *Entity) confine(ctx context.Context, m Mutation) (context.Context, error) {
	ctx, view := confined(ctx)
	if !m.Op().Is(ent.OpCreate) {
		seen, err := e.Rows.decide(ctx, view)
		if err != nil {
			return nil, err
		}
		if seen != nil {
			m.WhereP(func(s *sql.Selector) { s.Where(seen(s)) })
			if err := e.reach(ctx, m, seen); err != nil {
				return nil, err
			}
		}
		if b, ok := m.(bound); ok {
			if err := b.Bind(ctx); err != nil {
				return nil, err
			}
		}
	}
	if !m.Op().Is(ent.OpDelete | ent.OpDeleteOne) {
		if err := e.referred(ctx, m); err != nil {
			return nil, err
		}
	}
	return ctx, nil
}

// confined begins the statement of a mutation.
func confined(ctx context.Context) (context.Context, View) {
	own := viewOf(ctx).own
	ctx, _ = bind(ctx)
	return ctx, own
}

// reach makes sure of the row of an update that changes edges only: Ent would
// put its predicates into no statement then.
func (e *Entity) reach(ctx context.Context, m Mutation, seen Condition) error {
	if !m.Op().Is(ent.OpUpdateOne) || len(m.Fields())+len(m.ClearedFields()) > 0 ||
		len(m.AddedEdges())+len(m.RemovedEdges())+len(m.ClearedEdges()) == 0 {
		return nil
	}
	b, ok := m.(bound)
	if !ok || b.Key() == nil {
		return e.outdated()
	}
	found, err := e.find(ctx, b.Driver(), []any{b.Key()}, seen, nil)
	if err == nil && found == 0 {
		return &NotFoundError{Entity: e.Name}
	}
	return err
}

// referred makes sure that the rows that a write links to, or unlinks, may be
// seen by who writes. The database knows that they exist, and not whose they are.
func (e *Entity) referred(ctx context.Context, m Mutation) error {
	conflict := &ConflictError{Entity: e.Name, Code: ForeignKey}
	for _, edge := range e.Edges {
		target := e.registry[edge.Target]
		if target == nil || !target.Rows.guarded() {
			continue
		}
		ids := distinct(append(m.AddedIDs(edge.Name), m.RemovedIDs(edge.Name)...))
		if len(ids) == 0 {
			continue
		}
		b, ok := m.(bound)
		if !ok {
			return e.outdated()
		}
		seen, err := target.Rows.Seen(ctx)
		if err != nil {
			return err
		}
		found, err := target.find(ctx, b.Driver(), ids, seen, LockForReference)
		if err != nil {
			return err
		}
		if found < len(ids) {
			conflict.Fields = append(conflict.Fields, e.nameOf(edge))
		}
	}
	if len(conflict.Fields) > 0 {
		return conflict
	}
	return nil
}

// nameOf is the field of an edge's foreign key, or the edge's own name.
func (e *Entity) nameOf(edge *Edge) string {
	if edge.OwnsFK {
		if f := e.ByColumn(edge.Column); f != nil {
			return f.Name
		}
	}
	return edge.Name
}

const idsPerStatement = 1000

// find counts the rows with the ids that meet the condition, and locks them if
// asked to. A lock lasts as long as the transaction of the driver.
func (e *Entity) find(ctx context.Context, d dialect.Driver, ids []any, seen Condition, lock func(*sql.Selector)) (int, error) {
	count := 0
	for chunk := range slices.Chunk(ids, idsPerStatement) {
		t := sql.Dialect(d.Dialect()).Table(e.Table)
		id := t.C(e.ID().Column)
		s := sql.Dialect(d.Dialect()).Select(sql.Count("*")).From(t)
		s.Where(sql.In(id, chunk...))
		if seen != nil {
			s.Where(seen(t))
		}
		if lock != nil { // no count of rows can lock them
			s.Select(id).OrderBy(id)
			lock(s)
		}
		var rows sql.Rows
		text, args := s.Query()
		if err := d.Query(ctx, text, args, &rows); err != nil {
			return 0, fmt.Errorf("entity: cannot look for rows of %s: %w", e.Name, err)
		}
		n, err := counted(rows, lock != nil)
		if err = errors.Join(err, rows.Close()); err != nil {
			return 0, fmt.Errorf("entity: cannot look for rows of %s: %w", e.Name, err)
		}
		count += n
	}
	return count, nil
}

// counted is the number of rows, or the one that they say.
func counted(rows sql.Rows, each bool) (n int, err error) {
	if !each {
		return sql.ScanInt(rows)
	}
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func distinct(ids []ent.Value) []any {
	seen := make(map[any]bool, len(ids))
	var out []any
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
