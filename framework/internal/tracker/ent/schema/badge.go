package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
)

// Badge is the one badge that a person may have.
type Badge struct{ ent.Schema }

// Annotations of the entity.
func (Badge) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("badges")}
}

// Mixin of the entity.
func (Badge) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Badge) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("number").Unique(),
		field.Int64("person_id"),
	}
}

// Edges of the entity.
func (Badge) Edges() []ent.Edge {
	return []ent.Edge{edge.From("person", Person.Type).Ref("badge").Unique().Required().Field("person_id")}
}
