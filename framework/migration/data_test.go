package migration_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/testkit"
)

const (
	itemsFile = "20260101000001_create_items.sql"
	tallyFile = "20260101000002_tally.sql"
	afterFile = "20260101000003_after.sql"
	tallied   = "20260101000002"
)

// items is a folder whose second file has a Go part.
func items(t *testing.T, d config.Dialect) *migration.Dir {
	t.Helper()
	kind := map[config.Dialect]string{config.SQLite: "text", config.Postgres: "uuid", config.MySQL: "char(36)"}[d]
	return folder(t,
		itemsFile, "CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, code varchar(40) NOT NULL, tenant integer NOT NULL, place varchar(10) NOT NULL, ref "+kind+" NOT NULL, note varchar(40), hits integer NOT NULL DEFAULT 0);\n"+
			"CREATE UNIQUE INDEX uq_items_code ON items (code);\nCREATE UNIQUE INDEX uq_items_place ON items (tenant, place);\nCREATE UNIQUE INDEX uq_items_ref ON items (ref);\n"+
			"CREATE TABLE counters (name varchar(20) NOT NULL PRIMARY KEY, n integer NOT NULL);\nINSERT INTO counters (name, n) VALUES ('a', 0);\n",
		tallyFile, "-- The Go part does it.\n",
		afterFile, "CREATE TABLE later (id integer PRIMARY KEY);\n",
	)
}

// fill inserts rows whose keys have gaps, in an order that is not the key's.
func fill(t *testing.T, db *database.DB, n int) {
	t.Helper()
	var values []string
	for i := range n {
		id := (i*37)%n*5 - 3*n
		values = append(values, fmt.Sprintf("(%d, 'c%04d', %d, 'p%d', '00000000-0000-4000-8000-%012d')", id, (i*11)%n, i%3, i, i))
	}
	run(t, db, "INSERT INTO items (id, code, tenant, place, ref) VALUES "+strings.Join(values, ", "))
}

// tally counts for each row how often it was handled.
func tally(b migration.Batch) migration.Batch {
	key := b.Key
	if key == "" {
		key = "id"
	}
	columns := strings.Split(key, ", ")
	b.Table = "items"
	b.Each = func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
		args := make([]any, len(columns))
		for i, c := range columns {
			args[i] = row.Value(c)
		}
		n, err := tx.Exec(ctx, "UPDATE items SET hits = hits + 1, note = 'done' WHERE "+strings.Join(columns, " = ? AND ")+" = ?", args...)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d rows", n)
		}
		return err
	}
	return b
}

// upgradeData applies the folder with one data migration.
func upgradeData(t *testing.T, db *database.DB, dir *migration.Dir, m migration.DataMigration, report func(migration.DataProgress)) error {
	t.Helper()
	m.Version = tallied
	_, err := withData(t, db, dir, m).Upgrade(t.Context(), migration.UpgradeOptions{Data: report})
	return err
}

func withData(t *testing.T, db *database.DB, dir *migration.Dir, list ...migration.DataMigration) *migration.Migrator {
	t.Helper()
	m, err := migration.Open(db, dir, migration.WithData(list...), migration.LockTimeout(time.Minute))
	require.NoError(t, err)
	return m
}

// applyFirst applies the file that makes the tables.
func applyFirst(t *testing.T, db *database.DB, dir *migration.Dir) {
	t.Helper()
	_, err := migrator(t, db, dir).Upgrade(t.Context(), migration.UpgradeOptions{To: "20260101000001"})
	require.NoError(t, err)
}

// filled is a database in which only the first file is applied, with n items.
func filled(t *testing.T, d config.Dialect, n int) (*database.DB, *migration.Dir, config.Database) {
	t.Helper()
	db, cfg := open(t, d)
	dir := items(t, d)
	applyFirst(t, db, dir)
	fill(t, db, n)
	return db, dir, cfg
}

// A walk visits each row once, in the order of the key, whatever the key is,
// and tells how far it is. The Go part runs between its file and the next one.
//
// Covers: H09, H21, H43, G61.
func TestBatchesVisitEachRowOnce(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		for _, key := range []string{"", "code", "tenant, place", "ref"} {
			t.Run("by "+key, func(t *testing.T) {
				t.Parallel()
				db, dir, _ := filled(t, d, 25)
				var lines []string
				walked := false
				err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
					walked = true
					_, err := s.Query(ctx, "SELECT 1 FROM later")
					require.Error(t, err, "the next file is not applied yet")
					return s.Batches(ctx, tally(migration.Batch{Key: key, Size: 10}))
				}}, func(p migration.DataProgress) { lines = append(lines, p.String()) })
				require.NoError(t, err)
				require.True(t, walked)
				require.Equal(t, 25, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
				require.Zero(t, count(t, db, "SELECT count(*) FROM later"))
				require.Equal(t, []string{
					"Migrating 25 items...", "Processed 10/25 items...", "Processed 20/25 items...", "Processed 25/25 items...",
					"Data migration completed successfully!",
				}, lines)

				err = upgradeData(t, db, dir, migration.DataMigration{Up: func(context.Context, *migration.DataStep) error { return errors.New("again") }}, nil)
				require.NoError(t, err)
			})
		}
	})
}

// Rows that are inserted and deleted while the walk goes on are neither left
// out nor done twice: the walk ends when none is left, not after as many as
// there were. Those inserted behind it are found by a condition that says what
// is left to do.
//
// Covers: H21, H24, S17.
func TestBatchesFollowATableThatChanges(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := items(t, d)
		applyFirst(t, db, dir)
		fill(t, db, 30) // from -90 to 55
		insert := func(id int, code string) {
			run(t, db, fmt.Sprintf("INSERT INTO items (id, code, tenant, place, ref) VALUES (%d, '%s', 9, '%s', '00000000-0000-4000-9000-%012d')", id, code, code, id+100))
		}
		batches := 0
		err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, tally(migration.Batch{Where: "note IS NULL", Size: 10}))
		}}, func(p migration.DataProgress) {
			if p.Phase != migration.DataMoves {
				return
			}
			if batches++; batches == 1 {
				insert(-99, "behind")
				insert(1000, "ahead")
				run(t, db, "DELETE FROM items WHERE id IN (-90, 55)") // one that is done, one that is not
			}
			if batches == 4 {
				insert(-98, "late")
			}
		})
		require.NoError(t, err)
		require.Equal(t, 31, count(t, db, "SELECT count(*) FROM items"))
		require.Equal(t, 31, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
	})
}

// A condition that rows still match when they are done does not make them be
// done again.
func TestBatchesDoNotRepeatWhatStillMatches(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, _ := filled(t, d, 25)
		err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, tally(migration.Batch{Where: "tenant = :tenant", Args: []any{sql.Named("tenant", 1)}, Size: 3}))
		}}, nil)
		require.NoError(t, err)
		require.Equal(t, 8, count(t, db, "SELECT sum(hits) FROM items WHERE tenant = 1"))
		require.Equal(t, 8, count(t, db, "SELECT sum(hits) FROM items"))
	})
}

// Whoever writes to a SQLite database need not wait for the whole walk.
//
// Covers: H30.
func TestOthersWriteBetweenBatches(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, cfg := filled(t, d, 20)
		other := connect(t, cfg)
		err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
			return s.Batches(ctx, tally(migration.Batch{Size: 10}))
		}}, func(migration.DataProgress) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := other.SQL().ExecContext(ctx, "UPDATE counters SET n = n + 1")
			require.NoError(t, err)
		})
		require.NoError(t, err)
		require.Equal(t, 4, count(t, db, "SELECT n FROM counters"))
	})
}

// Many rows are inserted with few statements, within the limits of each
// database, and the whole batch can be handled with one.
//
// Covers: H17.
func TestInsertMany(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, _ := open(t, d)
		dir := items(t, d)
		applyFirst(t, db, dir)
		err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
			rows := func(yield func([]any) bool) {
				for i := range 40_000 {
					if !yield([]any{fmt.Sprintf("n%d", i), i}) {
						return
					}
				}
			}
			n, err := s.Insert(ctx, "counters", []string{"name", "n"}, rows)
			require.Equal(t, int64(40_000), n)
			if err != nil {
				return err
			}
			return s.Batches(ctx, migration.Batch{Table: "counters", Key: "name", Columns: []string{"n"}, Size: 25_000, All: func(ctx context.Context, tx *migration.DataTx, rows []migration.Row) error {
				copies := func(yield func([]any) bool) {
					for _, row := range rows {
						if !strings.HasPrefix(row.Text("name"), "copy") && !yield([]any{"copy " + row.Text("name"), row.Value("n")}) {
							return
						}
					}
				}
				_, err := tx.Insert(ctx, "counters", []string{"name", "n"}, copies)
				return err
			}})
		}}, nil)
		require.NoError(t, err)
		require.Equal(t, 80_002, count(t, db, "SELECT count(*) FROM counters"))
	})
}

// Eight programs that upgrade one database at the same time move its data once.
//
// Covers: G60.
func TestConcurrentUpgradesMoveDataOnce(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, cfg := filled(t, d, 25)
		var wg sync.WaitGroup
		for range 8 {
			m := withData(t, connect(t, cfg), dir, upAndDown(0))
			wg.Go(func() {
				_, err := m.Upgrade(t.Context(), migration.UpgradeOptions{})
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		require.Equal(t, 25, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
	})
}

// The other driver of PostgreSQL gives text and UUIDs as bytes; a walk does not
// see the difference.
func TestBatchesWithPq(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.PostgresPQ)
	dir := items(t, config.Postgres)
	applyFirst(t, db, dir)
	fill(t, db, 25)
	codes := map[any]bool{}
	err := upgradeData(t, db, dir, migration.DataMigration{Up: func(ctx context.Context, s *migration.DataStep) error {
		walk := tally(migration.Batch{Key: "ref", Columns: []string{"code"}, Size: 10})
		each := walk.Each
		walk.Each = func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
			codes[row.Value("code")] = true
			return each(ctx, tx, row)
		}
		return s.Batches(ctx, walk)
	}}, nil)
	require.NoError(t, err)
	require.Len(t, codes, 25)
	require.Contains(t, codes, "c0000")
	require.Equal(t, 25, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
}
