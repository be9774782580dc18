package relay

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Restore brings a row back that soft delete marked, with all that was deleted
// together with it, for callers who may do so.
func Restore(ctx context.Context, src Source, name, id string) (Node, error) {
	e := src.Entities()[name]
	if err := mayRestore(ctx, src.Settings(), e); err != nil {
		return nil, err
	}
	key, err := decodeKey(e, id)
	if err != nil {
		return nil, err
	}
	w, err := begin(src, name, ent.OpUpdateOne, key)
	if err != nil {
		return nil, err
	}
	if err := w.change.Mutation.ClearField(e.SoftDelete.Name); err != nil {
		return nil, fmt.Errorf("relay: cannot restore a %s: %w", name, err)
	}
	w.change.Mutation.WhereP(sql.FieldNotNull(e.SoftDelete.Column))
	n, err := w.change.Save(entity.WithTrashed(ctx))
	if err != nil {
		return nil, unrestored(src.Entities(), err)
	}
	return n, nil
}

// unrestored puts the conflict of a restore in terms of the API: it has no
// input, so its fields are those of the row that cannot come back.
func unrestored(registry entity.Registry, err error) error {
	var conflict *entity.ConflictError
	if !errors.As(err, &conflict) {
		return err
	}
	named := *conflict
	e := registry[conflict.Entity]
	if e == nil {
		return err
	}
	named.Fields = nil
	for _, name := range ofClients(e, conflict.Fields) {
		if f, ok := e.Field(name); ok && f.GraphQL != "" {
			name = f.GraphQL
		}
		named.Fields = append(named.Fields, name)
	}
	if conflict.Key != nil {
		named.ID = EncodeID(e, conflict.Key)
	}
	return &named
}
