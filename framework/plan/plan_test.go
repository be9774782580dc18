package plan_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/plan"
)

func analyze(t *testing.T, db *database.DB, text string, args ...any) *plan.Analysis {
	t.Helper()
	a, err := plan.Analyze(t.Context(), db, plan.Query{SQL: text, Args: args}, plan.Options{})
	require.NoError(t, err, text)
	require.Equal(t, text, a.Query)
	require.NotEmpty(t, a.ExecutionPlan)
	return a
}

func (f found) has(t *testing.T, a *plan.Analysis) {
	t.Helper()
	for _, got := range a.Findings {
		if got.Rule == f.rule && got.Table == f.table && got.Small == f.small {
			return
		}
	}
	t.Errorf("no %s of %s (small: %v) in %+v\n%s", f.rule, f.table, f.small, a.Findings, a.Plan)
}

type found struct {
	rule  plan.Rule
	table string
	small bool
}

// A full scan of one table is found beside an index on another, and an index that
// covers is none; a table with few rows is marked small.
//
// Covers: J07, J08, J12, J30, J31, X24.
func TestFindsFullScans(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		a := analyze(t, db, "SELECT u.id, p.title FROM users u JOIN posts p ON p.author_id = u.id WHERE u.id = 7 OR u.name = 'n3'")
		found{plan.FullScan, "users", false}.has(t, a)
		require.Contains(t, a.Recommendations, "Consider adding indexes for table scans")
		require.Contains(t, a.Issues, "Full table scan detected")
		require.Contains(t, a.Suggestions, "Consider adding an index on filtered columns")

		for _, text := range []string{"SELECT author_id FROM posts WHERE author_id = 12", "SELECT id FROM users WHERE email = 'e7'"} {
			a = analyze(t, db, text)
			require.Empty(t, a.Findings, text)
			require.Empty(t, a.Recommendations)
			require.Equal(t, plan.IndexSearch, a.Plan.Root.Kind, a.Plan)
			require.NotEmpty(t, a.Plan.Indexes())
		}
		a = analyze(t, db, "SELECT * FROM tags WHERE name = 't3'")
		found{plan.FullScan, "tags", true}.has(t, a)
		require.Empty(t, a.Recommendations)
		require.Empty(t, a.Issues)
	})
}

// Covers: J08.
func TestCoveringIndexScanIsNoTableScan(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		if !isSQLite(db) {
			t.Skip("the planner decides whether it is worth it")
		}
		a := analyze(t, db, "SELECT author_id FROM posts")
		require.Equal(t, plan.IndexScan, a.Plan.Root.Kind)
		require.True(t, a.Plan.Root.Covering)
		require.Empty(t, a.Findings)
	})
}

// Covers: J09, J32.
func TestFindsSortsAndGroups(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		for _, text := range []string{
			"SELECT * FROM posts ORDER BY published_at",
			"SELECT title, COUNT(*) FROM posts GROUP BY title",
			"SELECT DISTINCT title FROM posts",
		} {
			a := analyze(t, db, text)
			found{plan.Temporary, "posts", false}.has(t, a)
			require.Contains(t, a.Recommendations, "Query may benefit from composite indexes", text)
			require.Contains(t, a.Issues, "Temporary B-tree created for sorting/grouping", text)
			require.Contains(t, a.Suggestions, "Consider adding a composite index", text)
		}
		found{plan.Temporary, "tags", true}.has(t, analyze(t, db, "SELECT * FROM tags ORDER BY name"))
		for _, f := range analyze(t, db, "SELECT author_id FROM posts ORDER BY author_id LIMIT 10").Findings {
			require.NotEqual(t, plan.Temporary, f.Rule, "the index gives the order")
		}
	})
}

// Covers: J10, J33.
func TestFindsNestedLoops(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		a := analyze(t, db, "SELECT p.title FROM posts p JOIN posts q ON p.title < q.title")
		found{plan.BareLoop, "posts", false}.has(t, a)
		require.Contains(t, a.Recommendations, "Large nested loops may need optimization")
		require.Contains(t, a.Issues, "Inefficient nested loop join")
		require.Contains(t, a.Suggestions, "Add indexes on join columns")

		a = analyze(t, db, "SELECT p.title FROM users u JOIN posts p ON p.author_id = u.id WHERE u.email = 'e5'")
		require.NotContains(t, a.Issues, "Inefficient nested loop join")
		require.NotContains(t, a.Recommendations, "Large nested loops may need optimization")

		a = analyze(t, db, "SELECT u.id, (SELECT COUNT(*) FROM posts p WHERE p.title = u.name) FROM users u")
		found{plan.BareLoop, "posts", false}.has(t, a)
	})
}

// Covers: J12.
func TestArguments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		a := analyze(t, db, "SELECT * FROM users u WHERE u.status = ? AND u.name = ?", "a", "n3")
		require.Equal(t, "users", a.Plan.Root.Table)
		require.Equal(t, "u", a.Plan.Root.Alias)
		require.Positive(t, a.Plan.Cost)
		require.InDelta(t, 2000, a.Plan.Root.TableRows, 200)
	})
}

// Covers: J13.
func TestRefusesWhatIsNotOneReadingStatement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		explain := func(q plan.Query) error {
			_, err := plan.Explain(t.Context(), db, q)
			return err
		}
		require.ErrorIs(t, explain(plan.Query{SQL: "SELECT 1; DELETE FROM users"}), plan.ErrSeveral)
		for _, text := range []string{
			"DELETE FROM users", "UPDATE users SET name = 'x'", "INSERT INTO tags (id, name) VALUES (99, 'x')", "DROP TABLE users",
			"EXPLAIN SELECT 1", "ANALYZE", "ANALYZE SELECT 1", "PRAGMA user_version", "SET x = 1", "VACUUM",
			"WITH x AS (SELECT 1) DELETE FROM users", "WITH x AS (DELETE FROM users RETURNING id) SELECT * FROM x", "CALL x()", "COMMIT",
			"(DELETE FROM users)", "SELECT * INTO copies FROM users",
		} {
			require.ErrorIs(t, explain(plan.Query{SQL: text}), plan.ErrNotReadOnly, text)
		}
		require.Error(t, explain(plan.Query{SQL: ""}))
		require.Error(t, explain(plan.Query{SQL: "SELECT 'open"}))
		require.NoError(t, explain(plan.Query{SQL: "DELETE FROM users WHERE status = 'a'", Writes: true}))
		require.Equal(t, 2000, count(t, db))
	})
}

// A run is rolled back, whatever it has done.
//
// Covers: J13.
func TestRunIsRolledBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		p, err := plan.Explain(t.Context(), db, plan.Query{SQL: "DELETE FROM users WHERE status = 'a'", Writes: true, Run: true})
		require.Equal(t, 2000, count(t, db))
		if isSQLite(db) {
			require.ErrorIs(t, err, plan.ErrNoRun)
			return
		}
		if errors.Is(err, plan.ErrNoRun) {
			t.Skip("MySQL does not measure")
		}
		require.NoError(t, err)
		require.True(t, p.Ran)
		p, err = plan.Explain(t.Context(), db, plan.Query{SQL: "SELECT * FROM posts WHERE status = 'live'", Run: true})
		require.NoError(t, err)
		require.InDelta(t, 6000, p.Root.Examined, 0)
	})
}

func count(t *testing.T, db *database.DB) (n int) {
	t.Helper()
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM users").Scan(&n))
	return n
}

// Covers: J11.
func TestFailureIsLoggedWithoutValues(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		var log bytes.Buffer
		a, err := plan.Analyze(t.Context(), db, plan.Query{SQL: "SELECT * FROM nothing WHERE a = 'hunter2' AND b = ?", Args: []any{"swordfish"}},
			plan.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		require.Error(t, err)
		require.Equal(t, err.Error(), a.Error)
		require.Contains(t, log.String(), "Failed to analyze query plan: ")
		require.NotContains(t, log.String(), "hunter2")
		require.NotContains(t, log.String(), "swordfish")
	})
}

// In a transaction, the plan knows what that has made.
func TestJoinsTheTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB) {
		if db.Dialect() == "mysql" {
			t.Skip("MySQL commits a change of the schema")
		}
		undo := errors.New("undo")
		require.ErrorIs(t, db.Transact(t.Context(), func(ctx context.Context) error {
			if err := db.Driver().Exec(ctx, "CREATE INDEX user_name ON users (name)", []any{}, nil); err != nil {
				return err
			}
			p, err := plan.Explain(ctx, db, plan.Query{SQL: "SELECT * FROM users WHERE name = 'n3'"})
			require.NoError(t, err)
			require.Equal(t, []string{"user_name"}, p.Indexes())
			return undo
		}), undo)
	})
}
