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

// Role is a named set of permissions.
type Role struct{ ent.Schema }

// Annotations of the entity. No client writes roles: who may edit them may
// grant anything to anyone.
func (Role) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("roles"),
		expose.ReadOnly(),
		schema.Comment("A named set of permissions."),
	}
}

// Mixin of the entity.
func (Role) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (Role) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").Unique().
			Annotations(rule.Trim(), rule.Lower(), rule.Length(1, 100)).
			Comment("Name that programs ask for, stored in lower case."),
		field.Text("description").Optional().Nillable(),
		field.JSON("permissions", []string{}).
			Default(func() []string { return []string{} }).
			Comment("What the role allows; compared as a whole, with case."),
	}
}

// Edges of the entity.
//
// There is no edge to User: see UserRole.
func (Role) Edges() []ent.Edge {
	return []ent.Edge{
		// A role that was ever assigned is part of that history.
		edge.To("assignments", UserRole.Type).Annotations(entsql.OnDelete(entsql.Restrict)),
	}
}
