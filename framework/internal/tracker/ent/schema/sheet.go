package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
)

// Sheet has a version in a column of its own, which may be NULL and is a small
// number, as tables have it that are older than the application.
type Sheet struct{ ent.Schema }

// Annotations of the entity.
func (Sheet) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("sheets")}
}

// Mixin of the entity.
func (Sheet) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Sheet) Fields() []ent.Field {
	return []ent.Field{
		field.String("title"),
		field.Int32("revision").StorageKey("rev").Optional().Nillable().
			Annotations(entity.VersionTrait, expose.ReadOnly()),
	}
}
