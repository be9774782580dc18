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

// Label marks tasks. It is deleted for good.
type Label struct{ ent.Schema }

// Annotations of the entity.
func (Label) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("labels")}
}

// Mixin of the entity.
func (Label) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Label) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique().Annotations(rule.Trim(), rule.Lower(), rule.Length(1, 50)),
		field.String("color").Optional().Nillable().Annotations(rule.MaxLength(20)),
	}
}

// Edges of the entity.
func (Label) Edges() []ent.Edge {
	return []ent.Edge{edge.From("tasks", Task.Type).Ref("labels")}
}
