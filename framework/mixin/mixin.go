// Package mixin gives Ent schemas the fields that most entities share.
//
//	func (Post) Mixin() []ent.Mixin {
//		return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
//	}
//
// A mixin is fields and annotations only. What the fields mean (a delete that
// marks instead of removing, a version that is bumped) happens in package
// entity, so mixins import no generated code and need no second generation.
package mixin

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/policy"
)

// Now is the current instant as it is stored: UTC, in microseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// nowSQL is the same in SQL, for rows that are written past the framework.
func nowSQL() *entsql.Annotation {
	return entsql.DefaultExprs(map[string]string{
		dialect.SQLite:   "(strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))",
		dialect.Postgres: "CURRENT_TIMESTAMP",
		dialect.MySQL:    "CURRENT_TIMESTAMP(6)",
	})
}

// ID is an auto-increment primary key of 64 bits.
type ID struct{ mixin.Schema }

// Fields of the mixin.
func (ID) Fields() []ent.Field {
	return []ent.Field{field.Int64("id").Immutable()}
}

// UUID is a primary key that is a random UUID of version 7, which sorts by
// time and so keeps the index compact.
type UUID struct{ mixin.Schema }

// Fields of the mixin.
func (UUID) Fields() []ent.Field {
	return []ent.Field{field.UUID("id", uuid.UUID{}).Default(NewUUID).Immutable()}
}

// NewUUID returns a UUID of version 7.
func NewUUID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// CreatedAt is the instant at which a row was made.
type CreatedAt struct{ mixin.Schema }

// Fields of the mixin.
func (CreatedAt) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").Default(Now).Immutable().
			Annotations(nowSQL(), expose.ReadOnly()).
			Comment("When the row was made, UTC."),
	}
}

// Timestamps are the instants at which a row was made and last changed.
type Timestamps struct{ mixin.Schema }

// Fields of the mixin.
func (Timestamps) Fields() []ent.Field {
	return append(CreatedAt{}.Fields(),
		field.Time("updated_at").Default(Now).UpdateDefault(Now).
			Annotations(nowSQL(), expose.ReadOnly()).
			Comment("When the row was last changed, UTC."),
	)
}

// SoftDelete makes deleting an entity mark its row, which then no query,
// update or edge sees; see entity.WithTrashed and entity.WithPurge. What a
// delete does to other rows is told by package policy.
type SoftDelete struct {
	mixin.Schema
	// Revive makes an upsert that meets a deleted row restore it.
	Revive bool
}

// Fields of the mixin.
func (m SoftDelete) Fields() []ent.Field {
	annotations := []schema.Annotation{entity.SoftDeleteTrait, expose.ReadOnly()}
	if m.Revive {
		annotations = append(annotations, policy.Revive)
	}
	return []ent.Field{
		field.Time("deleted_at").Optional().Nillable().
			Annotations(annotations...).
			Comment("When the row was deleted, UTC; NULL while it lives."),
	}
}

// Version is an optimistic lock: each update raises it by one.
type Version struct{ mixin.Schema }

// Fields of the mixin.
func (Version) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("version").Default(1).
			Annotations(entity.VersionTrait, expose.ReadOnly()).
			Comment("Raised by each update."),
	}
}

// Password is a secret that is stored as an Argon2id hash and that no API and
// no log ever shows.
type Password struct{ mixin.Schema }

// Fields of the mixin.
func (Password) Fields() []ent.Field {
	return []ent.Field{
		field.String("password").Sensitive().
			Annotations(entity.PasswordTrait, entsql.Annotation{Size: 255}).
			Comment("Argon2id hash; plain text is taken on write and hashed."),
	}
}
