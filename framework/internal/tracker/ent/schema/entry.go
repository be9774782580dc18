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

// Entry is a line of an account. It is deleted for good.
type Entry struct{ ent.Schema }

// Annotations of the entity.
func (Entry) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("entries")}
}

// Mixin of the entity.
func (Entry) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.Tenant{}} }

// Fields of the entity.
func (Entry) Fields() []ent.Field {
	return []ent.Field{
		field.String("text").Annotations(rule.Length(1, 200)),
		field.Int64("amount").Default(0),
		field.Int64("account_id"),
	}
}

// Edges of the entity.
func (Entry) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("account", Account.Type).Ref("entries").Unique().Required().Field("account_id"),
		edge.To("topics", Topic.Type),
	}
}
