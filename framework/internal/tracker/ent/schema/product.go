package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/internal/tracker/goods"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Product has fields whose Go types are the application's own, and belongs to
// something with a key of text.
type Product struct{ ent.Schema }

// Annotations of the entity.
func (Product) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("products")}
}

// Mixin of the entity.
func (Product) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Product) Fields() []ent.Field {
	return []ent.Field{
		field.String("sku").GoType(goods.SKU("")).Unique().Annotations(rule.Trim(), rule.Length(1, 40)),
		field.Int64("price").GoType(goods.Cents(0)).Annotations(rule.GE(0)),
		field.Float("weight").GoType(goods.Kilos(0)).Optional().Nillable(),
		field.Enum("size").GoType(goods.Size("")).Default(string(goods.Small)),
		field.Int64("discount").GoType(goods.Percent{}).Optional().Nillable(),
		field.JSON("tags", []string{}).Optional(),
		field.JSON("spec", map[string]any{}).Optional(),
		field.String("maker_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Product) Edges() []ent.Edge {
	return []ent.Edge{edge.From("maker", Maker.Type).Ref("products").Unique().Field("maker_id")}
}
