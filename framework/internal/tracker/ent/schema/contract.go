package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/policy"
)

// Contract has an edge for each policy of deleting.
type Contract struct{ ent.Schema }

// Annotations of the entity.
func (Contract) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("contracts")}
}

// Mixin of the entity.
func (Contract) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity. A number is never given twice, a title is.
func (Contract) Fields() []ent.Field {
	return []ent.Field{
		field.String("number").Unique().Annotations(policy.UniqueForever),
		field.String("title").Unique(),
	}
}

// Edges of the entity.
func (Contract) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("clauses", Clause.Type).Annotations(policy.Cascade),
		edge.To("cover", Cover.Type).Unique().Annotations(policy.Cascade),
		edge.To("invoices", Invoice.Type).Annotations(policy.Restrict),
		edge.To("remarks", Remark.Type).Annotations(policy.Detach),
		edge.To("mentions", Remark.Type).Annotations(policy.Keep),
	}
}

// Clause is a part of a contract, and may have parts itself.
type Clause struct{ ent.Schema }

// Annotations of the entity.
func (Clause) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("clauses")}
}

// Mixin of the entity.
func (Clause) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Clause) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("position"),
		field.Int64("contract_id"),
		field.Int64("parent_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Clause) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("contract", Contract.Type).Ref("clauses").Unique().Required().Field("contract_id"),
		edge.To("parts", Clause.Type).Annotations(policy.Cascade).From("parent").Unique().Field("parent_id"),
		edge.To("invoices", Invoice.Type).Annotations(policy.Restrict),
		edge.To("covers", Cover.Type).Annotations(policy.Restrict),
	}
}

// Indexes of the entity.
func (Clause) Indexes() []ent.Index {
	return []ent.Index{index.Fields("contract_id", "position").Unique().StorageKey("uq_clauses_contract_id_position")}
}

// Cover is the one cover that a contract may have. It goes with the contract, and
// holds on to the clause that it shows.
type Cover struct{ ent.Schema }

// Annotations of the entity.
func (Cover) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("covers")}
}

// Mixin of the entity.
func (Cover) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{Revive: true}}
}

// Fields of the entity.
func (Cover) Fields() []ent.Field {
	return []ent.Field{
		field.String("color"),
		field.Int64("contract_id"),
		field.Int64("clause_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Cover) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("contract", Contract.Type).Ref("cover").Unique().Required().Field("contract_id"),
		edge.From("clause", Clause.Type).Ref("covers").Unique().Field("clause_id"),
	}
}

// Invoice holds on to what it is about.
type Invoice struct{ ent.Schema }

// Annotations of the entity.
func (Invoice) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("invoices")}
}

// Mixin of the entity.
func (Invoice) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.SoftDelete{}} }

// Fields of the entity.
func (Invoice) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("contract_id").Optional().Nillable(),
		field.Int64("clause_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Invoice) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("contract", Contract.Type).Ref("invoices").Unique().Field("contract_id"),
		edge.From("clause", Clause.Type).Ref("invoices").Unique().Field("clause_id"),
	}
}

// Remark outlives the contract that it was made on.
type Remark struct{ ent.Schema }

// Annotations of the entity.
func (Remark) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("remarks")}
}

// Mixin of the entity.
func (Remark) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (Remark) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("contract_id").Optional().Nillable(),
		field.Int64("about_id").Optional().Nillable(),
	}
}

// Edges of the entity.
func (Remark) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("contract", Contract.Type).Ref("remarks").Unique().Field("contract_id"),
		edge.From("about", Contract.Type).Ref("mentions").Unique().Field("about_id"),
	}
}
