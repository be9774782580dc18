package relay

import (
	"slices"

	"github.com/framefox-go/framefox/framework/entity"
)

// Nested says what an input may do with the rows at an edge of its entity.
type Nested struct {
	Create          bool // make rows there
	Connect         bool // bring rows that exist
	ConnectOrCreate bool // bring the row with a unique key, or make it
	Disconnect      bool // take rows away, which stay
	Set             bool // have these rows there and no others
}

// Any reports whether there is anything to do.
func (n Nested) Any() bool { return n.Create || n.Connect || n.Disconnect }

// NestedOf tells what the input that creates, or updates, a row of the owner
// may do at an edge. The generated inputs and their execution both go by it:
//
//   - create where clients may create rows of the target;
//   - connect and disconnect where they may set the foreign key, in whichever
//     table it is, and disconnect where it may be NULL;
//   - nothing at an edge that an annotation of package expose closes.
func NestedOf(registry entity.Registry, owner *entity.Entity, e *entity.Edge, creating bool) Nested {
	target := registry[e.Target]
	if e.GraphQL == "" || target == nil || creating && !e.Create || !creating && !e.Update {
		return Nested{}
	}
	n := Nested{Create: creatable(target)}
	switch key := foreignKey(registry, owner, e); {
	case e.Relation == entity.ManyToMany:
		n.Connect, n.Disconnect, n.Set = true, !creating, !creating
	case key == nil:
		return Nested{}
	case e.OwnsFK:
		if !n.Create {
			return Nested{} // the foreign key says as much
		}
		n.Connect, n.Disconnect = true, !creating && key.Nullable
	default:
		n.Create = n.Create && key.Create
		n.Connect = key.Update
		n.Disconnect = key.Update && key.Nullable && !creating
		n.Set = n.Disconnect && e.ToMany()
	}
	n.ConnectOrCreate = n.Create && n.Connect && len(UniqueKeys(target, withoutKey(registry, owner, e))) > 0
	return n
}

// creatable reports whether clients may create rows of the entity.
func creatable(e *entity.Entity) bool {
	for _, f := range e.Fields {
		if f.Create {
			return true
		}
	}
	return false
}

// foreignKey returns the field that holds the key of an edge, in the owner or
// in the target; nil where there is none.
func foreignKey(registry entity.Registry, owner *entity.Entity, e *entity.Edge) *entity.Field {
	switch {
	case e.Relation == entity.ManyToMany:
		return nil
	case e.OwnsFK:
		return owner.ByColumn(e.Column)
	}
	return registry[e.Target].ByColumn(e.Column)
}

// withoutKey is the foreign key that the rows at an edge have from their
// owner, and that their inputs therefore leave out; nil where there is none.
func withoutKey(registry entity.Registry, owner *entity.Entity, e *entity.Edge) *entity.Field {
	if e.OwnsFK {
		return nil
	}
	return foreignKey(registry, owner, e)
}

// UniqueKeys lists the keys by which clients may name a row of the entity
// instead of by its id: fields that they can read, of which one is not the
// field without. The tenant is left out, since it is that of the caller.
func UniqueKeys(e *entity.Entity, without *entity.Field) [][]*entity.Field {
	var keys [][]*entity.Field
	for _, names := range e.UniqueKeys() {
		key := make([]*entity.Field, 0, len(names))
		if e.Tenant != nil {
			names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == e.Tenant.Name })
		}
		for _, name := range names {
			for _, f := range e.Fields {
				if f.Name == name && f.Filter && f != without {
					key = append(key, f)
				}
			}
		}
		if len(key) == len(names) && len(key) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}
