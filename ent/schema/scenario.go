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

// Scenario is a piece of work that a user has created.
type Scenario struct{ ent.Schema }

// Annotations of the entity.
func (Scenario) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("scenarios"),
		schema.Comment("A piece of work that a user has created."),
	}
}

// Mixin of the entity.
func (Scenario) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}} }

// Fields of the entity.
func (Scenario) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("creator_id").Annotations(expose.CreateOnly()),
		field.String("title").
			Annotations(rule.Trim(), rule.Length(1, 255)),
	}
}

// Edges of the entity.
func (Scenario) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("creator", User.Type).Ref("scenarios").Unique().Required().Field("creator_id"),
	}
}
