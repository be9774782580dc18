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

// Topic marks the entries of its tenant.
type Topic struct{ ent.Schema }

// Annotations of the entity.
func (Topic) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("topics")}
}

// Mixin of the entity.
func (Topic) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.Tenant{}} }

// Fields of the entity.
func (Topic) Fields() []ent.Field {
	return []ent.Field{field.String("name").Annotations(rule.Length(1, 50))}
}

// Edges of the entity.
func (Topic) Edges() []ent.Edge {
	return []ent.Edge{edge.From("entries", Entry.Type).Ref("topics")}
}
