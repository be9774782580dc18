package entschema_test

import (
	"testing"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	table "entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/entc/load"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/mixin"
	"github.com/framefox-go/framefox/framework/policy"
)

// Owner has things.
type Owner struct {
	ent.Schema
	says []schema.Annotation
}

// Edges of the entity.
func (o Owner) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("things", Thing.Type).Annotations(o.says...),
		edge.To("lid", Lid.Type).Unique(),
	}
}

// Thing belongs to an owner.
type Thing struct {
	ent.Schema
	required bool
}

// Mixin of the entity.
func (Thing) Mixin() []ent.Mixin { return []ent.Mixin{mixin.SoftDelete{}} }

// Fields of the entity.
func (t Thing) Fields() []ent.Field {
	key := field.Int("owner_id")
	if !t.required {
		key.Optional()
	}
	return []ent.Field{
		key,
		field.String("name").Unique(),
		field.String("serial").Unique().Annotations(policy.UniqueForever),
		field.Int("year"),
		field.Int("shelf"),
	}
}

// Edges of the entity.
func (t Thing) Edges() []ent.Edge {
	e := edge.From("owner", Owner.Type).Ref("things").Unique().Field("owner_id")
	if t.required {
		e.Required()
	}
	return []ent.Edge{e}
}

// Indexes of the entity.
func (Thing) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("year", "shelf").Unique().StorageKey("together"),
		index.Fields("shelf").Unique().StorageKey("some").Annotations(entsql.IndexWhere("year > 2000")),
		index.Fields("shelf", "year").Unique().StorageKey("forever").Annotations(policy.UniqueForever),
		index.Fields("shelf", "deleted_at").Unique().StorageKey("own"),
		index.Fields("year").StorageKey("plain"),
	}
}

// Lid is the one that an owner may have.
type Lid struct{ ent.Schema }

// Mixin of the entity.
func (Lid) Mixin() []ent.Mixin { return []ent.Mixin{mixin.SoftDelete{}} }

// Fields of the entity.
func (Lid) Fields() []ent.Field { return []ent.Field{field.Int("owner_id")} }

// Edges of the entity.
func (Lid) Edges() []ent.Edge {
	return []ent.Edge{edge.From("owner", Owner.Type).Ref("lid").Unique().Required().Field("owner_id")}
}

// graph is the schemas as the generator sees them.
func graph(t *testing.T, list ...ent.Interface) *gen.Graph {
	t.Helper()
	schemas := make([]*load.Schema, len(list))
	for i, s := range list {
		text, err := load.MarshalSchema(s)
		require.NoError(t, err)
		schemas[i], err = load.UnmarshalSchema(text)
		require.NoError(t, err)
	}
	storage, err := gen.NewStorage("sql")
	require.NoError(t, err)
	g, err := gen.NewGraph(&gen.Config{Package: "example.org/ent", Target: t.TempDir(), Storage: storage}, schemas...)
	require.NoError(t, err)
	return g
}

func find(t *testing.T, g *gen.Graph, name string) *gen.Type {
	t.Helper()
	for _, n := range g.Nodes {
		if n.Name == name {
			return n
		}
	}
	t.Fatalf("no %s", name)
	return nil
}

// Each of policy and foreign key is the default of the other, on both ends of
// the edge, and in the tables.
//
// Covers: C41.
func TestPolicies(t *testing.T) {
	t.Parallel()
	type says = []schema.Annotation
	key := entsql.OnDelete
	for name, c := range map[string]struct {
		says     says
		required bool
		want     [2]policy.OnDelete
		key      table.ReferenceOption
	}{
		"nothing":            {nil, false, [2]policy.OnDelete{"keep", "detach"}, "SET NULL"},
		"nothing, required":  {nil, true, [2]policy.OnDelete{"restrict", "restrict"}, "NO ACTION"},
		"cascade":            {says{policy.Cascade}, true, [2]policy.OnDelete{"cascade", "cascade"}, "CASCADE"},
		"restrict":           {says{policy.Restrict}, false, [2]policy.OnDelete{"restrict", "restrict"}, "RESTRICT"},
		"detach":             {says{policy.Detach}, false, [2]policy.OnDelete{"detach", "detach"}, "SET NULL"},
		"keep":               {says{policy.Keep}, false, [2]policy.OnDelete{"keep", "detach"}, "SET NULL"},
		"keep, required":     {says{policy.Keep}, true, [2]policy.OnDelete{"keep", "restrict"}, "RESTRICT"},
		"key cascade":        {says{key(entsql.Cascade)}, false, [2]policy.OnDelete{"cascade", "cascade"}, "CASCADE"},
		"key restrict":       {says{key(entsql.Restrict)}, false, [2]policy.OnDelete{"restrict", "restrict"}, "RESTRICT"},
		"key set null":       {says{key(entsql.SetNull)}, false, [2]policy.OnDelete{"detach", "detach"}, "SET NULL"},
		"key no action":      {says{key(entsql.NoAction)}, false, [2]policy.OnDelete{"keep", "restrict"}, "NO ACTION"},
		"required no action": {says{key(entsql.NoAction)}, true, [2]policy.OnDelete{"restrict", "restrict"}, "NO ACTION"},
		"both":               {says{policy.Keep, key(entsql.Cascade)}, true, [2]policy.OnDelete{"keep", "cascade"}, "CASCADE"},
	} {
		g := graph(t, Owner{says: c.says}, Thing{required: c.required}, Lid{})
		require.NoError(t, entschema.Prepare(g), name)
		for _, e := range []*gen.Edge{find(t, g, "Owner").Edges[0], find(t, g, "Thing").Edges[0]} {
			onDelete, onPurge, err := entschema.Policies(e)
			require.NoError(t, err, name)
			require.Equal(t, c.want, [2]policy.OnDelete{onDelete, onPurge}, "%s: %s", name, e.Name)
		}
		tables, err := g.Tables()
		require.NoError(t, err)
		for _, x := range tables {
			if x.Name == "things" {
				require.Equal(t, c.key, x.ForeignKeys[0].OnDelete, name)
			}
		}
	}
}

// What cannot be is refused by the generator.
//
// Covers: C41.
func TestPoliciesThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says schema.Annotation
		text string
	}{
		"detach required":   {policy.Detach, "make the field owner_id optional"},
		"set null required": {entsql.OnDelete(entsql.SetNull), "make the field owner_id optional"},
		"set default":       {entsql.OnDelete(entsql.SetDefault), "cannot be ON DELETE SET DEFAULT"},
		"unknown":           {policy.OnDelete("explode"), `"explode" is no policy`},
	} {
		g := graph(t, Owner{says: []schema.Annotation{c.says}}, Thing{required: true}, Lid{})
		require.ErrorContains(t, entschema.Prepare(g), c.text, name)
	}
}

// With soft delete, what is unique is unique among the living, but for what is
// unique for ever.
//
// Covers: T11.
func TestUniqueAmongTheLiving(t *testing.T) {
	t.Parallel()
	g := graph(t, Owner{}, Thing{}, Lid{})
	for range 2 { // to prepare twice changes nothing
		require.NoError(t, entschema.Prepare(g))
	}
	got := map[string]string{}
	tables, err := g.Tables()
	require.NoError(t, err)
	for _, x := range tables {
		for _, c := range x.Columns {
			if c.Unique && x.Name == "things" {
				got[c.Name] = "column"
			}
		}
		for _, idx := range x.Indexes {
			if idx.Unique {
				got[idx.Name] = ""
				if idx.Annotation != nil {
					got[idx.Name] = idx.Annotation.Where
				}
			}
		}
	}
	require.Equal(t, map[string]string{
		"serial":           "column",
		"uq_things_name":   "deleted_at IS NULL",
		"uq_lids_owner_id": "deleted_at IS NULL",
		"together":         "deleted_at IS NULL",
		"some":             "(year > 2000) AND deleted_at IS NULL",
		"forever":          "",
		"own":              "",
	}, got)
}
