package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Organization is what users may belong to.
type Organization struct{ ent.Schema }

// Annotations of the entity.
func (Organization) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("organizations"),
		schema.Comment("What users may belong to."),
	}
}

// Mixin of the entity.
func (Organization) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.UUID{}, mixin.CreatedAt{}}
}

// Fields of the entity.
func (Organization) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").
			Annotations(rule.Trim(), rule.Length(1, 255)),
	}
}

// Edges of the entity.
func (Organization) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("users", User.Type).Annotations(entsql.OnDelete(entsql.SetNull)),
	}
}
