package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/rule"
)

// Maker makes products. Its key is a text that the application gives it.
type Maker struct{ ent.Schema }

// Annotations of the entity.
func (Maker) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("makers"), expose.Exposure{NoCreate: true}}
}

// Fields of the entity.
func (Maker) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(40).NotEmpty().Immutable(),
		field.String("name").Annotations(rule.Trim(), rule.Length(1, 100)),
	}
}

// Edges of the entity.
func (Maker) Edges() []ent.Edge {
	return []ent.Edge{edge.To("products", Product.Type).Annotations(entsql.OnDelete(entsql.SetNull))}
}
