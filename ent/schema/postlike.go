package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/mixin"
)

// PostLike says that a user likes a post.
type PostLike struct{ ent.Schema }

// Annotations of the entity.
func (PostLike) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("post_likes"),
		schema.Comment("Says that a user likes a post."),
	}
}

// Mixin of the entity.
func (PostLike) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}} }

// Fields of the entity.
func (PostLike) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("post_id").Immutable(),
		field.Int64("user_id").Immutable(),
	}
}

// Edges of the entity.
func (PostLike) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("post", Post.Type).Ref("likes").Unique().Required().Immutable().Field("post_id"),
		edge.From("user", User.Type).Ref("likes").Unique().Required().Immutable().Field("user_id"),
	}
}

// Indexes of the entity.
func (PostLike) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("post_id", "user_id").Unique().StorageKey("uq_post_likes_post_id_user_id"),
	}
}
