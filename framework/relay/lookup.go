package relay

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Find resolves node(id:): the row, or nil where there is none.
func Find(ctx context.Context, src Source, id string, trashed *Trashed) (Node, error) {
	nodes, err := lookup(ctx, src, []string{id}, trashed, func(int) string { return "id" })
	if err != nil {
		return nil, err
	}
	return nodes[0], nil
}

// Lookup resolves nodes(ids:): one row for each id, in their order, nil where
// there is none. It runs one statement for each type that the ids name.
func Lookup(ctx context.Context, src Source, ids []string, trashed *Trashed) ([]Node, error) {
	if most := src.Settings().MaxNodes; len(ids) > most {
		return nil, bad("ids", "has %d items; the most are %d", len(ids), most)
	}
	return lookup(ctx, src, ids, trashed, func(i int) string { return fmt.Sprintf("ids[%d]", i) })
}

func lookup(ctx context.Context, src Source, ids []string, trashed *Trashed, pathOf func(int) string) ([]Node, error) {
	type slot struct {
		entity *entity.Entity
		key    any
	}
	slots := make([]slot, len(ids))
	byType := map[*entity.Entity][]any{}
	for i, id := range ids {
		typeName, _, err := DecodeID(id)
		if err != nil {
			return nil, bad(pathOf(i), "is not an id of this API")
		}
		e := typed(src.Entities(), typeName)
		if e == nil {
			return nil, bad(pathOf(i), "is the id of an unknown type")
		}
		key, err := decodeKey(e, id)
		if wrong, ok := errors.AsType[*ArgumentError](err); ok {
			return nil, bad(pathOf(i), "%s", wrong.Reason)
		} else if err != nil {
			return nil, err
		}
		slots[i] = slot{e, key}
		byType[e] = append(byType[e], key)
	}
	found := map[slot]Node{}
	for e, keys := range byType {
		ctx, err := withTrash(ctx, src, e, trashed)
		if err != nil {
			return nil, err
		}
		rows, err := src.Select(ctx, Query{
			Entity: e.Name, Columns: wantedOfNode(ctx, e).columns,
			Where: func(s *sql.Selector) { s.Where(entity.In(s.C(e.ID().Column), keys...)) },
		})
		if err != nil {
			return nil, fmt.Errorf("relay: cannot read %s: %w", e.Name, err)
		}
		for _, row := range rows {
			found[slot{e, row.FieldValue(e.ID().Name)}] = row
		}
	}
	nodes := make([]Node, len(ids))
	for i, s := range slots {
		nodes[i] = found[s]
	}
	return nodes, nil
}

// typed finds the entity that the API calls so, if the API shows it.
func typed(registry entity.Registry, graphQL string) *entity.Entity {
	for _, e := range registry {
		if e.GraphQL == graphQL && e.ID().GraphQL != "" {
			return e
		}
	}
	return nil
}
