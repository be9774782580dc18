package migration_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
)

const (
	first  = "20260101000001_create_users.sql"
	second = "20260101000002_add_age.sql"
	third  = "20260101000003_fill.sql"
)

// three is a folder that runs on every dialect.
func three(t *testing.T) *migration.Dir {
	return folder(t,
		first, "-- Description: Create the users\n-- Revises: base\n\nCREATE TABLE users (id integer PRIMARY KEY, name varchar(50));\n",
		second, "ALTER TABLE users ADD COLUMN age integer;\n",
		third, "INSERT INTO users (id, name) VALUES (1, 'ann');\nINSERT INTO users (id, name) VALUES (2, 'bob');\n",
	)
}

func tables(t *testing.T, db *database.DB) int {
	t.Helper()
	return count(t, db, map[config.Dialect]string{
		config.SQLite:   "SELECT count(*) FROM sqlite_master",
		config.Postgres: "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
		config.MySQL:    "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()",
	}[db.Dialect()])
}

// Upgrade applies what is pending, in order and once, and Status follows it.
// On a database that was never migrated Status changes nothing.
//
// Covers: G20, G30, H04, H11.
func TestUpgradeAndStatus(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := three(t)
		m := migrator(t, db, dir)

		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.Empty(t, status.Current)
		require.Len(t, status.Pending(), 3)
		require.NoError(t, status.Problem)
		require.Zero(t, tables(t, db))

		var seen []string
		progress := func(s migration.Step) { seen = append(seen, s.From+">"+s.Version) }
		done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000002", Progress: progress})
		require.NoError(t, err)
		require.Equal(t, "20260101000002", done.Current)
		require.Equal(t, []string{">20260101000001", "20260101000001>20260101000002"}, seen)

		status, err = m.Status(t.Context())
		require.NoError(t, err)
		require.Equal(t, "20260101000002", status.Current)
		require.Len(t, status.Migrations, 3)
		require.Equal(t, "Create the users", status.Migrations[0].Description)
		require.Equal(t, migration.Applied, status.Migrations[0].State)
		require.WithinDuration(t, time.Now(), status.Migrations[0].AppliedAt, time.Hour)
		require.True(t, status.Migrations[1].Current)
		require.Equal(t, "add age", status.Migrations[1].Description)
		require.Equal(t, migration.Pending, status.Migrations[2].State)

		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Len(t, done.Steps, 1)
		require.Equal(t, 2, done.Steps[0].Statements)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))

		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Empty(t, done.Steps)
		require.Equal(t, "20260101000003", done.Current)
		require.Equal(t, 3, count(t, db, "SELECT count(*) FROM atlas_schema_revisions WHERE applied = total AND error IS NULL"))
		require.Equal(t, 3, count(t, db, "SELECT count(DISTINCT hash) FROM atlas_schema_revisions WHERE description <> '' AND hash <> '' AND execution_time > 0"))
	})
}

// Eight programs that upgrade one database at the same time apply each file
// once, and none fails.
//
// Covers: G60.
func TestConcurrentUpgrades(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := three(t)
		var (
			wg      sync.WaitGroup
			mu      sync.Mutex
			applied []string
		)
		for range 8 {
			m := migrator(t, connect(t, cfg), dir)
			wg.Go(func() {
				done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				for _, step := range done.Steps {
					applied = append(applied, step.Version)
				}
			})
		}
		wg.Wait()
		require.Equal(t, []string{"20260101000001", "20260101000002", "20260101000003"}, applied)
		require.Equal(t, 2, count(t, db, "SELECT count(*) FROM users"))
	})
}

// A second migrator that may not wait is told so.
//
// Covers: G60.
func TestLockTimeout(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, cfg := open(t, d)
		dir := three(t)
		impatient, err := migration.Open(connect(t, cfg), dir, migration.LockTimeout(-1))
		require.NoError(t, err)
		once := false
		_, err = migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{Progress: func(migration.Step) {
			if !once {
				once = true
				_, err := impatient.Upgrade(t.Context(), migration.UpgradeOptions{})
				if !errors.Is(err, migration.ErrLocked) {
					t.Errorf("want ErrLocked, have %v", err)
				}
			}
		}})
		require.NoError(t, err)
		require.True(t, once)
		_, err = impatient.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
	})
}

// On PostgreSQL the lock is that of stock atlas.
//
// Covers: G60.
func TestLockExcludesStockAtlas(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.Postgres)
	conn, err := db.SQL().Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	// The number is what atlas makes of its lock's name, "atlas_migrate_execute".
	_, err = conn.ExecContext(t.Context(), "SELECT pg_advisory_lock(2686470616)")
	require.NoError(t, err)
	m, err := migration.Open(db, three(t), migration.LockTimeout(-1))
	require.NoError(t, err)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.ErrorIs(t, err, migration.ErrLocked)
}

// Covers: G24.
func TestUpgradeToVersion(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	m := migrator(t, db, three(t))
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101"})
	var unknown *migration.UnknownVersionError
	require.ErrorAs(t, err, &unknown)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: "add age"})
	require.ErrorContains(t, err, "did you mean 20260101000002?")
	require.Zero(t, tables(t, db))
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000002"})
	require.NoError(t, err)
	done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000002"})
	require.NoError(t, err)
	require.Empty(t, done.Steps)
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000001"})
	var behind *migration.BehindError
	require.ErrorAs(t, err, &behind)
	require.ErrorContains(t, err, "downgrade")
}

// Whatever is wrong with a folder is an error with a type, and is found before
// anything is done.
//
// Covers: H05, H32, H34.
func TestBrokenFolders(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	upgrade := func(dir *migration.Dir) error {
		_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{})
		require.Zero(t, tables(t, db))
		return err
	}
	const sql = "CREATE TABLE a (id integer);\n"
	var (
		duplicate *migration.DuplicateVersionError
		name      *migration.FileNameError
		sum       *migration.ChecksumError
	)
	require.ErrorAs(t, upgrade(folder(t, "1_a.sql", sql, "1_b.sql", sql)), &duplicate)
	require.Equal(t, []string{"1_a.sql", "1_b.sql"}, duplicate.Files)
	require.ErrorAs(t, upgrade(folder(t, "9_a.sql", sql, "10_b.sql", sql)), &name)
	require.Equal(t, "9_a.sql", name.File)
	require.ErrorAs(t, upgrade(folder(t, "20260101_a.sql", sql, "20260101000001_b.sql", sql)), &name)
	require.ErrorAs(t, upgrade(folder(t, "init.sql", sql)), &name)
	require.ErrorContains(t, upgrade(folder(t, first, "\ufeff"+sql)), first+" begins with a byte order mark")
	require.ErrorContains(t, upgrade(folder(t, first, "-- atlas:txmode all\n\n"+sql)), "txmode all")

	dir := three(t)
	require.NoError(t, os.Remove(filepath.Join(dir.Path(), second)))
	require.ErrorAs(t, upgrade(dir), &sum)
	require.Equal(t, migration.ChecksumError{File: second, Reason: "removed"}, *sum)
	require.NoError(t, os.WriteFile(filepath.Join(dir.Path(), "atlas.sum"), []byte("?"), 0o600))
	require.ErrorAs(t, upgrade(dir), &sum)
	require.Equal(t, "malformed", sum.Reason)
	require.NoError(t, os.Remove(filepath.Join(dir.Path(), "atlas.sum")))
	require.ErrorAs(t, upgrade(dir), &sum)
	require.Equal(t, "missing", sum.Reason)
	require.ErrorAs(t, dir.Verify(), &sum)
}

// A folder and a database that have gone different ways are told apart: a file
// that was merged in too late, and one that is applied but gone.
//
// Covers: H32.
func TestDivergedHistory(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		create := []string{first, "CREATE TABLE users (id integer PRIMARY KEY, name varchar(50));\n"}
		alter := []string{second, "ALTER TABLE users ADD COLUMN age integer;\n"}
		fill := []string{third, "INSERT INTO users (id, name) VALUES (1, 'ann');\n"}
		m := migrator(t, db, folder(t, slices.Concat(create, fill)...))
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)

		m = migrator(t, db, folder(t, slices.Concat(create, alter, fill)...))
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var outOfOrder *migration.OutOfOrderError
		require.ErrorAs(t, err, &outOfOrder)
		require.Equal(t, migration.OutOfOrderError{Files: []string{second}, Current: "20260101000003"}, *outOfOrder)
		status, err := m.Status(t.Context())
		require.NoError(t, err)
		require.ErrorAs(t, status.Problem, &outOfOrder)
		require.Equal(t, migration.Skipped, status.Migrations[1].State)

		m = migrator(t, db, folder(t, slices.Concat(create, alter)...))
		_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		var unknown *migration.UnknownRevisionError
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, []string{"20260101000003"}, unknown.Versions)
		status, err = m.Status(t.Context())
		require.NoError(t, err)
		require.ErrorAs(t, status.Problem, &unknown)
		require.Equal(t, migration.Missing, status.Migrations[2].State)
		require.Equal(t, "fill", status.Migrations[2].Description)
	})
}

// Tables without a history mean that someone else has shaped the database.
func TestUpgradeRefusesForeignDatabase(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		run(t, db, "CREATE TABLE theirs (id integer)")
		_, err := migrator(t, db, three(t)).Upgrade(t.Context(), migration.UpgradeOptions{})
		var notEmpty *migration.NotEmptyError
		require.ErrorAs(t, err, &notEmpty)
		require.Equal(t, []string{"theirs"}, notEmpty.Tables)
		require.Equal(t, 1, tables(t, db))
	})
}

// The migrations of a program are embedded in it.
func TestEmbeddedFolder(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.SQLite)
	files := fstest.MapFS{"README.md": {Data: []byte("not a migration")}}
	path := three(t).Path()
	for _, name := range []string{first, second, third, "atlas.sum"} {
		text, err := os.ReadFile(filepath.Join(path, name))
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: text}
	}
	done, err := migrator(t, db, migration.NewDir(files)).Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	require.Len(t, done.Steps, 3)

	p, err := migration.Plan(t.Context(), migration.PlanConfig{Dir: migration.NewDir(files), Server: server(t, config.SQLite)})
	require.NoError(t, err)
	_, err = p.Write()
	require.ErrorIs(t, err, migration.ErrReadOnly)
}

// txmode none takes a file out of the transaction, which PostgreSQL needs for
// CREATE INDEX CONCURRENTLY.
func TestTransactionModeNone(t *testing.T) {
	t.Parallel()
	db, _ := open(t, config.Postgres)
	dir := folder(t, first, "CREATE TABLE a (id integer);\n",
		second, "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY a_id ON a (id);\nCREATE TABLE a (id integer);\n")
	m := migrator(t, db, dir)
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	var failed *migration.StatementError
	require.ErrorAs(t, err, &failed)
	require.False(t, failed.RolledBack)
	require.Equal(t, 1, failed.Applied)
	add(t, dir.Path(), second, "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY a_id ON a (id);\nCREATE TABLE b (id integer);\n")
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
}

// Atlas keeps a row of its own in the table of revisions.
func TestCloudRowIsIgnored(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		m := migrator(t, db, three(t))
		_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000001"})
		require.NoError(t, err)
		run(t, db, "INSERT INTO atlas_schema_revisions (version, description, type, applied, total, executed_at, execution_time, hash, operator_version) "+
			"VALUES ('.atlas_cloud_identifier', 'x', 0, 0, 9, '2026-01-01 00:00:00', 0, '', '')")
		done, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Len(t, done.Steps, 2)
	})
}

// A database in memory has one connection, on which all of it must run.
//
// Covers: A06.
func TestUpgradeInMemory(t *testing.T) {
	t.Parallel()
	url, err := config.ParseURL("sqlite:///:memory:", t.TempDir())
	require.NoError(t, err)
	db := connect(t, config.Database{URL: url})
	m := migrator(t, db, three(t))
	_, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	status, err := m.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, status.Pending())
	var on bool
	require.NoError(t, db.SQL().QueryRowContext(t.Context(), "PRAGMA foreign_keys").Scan(&on))
	require.True(t, on)
}

// An upgrade that is interrupted stops between files, or rolls back the one it
// is in, and lets go of the lock and of what it changed about the connection.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		m := migrator(t, db, three(t))
		ctx, cancel := context.WithCancel(t.Context())
		done, err := m.Upgrade(ctx, migration.UpgradeOptions{Progress: func(s migration.Step) {
			if s.Number == 2 {
				cancel()
			}
		}})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "20260101000001", done.Current)
		m, err = migration.Open(db, three(t), migration.LockTimeout(-1))
		require.NoError(t, err)
		done, err = m.Upgrade(t.Context(), migration.UpgradeOptions{})
		require.NoError(t, err)
		require.Len(t, done.Steps, 2)
		if d == config.SQLite {
			require.Equal(t, 1, count(t, db, "PRAGMA foreign_keys"))
		}
	})
}

// The second driver of PostgreSQL migrates as the first does.
func TestUpgradeWithPQ(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.PostgresPQ)
	m := migrator(t, db, three(t))
	_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
	require.NoError(t, err)
	status, err := m.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, "20260101000003", status.Current)
	require.Empty(t, status.Pending())
}
