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

// Project has tasks. Its key is a UUID.
type Project struct{ ent.Schema }

// Annotations of the entity.
func (Project) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("projects")}
}

// Mixin of the entity.
func (Project) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.UUID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Project) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(rule.Trim(), rule.Length(1, 100)),
		field.String("code").Unique().Annotations(rule.Length(1, 20)),
		field.Float("budget").Optional().Nillable().Annotations(rule.GE(0)),
		field.Bool("archived").Default(false),
		field.Int64("lead_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Project) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("lead", Person.Type).Ref("projects").Unique().Field("lead_id"),
		edge.To("tasks", Task.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("members", Person.Type),
		edge.To("attachments", Attachment.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}
