package relay

import (
	"context"
	"fmt"

	"entgo.io/ent"
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
// one statement, and counts them. Versions are bumped; rows that soft delete
// marked are neither changed nor counted.
func UpdateMany(ctx context.Context, src Source, name string, which Which, input Input) (*Affected, error) {
	keys, err := matching(ctx, src, name, which, "update")
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
	if _, err := p.lookUp(ctx); err != nil {
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
	keys, err := matching(ctx, src, name, which, "delete")
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
	n, err := w.change.SaveMany(ctx)
	if err != nil {
		return nil, w.explain(ctx, src, err)
	}
	return &Affected{n}, nil
}

// matching reads the keys of the rows and holds them until the transaction
// ends: MySQL cannot change a table that the same statement looks into, and
// the rows must still match when they are changed.
func matching(ctx context.Context, src Source, name string, which Which, verb string) ([]any, error) {
	e := src.Entities()[name]
	where, err := which.compile(src, e, verb)
	if err != nil {
		return nil, err
	}
	most := src.Settings().MaxAffected
	rows, err := src.Select(ctx, Query{
		Entity: name, Columns: []string{e.ID().Name}, Where: where,
		Finish: func(s *sql.Selector) {
			s.Limit(most + 1)
			lock(s)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read %s: %w", name, err)
	}
	if len(rows) > most {
		return nil, &TooManyError{Path: "where", Limit: most, Verb: verb}
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
