package migrate_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/stretchr/testify/require"

	entmigrate "github.com/framefox-go/framefox/ent/migrate"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/entschema"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
	"github.com/framefox-go/framefox/migrate"
)

// The tables that are read from the source are those of the generated client,
// to the last attribute, and nothing is left to plan from them.
func TestTablesFromSource(t *testing.T) {
	t.Parallel()
	tables, err := entschema.Tables(t.Context(), "..")
	require.NoError(t, err)
	require.Equal(t, normalised(t, entmigrate.Tables), normalised(t, tables))

	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			server := config.Database{URL: config.URL{Dialect: config.SQLite}}
			if engine != testkit.SQLite {
				server = testkit.Create(t, engine)
			}
			dir, err := fs.Sub(migrate.Files, string(server.URL.Dialect))
			require.NoError(t, err)
			_, err = migration.Plan(t.Context(), migration.PlanConfig{
				Dir: migration.NewDir(dir), Tables: tables, Server: server,
			})
			require.ErrorIs(t, err, migration.ErrNoChanges)
		})
	}
}

// normalised writes all that a plan can see of tables. Generated code keeps
// defaults as literals, and leaves out annotations that say nothing.
func normalised(t *testing.T, tables []*schema.Table) string {
	t.Helper()
	type object = map[string]any
	list := make([]object, len(tables))
	for i, table := range tables {
		columns, keys, indexes := []object{}, []object{}, []object{}
		for _, c := range table.Columns {
			columns = append(columns, object{
				"name": c.Name, "type": c.Type.ConstName(), "schemaType": c.SchemaType, "attr": c.Attr, "size": c.Size,
				"unique": c.Unique, "increment": c.Increment, "nullable": c.Nullable, "enums": len(c.Enums), "values": fmt.Sprint(c.Enums),
				"default": fmt.Sprintf("%v", c.Default), "collation": c.Collation, "comment": c.Comment,
			})
		}
		for _, fk := range table.ForeignKeys {
			keys = append(keys, object{
				"symbol": fk.Symbol, "columns": names(t, table, fk.Columns), "table": fk.RefTable.Name,
				"references": names(t, fk.RefTable, fk.RefColumns), "onDelete": fk.OnDelete, "onUpdate": fk.OnUpdate,
			})
		}
		for _, x := range table.Indexes {
			indexes = append(indexes, object{
				"name": x.Name, "unique": x.Unique, "columns": names(t, table, x.Columns), "annotation": x.Annotation,
			})
		}
		annotation := entsql.Annotation{}
		if table.Annotation != nil {
			annotation = *table.Annotation
		}
		annotation.Table = table.Name // said or not
		list[i] = object{
			"name": table.Name, "comment": table.Comment, "schema": table.Schema, "view": table.View,
			"columns": columns, "key": names(t, table, table.PrimaryKey), "foreignKeys": keys, "indexes": indexes, "annotation": annotation,
		}
	}
	text, err := json.MarshalIndent(list, "", " ")
	require.NoError(t, err)
	return string(text)
}

// names checks that the columns are those of the table.
func names(t *testing.T, table *schema.Table, columns []*schema.Column) []string {
	t.Helper()
	list := []string{}
	for _, c := range columns {
		own, ok := table.Column(c.Name)
		require.True(t, ok)
		require.Same(t, own, c, "%s.%s", table.Name, c.Name)
		list = append(list, c.Name)
	}
	return list
}
