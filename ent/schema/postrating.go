package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// PostRating is how good a user finds a post.
type PostRating struct{ ent.Schema }

// Annotations of the entity.
func (PostRating) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("post_ratings"),
		schema.Comment("How good a user finds a post."),
	}
}

// Mixin of the entity.
func (PostRating) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (PostRating) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("post_id").Immutable(),
		field.Int64("user_id").Immutable(),
		field.Int32("rating").
			Annotations(rule.Between(1, 5)).
			Comment("From 1, poor, to 5, excellent."),
	}
}

// Edges of the entity.
func (PostRating) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("post", Post.Type).Ref("ratings").Unique().Required().Immutable().Field("post_id"),
		edge.From("user", User.Type).Ref("ratings").Unique().Required().Immutable().Field("user_id"),
	}
}

// Indexes of the entity.
func (PostRating) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("post_id", "user_id").Unique().StorageKey("uq_post_ratings_post_id_user_id"),
	}
}
