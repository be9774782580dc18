package relay

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Create inserts one row, with all that its input nests in it.
func Create(ctx context.Context, src Source, name string, input Input) (Node, error) {
	p := newPlan(src, src.Entities()[name])
	w, err := p.create(name, "input", input, nesting{})
	if err != nil {
		return nil, err
	}
	if err := p.apply(ctx); err != nil {
		return nil, err
	}
	return p.result(ctx, w)
}

// CreateMany inserts one row for each input, in their order, or none at all.
func CreateMany(ctx context.Context, src Source, name string, inputs []Input) ([]Node, error) {
	p := newPlan(src, src.Entities()[name])
	roots := make([]*writing, len(inputs))
	for i, input := range inputs {
		w, err := p.create(name, fmt.Sprintf("input[%d]", i), input, nesting{})
		if err != nil {
			return nil, err
		}
		roots[i] = w
	}
	if err := p.apply(ctx); err != nil {
		return nil, err
	}
	nodes := make([]Node, len(roots))
	for i, w := range roots {
		n, err := p.result(ctx, w)
		if err != nil {
			return nil, err
		}
		nodes[i] = n
	}
	Join(ctx, nodes)
	return nodes, nil
}

// Update changes the given fields of one row, and what its input nests in it.
// With an expected version, a row that has another one by now is left alone
// and a StaleError returned.
func Update(ctx context.Context, src Source, name, id string, input Input, expected *int64) (Node, error) {
	e := src.Entities()[name]
	key, err := decodeKey(e, id)
	if err != nil {
		return nil, err
	}
	p := newPlan(src, e)
	w, err := p.update(name, key, input)
	if err != nil {
		return nil, err
	}
	if expected != nil && w.change.ExpectVersion != nil {
		w.change.ExpectVersion(*expected)
	}
	p.id, p.expected = id, expected
	if err := p.apply(ctx); err != nil {
		return nil, identified(err, e, id)
	}
	return p.result(ctx, w)
}

// Delete removes one row, or marks it where the entity has soft delete, and
// returns its id. An expected version is as in Update.
func Delete(ctx context.Context, src Source, name, id string, expected *int64) (string, error) {
	e := src.Entities()[name]
	key, err := decodeKey(e, id)
	if err != nil {
		return "", err
	}
	w, err := begin(src, name, ent.OpDeleteOne, key)
	if err != nil {
		return "", err
	}
	if expected != nil && w.change.ExpectVersion != nil {
		w.change.ExpectVersion(*expected)
	}
	if _, err := w.change.Save(ctx); err != nil {
		return "", identified(w.explain(ctx, src, err), e, id)
	}
	return id, nil
}

// identified gives an error about the row the id that the client knows.
func identified(err error, e *entity.Entity, id string) error {
	if stale, ok := errors.AsType[*entity.StaleError](err); ok && stale.Entity == e.Name {
		named := *stale
		named.ID = id
		return &named
	}
	if gone, ok := errors.AsType[*entity.NotFoundError](err); ok && gone.Entity == e.GraphQL {
		return &entity.NotFoundError{Entity: e.GraphQL, ID: id}
	}
	return err
}

// result is a row as it is in the end: read again where it was not saved
// itself, or once more by an edge of its own.
func (p *plan) result(ctx context.Context, w *writing) (Node, error) {
	again := w.node == nil
	for _, other := range p.rows {
		again = again || other != w && other.scope.entity == w.scope.entity && other.key == w.key
	}
	if !again {
		return w.node, nil
	}
	e := w.scope.entity
	rows, err := p.src.Select(ctx, Query{
		Entity: e.Name,
		Where:  func(s *sql.Selector) { s.Where(sql.EQ(s.C(e.ID().Column), w.key)) },
	})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot read a %s: %w", e.Name, err)
	}
	if len(rows) == 0 {
		return nil, &entity.NotFoundError{Entity: e.GraphQL}
	}
	return rows[0], nil
}
