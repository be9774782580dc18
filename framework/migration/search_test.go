package migration_test

import (
	"strings"
	"testing"

	"entgo.io/ent/dialect/entsql"
	builder "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/search"
)

// articles is a table whose text is searched in the named columns.
func articles(name string, columns []string, words ...string) []*schema.Table {
	t := table(name, &schema.Column{Name: "id", Type: field.TypeInt64, Increment: true})
	for _, c := range columns {
		t.Columns = append(t.Columns, &schema.Column{Name: c, Type: field.TypeString, Nullable: true, Size: 1 << 20})
	}
	t.PrimaryKey = t.Columns[:1]
	if len(words) > 0 {
		index := &schema.Index{
			Name: search.IndexName(name), Annotation: &entsql.IndexAnnotation{Types: search.IndexTypes()},
		}
		for _, w := range words {
			index.Columns = append(index.Columns, find(t, w))
		}
		t.Indexes = []*schema.Index{index}
	}
	return []*schema.Table{t}
}

// found counts the rows of a table that a search finds.
func found(t *testing.T, db *database.DB, tables []*schema.Table, text string) int {
	t.Helper()
	index := &search.Index{Name: tables[0].Indexes[0].Name, ID: "id"}
	for _, c := range tables[0].Indexes[0].Columns {
		index.Columns = append(index.Columns, c.Name)
	}
	s := builder.Dialect(db.Driver().Dialect()).Select("COUNT(*)").From(builder.Table(tables[0].Name))
	index.Where(s, text)
	query, args := s.Query()
	var n int
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), query, args...).Scan(&n), "%s", query)
	return n
}

// A search is planned, changed, renamed and taken away like everything else of a
// table, on a table with rows: they are found after each step, none of which
// loses anything. Each way leads back, and afterwards nothing differs.
//
// Covers: D39.
func TestSearchIsPlanned(t *testing.T) {
	t.Parallel()
	columns := []string{"title", "body", "note"}
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		m := migrator(t, db, dir)
		step := func(name string, tables []*schema.Table, renames ...migration.Rename) *migration.Planned {
			t.Helper()
			p, err := migration.Plan(t.Context(), migration.PlanConfig{Name: name, Dir: dir, Tables: tables, Server: cfg, Renames: renames})
			require.NoError(t, err)
			require.Empty(t, p.Irreversible)
			for _, r := range append(p.UpRisks, p.DownRisks...) {
				require.NotEqual(t, migration.Destructive, r.Kind, "%s: %s", name, r)
				require.NotEqual(t, migration.Lossy, r.Kind, "%s: %s", name, r)
			}
			_, err = p.Write()
			require.NoError(t, err)
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err, "%s", p.Content)
			list, err := dir.Migrations()
			require.NoError(t, err)
			for _, risk := range list[len(list)-1].Risks {
				require.NotContains(t, risk, "destructive", name)
			}
			_, err = migration.Plan(t.Context(), migration.PlanConfig{Dir: dir, Tables: tables, Server: cfg})
			require.ErrorIs(t, err, migration.ErrNoChanges, name)
			drift, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
			require.NoError(t, err)
			require.Empty(t, drift, name)
			return p
		}
		undo := func() {
			t.Helper()
			_, err := m.Downgrade(t.Context(), migration.DowngradeOptions{})
			require.NoError(t, err)
		}
		redo := func() {
			t.Helper()
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
		}

		plan(t, cfg, dir, "init", articles("articles", columns))
		redo()
		run(t, db, "INSERT INTO articles (title, body, note) VALUES ('fox', 'quick', 'brown')")

		one := articles("articles", columns, "title", "body")
		step("search", one)
		require.Equal(t, 1, found(t, db, one, "fox quick"))
		require.Equal(t, 0, found(t, db, one, "brown"))

		two := articles("articles", columns, "body", "note")
		step("other fields", two)
		require.Equal(t, 1, found(t, db, two, "brown quick"))
		require.Equal(t, 0, found(t, db, two, "fox"))
		undo()
		require.Equal(t, 1, found(t, db, one, "fox quick"))
		run(t, db, "INSERT INTO articles (title) VALUES ('hare')")
		require.Equal(t, 1, found(t, db, one, "hare"))
		redo()

		renamed := articles("articles", []string{"title", "text", "note"}, "text", "note")
		step("renamed", renamed, migration.Rename{Table: "articles", From: "body", To: "text"})
		require.Equal(t, 1, found(t, db, renamed, "quick"))
		undo()
		require.Equal(t, 1, found(t, db, two, "quick"))
		redo()

		pieces := articles("pieces", []string{"title", "text", "note"}, "text", "note")
		step("another name", pieces, migration.Rename{From: "articles", To: "pieces"})
		require.Equal(t, 1, found(t, db, pieces, "quick"))
		undo()
		require.Equal(t, 1, found(t, db, renamed, "quick"))
		redo()

		// A column that is searched changes, and one that is not: SQLite rebuilds.
		rebuilt := articles("pieces", []string{"title", "text", "note"}, "text", "note")
		find(rebuilt[0], "text").Default = "none"
		find(rebuilt[0], "title").Default = "untitled"
		step("rebuilt", rebuilt)
		run(t, db, "INSERT INTO pieces (note) VALUES ('badger')")
		require.Equal(t, 1, found(t, db, rebuilt, "quick"))
		require.Equal(t, 1, found(t, db, rebuilt, "none badger"))
		undo()
		run(t, db, "INSERT INTO pieces (note) VALUES ('lynx')")
		require.Equal(t, 1, found(t, db, pieces, "lynx"))
		redo()

		step("no search", articles("pieces", []string{"title", "text", "note"}))
		run(t, db, "UPDATE pieces SET text = 'slow'")
		undo()
		require.Equal(t, 4, found(t, db, pieces, "slow"))

		report, err := migration.TestCycle(t.Context(), migration.CycleConfig{Dir: dir, Server: cfg})
		require.NoError(t, err)
		require.Empty(t, report.Problems)
		require.Empty(t, report.Irreversible)
	})
}

// A column that is searched can go.
func TestSearchedColumnIsDropped(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		plan(t, cfg, dir, "init", articles("articles", []string{"title", "body"}, "title", "body"))
		fewer := articles("articles", []string{"title"}, "title")
		plan(t, cfg, dir, "fewer", fewer)
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO articles (title) VALUES ('fox')")
		require.Equal(t, 1, found(t, db, fewer, "fox"))
		report, err := migration.TestCycle(t.Context(), migration.CycleConfig{Dir: dir, Server: cfg})
		require.NoError(t, err)
		require.Empty(t, report.Problems)
	})
}

// What looks at databases knows the index of words: a check finds one that no
// migration brings, a drift one that was changed, and the statements of sync, a
// checkpoint and clear are right.
func TestSearchInOtherCommands(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := migration.OpenDir(t.TempDir())
		without, with := articles("articles", []string{"title", "body"}), articles("articles", []string{"title", "body"}, "title")
		plan(t, cfg, dir, "init", without)
		check := func(tables []*schema.Table) []migration.Finding {
			report, err := migration.Check(t.Context(), migration.CheckConfig{Dir: dir, Tables: tables, Server: cfg})
			require.NoError(t, err)
			var list []migration.Finding
			for _, f := range report.Findings {
				if f.Severity == migration.SeverityError {
					list = append(list, f)
				}
			}
			return list
		}
		require.Empty(t, check(without))
		missing := check(with)
		require.Len(t, missing, 1)
		require.Equal(t, migration.CodeMissingMigration, missing[0].Code)

		plan(t, cfg, dir, "search", with)
		require.Empty(t, check(with))
		require.Len(t, check(without), 1)
		squash(t, migration.SquashConfig{Dir: dir, Server: cfg})
		require.Empty(t, check(with))
		m := migrator(t, db, dir)
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		run(t, db, "INSERT INTO articles (title) VALUES ('fox')")
		require.Equal(t, 1, found(t, db, with, "fox"))

		broken := map[config.Dialect]string{
			config.SQLite: "DROP TRIGGER articles_search_update", config.Postgres: "DROP INDEX articles_search",
			config.MySQL: "ALTER TABLE articles DROP INDEX articles_search",
		}[d]
		run(t, db, broken)
		drift, err := migration.Drift(t.Context(), migration.DriftConfig{DB: db, Dir: dir, Server: cfg})
		require.NoError(t, err)
		require.Len(t, drift, 1)
		require.True(t, strings.HasPrefix(drift[0].Name, "articles_search"), drift[0])

		_, err = m.Clear(t.Context())
		require.NoError(t, err)
		require.NoError(t, syncPlan(t, db, cfg, with).Apply(t.Context()))
		run(t, db, "INSERT INTO articles (title) VALUES ('fox')")
		require.Equal(t, 1, found(t, db, with, "fox"))
		_, err = migration.Sync(t.Context(), migration.SyncConfig{DB: db, Tables: with, Server: cfg})
		require.ErrorIs(t, err, migration.ErrInSync)
		other := articles("articles", []string{"title", "body"}, "body")
		require.NoError(t, syncPlan(t, db, cfg, other).Apply(t.Context()))
		run(t, db, "UPDATE articles SET body = 'hare'")
		require.Equal(t, 1, found(t, db, other, "hare"))
		require.Equal(t, 0, found(t, db, other, "fox"))
	})
}
