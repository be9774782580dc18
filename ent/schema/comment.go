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

// Comment is what a user says about a post.
type Comment struct{ ent.Schema }

// Annotations of the entity.
func (Comment) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("comments"),
		schema.Comment("What a user says about a post."),
	}
}

// Mixin of the entity.
func (Comment) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}, mixin.SoftDelete{}}
}

// Fields of the entity.
func (Comment) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("post_id").Immutable(),
		field.Int64("user_id").Immutable(),
		field.Text("content").
			Annotations(rule.NotBlank()),
	}
}

// Edges of the entity.
func (Comment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("post", Post.Type).Ref("comments").Unique().Required().Immutable().Field("post_id"),
		edge.From("user", User.Type).Ref("comments").Unique().Required().Immutable().Field("user_id"),
	}
}
