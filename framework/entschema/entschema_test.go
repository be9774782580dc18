package entschema_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/entschema"
)

const shop = "testdata/shop"

// The tables have the rules, the keys and the indexes, and nothing is written
// into the project.
func TestTables(t *testing.T) {
	t.Parallel()
	before := files(t, shop)
	tables, err := entschema.Tables(t.Context(), shop)
	require.NoError(t, err)
	require.Equal(t, before, files(t, shop))

	var names []string
	byName := map[string]*schema.Table{}
	for _, table := range tables {
		names = append(names, table.Name)
		byName[table.Name] = table
	}
	require.Equal(t, []string{"awards", "boxes", "labels", "picks", "products", "shelves", "wins", "product_labels"}, names)

	products := byName["products"]
	require.Equal(t, map[string]string{
		"ck_products_name_length": "length(name) >= 2",
		"ck_products_stars_range": "stars >= 1 AND stars <= 5",
	}, products.Annotation.Checks)
	for name, size := range map[string]int64{"name": 80, "note": 255} {
		c, ok := products.Column(name)
		require.True(t, ok)
		require.Equal(t, size, c.Size, name)
	}
	state, _ := products.Column("state")
	require.Equal(t, []string{"new", "old"}, state.Enums)
	require.Equal(t, field.TypeEnum, state.Type)

	shelf, _ := products.Column("shelf_id")
	require.False(t, shelf.Nullable)
	require.Len(t, products.Indexes, 1)
	for _, fk := range products.ForeignKeys {
		if fk.RefTable.Name == "shelves" {
			require.Equal(t, schema.Cascade, fk.OnDelete)
		}
	}
	require.Len(t, byName["wins"].PrimaryKey, 2)
	require.Len(t, byName["product_labels"].ForeignKeys, 2)
}

// What the go command is told to build applications for does not matter.
func TestTablesWhileCrossCompiling(t *testing.T) {
	t.Setenv("GOOS", "plan9")
	t.Setenv("GOARCH", "arm")
	_, err := entschema.Tables(t.Context(), shop)
	require.NoError(t, err)
}

// A command line without schemas, or without Go, can tell, and fall back.
func TestNothingToReadWith(t *testing.T) {
	_, err := entschema.Tables(t.Context(), t.TempDir())
	require.ErrorIs(t, err, fs.ErrNotExist)
	var missing *entschema.NoSourceError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, "schema", filepath.Base(missing.Dir))

	t.Setenv("PATH", t.TempDir())
	_, err = entschema.Tables(t.Context(), shop)
	require.ErrorIs(t, err, exec.ErrNotFound)
	var without *entschema.NoToolchainError
	require.ErrorAs(t, err, &without)
	require.ErrorContains(t, err, "install Go")
}

func TestTablesStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := entschema.Tables(ctx, shop)
	require.ErrorIs(t, err, context.Canceled)
}

// What is wrong with schemas is said where it is, without a stack.
func TestFaults(t *testing.T) {
	t.Parallel()
	const head = "package schema\n\nimport (\n\t\"entgo.io/ent\"\n\t\"entgo.io/ent/schema/edge\"\n\t\"entgo.io/ent/schema/field\"\n)\n\n" +
		"var _, _ = edge.To, field.Int\n\ntype User struct{ ent.Schema }\n\n"
	for name, c := range map[string]struct {
		source string
		says   []string
		as     any
	}{
		"type error": {
			head + "func (User) Fields() []ent.Field { return []ent.Field{field.Strin(\"name\")} }\n",
			[]string{"ent/schema/user.go:13:61: undefined: field.Strin\nFix it, then run again"},
			new(*entschema.BuildError),
		},
		"syntax error": {
			head + "func (User) Fields( []ent.Field {}\n",
			[]string{"user.go:13:", "Fix it, then run again"},
			new(*entschema.BuildError),
		},
		"unknown import": {
			"package schema\n\nimport _ \"example.com/no/such\"\n\ntype User struct{}\n",
			[]string{"ent/schema/user.go:3:8: no required module provides package example.com/no/such"},
			new(*entschema.BuildError),
		},
		"no package": {
			"", []string{"user.go:1:1: expected 'package', found 'EOF'"}, new(*entschema.BuildError),
		},
		"no entity": {
			"package schema\n\ntype Options struct{}\n", []string{"there is no entity yet"}, new(*entschema.SchemaError),
		},
		"no type": {
			"package schema\n", []string{"there is no entity yet"}, new(*entschema.SchemaError),
		},
		"bad field": {
			head + "func (User) Fields() []ent.Field { return []ent.Field{field.Enum(\"state\").Values(\"\")} }\n",
			[]string{`create type User: "state" field value cannot be empty`},
			new(*entschema.SchemaError),
		},
		"panic": {
			head + "func (User) Fields() []ent.Field { panic(\"no fields today\") }\n",
			[]string{"User", "no fields today"},
			new(*entschema.SchemaError),
		},
		"panic on start": {
			head + "var _ = func() int { panic(\"not today\") }()\n",
			[]string{"panic: not today"},
			new(*entschema.SchemaError),
		},
		"edge to no entity": {
			head + "func (User) Edges() []ent.Edge { return []ent.Edge{edge.To(\"x\", thing.Type)} }\n\ntype thing struct{ ent.Schema }\n",
			[]string{`type "thing" does not exist for edge`, "ent/schema"},
			new(*entschema.SchemaError),
		},
		"edge to a view": {
			head + "func (User) Edges() []ent.Edge { return []ent.Edge{edge.To(\"x\", Thing.Type).Unique()} }\n\ntype Thing struct{ ent.View }\n",
			[]string{"edge to something that is no entity"},
			new(*entschema.SchemaError),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := project(t, c.source)
			_, err := entschema.Tables(t.Context(), root)
			require.Error(t, err)
			for _, text := range c.says {
				require.ErrorContains(t, err, text)
			}
			require.NotContains(t, err.Error(), "goroutine")
			require.NotContains(t, err.Error(), "main.go")
			require.NotErrorIs(t, err, fs.ErrNotExist)
			require.ErrorAs(t, err, c.as)
		})
	}
}

// project makes a folder with one file of schemas, inside this module, where
// the go command finds what it imports.
func project(t *testing.T, source string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll("testdata", 0o750))
	dir, err := os.MkdirTemp("testdata", "tmp-") //nolint:usetesting // it has to be inside the module
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	folder := filepath.Join(dir, "ent", "schema")
	require.NoError(t, os.MkdirAll(folder, 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "user.go"), []byte(source), 0o600))
	return dir
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		list = append(list, path)
		return err
	}))
	slices.Sort(list)
	return list
}
