package mixin_test

import (
	"fmt"
	"testing"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/expose"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/policy"
)

// Article is an entity with the fields that most have.
type Article struct{ ent.Schema }

// Mixin of the entity.
func (Article) Mixin() []ent.Mixin {
	return []ent.Mixin{mixin.ID{}, mixin.Timestamps{}, mixin.SoftDelete{}, mixin.Version{}}
}

func Example() {
	for _, m := range (Article{}).Mixin() {
		for _, f := range m.Fields() {
			fmt.Println(f.Descriptor().Name, f.Descriptor().Info)
		}
	}
	// Output:
	// id int64
	// created_at time.Time
	// updated_at time.Time
	// deleted_at time.Time
	// version int64
}

func fieldsOf(m ent.Mixin) map[string]*field.Descriptor {
	fields := make(map[string]*field.Descriptor)
	for _, f := range m.Fields() {
		fields[f.Descriptor().Name] = f.Descriptor()
	}
	return fields
}

func annotation[T any](t *testing.T, d *field.Descriptor) T {
	t.Helper()
	for _, a := range d.Annotations {
		if v, ok := a.(T); ok {
			return v
		}
	}
	t.Fatalf("%s has no %T", d.Name, *new(T))
	panic("unreachable")
}

// Covers: B02, B03.
func TestKeys(t *testing.T) {
	t.Parallel()
	id := fieldsOf(mixin.ID{})["id"]
	require.Equal(t, field.TypeInt64, id.Info.Type)
	require.True(t, id.Immutable)

	key := fieldsOf(mixin.UUID{})["id"]
	require.Equal(t, field.TypeUUID, key.Info.Type)
	require.True(t, key.Immutable)
	next, ok := key.Default.(func() uuid.UUID)
	require.True(t, ok)
	before := next()
	for range 1000 {
		after := next()
		require.Equal(t, uuid.Version(7), after.Version())
		require.Less(t, before.String(), after.String(), "later keys sort after earlier ones")
		before = after
	}
}

// Covers: B02, B16, B17.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(mixin.Timestamps{})
	require.True(t, fields["created_at"].Immutable)
	require.Nil(t, fields["created_at"].UpdateDefault)
	require.False(t, fields["updated_at"].Immutable)
	require.NotNil(t, fields["updated_at"].UpdateDefault)
	for _, f := range fields {
		now, ok := f.Default.(func() time.Time)
		require.True(t, ok)
		at := now()
		require.Equal(t, time.UTC, at.Location())
		require.Zero(t, at.Nanosecond()%1000, "microseconds")
		require.WithinDuration(t, time.Now(), at, time.Minute)
		require.Equal(t, expose.ReadOnly(), annotation[expose.Exposure](t, f), "no client writes them")
		exprs := annotation[*entsql.Annotation](t, f).DefaultExprs
		for _, d := range []string{dialect.SQLite, dialect.Postgres, dialect.MySQL} {
			require.NotEmpty(t, exprs[d], d)
		}
	}
	require.Len(t, fieldsOf(mixin.CreatedAt{}), 1)
}

// Covers: B34, B42, B61.
func TestTraits(t *testing.T) {
	t.Parallel()
	deleted := fieldsOf(mixin.SoftDelete{})["deleted_at"]
	require.True(t, deleted.Optional)
	require.True(t, deleted.Nillable)
	require.Equal(t, entity.SoftDeleteTrait, annotation[entity.Trait](t, deleted))
	require.Equal(t, expose.ReadOnly(), annotation[expose.Exposure](t, deleted))

	version := fieldsOf(mixin.Version{})["version"]
	require.Equal(t, int64(1), version.Default)
	require.Equal(t, entity.VersionTrait, annotation[entity.Trait](t, version))
	require.Equal(t, expose.ReadOnly(), annotation[expose.Exposure](t, version))

	secret := fieldsOf(mixin.Password{})["password"]
	require.True(t, secret.Sensitive)
	require.False(t, secret.Optional)
	require.Equal(t, entity.PasswordTrait, annotation[entity.Trait](t, secret))
}

// The tenant's column cannot be changed, and no client sees or sets it.
func TestTenant(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]mixin.Tenant{
		"tenant_id": {}, "organization_id": {Key: field.Int64("organization_id")},
	} {
		for range 2 { // schemas are read more than once
			d := fieldsOf(m)[name]
			require.True(t, d.Immutable)
			require.False(t, d.Optional)
			require.Equal(t, entity.TenantTrait, annotation[entity.Trait](t, d))
			require.Equal(t, expose.Hidden(), annotation[expose.Exposure](t, d))
		}
	}
}

// An upsert may be told to restore what it meets.
func TestSoftDeleteRevives(t *testing.T) {
	t.Parallel()
	revive := func(m mixin.SoftDelete) (found bool) {
		for _, a := range m.Fields()[0].Descriptor().Annotations {
			found = found || a == policy.Revive
		}
		return found
	}
	require.False(t, revive(mixin.SoftDelete{}))
	require.True(t, revive(mixin.SoftDelete{Revive: true}))
}
