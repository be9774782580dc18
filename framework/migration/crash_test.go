package migration_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// statement makes the i-th statement of a long file, and the one that undoes it.
type statement func(i int) (up, down string)

func counting(int) (up, down string) {
	return "UPDATE k SET n = n + 1;\n", "UPDATE k SET n = n - 1;\n"
}

func creating(i int) (up, down string) {
	return fmt.Sprintf("CREATE TABLE t%d (id integer);\n", i), fmt.Sprintf("DROP TABLE t%d;\n", i)
}

func indexing(i int) (up, down string) {
	return fmt.Sprintf("CREATE INDEX CONCURRENTLY k%d ON k (n);\n", i), fmt.Sprintf("DROP INDEX CONCURRENTLY k%d;\n", i)
}

// long is a folder whose second migration has n statements of each kind.
func long(t *testing.T, head string, n int, kinds ...statement) *migration.Dir {
	t.Helper()
	var up, down strings.Builder
	up.WriteString(head)
	down.WriteString(head)
	for i := range n {
		for _, kind := range kinds {
			u, d := kind(i)
			up.WriteString(u)
			down.WriteString(d)
		}
	}
	dir := folder(t, first, "CREATE TABLE k (n integer NOT NULL);\nINSERT INTO k (n) VALUES (0);\n", second, up.String())
	undo(t, dir, second, down.String())
	return dir
}

// A process that is killed in the middle of a file, up or down, at whatever
// point, leaves a database from which the next run goes on to the right end.
//
// Covers: G22, H30.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	const none = "-- atlas:txmode none\n\n"
	for name, c := range map[string]struct {
		dialect config.Dialect
		head    string
		kinds   []statement
	}{
		"sqlite transaction":   {config.SQLite, "", []statement{counting, creating}},
		"sqlite none":          {config.SQLite, none, []statement{counting, creating}},
		"postgres transaction": {config.Postgres, "", []statement{counting, creating}},
		"postgres none":        {config.Postgres, none, []statement{counting, indexing}},
		"mysql schema":         {config.MySQL, "", []statement{creating}},
		"mysql mixed":          {config.MySQL, "", []statement{counting, creating}},
		"mysql data":           {config.MySQL, "", []statement{counting}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n, kills = 20, 5
			db, cfg := open(t, c.dialect)
			dir := long(t, c.head, n, c.kinds...)
			m := migrator(t, db, dir)
			_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: v1})
			require.NoError(t, err)
			counts, before := 0, tables(t, db)
			_, plain := c.kinds[0](0)
			if strings.HasPrefix(plain, "UPDATE") {
				counts = n
			}
			for range kills {
				killed(t, cfg, dir, "upgrade")
			}
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
			require.Equal(t, counts, count(t, db, "SELECT n FROM k"))
			require.Equal(t, 2, count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE applied = total AND error IS NULL"))
			for range kills {
				if status, err := m.Status(t.Context()); err == nil && status.Current == v2 || status.Dirty() {
					killed(t, cfg, dir, "downgrade")
				}
			}
			_, err = m.Downgrade(t.Context(), migration.DowngradeOptions{To: v1})
			require.NoError(t, err)
			require.Zero(t, count(t, db, "SELECT n FROM k"))
			require.Equal(t, before, tables(t, db))
			require.Equal(t, 1, count(t, db, "SELECT count(*) FROM atlas_schema_revisions"))
		})
	}
}

// killed runs a task in a process that is killed a moment after it has begun,
// unless it is faster.
func killed(t *testing.T, cfg config.Database, dir *migration.Dir, task string) {
	t.Helper()
	c := newChild(t, cfg, dir, task)
	c.send(t)
	if line := c.line("begin", "done", "error"); strings.HasPrefix(line, "begin") {
		<-time.After(time.Duration(rand.IntN(150)) * time.Millisecond)
	} else {
		require.NotContains(t, line, "error")
	}
	require.NoError(t, c.Process.Kill())
	_ = c.Wait() // it was killed
}

// A process that is asked to end finishes the file that MySQL could not roll
// back, and rolls back what the others can; it begins no further one.
//
// Covers: G22, H30.
func TestTerminated(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		eachDialect(t, func(t *testing.T, d config.Dialect) {
			db, cfg := open(t, d)
			gate, release := newGate(t, db)
			text := func(slow string) string {
				return "CREATE TABLE a (id integer);\n" + slow + "CREATE TABLE b (id integer);\n"
			}
			dir := folder(t, first, text(map[config.Dialect]string{
				config.MySQL: gate, config.Postgres: "SELECT pg_sleep(600);\n", // never ends by itself
				// It ends by itself: a signal in the instant in which it begins is too
				// late for the driver to interrupt it.
				config.SQLite: "CREATE TABLE slow AS WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 30000000) SELECT max(n) FROM r;\n",
			}[d]), second, "CREATE TABLE c (id integer);\n")
			c := newChild(t, cfg, dir, "upgrade")
			c.send(t)
			require.Equal(t, "begin "+v1, c.line("begin"))
			midway(t, db)
			require.NoError(t, c.Process.Signal(s))
			line := c.line("stopping", "error") // whichever comes first
			release()
			if line == "stopping" {
				line = c.line("begin", "done", "error")
			}
			require.Contains(t, line, "error")
			require.NoError(t, c.in.Close())
			require.NoError(t, c.Wait())

			m := migrator(t, db, dir)
			status, err := m.Status(t.Context())
			require.NoError(t, err)
			require.False(t, status.Dirty())
			if d == config.MySQL {
				require.Equal(t, v1, status.Current)
			} else {
				require.Empty(t, status.Current)
				add(t, dir.Path(), first, text(""))
			}
			_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
			require.NoError(t, err)
		})
	}
}

// midway waits until a server runs the slow statement. SQLite cannot be asked.
func midway(t *testing.T, db *database.DB) {
	t.Helper()
	query := map[config.Dialect]string{
		config.Postgres: "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'",
		config.MySQL:    "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'SELECT GET_LOCK(LEFT%'",
	}[db.Dialect()]
	if query != "" {
		require.Eventually(t, func() bool { return count(t, db, query) == 1 }, 30*time.Second, 20*time.Millisecond)
	}
}

// newGate returns a statement that waits on MySQL until it is released.
func newGate(t *testing.T, db *database.DB) (statement string, release func()) {
	t.Helper()
	if db.Dialect() != config.MySQL {
		return "", func() {}
	}
	holder, err := db.SQL().Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = holder.Close() })
	name := "LEFT(CONCAT('gate ', SHA2(DATABASE(), 256)), 64)"
	_, err = holder.ExecContext(t.Context(), "DO GET_LOCK("+name+", 0)")
	require.NoError(t, err)
	return "SELECT GET_LOCK(" + name + ", 60);\n", func() {
		_, err := holder.ExecContext(t.Context(), "DO RELEASE_ALL_LOCKS()")
		require.NoError(t, err)
	}
}
