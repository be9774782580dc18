package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/policy"
	"github.com/framefox-go/framefox/framework/rule"
	"github.com/framefox-go/framefox/framework/search"
)

// Post is an article.
type Post struct{ ent.Schema }

// Annotations of the entity.
func (Post) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("posts"),
		schema.Comment("An article."),
		search.Fields("title", "content", "excerpt"),
	}
}

// Mixin of the entity.
func (Post) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Post) Fields() []ent.Field {
	return []ent.Field{
		// A post changes hands through a service, which keeps a log of it.
		field.Int64("user_id").Annotations(expose.CreateOnly()).
			Comment("The author."),
		field.String("title").
			Annotations(rule.Trim(), rule.Length(1, 255)),
		field.String("slug").Unique().
			Annotations(slugRules()...).
			Comment(slugComment),
		field.Text("content").Optional().Nillable(),
		field.Text("excerpt").Optional().Nillable().
			Comment("Short form for lists."),
		field.String("category").Optional().Nillable().
			Annotations(rule.Trim(), rule.MaxLength(100)),
		field.Enum("status").Values("draft", "published", "archived").Default("draft"),
		field.Int64("view_count").Default(0).
			Annotations(rule.GE(0), expose.ReadOnly()).
			Comment("How often the post was seen: the sum of its views by day, kept here for speed."),
		field.Time("published_at").Optional().Nillable().
			Comment("From when readers may see the post once its status is published, UTC; may lie in the future."),
	}
}

// Edges of the entity.
func (Post) Edges() []ent.Edge {
	// What hangs on a post goes with it.
	cascade := entsql.OnDelete(entsql.Cascade)
	return []ent.Edge{
		edge.From("author", User.Type).Ref("posts").Unique().Required().Field("user_id"),
		edge.To("tags", Tag.Type).Through("post_tags", PostTag.Type),
		edge.To("comments", Comment.Type).Annotations(cascade),
		edge.To("likes", PostLike.Type).Annotations(cascade),
		edge.To("shares", PostShare.Type).Annotations(cascade),
		edge.To("ratings", PostRating.Type).Annotations(cascade),
		edge.To("views", PostView.Type).Annotations(cascade),
		// The log says that something changed hands, even when it is gone.
		edge.To("ownership_logs", OwnershipLog.Type).Annotations(policy.Keep, entsql.OnDelete(entsql.SetNull)),
	}
}

// Indexes of the entity.
func (Post) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("status").StorageKey("ix_posts_status"),
		index.Fields("status", "published_at").StorageKey("ix_posts_status_published_at"),
	}
}
