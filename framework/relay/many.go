package relay

import (
	"context"
	stdsql "database/sql"
	"fmt"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Affected tells how many rows a mutation of many has changed.
type Affected struct{ Count int }

// Which names the rows of a mutation of many: those that satisfy a filter or,
// said in so many words, all of them.
type Which struct {
	Where Where
	All   *bool
}

// UpdateMany changes the given fields of all rows that a filter matches, in
// one statement once they are locked, and counts them. Versions are bumped; rows that soft delete
// marked are neither changed nor counted.
func UpdateMany(ctx context.Context, src Source, name string, which Which, input Input) (*Affected, error) {
	where, err := which.compile(src, src.Entities()[name], "update")
	if err != nil {
		return nil, err
	}
	w, err := begin(src, name, ent.OpUpdate, nil)
	if err != nil {
		return nil, err
	}
	p := newPlan(src, w.scope.entity)
	p.rows = []*writing{w}
	if err := p.flat(w, input); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if _, err := p.lookUp(ctx); err != nil { // what is referred to is locked first
		return nil, err
	}
	keys, err := matching(ctx, src, name, where, "update")
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 || !w.dirty {
		return &Affected{len(keys)}, nil
	}
	return w.saveMany(ctx, src, keys)
}

// DeleteMany deletes all rows that a filter matches and counts them; where
// the entity has soft delete they are marked.
func DeleteMany(ctx context.Context, src Source, name string, which Which) (*Affected, error) {
	where, err := which.compile(src, src.Entities()[name], "delete")
	if err != nil {
		return nil, err
	}
	keys, err := matching(ctx, src, name, where, "delete")
	if err != nil || len(keys) == 0 {
		return &Affected{}, err
	}
	w, err := begin(src, name, ent.OpDelete, nil)
	if err != nil {
		return nil, err
	}
	return w.saveMany(ctx, src, keys)
}

func (w *writing) saveMany(ctx context.Context, src Source, keys []any) (*Affected, error) {
	w.change.Mutation.WhereP(entity.FieldIn(w.scope.entity.ID().Column, keys...))
	n, err := explainable(ctx, src, w.change.SaveMany)
	if err != nil {
		return nil, w.explain(ctx, src, err)
	}
	return &Affected{n}, nil
}

// matching reads the keys of the rows and holds them until the transaction
// ends: MySQL cannot change a table that the same statement looks into, and
// the rows must still match when they are changed. The rows are locked in the
// order of their keys, so that changes of overlapping rows wait for each other
// instead of standing in each other's way.
func matching(ctx context.Context, src Source, name string, where func(*sql.Selector), verb string) ([]any, error) {
	e := src.Entities()[name]
	most, later := src.Settings().MaxAffected, false
	keys, err := keysWhere(ctx, src, e, where, func(s *sql.Selector) {
		s.OrderBy(s.C(e.ID().Column)).Limit(most + 1)
		if later = s.Dialect() == dialect.MySQL; !later {
			entity.LockForUpdate(s)
		}
	})
	if err != nil {
		return nil, err
	}
	if len(keys) > most {
		return nil, &TooManyError{Path: "where", Limit: most, Verb: verb}
	}
	if !later || len(keys) == 0 {
		return keys, nil
	}
	// MySQL locks what it reads on its way, in the order of whatever index it
	// takes. So rows are locked by their keys alone, and then looked at again.
	these := func(s *sql.Selector) { s.Where(entity.In(s.C(e.ID().Column), keys...)) }
	held, err := keysWhere(ctx, src, e, these, func(s *sql.Selector) {
		s.OrderBy(s.C(e.ID().Column))
		entity.LockForUpdate(s)
	})
	if err != nil || len(held) == 0 {
		return nil, err
	}
	keys = held // which the predicate goes by
	return keysWhere(ctx, src, e, func(s *sql.Selector) {
		these(s)
		if where != nil {
			where(s)
		}
	}, func(s *sql.Selector) {
		if src.Settings().Isolation > stdsql.LevelReadCommitted {
			entity.LockForUpdate(s) // else the read is of the time before the rows were locked
		}
	})
}

// keysWhere reads the keys of the rows that match.
func keysWhere(ctx context.Context, src Source, e *entity.Entity, where, finish func(*sql.Selector)) ([]any, error) {
	rows, err := src.Select(ctx, Query{Entity: e.Name, Columns: []string{e.ID().Name}, Where: where, Finish: finish})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read %s: %w", e.Name, err)
	}
	keys := make([]any, len(rows))
	for i, n := range rows {
		keys[i] = n.FieldValue(e.ID().Name)
	}
	return keys, nil
}

// compile turns the choice into a predicate. Nothing is said by leaving it out.
func (w Which) compile(src Source, e *entity.Entity, verb string) (func(*sql.Selector), error) {
	all := w.All != nil && *w.All
	switch {
	case w.Where != nil && w.All != nil:
		return nil, bad("all", "cannot be combined with where; give one of them")
	case all:
		return nil, nil //nolint:nilnil // no predicate
	case len(w.Where) == 0:
		return nil, bad("where", "names no rows; say all: true to %s all of them", verb)
	}
	match, err := newScope(src, e).compile(w.Where, "where")
	if err != nil {
		return nil, err
	}
	return func(s *sql.Selector) {
		s.Where(match(&builder{ctx: s.Context(), dialect: sql.Dialect(s.Dialect())}, s))
	}, nil
}
