package entity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"entgo.io/ent"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entity"
)

// save runs the hook over a mutation, in front of a writer that answers err.
func save(ctx context.Context, m ent.Mutation, err error) (written bool, _ error) {
	_, result := entity.Hook(account())(ent.MutateFunc(func(context.Context, ent.Mutation) (ent.Value, error) {
		written = true
		return nil, err
	})).Mutate(ctx, m)
	return written, result
}

func creating(values map[string]ent.Value) *mutation {
	return &mutation{op: ent.OpCreate, values: values}
}

// All violations come at once, in the order of the fields, and nothing is
// written.
//
// Covers: B05, B50, B51, B54.
func TestHookValidates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m    *mutation
		want []string
	}{
		"missing": {creating(map[string]ent.Value{}), []string{"name required", "secret required"}},
		"empty":   {creating(map[string]ent.Value{"name": "", "secret": ""}), []string{"name too_short", "secret too_short"}},
		"update":  {&mutation{op: ent.OpUpdate, values: map[string]ent.Value{"name": " a "}}, []string{"name too_short"}},
		"cleared": {&mutation{op: ent.OpUpdateOne, values: map[string]ent.Value{}, cleared: []string{"name", "seen"}}, []string{"name null"}},
		"list":    {&mutation{op: ent.OpUpdateOne, values: map[string]ent.Value{"labels": []string{"fine", "\xff", "\x00"}}}, []string{"labels encoding"}},
	} {
		written, err := save(t.Context(), c.m, nil)
		var invalid *entity.ValidationError
		require.ErrorAs(t, err, &invalid, name)
		var got []string
		for _, v := range invalid.Violations {
			got = append(got, v.Field+" "+v.Code)
		}
		require.Equal(t, c.want, got, name)
		require.False(t, written, name)
	}
}

// Covers: B09, B29, B30, B43.
func TestHookPrepares(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 9*3600)
	m := creating(map[string]ent.Value{
		"name": " Ada ", "secret": " white space ",
		"born": time.Date(1990, 5, 17, 1, 2, 3, 4, zone), "seen": time.Date(2024, 1, 2, 3, 4, 5, 6789, zone),
	})
	written, err := save(t.Context(), m, nil)
	require.NoError(t, err)
	require.True(t, written)
	require.Equal(t, map[string]ent.Value{
		"name": "ada", "secret": "sealed: white space ",
		"born": time.Date(1990, 5, 17, 0, 0, 0, 0, time.UTC), "seen": time.Date(2024, 1, 1, 18, 4, 5, 6000, time.UTC),
	}, m.values)
	require.Empty(t, m.added, "a new row has its first version")

	m = &mutation{op: ent.OpUpdateOne, values: map[string]ent.Value{"name": "bob", "version": int64(99)}}
	_, err = save(t.Context(), m, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]ent.Value{"version": int64(1)}, m.added)
	require.NotContains(t, m.values, "version", "the caller cannot set it")
	require.Equal(t, 1, m.predicates, "tombstones are left out")

	m = &mutation{op: ent.OpUpdateOne, values: map[string]ent.Value{}}
	_, err = save(entity.WithTrashed(t.Context()), m, nil)
	require.NoError(t, err)
	require.Empty(t, m.added, "an update of nothing is none")
	require.Zero(t, m.predicates)
}

// Covers: B34.
func TestHookRefusesOldClients(t *testing.T) {
	t.Parallel()
	// What a delete does to real rows is tested with the tracker.
	m := &mutation{op: ent.OpDelete}
	written, err := save(t.Context(), m, nil)
	require.ErrorContains(t, err, "run the generator again")
	require.False(t, written, "nothing is removed")

	m = &mutation{op: ent.OpDelete}
	written, err = save(entity.WithPurge(t.Context()), m, nil)
	require.NoError(t, err)
	require.True(t, written)
	require.Zero(t, m.predicates)
}

// broken is a constraint as package database tells of it.
type broken struct {
	kind, table string
	columns     []string
	name        string
}

func (broken) Error() string { return "raw text of the database" }
func (b broken) Broken() (kind, table string, columns []string, name string) {
	return b.kind, b.table, b.columns, b.name
}

// Whatever a database tells, the conflict names the fields as the schema does.
//
// Covers: B07, B33, B36, T18.
func TestHookExplainsConflicts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		op     ent.Op
		broken broken
		code   string
		fields []string
	}{
		"columns":       {ent.OpUpdate, broken{kind: "unique", table: "accounts", columns: []string{"name", "birth_date"}}, entity.Unique, []string{"name", "born"}},
		"index":         {ent.OpUpdate, broken{kind: "unique", name: "accounts.uq_accounts_name"}, entity.Unique, []string{"name"}},
		"pair":          {ent.OpUpdate, broken{kind: "unique", table: "accounts", name: "uq_accounts_owner_id_name"}, entity.Unique, []string{"owner_id", "name"}},
		"longest":       {ent.OpUpdate, broken{kind: "unique", name: "accounts_owner_id_text_key"}, entity.Unique, []string{"owner_id_text"}},
		"check":         {ent.OpUpdate, broken{kind: "check", name: "ck_accounts_birth_date_range"}, entity.Check, []string{"born"}},
		"not null":      {ent.OpUpdate, broken{kind: "not null", columns: []string{"name"}}, entity.NotNull, []string{"name"}},
		"parent":        {ent.OpUpdate, broken{kind: "foreign key", table: "accounts", columns: []string{"owner_id"}}, entity.ForeignKey, []string{"owner_id"}},
		"some parent":   {ent.OpUpdate, broken{kind: "foreign key"}, entity.ForeignKey, []string{"owner_id"}},
		"child":         {ent.OpDelete, broken{kind: "foreign key", table: "posts", columns: []string{"user_id"}}, entity.Restricted, nil},
		"another table": {ent.OpUpdate, broken{kind: "unique", table: "links", columns: []string{"name"}}, entity.Unique, nil},
		"no field":      {ent.OpUpdate, broken{kind: "check", name: "ck_accounts"}, entity.Check, nil},
	} {
		m := &mutation{op: c.op, values: map[string]ent.Value{"owner_id": int64(7)}}
		_, err := save(entity.WithPurge(t.Context()), m, c.broken)
		var conflict *entity.ConflictError
		require.ErrorAs(t, err, &conflict, name)
		require.Equal(t, c.code, conflict.Code, name)
		require.Equal(t, c.fields, conflict.Fields, name)
		require.Equal(t, "Account", conflict.Entity, name)
		require.NotContains(t, err.Error(), "raw text", name)
		var raw broken
		require.ErrorAs(t, err, &raw, name)
	}
	other := errors.New("disk full")
	_, err := save(t.Context(), creating(map[string]ent.Value{"name": "ada", "secret": "long enough"}), other)
	require.Equal(t, other, err, "what is no constraint stays what it is")
	inner := &entity.ConflictError{Entity: "Other", Code: entity.Unique, Err: broken{kind: "unique"}}
	_, err = save(t.Context(), creating(map[string]ent.Value{"name": "ada", "secret": "long enough"}), inner)
	require.Equal(t, error(inner), err, "the first to explain it is right")
}
