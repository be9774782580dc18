package migration_test

import (
	"errors"
	"slices"
	"testing"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// thing is a table to change.
func thing() *schema.Table {
	t := table("things",
		&schema.Column{Name: "id", Type: field.TypeInt64, Increment: true},
		&schema.Column{Name: "name", Type: field.TypeString, Size: 100, Nullable: true},
		&schema.Column{Name: "size", Type: field.TypeInt64, Default: 0},
		&schema.Column{Name: "kind", Type: field.TypeEnum, Enums: []string{"a", "b"}, Default: "a"},
		&schema.Column{Name: "parent", Type: field.TypeInt64, Nullable: true},
	)
	t.Annotation = &entsql.Annotation{}
	return t
}

// Each change says what it can do to a database in use, and how to avoid it;
// harmless ones say nothing.
//
// Covers: H12, H26, H31.
func TestRisks(t *testing.T) {
	t.Parallel()
	const (
		rebuild = "locking table-rebuild"
		rewrite = "locking table-rewrite"
		index   = "locking index-blocks-writes"
	)
	cases := map[string]struct {
		change func(t *schema.Table)
		want   map[config.Dialect][]string
	}{
		"optional column":     {func(t *schema.Table) { add1(t, &schema.Column{Name: "x", Type: field.TypeInt64, Nullable: true}) }, each3()},
		"column with default": {func(t *schema.Table) { add1(t, &schema.Column{Name: "x", Type: field.TypeInt64, Default: 1}) }, each3()},
		"new enum": {func(t *schema.Table) {
			add1(t, &schema.Column{Name: "x", Type: field.TypeEnum, Enums: []string{"a"}, Default: "a"})
		}, on(each3(), config.SQLite, rebuild)},
		"optional and unique column": {func(t *schema.Table) {
			add1(t, &schema.Column{Name: "x", Type: field.TypeInt64, Nullable: true, Unique: true})
		}, on(each3(), config.Postgres, index)},
		"more enum values":             {func(t *schema.Table) { find(t, "kind").Enums = []string{"a", "b", "c"} }, on(each3(), config.SQLite, rebuild)},
		"optional":                     {func(t *schema.Table) { find(t, "size").Nullable = true }, on(each3(), config.SQLite, rebuild)},
		"longer text":                  {func(t *schema.Table) { find(t, "name").Size = 200 }, on(each3(), config.SQLite)},
		"required column":              {func(t *schema.Table) { add1(t, &schema.Column{Name: "x", Type: field.TypeInt64}) }, on(each3("data-dependent not-null-without-default"), config.SQLite, rebuild)},
		"column gone":                  {func(t *schema.Table) { t.Columns = t.Columns[:4] }, on(each3("destructive drop-column"), config.SQLite, rebuild)},
		"required":                     {func(t *schema.Table) { find(t, "name").Nullable = false }, on(each3("data-dependent set-not-null"), config.SQLite, rebuild)},
		"unique":                       {func(t *schema.Table) { find(t, "name").Unique = true }, on(each3("data-dependent add-unique"), config.Postgres, index)},
		"fewer enum values":            {func(t *schema.Table) { find(t, "kind").Enums = []string{"a"} }, on(each3("data-dependent enum-value-removed"), config.SQLite, rebuild)},
		"check":                        {func(t *schema.Table) { t.Annotation.Checks = map[string]string{"ck_size": "size > 0"} }, on(each3("data-dependent add-check"), config.SQLite, rebuild)},
		"index":                        {func(t *schema.Table) { t.Indexes = []*schema.Index{{Name: "ix", Columns: t.Columns[1:2]}} }, on(each3(), config.Postgres, index)},
		"foreign key":                  {func(t *schema.Table) { refer(t, "parent", t, schema.Cascade) }, on(on(each3("data-dependent add-foreign-key"), config.Postgres, index), config.SQLite, rebuild)},
		"text to number":               {func(t *schema.Table) { find(t, "name").Type, find(t, "name").Size = field.TypeInt64, 0 }, on(on(on(each3("data-dependent narrow-type"), config.Postgres, rewrite), config.MySQL, rewrite), config.SQLite, rebuild)},
		"shorter text":                 {func(t *schema.Table) { find(t, "name").Size = 20 }, map[config.Dialect][]string{config.SQLite: nil, config.Postgres: {"data-dependent narrow-type", rewrite}, config.MySQL: {"data-dependent narrow-type", rewrite}}},
		"smaller number":               {func(t *schema.Table) { find(t, "size").Type = field.TypeInt32 }, map[config.Dialect][]string{config.SQLite: nil, config.Postgres: {"data-dependent narrow-type", rewrite}, config.MySQL: {"data-dependent narrow-type", rewrite}}},
		"longer than a byte can count": {func(t *schema.Table) { find(t, "name").Size = 2147483647 }, map[config.Dialect][]string{config.SQLite: nil, config.Postgres: nil, config.MySQL: {rewrite}}},
	}
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		cfg := server(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", []*schema.Table{thing()})
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				changed := thing()
				test.change(changed)
				p, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Tables: []*schema.Table{changed}, Server: cfg})
				if errors.Is(err, migration.ErrNoChanges) {
					require.Empty(t, test.want[d])
					return
				}
				require.NoError(t, err)
				var found []string
				for _, r := range p.UpRisks {
					found = append(found, string(r.Kind)+" "+r.Code)
					require.NotEmpty(t, r.Reason)
					require.NotEmpty(t, r.Advice)
				}
				require.ElementsMatch(t, test.want[d], found, "%s", p.Content)
			})
		}
	})
}

func add1(t *schema.Table, c *schema.Column) { t.Columns = append(t.Columns, c) }

func each3(codes ...string) map[config.Dialect][]string {
	return map[config.Dialect][]string{config.SQLite: codes, config.Postgres: codes, config.MySQL: codes}
}

func on(all map[config.Dialect][]string, d config.Dialect, codes ...string) map[config.Dialect][]string {
	all[d] = slices.Concat(all[d], codes)
	return all
}

// A file that was written by hand, without a header, is known to lose data, in
// both directions. What the header names is not named twice.
//
// Covers: H19.
func TestStepsNameLossesThatTheHeaderLeavesOut(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		const dropped = "destructive: table old and its rows are dropped"
		dir := folder(t, first, "CREATE TABLE users (id int, age int);\nCREATE TABLE old (id int);\n",
			second, "DROP TABLE old;\n", third, "-- Description: x\n-- Risk: "+dropped+"\n\nCREATE TABLE old (id int);\nDROP TABLE old;\n")
		undo(t, dir, first, "DROP TABLE users;\n", second, "CREATE TABLE old (id int);\nDELETE FROM users;\n", third, "CREATE TABLE old (id int);\n")
		m := migrator(t, db, dir)
		steps, err := m.PendingSteps(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Empty(t, steps[0].Risks)
		require.Equal(t, []string{dropped}, steps[1].Risks)
		require.Equal(t, []string{dropped}, steps[2].Risks)
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: v2})
		require.NoError(t, err)
		steps, err = m.DowngradeSteps(t.Context(), migration.DowngradeOptions{})
		require.NoError(t, err)
		require.Equal(t, []string{"destructive: all rows of users are deleted"}, steps[0].DownRisks)
	})
}
