package backup_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// eachDialect runs a test on every dialect, in parallel.
func eachDialect(t *testing.T, test func(t *testing.T, cfg config.Database)) {
	t.Helper()
	for _, engine := range testkit.Dialects() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, testkit.Create(t, engine))
		})
	}
}

// at is when the copies of these tests are made.
func at() time.Time { return time.Date(2024, 6, 3, 17, 23, 45, 0, time.FixedZone("east", 2*3600)) }

// fill gives a database two tables, an index, a view and a trigger. Names and
// values are what a careless reader of dumps stumbles over.
func fill(t *testing.T, cfg config.Database) {
	t.Helper()
	run(t, cfg, "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(190) NOT NULL)",
		"CREATE UNIQUE INDEX users_email_key ON users (email)",
		"CREATE TABLE "+quote(cfg, `odd "name`)+" (id INT PRIMARY KEY, user_id INT REFERENCES users (id), body TEXT)",
		"CREATE VIEW some_users AS SELECT id FROM users WHERE id < 10")
	switch cfg.URL.Dialect {
	case config.SQLite:
		run(t, cfg, "CREATE TRIGGER watch AFTER DELETE ON users BEGIN DELETE FROM users WHERE id < 0; END")
	case config.MySQL:
		run(t, cfg, "CREATE TRIGGER watch AFTER DELETE ON users FOR EACH ROW\nBEGIN\nSET @gone = OLD.id;\nEND")
	case config.Postgres:
		run(t, cfg, "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
			"CREATE TRIGGER watch AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION watch()")
	}
	with(t, cfg, func(db *database.DB) {
		for i := range 1200 {
			execute(t, db, fmt.Sprintf("INSERT INTO users (id, email) VALUES (%d, 'u%d@example.org')", i, i))
		}
		for i, body := range []string{"it''s (1),(2);", "line\nINSERT INTO `users` VALUES (9);", "\\.", `back\slash'' "quoted"`, "NULL"} {
			if cfg.URL.Dialect == config.MySQL && body == "\\." {
				body = `\\.`
			}
			execute(t, db, fmt.Sprintf("INSERT INTO %s (id, user_id, body) VALUES (%d, 1, '%s')", quote(cfg, `odd "name`), i, body))
		}
	})
}

func with(t *testing.T, cfg config.Database, use func(*database.DB)) {
	t.Helper()
	db, err := database.Open(context.WithoutCancel(t.Context()), cfg) // cleanups use it too
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	use(db)
}

func execute(t *testing.T, db *database.DB, statement string) {
	t.Helper()
	_, err := db.SQL().ExecContext(context.WithoutCancel(t.Context()), statement)
	require.NoError(t, err, statement)
}

func run(t *testing.T, cfg config.Database, statements ...string) {
	t.Helper()
	with(t, cfg, func(db *database.DB) {
		for _, s := range statements {
			execute(t, db, s)
		}
	})
}

func quote(cfg config.Database, name string) string {
	if cfg.URL.Dialect == config.MySQL {
		return "`" + name + "`"
	}
	return `"odd ""name"`
}

func number(t *testing.T, cfg config.Database, query string) (n int) {
	t.Helper()
	with(t, cfg, func(db *database.DB) {
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), query).Scan(&n))
	})
	return n
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func extension(cfg config.Database) string {
	return map[config.Dialect]string{config.SQLite: ".db", config.Postgres: ".dump", config.MySQL: ".sql"}[cfg.URL.Dialect]
}

// A copy is a file that only its owner can read, named after the database and the
// time, with all that is in the database; restored elsewhere it is the same.
//
// Covers: G33, G35, G36.
func TestCopyAndRestore(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, cfg config.Database) {
		fill(t, cfg)
		dir := filepath.Join(t.TempDir(), "copies")
		for verify, want := range map[backup.Verification]backup.Verification{"": backup.Restored, backup.Read: backup.Read} {
			if cfg.URL.Dialect == config.SQLite {
				want = backup.Opened
			}
			result, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: dir, Now: at(), Verify: verify})
			require.NoError(t, err)
			require.Equal(t, map[string]int64{"users": 1200, `odd "name`: 5}, result.Tables)
			require.EqualValues(t, 1205, result.Rows())
			require.Equal(t, want, result.Verified)
			require.Empty(t, result.Changed)
			info, err := os.Stat(result.Path)
			require.NoError(t, err)
			require.EqualValues(t, 0o600, info.Mode().Perm())
			require.Equal(t, info.Size(), result.Size)
		}
		name := filepath.Base(cfg.URL.Database)
		if cfg.URL.Dialect == config.SQLite {
			name = "test"
		}
		name += "_backup_20240603_152345"
		require.ElementsMatch(t, []string{name + extension(cfg), name + "_2" + extension(cfg)}, files(t, dir))
		info, err := os.Stat(dir)
		require.NoError(t, err)
		require.EqualValues(t, 0o700, info.Mode().Perm())

		other := testkit.Reserve(t, testkit.Engine(cfg.URL.Dialect))
		result, err := backup.Restore(t.Context(), other, filepath.Join(dir, name+extension(cfg)), backup.RestoreOptions{})
		require.NoError(t, err)
		require.EqualValues(t, 1205, result.Rows())
		require.Equal(t, 1200, number(t, other, "SELECT count(*) FROM users"))
		require.Equal(t, 10, number(t, other, "SELECT count(*) FROM some_users"))
		require.Equal(t, texts(t, cfg), texts(t, other))
		again, err := backup.Copy(t.Context(), other, backup.CopyOptions{Dir: dir})
		require.NoError(t, err)
		require.Equal(t, result.Tables, again.Tables)
		with(t, other, func(db *database.DB) {
			_, err := db.SQL().ExecContext(t.Context(), "INSERT INTO users (id, email) VALUES (5000, 'u1@example.org')")
			require.Error(t, err, "the unique index is there")
		})
	})
}

// texts are the values that fill has made hard to copy.
func texts(t *testing.T, cfg config.Database) (list []string) {
	t.Helper()
	with(t, cfg, func(db *database.DB) {
		rows, err := db.SQL().QueryContext(t.Context(), "SELECT body FROM "+quote(cfg, `odd "name`)+" ORDER BY id")
		require.NoError(t, err)
		defer func() { require.NoError(t, rows.Close()) }()
		for rows.Next() {
			var text string
			require.NoError(t, rows.Scan(&text))
			list = append(list, text)
		}
		require.NoError(t, rows.Err())
	})
	require.Len(t, list, 5)
	return list
}

// Two tables get a row each in one transaction, all the time: a copy holds as
// many of the one as of the other, whenever it is made.
//
// Covers: G35.
func TestCopyIsOneInstant(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, cfg config.Database) {
		run(t, cfg, "CREATE TABLE a (id INT PRIMARY KEY, filler VARCHAR(2000))", "CREATE TABLE m (id INT PRIMARY KEY)", "CREATE TABLE z (id INT PRIMARY KEY)")
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		done := make(chan error, 1)
		go func() { done <- pairs(ctx, cfg) }()
		dir := t.TempDir()
		for range 3 {
			before := number(t, cfg, "SELECT count(*) FROM a")
			result, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: dir})
			require.NoError(t, err)
			require.Equal(t, result.Tables["a"], result.Tables["z"])
			require.GreaterOrEqual(t, result.Tables["a"], int64(before))
		}
		stop()
		require.NoError(t, <-done)
		require.Positive(t, number(t, cfg, "SELECT count(*) FROM a"))
	})
}

// pairs inserts into two tables at once until ctx ends.
func pairs(ctx context.Context, cfg config.Database) error {
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	pause := time.NewTicker(time.Millisecond) // the server has other work to do
	defer pause.Stop()
	for i := 0; ctx.Err() == nil; i++ {
		tx, err := db.SQL().BeginTx(context.WithoutCancel(ctx), nil)
		if err != nil {
			return err
		}
		for _, statement := range []string{
			fmt.Sprintf("INSERT INTO a (id, filler) VALUES (%d, '%01000d')", i, i), fmt.Sprintf("INSERT INTO z (id) VALUES (%d)", i),
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
	}
	return nil
}

// Covers: G37.
func TestCopyNeverOverwrites(t *testing.T) {
	t.Parallel()
	cfg := testkit.Create(t, testkit.SQLite)
	run(t, cfg, "CREATE TABLE t (n INT)")
	dir := t.TempDir()
	taken := filepath.Join(dir, "test_backup_20240603_152345.db")
	require.NoError(t, os.WriteFile(taken, []byte("precious"), 0o600))
	paths := make(chan string)
	for range 4 {
		go func() {
			result, err := backup.Copy(context.Background(), cfg, backup.CopyOptions{Dir: dir, Now: at()})
			if err != nil {
				result.Path = err.Error()
			}
			paths <- filepath.Base(result.Path)
		}()
	}
	var got []string
	for range 4 {
		got = append(got, <-paths)
	}
	require.ElementsMatch(t, []string{
		"test_backup_20240603_152345_2.db", "test_backup_20240603_152345_3.db",
		"test_backup_20240603_152345_4.db", "test_backup_20240603_152345_5.db",
	}, got)
	text, err := os.ReadFile(taken)
	require.NoError(t, err)
	require.Equal(t, "precious", string(text))
	require.Len(t, files(t, dir), 5)
}

// Covers: G38.
func TestMemoryIsRefused(t *testing.T) {
	t.Parallel()
	cfg := config.Database{URL: config.URL{Dialect: config.SQLite, Database: ":memory:", Memory: true}}
	dir := filepath.Join(t.TempDir(), "copies")
	_, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: dir})
	require.ErrorIs(t, err, backup.ErrMemory)
	_, err = backup.Restore(t.Context(), cfg, "any", backup.RestoreOptions{})
	require.ErrorIs(t, err, backup.ErrMemory)
	require.Empty(t, files(t, dir))
}

// What fails leaves nothing behind: a copy that was stopped, one of a damaged
// database, one into a folder that cannot be.
//
// Covers: G36.
func TestFailureLeavesNothing(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, cfg config.Database) {
		fill(t, cfg)
		dir := t.TempDir()
		for _, stage := range []string{"copying", "verifying"} {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := backup.Copy(ctx, cfg, backup.CopyOptions{Dir: dir, Progress: func(p backup.Progress) {
				if p.Stage == stage {
					cancel()
				}
			}})
			cancel()
			require.Error(t, err)
			require.Empty(t, files(t, dir), stage)
		}
		file := filepath.Join(dir, "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		_, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: filepath.Join(file, "sub")})
		require.ErrorContains(t, err, "cannot make the folder")
		absent := testkit.Reserve(t, testkit.Engine(cfg.URL.Dialect))
		_, err = backup.Copy(t.Context(), absent, backup.CopyOptions{Dir: dir})
		require.ErrorIs(t, err, database.ErrNotExist)
		require.Equal(t, []string{"file"}, files(t, dir))
	})
}

// Covers: G36.
func TestDamagedSource(t *testing.T) {
	t.Parallel()
	cfg := testkit.Create(t, testkit.SQLite)
	fill(t, cfg)
	damage(t, cfg.URL.Database)
	dir := t.TempDir()
	_, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: dir})
	require.Error(t, err)
	require.Empty(t, files(t, dir))
}

// damage overwrites what is in the middle of a file.
func damage(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	info, err := file.Stat()
	require.NoError(t, err)
	for at := info.Size() / 3; at < info.Size()*2/3; at += 512 {
		_, err = file.WriteAt([]byte("\xff\xfe\xff\xfd damaged"), at)
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
}

// What is written between two steps of a copy is not in it, and does not make it
// begin again.
//
// Covers: G35.
func TestSQLiteCopyKeepsItsSnapshot(t *testing.T) {
	t.Parallel()
	cfg := testkit.Create(t, testkit.SQLite)
	run(t, cfg, "CREATE TABLE a (n INT)", "INSERT INTO a VALUES (1)", "CREATE TABLE big (filler BLOB)", "INSERT INTO big VALUES (zeroblob(12000000))")
	steps := 0
	result, err := backup.Copy(t.Context(), cfg, backup.CopyOptions{Dir: t.TempDir(), Progress: func(p backup.Progress) {
		if p.Stage == "copying" && steps < 3 {
			steps++
			run(t, cfg, "INSERT INTO a VALUES (2)")
		}
	}})
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"a": 1, "big": 1}, result.Tables)
	require.Equal(t, 4, number(t, cfg, "SELECT count(*) FROM a"))
}
