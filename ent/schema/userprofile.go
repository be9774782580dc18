package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/rule"
)

// UserProfile is what a user tells about himself or herself, apart from the
// account because few queries need it.
type UserProfile struct{ ent.Schema }

// Annotations of the entity.
func (UserProfile) Annotations() []schema.Annotation {
	return []schema.Annotation{
		entsql.Table("user_profiles"),
		schema.Comment("What a user tells about himself or herself, and preferences."),
	}
}

// Mixin of the entity.
func (UserProfile) Mixin() []ent.Mixin { return []ent.Mixin{mixin.ID{}, mixin.CreatedAt{}} }

// Fields of the entity.
func (UserProfile) Fields() []ent.Field {
	return []ent.Field{
		// Unique through the edge: a user has one profile.
		field.Int64("user_id").Immutable(),
		field.Text("bio").Optional().Nillable(),
		field.String("avatar_url").Optional().Nillable().
			Annotations(rule.URL(), rule.MaxLength(500)),
		field.String("phone").Optional().Nillable().
			Annotations(rule.Trim(), rule.MaxLength(20)),
		field.Text("address").Optional().Nillable(),
		field.Time("date_of_birth").Optional().Nillable().
			SchemaType(map[string]string{dialect.SQLite: "date", dialect.Postgres: "date", dialect.MySQL: "date"}).
			Annotations(entity.DateTrait),
		field.String("website").Optional().Nillable().
			Annotations(rule.URL(), rule.MaxLength(255)),
		field.String("linkedin_url").Optional().Nillable().
			Annotations(rule.URL(), rule.MaxLength(255)),
		field.String("github_url").Optional().Nillable().
			Annotations(rule.URL(), rule.MaxLength(255)),
		field.String("timezone").Default("UTC").
			Annotations(rule.Trim(), rule.Length(1, 50)).
			Comment("Name in the IANA database, such as Europe/Paris."),
		field.String("language").Default("en").
			Annotations(rule.Trim(), rule.Length(2, 5)).
			Comment("Language tag, such as fr or pt-BR."),
		field.Bool("email_notifications").Default(true),
	}
}

// Edges of the entity.
func (UserProfile) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("user", User.Type).Ref("profile").Unique().Required().Immutable().Field("user_id"),
	}
}
