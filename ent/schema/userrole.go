package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// UserRole is the assignment of a role to a user, present or past.
//
// User and Role are not joined by a many-to-many edge through this table. Its
// rows are history: most pairs may be revoked or expired, which such an edge
// would still show as roles that the user has, and Ent would make the pair
// unique, so that no role could be given a second time. The roles that a user
// has are the assignments that are active and not expired.
type UserRole struct{ ent.Schema }

// Annotations of the entity. Roles are assigned and revoked by a service.
func (UserRole) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("user_roles"),
		entsql.Checks(map[string]string{
			"ck_user_roles_active_key": "is_active = (active_key IS NOT NULL)",
		}),
		expose.ReadOnly(),
		schema.Comment("The assignment of a role to a user, present or past."),
	}
}

// Mixin of the entity.
func (UserRole) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}} }

// Fields of the entity.
func (UserRole) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.Int64("role_id").Immutable(),
		field.Int64("assigned_by").Optional().Nillable().
			Comment("The user who assigned the role; null when that was the system."),
		instant("assigned_at", "When the role was assigned, UTC."),
		field.Time("expires_at").Optional().Nillable().
			Comment("From when the assignment no longer counts, UTC; null for never."),
		field.Bool("is_active").Default(true).
			Comment("False once the assignment is revoked."),
		field.Time("revoked_at").Optional().Nillable().
			Comment("When the assignment was revoked, UTC."),
		field.Int64("revoked_by").Optional().Nillable().
			Comment("The user who revoked the role; null when that was the system."),
		// Clear it together with is_active: a CHECK constraint holds the two
		// together.
		field.Int8("active_key").Optional().Nillable().Default(1).
			Annotations(rule.Between(1, 1), expose.Hidden()).
			Comment("1 while the assignment is active, null after."),
	}
}

// Edges of the entity.
func (UserRole) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("role_assignments").Unique().Required().Immutable().Field("user_id"),
		edge.From("role", Role.Type).Ref("assignments").Unique().Required().Immutable().Field("role_id"),
		edge.From("assigner", User.Type).Ref("assigned_roles").Unique().Field("assigned_by"),
		edge.From("revoker", User.Type).Ref("revoked_roles").Unique().Field("revoked_by"),
	}
}

// Indexes of the entity.
func (UserRole) Indexes() []ent.Index {
	return []ent.Index{
		// One active assignment of a role to a user, and any number of revoked
		// ones: nulls never collide. A partial index would say the same, but
		// MySQL has none.
		index.Fields("user_id", "role_id", "active_key").Unique().
			StorageKey("uq_user_roles_user_id_role_id_active_key"),
	}
}
