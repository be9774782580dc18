package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// edgeInput is an input that adds rows to an edge to many, or removes them.
type edgeInput struct {
	name string
	add  bool
}

// edgeInputs lists the inputs of an edge.
func edgeInputs(e *entity.Edge, creating bool) []edgeInput {
	if creating {
		return []edgeInput{{EdgeIDs(e), true}}
	}
	return []edgeInput{{RemoveEdge(e), false}, {AddEdge(e), true}}
}

// EdgeIDs names the input of the rows at a new row's edge: tagIDs.
func EdgeIDs(e *entity.Edge) string { return e.Item + "IDs" }

// AddEdge names the input of rows to add to an edge: addTagIDs.
func AddEdge(e *entity.Edge) string { return "add" + capital(e.Item) + "IDs" }

// RemoveEdge names the input of rows to take from an edge: removeTagIDs.
func RemoveEdge(e *entity.Edge) string { return "remove" + capital(e.Item) + "IDs" }

// link is the rows that an input names.
type link struct {
	edgeInput
	edge *entity.Edge
	keys []any
}

// link reads an input of an edge to many.
func (w *writing) link(edge *entity.Edge, in edgeInput, v any) error {
	list := items(v)
	if len(list) > w.scope.limits.MaxList {
		return fmt.Errorf("has %d items; the most are %d", len(list), w.scope.limits.MaxList)
	}
	target := w.scope.registry[edge.Target]
	keys := make([]any, 0, len(list))
	for i, item := range list {
		id, ok := item.(string)
		if !ok {
			return fmt.Errorf("item %d must be an ID", i)
		}
		key, err := decodeKey(target, id)
		if wrong, ok := errors.AsType[*ArgumentError](err); ok {
			return fmt.Errorf("item %d %s", i, wrong.Reason)
		} else if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	w.links = append(w.links, link{in, edge, keys})
	return nil
}

// resolve makes sure that the rows that the write refers to can be seen: the
// database does not know that a tombstone is no row, and SQLite does not tell
// which reference is wrong. Rows that are at an edge already are left there.
func (w *writing) resolve(ctx context.Context, src Source) error {
	var missing []string
	for _, f := range w.scope.entity.Fields {
		target := w.scope.registry[f.Target]
		key, given := w.change.Mutation.Field(f.Name)
		if target == nil || target.SoftDelete == nil || !given {
			continue
		}
		found, err := present(ctx, src, target, []any{key}, nil)
		if err != nil {
			return err
		}
		if !found[key] {
			missing = append(missing, "input."+f.GraphQL)
		}
	}
	for _, l := range w.links {
		ok, err := w.resolveLink(ctx, src, l)
		if err != nil {
			return err
		}
		if !ok {
			missing = append(missing, "input."+l.name)
		}
	}
	if len(missing) > 0 {
		return &entity.ConflictError{Entity: w.scope.entity.GraphQL, Fields: missing, Code: entity.ForeignKey}
	}
	return nil
}

// resolveLink hands to the mutation what a link changes. A row that is removed
// and added stays. It reports whether there are all the rows to add.
func (w *writing) resolveLink(ctx context.Context, src Source, l link) (bool, error) {
	if !l.add {
		for _, other := range w.links {
			if other.add && other.edge == l.edge {
				l.keys = slices.DeleteFunc(l.keys, func(key any) bool { return slices.Contains(other.keys, key) })
			}
		}
		return true, w.change.Edge(l.edge.Name, false, l.keys)
	}
	target := w.scope.registry[l.edge.Target]
	found, err := present(ctx, src, target, l.keys, nil)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(l.keys, func(key any) bool { return !found[key] }) {
		return false, nil
	}
	if w.key != nil {
		linked, err := present(ctx, src, target, l.keys, func(s *sql.Selector) {
			s.Where(sql.EQ(reach(s, target, l.edge), w.key))
		})
		if err != nil {
			return false, err
		}
		l.keys = slices.DeleteFunc(slices.Clone(l.keys), func(key any) bool { return linked[key] })
	}
	return true, w.change.Edge(l.edge.Name, true, l.keys)
}

// present tells which of the keys are rows that can be seen, and that the
// further condition holds for.
func present(ctx context.Context, src Source, e *entity.Entity, keys []any, further func(*sql.Selector)) (map[any]bool, error) {
	rows, err := src.Select(ctx, Query{
		Entity: e.Name, Columns: []string{e.ID().Name},
		Where: func(s *sql.Selector) {
			s.Where(entity.In(s.C(e.ID().Column), keys...))
			if further != nil {
				further(s)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("relay: cannot look for a %s: %w", e.Name, err)
	}
	found := make(map[any]bool, len(rows))
	for _, row := range rows {
		found[row.FieldValue(e.ID().Name)] = true
	}
	return found, nil
}
