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

// Person is somebody who works on tasks.
type Person struct{ ent.Schema }

// Annotations of the entity.
func (Person) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("people")}
}

// Mixin of the entity.
func (Person) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Person) Fields() []ent.Field {
	return []ent.Field{
		field.String("email").Unique().Annotations(rule.Email(), rule.MaxLength(255)),
		field.String("name").Annotations(rule.Trim(), rule.Length(1, 100)),
		field.String("nickname").Optional().Nillable().Annotations(rule.MaxLength(50)),
	}
}

// Edges of the entity.
func (Person) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("tasks", Task.Type).Annotations(entsql.OnDelete(entsql.SetNull)),
		edge.To("projects", Project.Type).Annotations(entsql.OnDelete(entsql.SetNull)),
		edge.From("memberships", Project.Type).Ref("members"),
		edge.To("badge", Badge.Type).Unique().Annotations(entsql.OnDelete(entsql.Cascade)),
		edge.To("notes", Note.Type).Annotations(entsql.OnDelete(entsql.Restrict)),
	}
}
