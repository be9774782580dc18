package migration_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// people is a table whose column name is in all that can mention a column, and
// one that refers to it.
func people(tableName, columnName string) []*schema.Table {
	t := table(tableName,
		&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
		&schema.Column{Name: columnName, Type: field.TypeString, Size: 50, Unique: true},
		&schema.Column{Name: "level", Type: field.TypeEnum, Enums: []string{"low", "high"}, Default: "low"},
		&schema.Column{Name: "deleted_at", Type: field.TypeTime, Nullable: true},
	)
	t.Annotation = &entsql.Annotation{Checks: map[string]string{"ck_people_name": "length(" + columnName + ") >= 2"}}
	t.Indexes = []*schema.Index{
		{Name: "ix_people_name_level", Columns: []*schema.Column{t.Columns[1], t.Columns[2]}},
		{Name: "uq_people_alive", Unique: true, Columns: t.Columns[1:2], Annotation: &entsql.IndexAnnotation{Where: "deleted_at IS NULL"}},
		{Name: "ix_people_named", Columns: t.Columns[2:3], Annotation: &entsql.IndexAnnotation{Where: columnName + " IS NOT NULL"}},
	}
	pets := table("pets", &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true}, &schema.Column{Name: "owner_id", Type: field.TypeInt64})
	refer(pets, "owner_id", t, schema.Cascade)
	return []*schema.Table{t, pets}
}

// A column and its table get other names and keep their rows, on the way back
// too. Indexes, checks, enums and foreign keys follow.
//
// Covers: H12, H40.
func TestRename(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", people("people", "name"))
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO people (name, level) VALUES ('ann', 'high'), ('bob', 'low')", "INSERT INTO pets (owner_id) VALUES (1), (2)")

		// Either name of the table will do.
		renames := []migration.Rename{{Table: "people", From: "name", To: "full_name"}, {From: "people", To: "persons"}}
		p, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Tables: people("persons", "full_name"), Server: cfg, Renames: renames})
		require.NoError(t, err)
		_, err = p.Write()
		require.NoError(t, err)
		t.Logf("%s\n%s", p.Content, p.DownContent)
		requireNoChanges(t, cfg, dir, people("persons", "full_name"))
		for _, r := range append(p.UpRisks, p.DownRisks...) {
			require.Equal(t, migration.Locking, r.Kind, "%v", r)
		}
		if d != config.SQLite { // which copies the table, as the check of the enum has another name
			require.NotContains(t, strings.Join(append(p.Statements, p.DownStatements...), "\n"), "DROP TABLE")
		}

		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM persons JOIN pets ON owner_id = persons.id WHERE full_name = 'ann' AND level = 'high'"))
		refused := func(statement string) {
			t.Helper()
			_, err := db.SQL().ExecContext(t.Context(), statement)
			require.Error(t, err, statement)
		}
		refused("INSERT INTO persons (full_name) VALUES ('x')")
		refused("INSERT INTO persons (full_name) VALUES ('ann')")
		refused("INSERT INTO persons (full_name, level) VALUES ('eve', 'none')")
		refused("INSERT INTO pets (owner_id) VALUES (99)")
		_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM people JOIN pets ON owner_id = people.id WHERE name = 'ann' AND level = 'high'"))
		refused("INSERT INTO people (name) VALUES ('x')")
		refused("INSERT INTO people (name) VALUES ('ann')")
		run(t, db, "DELETE FROM people WHERE name = 'ann'")
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM pets"))
	})
}

// Renaming a column is no more than that, and another name for its own index:
// what mentions it is not built anew.
//
// Covers: H40.
func TestRenameIsCheap(t *testing.T) {
	t.Parallel()
	for d, want := range map[config.Dialect][]string{
		config.SQLite: {
			"ALTER TABLE `people` RENAME COLUMN `name` TO `full_name`",
			"DROP INDEX `uq_people_name`",
			"CREATE UNIQUE INDEX `uq_people_full_name` ON `people` (`full_name`)",
		},
		config.Postgres: {
			`ALTER TABLE "people" RENAME COLUMN "name" TO "full_name"`,
			`ALTER INDEX "uq_people_name" RENAME TO "uq_people_full_name"`,
		},
		config.MySQL: {
			"ALTER TABLE `people` DROP CONSTRAINT `ck_people_name`",
			"ALTER TABLE `people` RENAME COLUMN `name` TO `full_name`",
			"ALTER TABLE `people` ADD CONSTRAINT `ck_people_name` CHECK (char_length(`full_name`) >= 2), RENAME INDEX `uq_people_name` TO `uq_people_full_name`",
		},
	} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			cfg := server(t, d)
			dir := migration.OpenDir(t.TempDir())
			plan(t, cfg, dir, "init", people("people", "name"))
			p, err := migration.Plan(t.Context(), migration.PlanConfig{
				Dir: dir, Tables: people("people", "full_name"), Server: cfg, Renames: []migration.Rename{{Table: "people", From: "name", To: "full_name"}},
			})
			require.NoError(t, err)
			require.Equal(t, want, p.Statements)
			require.Empty(t, p.UpRisks)
			require.Empty(t, p.DownRisks)
		})
	}
}

// Each plausible pair is asked about; a no leaves it dropped and added.
//
// Covers: H12, H40.
func TestRenameIsAsked(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := migration.OpenDir(t.TempDir())
	plan(t, cfg, dir, "init", people("people", "name"))
	tables := people("persons", "full_name")
	tables[0].Columns = append(tables[0].Columns, &schema.Column{Name: "age", Type: field.TypeInt64, Nullable: true})
	var asked []string
	ask := func(yes string) func(context.Context, migration.Rename) (bool, error) {
		asked = nil
		return func(_ context.Context, r migration.Rename) (bool, error) {
			asked = append(asked, r.String())
			return strings.Contains(yes, r.From), nil
		}
	}
	cfgPlan := migration.PlanConfig{Dir: dir, Tables: tables, Server: cfg, Ask: ask("people name")}
	p, err := migration.Plan(t.Context(), cfgPlan)
	require.NoError(t, err)
	require.Equal(t, []string{"people:persons", "persons.name:full_name"}, asked)
	require.Equal(t, []migration.Rename{{From: "people", To: "persons"}, {Table: "persons", From: "name", To: "full_name"}}, p.Renamed)

	cfgPlan.Ask = ask("people")
	p, err = migration.Plan(t.Context(), cfgPlan)
	require.NoError(t, err)
	require.Len(t, asked, 2)
	requireRisk(t, p.UpRisks, migration.Destructive, "drop-column", "persons", "name")

	cfgPlan.Ask = ask("")
	p, err = migration.Plan(t.Context(), cfgPlan)
	require.NoError(t, err)
	require.Equal(t, []string{"people:persons"}, asked)
	requireRisk(t, p.UpRisks, migration.Destructive, "drop-table", "people", "")

	failure := errors.New("nobody there")
	cfgPlan.Ask = func(context.Context, migration.Rename) (bool, error) { return false, failure }
	_, err = migration.Plan(t.Context(), cfgPlan)
	require.ErrorIs(t, err, failure)
}

// A rename that does not fit is refused, not ignored.
//
// Covers: H40.
func TestRenameMustFit(t *testing.T) {
	t.Parallel()
	cfg := server(t, config.SQLite)
	dir := migration.OpenDir(t.TempDir())
	plan(t, cfg, dir, "init", people("people", "name"))
	for text, reason := range map[string]string{
		"people.nick:full_name":  "the migrations lead to no column people.nick",
		"people.name:nick":       "the entities ask for no column people.nick",
		"people.level:full_name": "the entities still ask for column people.level",
		"persons.name:full_name": "the entities ask for no table persons",
		"people:persons":         "the entities still ask for table people",
		"users:persons":          "the migrations lead to no table users",
	} {
		r, err := migration.ParseRename(text)
		require.NoError(t, err)
		require.Equal(t, text, r.String())
		_, err = migration.Plan(t.Context(), migration.PlanConfig{
			Dir: dir, Tables: people("people", "full_name"), Server: cfg, Renames: []migration.Rename{r},
		})
		var refused *migration.RenameError
		require.ErrorAs(t, err, &refused, text)
		require.Equal(t, r, refused.Rename)
		require.ErrorContains(t, err, reason)
	}
	for _, text := range []string{"", "users", "users.name", ":a", "a:", ".a:b", "users.a.b:c", "a:a", "users.a:users.b"} {
		_, err := migration.ParseRename(text)
		require.ErrorContains(t, err, "write table.old:new for a column", text)
	}
}
