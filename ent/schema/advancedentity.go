package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// AdvancedEntity shows fields with several rules at once.
type AdvancedEntity struct{ ent.Schema }

// Annotations of the entity.
func (AdvancedEntity) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("advanced_entities"),
		schema.Comment("A contact of a user, with a state."),
	}
}

// Mixin of the entity.
func (AdvancedEntity) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{}}
}

// Fields of the entity.
func (AdvancedEntity) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").Unique().
			Annotations(rule.Email(), rule.MaxLength(255)).
			Comment("E-mail address, stored in lower case."),
		field.Enum("status").Values("active", "inactive", "pending").Default("active"),
		field.Int64("user_id").Annotations(expose.CreateOnly()),
	}
}

// Edges of the entity.
func (AdvancedEntity) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("advanced_entities").Unique().Required().Field("user_id"),
	}
}
