package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// Product is something to sell.
type Product struct{ ent.Schema }

// Specification is one line of a product's data sheet.
type Specification struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Annotations of the entity.
func (Product) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("products"),
		schema.Comment("Something to sell."),
	}
}

// Mixin of the entity.
func (Product) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.Version{}}
}

// Fields of the entity.
func (Product) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").
			Annotations(rule.Trim(), rule.Length(1, 255)),
		field.Text("description").Optional().Nillable(),
		field.String("slug").Unique().
			Annotations(slugRules()...).
			Comment(slugComment),
		// Not a float: sums of money must be exact.
		field.Int64("price").
			Annotations(rule.GT(0)).
			Comment("Price in the currency's minor unit: 1999 is 19.99."),
		field.Int32("stock").Default(0).
			Annotations(rule.GE(0)).
			Comment("Pieces at hand."),
		field.Float("weight").Optional().Nillable().
			Annotations(rule.GT(0)).
			Comment("Kilograms."),
		field.JSON("metadata", map[string]any{}).
			Default(func() map[string]any { return map[string]any{} }).
			Comment("Anything else that is known of the product: a JSON object."),
		field.JSON("specifications", []Specification{}).
			Default(func() []Specification { return []Specification{} }).
			Comment("Lines of the data sheet, in order."),
		field.Bool("is_featured").Default(false),
		field.Bool("is_digital").Default(false),
		field.UUID("external_id", uuid.UUID{}).Default(uuid.New).Unique().Immutable().
			Comment("Name of the product in other systems; random, and it never changes."),
	}
}
