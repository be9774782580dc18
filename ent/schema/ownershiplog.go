package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
)

// OwnershipLog records that one post got another author.
type OwnershipLog struct{ ent.Schema }

// Annotations of the entity.
func (OwnershipLog) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("ownership_logs"),
		expose.ReadOnly(),
		schema.Comment("Records that one post got another author."),
	}
}

// Mixin of the entity.
func (OwnershipLog) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}} }

// Fields of the entity.
func (OwnershipLog) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("from_user_id").Optional().Nillable().Immutable().
			Comment("Null once that user is purged."),
		field.Int64("to_user_id").Optional().Nillable().Immutable().
			Comment("Null once that user is purged."),
		field.Int64("post_id").Optional().Nillable().Immutable().
			Comment("Null once the post is purged."),
	}
}

// Edges of the entity.
func (OwnershipLog) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("from_user", User.Type).Ref("ownership_logs_from").Unique().Immutable().Field("from_user_id"),
		edge.From("to_user", User.Type).Ref("ownership_logs_to").Unique().Immutable().Field("to_user_id"),
		edge.From("post", Post.Type).Ref("ownership_logs").Unique().Immutable().Field("post_id"),
	}
}
