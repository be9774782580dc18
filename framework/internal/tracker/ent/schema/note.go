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

// Note is what a person says about a task.
type Note struct{ ent.Schema }

// Annotations of the entity.
func (Note) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("notes")}
}

// Mixin of the entity.
func (Note) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}, mixin.SoftDelete{}}
}

// Fields of the entity.
func (Note) Fields() []ent.Field {
	return []ent.Field{
		field.Text("text").Annotations(rule.NotBlank()),
		field.Int64("task_id").Immutable(),
		field.Int64("author_id").Immutable(),
	}
}

// Edges of the entity.
func (Note) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("task", Task.Type).Ref("notes").Unique().Required().Immutable().Field("task_id"),
		edge.From("author", Person.Type).Ref("notes").Unique().Required().Immutable().Field("author_id"),
	}
}
