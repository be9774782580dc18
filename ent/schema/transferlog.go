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

// TransferLog records that posts of one user became those of another.
type TransferLog struct{ ent.Schema }

// Annotations of the entity.
func (TransferLog) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("transfer_logs"),
		expose.ReadOnly(),
		schema.Comment("Records that posts of one user became those of another."),
	}
}

// Mixin of the entity.
func (TransferLog) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (TransferLog) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("from_user_id").Optional().Nillable().Immutable().
			Comment("Null once that user is purged."),
		field.Int64("to_user_id").Optional().Nillable().Immutable().
			Comment("Null once that user is purged."),
		field.Int32("posts_transferred").Immutable().
			Annotations(rule.GE(0)).
			Comment("How many posts there were."),
		instant("transfer_date", "When it happened, UTC."),
	}
}

// Edges of the entity.
func (TransferLog) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("from_user", User.Type).Ref("transfer_logs_from").Unique().Immutable().Field("from_user_id"),
		edge.From("to_user", User.Type).Ref("transfer_logs_to").Unique().Immutable().Field("to_user_id"),
	}
}
