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

// UserLog records what was done to an account.
type UserLog struct{ ent.Schema }

// Annotations of the entity.
func (UserLog) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("user_logs"),
		expose.ReadOnly(),
		schema.Comment("Records what was done to an account."),
	}
}

// Mixin of the entity.
func (UserLog) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (UserLog) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Optional().Nillable().Immutable().
			Comment("Null once that user is purged."),
		field.String("action").Immutable().
			Annotations(rule.Trim(), rule.Length(1, 100)).
			Comment("What was done, such as deactivated."),
		field.Text("details").Optional().Nillable().Immutable(),
		instant("timestamp", "When it was done, UTC."),
	}
}

// Edges of the entity.
func (UserLog) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("logs").Unique().Immutable().Field("user_id"),
	}
}
