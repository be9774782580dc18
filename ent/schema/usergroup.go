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

// UserGroup is the membership of one user in one group.
type UserGroup struct{ ent.Schema }

// Annotations of the entity.
func (UserGroup) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("user_groups"),
		schema.Comment("The membership of one user in one group."),
	}
}

// Mixin of the entity.
func (UserGroup) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (UserGroup) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.String("name").
			Annotations(rule.Trim(), rule.Length(1, 255)).
			Comment("Name of the group."),
		instant("joined_at", "When the user joined the group, UTC."),
	}
}

// Edges of the entity.
func (UserGroup) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("user_groups").Unique().Required().Immutable().Field("user_id"),
	}
}
