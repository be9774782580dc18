package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/policy"
	"github.com/framefox-go/framefox/framework/rule"
)

// User is an account.
type User struct{ ent.Schema }

// Annotations of the entity.
func (User) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("users"),
		schema.Comment("An account. Deactivate it rather than delete it: its posts stay."),
	}
}

// Mixin of the entity.
func (User) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Password{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

// Fields of the entity.
func (User) Fields() []ent.Field {
	return []ent.Field{
		field.String("username").Unique().
			Annotations(rule.Trim(), rule.Lower(), rule.Length(3, 100)).
			Comment("Name to sign in with, stored in lower case; 3 to 100 characters."),
		field.String("email").Unique().
			Annotations(rule.Email(), rule.MaxLength(255)).
			Comment("E-mail address, stored in lower case."),
		field.String("name").Optional().Nillable().
			Annotations(rule.Trim(), rule.MaxLength(255)).
			Comment("Full name in one piece."),
		field.String("first_name").Optional().Nillable().
			Annotations(rule.Trim(), rule.MaxLength(100)),
		field.String("last_name").Optional().Nillable().
			Annotations(rule.Trim(), rule.MaxLength(100)),
		field.String("display_name").Optional().Nillable().
			Annotations(rule.Trim(), rule.MaxLength(255)).
			Comment("Name that readers see."),
		field.Text("bio").Optional().Nillable().
			Comment("Superseded by the bio of the profile."),
		field.String("avatar_url").Optional().Nillable().
			Annotations(rule.URL(), rule.MaxLength(500)).
			Comment("Superseded by the avatar of the profile."),
		field.String("new_email_format").Optional().Nillable().
			Annotations(rule.MaxLength(320), expose.Hidden()).
			Comment("E-mail address on its way to a wider column; only the migration of it reads and writes this."),
		field.Bool("is_active").Default(true).
			Comment("False for an account that is deactivated."),
		field.Bool("is_admin").Default(false).
			Annotations(expose.ReadOnly()),
		field.Bool("is_verified").Default(false).
			Annotations(expose.ReadOnly()).
			Comment("Whether the e-mail address is known to be the user's."),
		field.JSON("role_names", []string{}).
			Default(func() []string { return []string{} }).
			Annotations(expose.ReadOnly()).
			Comment("Names of roles as older versions kept them; the assignments of roles are what counts."),
		field.Time("last_login").Optional().Nillable().
			Annotations(expose.ReadOnly()).
			Comment("When the user last signed in, UTC."),
		field.UUID("organization_id", uuid.UUID{}).Optional().Nillable(),
	}
}

// Edges of the entity.
//
// There is no edge to Role: see UserRole.
func (User) Edges() []ent.Edge {
	cascade := entsql.OnDelete(entsql.Cascade)
	restrict := entsql.OnDelete(entsql.Restrict)
	// Stays with a deleted user, who may be restored, and without a purged one.
	kept := []schema.Annotation{policy.Keep, entsql.OnDelete(entsql.SetNull)}
	return []ent.Edge{
		edge.From("organization", Organization.Type).Ref("users").Unique().Field("organization_id"),

		// What users have written for others outlives them, or is removed on
		// purpose.
		edge.To("posts", Post.Type).Annotations(restrict),
		edge.To("comments", Comment.Type).Annotations(restrict),
		edge.To("scenarios", Scenario.Type).Annotations(restrict),

		// What is about the user alone goes with the user.
		edge.To("profile", UserProfile.Type).Unique().Annotations(cascade),
		edge.To("user_groups", UserGroup.Type).Annotations(cascade),
		edge.To("advanced_entities", AdvancedEntity.Type).Annotations(cascade),
		edge.To("sessions", UserSession.Type).Annotations(cascade),
		edge.To("role_assignments", UserRole.Type).Annotations(cascade),
		edge.To("likes", PostLike.Type).Annotations(cascade),
		edge.To("ratings", PostRating.Type).Annotations(cascade),

		// What has happened, has happened, whoever it was.
		edge.To("shares", PostShare.Type).Annotations(kept...),
		edge.To("assigned_roles", UserRole.Type).Annotations(kept...).
			Comment("Assignments of roles that this user made, to anyone."),
		edge.To("revoked_roles", UserRole.Type).Annotations(kept...).
			Comment("Assignments of roles that this user revoked, of anyone."),
		edge.To("logs", UserLog.Type).Annotations(kept...),
		edge.To("transfer_logs_from", TransferLog.Type).Annotations(kept...),
		edge.To("transfer_logs_to", TransferLog.Type).Annotations(kept...),
		edge.To("ownership_logs_from", OwnershipLog.Type).Annotations(kept...),
		edge.To("ownership_logs_to", OwnershipLog.Type).Annotations(kept...),
	}
}

// Indexes of the entity.
func (User) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("is_active", "created_at").StorageKey("ix_users_active_created"),
		index.Fields("last_login").StorageKey("ix_users_last_login"),
		// MySQL has no partial indexes; the migration planner leaves it out there.
		index.Fields("id").StorageKey("ix_users_active_only").
			Annotations(entsql.IndexWhere("is_active")),
	}
}
