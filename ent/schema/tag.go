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

// Tag is a subject of posts.
type Tag struct{ ent.Schema }

// Annotations of the entity.
func (Tag) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("tags"),
		schema.Comment("A subject of posts."),
	}
}

// Mixin of the entity.
func (Tag) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Tag) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique().
			Annotations(rule.Trim(), rule.Lower(), rule.Length(1, 100)).
			Comment("Stored in lower case."),
	}
}

// Edges of the entity.
func (Tag) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("posts", Post.Type).Ref("tags").Through("post_tags", PostTag.Type),
	}
}
