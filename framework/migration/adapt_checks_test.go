package migration_test

import (
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// Columns may have names that are words of a dialect's language: the checks of
// their rules hold nevertheless, and are not planned again.
func TestChecksOfColumnsWithReservedNames(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		words := table("words",
			&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
			&schema.Column{Name: "key", Type: field.TypeString, Size: 20},
			&schema.Column{Name: "order", Type: field.TypeInt64, Default: 1},
			&schema.Column{Name: "length", Type: field.TypeString, Size: 20, Default: "x"},
			&schema.Column{Name: "plain", Type: field.TypeInt64, Default: 1},
		)
		words.Annotation = &entsql.Annotation{Checks: map[string]string{
			"ck_words_key_length":    "length(key) >= 2",
			"ck_words_key_format":    "key LIKE '%key%' OR key = 'ab'",
			"ck_words_order_range":   "order >= 1 AND order < 10",
			"ck_words_length_length": "char_length(length) >= 1",
			"ck_words_plain_range":   "plain > 0",
		}}
		tables := []*schema.Table{words}
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", tables)
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		requireNoChanges(t, cfg, dir, tables)

		quote := func(name string) string {
			if d == config.Postgres {
				return `"` + name + `"`
			}
			return "`" + name + "`"
		}
		insert := func(column, value string) error {
			if column == "key" {
				_, err := db.SQL().ExecContext(t.Context(), "INSERT INTO words ("+quote("key")+") VALUES ("+value+")")
				return err
			}
			_, err := db.SQL().ExecContext(t.Context(), "INSERT INTO words ("+quote("key")+", "+quote(column)+") VALUES ('ab', "+value+")")
			return err
		}
		for column, values := range map[string][2]string{
			"key": {"'a key'", "'abc'"}, "order": {"9", "10"}, "length": {"'y'", "''"}, "plain": {"2", "0"},
		} {
			require.NoError(t, insert(column, values[0]), column)
			require.Error(t, insert(column, values[1]), column)
		}
		require.Error(t, insert("key", "'a'"))
	})
}
