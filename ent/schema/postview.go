package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// PostView counts how often a post was seen on one day. The counts by day are
// what is true; Post.view_count is their sum.
type PostView struct{ ent.Schema }

// Annotations of the entity.
func (PostView) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("post_views"),
		expose.ReadOnly(),
		schema.Comment("How often a post was seen on one day."),
	}
}

// Mixin of the entity.
func (PostView) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (PostView) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("post_id").Immutable(),
		field.Time("view_date").Default(today).Immutable().
			SchemaType(map[string]string{dialect.SQLite: "date", dialect.Postgres: "date", dialect.MySQL: "date"}).
			Annotations(entity.DateTrait).
			Comment("The day, UTC."),
		field.Int64("view_count").Default(0).
			Annotations(rule.GE(0)),
	}
}

// Edges of the entity.
func (PostView) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("post", Post.Type).Ref("views").Unique().Required().Immutable().Field("post_id"),
	}
}

// Indexes of the entity.
func (PostView) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("post_id", "view_date").Unique().StorageKey("uq_post_views_post_id_view_date"),
	}
}
