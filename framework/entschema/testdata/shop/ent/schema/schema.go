// Package schema is what the tests read.
package schema

import (
	"fmt"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

func init() { fmt.Println(`{"noise": "on stdout"}`) } //nolint:gochecknoinits // what an application may do

// Product is sold.
type Product struct{ ent.Schema }

// Annotations of the entity.
func (Product) Annotations() []schema.Annotation {
	return []schema.Annotation{schema.Comment(`What is "sold".`)}
}

// Mixin of the entity.
func (Product) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Product) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Annotations(rule.Length(2, 80)).Comment("How it is called."),
		field.String("note"),
		field.Int32("stars").Default(3).Annotations(rule.Between(1, 5)),
		field.Enum("state").Values("new", "old").Default("new"),
		field.Int64("shelf_id"),
		field.Int64("box_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Product) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("shelf", Shelf.Type).Ref("products").Unique().Required().Field("shelf_id"),
		edge.From("box", Box.Type).Ref("product").Unique().Field("box_id"),
		edge.To("labels", Label.Type),
		edge.To("awards", Award.Type).Through("wins", Win.Type),
	}
}

// Indexes of the entity.
func (Product) Indexes() []ent.Index {
	return []ent.Index{index.Fields("shelf_id", "name").Unique()}
}

// Shelf holds products.
type Shelf struct{ ent.Schema }

// Mixin of the entity.
func (Shelf) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{}} }

// Edges of the entity.
func (Shelf) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("products", Product.Type).Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

// Box is what at most one product comes in.
type Box struct{ ent.Schema }

// Mixin of the entity.
func (Box) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Edges of the entity.
func (Box) Edges() []ent.Edge {
	return []ent.Edge{edge.To("product", Product.Type).Unique()}
}

// Label is on products.
type Label struct{ ent.Schema }

// Mixin of the entity.
func (Label) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Edges of the entity.
func (Label) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("products", Product.Type).Ref("labels"),
		edge.To("narrower", Label.Type).From("broader").Unique(),
	}
}

// Award is won.
type Award struct{ ent.Schema }

// Mixin of the entity.
func (Award) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Edges of the entity.
func (Award) Edges() []ent.Edge {
	return []ent.Edge{edge.From("winners", Product.Type).Ref("awards").Through("wins", Win.Type).Required()}
}

// Win is an award that a product won.
type Win struct{ ent.Schema }

// Annotations of the entity.
func (Win) Annotations() []schema.Annotation {
	return []schema.Annotation{field.ID("product_id", "award_id")}
}

// Fields of the entity.
func (Win) Fields() []ent.Field {
	return []ent.Field{field.Int64("product_id"), field.Int64("award_id"), field.Int32("year")}
}

// Edges of the entity.
func (Win) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("product", Product.Type).Unique().Required().Field("product_id"),
		edge.To("award", Award.Type).Unique().Required().Field("award_id"),
	}
}

// Pick is a label that someone picked. The program knows when.
type Pick struct{ ent.Schema }

// Mixin of the entity.
func (Pick) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Pick) Fields() []ent.Field {
	return []ent.Field{field.Int64("product_id"), field.Int64("label_id"), field.Time("at").Default(time.Now)}
}

// Edges of the entity.
func (Pick) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("product", Product.Type).Unique().Required().Field("product_id"),
		edge.To("label", Label.Type).Unique().Required().Field("label_id"),
	}
}

// Indexes of the entity.
func (Pick) Indexes() []ent.Index {
	return []ent.Index{index.Fields("product_id", "label_id").Unique()}
}

// Options is exported, but no entity.
type Options struct{ Strict bool }

// Pair is neither.
type Pair[A, B any] struct {
	First  A
	Second B
}
