package relay

import (
	"context"
	"errors"
	"reflect"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
)

type state string

// library has a field of each kind and an edge of each relation.
func library() entity.Registry {
	book := entity.New(entity.Entity{
		Name: "Book", GraphQL: "Book", Table: "books",
		Fields: []*entity.Field{
			field("id", entity.BigInt, int64(0)), field("title", entity.String, ""), field("pages", entity.Int, int32(0)),
			field("sold", entity.BigInt, int64(0)), field("weight", entity.Float, 0.0), field("lent", entity.Bool, false),
			field("state", entity.Enum, state("")), field("at", entity.Time, time.Time{}), field("day", entity.Date, time.Time{}),
			field("isbn", entity.UUID, uuid.UUID{}),
			{
				Name: "shelf_id", Column: "shelf_id", GraphQL: "shelfID", Kind: entity.UUID,
				GoType: reflect.TypeFor[uuid.UUID](), Target: "Shelf", Nullable: true, Filter: true, Order: true,
			},
		},
		Edges: []*entity.Edge{
			{Name: "shelf", GraphQL: "shelf", Target: "Shelf", Relation: entity.ManyToOne, OwnsFK: true, Column: "shelf_id"},
			{Name: "readers", GraphQL: "readers", Item: "reader", Target: "Shelf", Relation: entity.ManyToMany, JoinTable: "readers", OwnerColumn: "book_id", TargetColumn: "shelf_id"},
		},
	})
	shelf := entity.New(entity.Entity{
		Name: "Shelf", GraphQL: "Shelf", Table: "shelves",
		Fields: []*entity.Field{field("id", entity.UUID, uuid.UUID{}), field("name", entity.String, "")},
		Edges:  []*entity.Edge{{Name: "books", GraphQL: "books", Target: "Book", Relation: entity.OneToMany, Column: "shelf_id"}},
	})
	return entity.NewRegistry(book, shelf)
}

func field(name string, kind entity.Kind, zero any) *entity.Field {
	f := &entity.Field{
		Name: name, Column: name, GraphQL: name, Kind: kind, GoType: reflect.TypeOf(zero),
		Nullable: name != "id", Read: true, Filter: true, Order: true,
	}
	if kind == entity.Enum {
		f.Enum = []string{"new", "old"}
	}
	return f
}

// schemaOnly is a Source that knows the entities and reads nothing.
type schemaOnly struct{}

func (schemaOnly) Entities() entity.Registry { return library() }
func (schemaOnly) Settings() Settings {
	return Settings{CursorKey: []byte("a key of the test")}.WithDefaults()
}

func (schemaOnly) Driver() dialect.Driver { return nil }

func (schemaOnly) Select(context.Context, Query) ([]Node, error) {
	return nil, errors.New("nothing is read")
}

func (schemaOnly) Change(string, ent.Op, any) (Change, error) {
	return Change{}, errors.New("nothing is written")
}

// row is a Node of values.
type row struct {
	Node
	values map[string]any
}

func (r row) FieldValue(name string) any { return r.values[name] }

func (schemaOnly) SaveAll(context.Context, string, []Change) ([]Node, error) {
	return nil, errors.New("nothing is written here")
}
