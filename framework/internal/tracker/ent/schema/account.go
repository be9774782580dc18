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

// Account belongs to a tenant.
type Account struct{ ent.Schema }

// Annotations of the entity.
func (Account) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("accounts")}
}

// Mixin of the entity.
func (Account) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Tenant{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Account) Fields() []ent.Field {
	return []ent.Field{field.String("name").Annotations(rule.Length(1, 100))}
}

// Edges of the entity.
func (Account) Edges() []ent.Edge {
	return []ent.Edge{edge.To("entries", Entry.Type).Annotations(entsql.OnDelete(entsql.Cascade))}
}

// Indexes of the entity.
func (Account) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "name").Unique()}
}
