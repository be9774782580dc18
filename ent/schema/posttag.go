package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/expose"
)

// PostTag joins posts and tags. The pair is its key.
type PostTag struct{ ent.Schema }

// Annotations of the entity. Clients tag posts through Post.tags.
func (PostTag) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("post_tags"),
		field.ID("post_id", "tag_id"),
		expose.ReadOnly(),
		schema.Comment("A tag on a post."),
	}
}

// Fields of the entity.
func (PostTag) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("post_id").Immutable(),
		field.Int64("tag_id").Immutable(),
	}
}

// Edges of the entity.
func (PostTag) Edges() []ent.Edge {
	cascade := entsql.OnDelete(entsql.Cascade)
	return []ent.Edge{
		edge.To("post", Post.Type).Unique().Required().Immutable().Field("post_id").Annotations(cascade),
		edge.To("tag", Tag.Type).Unique().Required().Immutable().Field("tag_id").Annotations(cascade),
	}
}
