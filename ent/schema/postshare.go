package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/mixin"
)

// PostShare says that someone passed a post on.
type PostShare struct{ ent.Schema }

// Annotations of the entity.
func (PostShare) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("post_shares"),
		schema.Comment("Says that someone passed a post on."),
	}
}

// Mixin of the entity.
func (PostShare) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}} }

// Fields of the entity.
func (PostShare) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("post_id").Immutable(),
		field.Int64("user_id").Optional().Nillable().Immutable().
			Comment("Who shared the post; null for a visitor without account."),
	}
}

// Edges of the entity.
func (PostShare) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("post", Post.Type).Ref("shares").Unique().Required().Immutable().Field("post_id"),
		edge.From("user", User.Type).Ref("shares").Unique().Immutable().Field("user_id"),
	}
}
