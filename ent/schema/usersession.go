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

// UserSession is a sign-in of a user.
type UserSession struct{ ent.Schema }

// Annotations of the entity.
func (UserSession) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("user_sessions"),
		expose.ReadOnly(),
		schema.Comment("A sign-in of a user."),
	}
}

// Mixin of the entity.
func (UserSession) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}} }

// Fields of the entity.
func (UserSession) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("user_id").Immutable(),
		field.String("token_hash").Unique().Immutable().Sensitive().
			Annotations(rule.Length(1, 128), expose.Hidden()).
			Comment("Hash of the token; the token itself is never stored."),
		field.Bool("is_active").Default(true).
			Comment("False once the user has signed out."),
		field.Time("expires_at").
			Comment("From when the session no longer counts, UTC."),
	}
}

// Edges of the entity.
func (UserSession) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("sessions").Unique().Required().Immutable().Field("user_id"),
	}
}
