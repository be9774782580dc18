package migration_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
)

// The child that is killed gets its database and its folder from here.
const (
	dataChildURL = "FRAMEFOX_DATA_CHILD_URL"
	dataChildDir = "FRAMEFOX_DATA_CHILD_DIR"
	dataChildRun = "FRAMEFOX_DATA_CHILD_RUN" // "tally" or "names"
)

// A process that is killed in the middle of a data migration, at whatever
// point, loses nothing and repeats nothing.
//
// Covers: H23, H30, H43.
func TestKilledDataMigrationGoesOn(t *testing.T) {
	t.Parallel()
	eachDialect(t, func(t *testing.T, d config.Dialect) {
		db, dir, cfg := filled(t, d, 200)
		run(t, db, "UPDATE items SET note = 'bad' WHERE id = 0")
		const kills = 8
		for i := range 100 {
			if i == 99 {
				t.Fatal("it never ends")
			}
			kill := 1 + rand.IntN(12)
			if i >= kills {
				kill = 0
			}
			ended, err := dataChild(t, cfg, dir, "tally", kill)
			if ended && i >= kills {
				require.ErrorContains(t, err, "exit status 3", "one row fails")
				break
			}
		}
		require.Equal(t, 199, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
		require.Equal(t, 199, count(t, db, "SELECT sum(hits) FROM items"))
		require.Equal(t, 1, count(t, db, "SELECT n FROM counters WHERE name = 'a'"))
		require.Equal(t, 1, count(t, db, "SELECT failed FROM framefox_data_migrations"))

		run(t, db, "UPDATE items SET note = NULL WHERE id = 0")
		ended, err := dataChild(t, cfg, dir, "tally", 0)
		require.True(t, ended)
		require.NoError(t, err)
		require.Equal(t, 200, count(t, db, "SELECT count(*) FROM items WHERE hits = 1"))
		require.Equal(t, 1, count(t, db, "SELECT count(*) FROM counters WHERE name = 'b'"))
	})
}

// dataChild upgrades in a process of its own, which is killed a moment after
// its n-th line, if n is not 0.
func dataChild(t *testing.T, cfg config.Database, dir *migration.Dir, what string, kill int) (ended bool, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDataChild$")
	cmd.Env = append(os.Environ(), dataChildURL+"="+cfg.URL.Reveal(), dataChildDir+"="+dir.Path(), dataChildRun+"="+what)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	killed := make(chan struct{})
	lines, started := 0, false
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if lines++; lines == kill {
			started = true
			time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() {
				_ = cmd.Process.Kill() // it may have ended
				close(killed)
			})
		}
	}
	if started {
		<-killed
	}
	err = cmd.Wait()
	return cmd.ProcessState.Exited(), err
}

// TestDataChild is what the test above runs in a process of its own.
func TestDataChild(t *testing.T) {
	if os.Getenv(dataChildURL) == "" {
		t.Skip("only as a child")
	}
	if err := dataChildMain(t.Context()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func dataChildMain(ctx context.Context) error {
	url, err := config.ParseURL(os.Getenv(dataChildURL), "")
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, config.Database{URL: url})
	if err != nil {
		return err
	}
	step := killedTally()
	if os.Getenv(dataChildRun) == "names" {
		step = fillDisplayNames()
	}
	m, err := migration.Open(db, migration.OpenDir(os.Getenv(dataChildDir)), migration.WithData(step))
	if err != nil {
		return err
	}
	_, err = m.Upgrade(ctx, migration.UpgradeOptions{Data: func(p migration.DataProgress) { fmt.Println(p) }})
	return err
}

func killedTally() migration.DataMigration {
	walk := tally(migration.Batch{Size: 7, Columns: []string{"note"}})
	count := walk.Each
	walk.Each = func(ctx context.Context, tx *migration.DataTx, row migration.Row) error {
		if err := count(ctx, tx, row); err != nil {
			return err
		}
		if row.Text("note") == "bad" {
			return errors.New("it is bad")
		}
		return nil
	}
	return migration.DataMigration{Version: tallied, Up: func(ctx context.Context, s *migration.DataStep) error {
		if _, err := s.Exec(ctx, "UPDATE counters SET n = n + 1 WHERE name = 'a'"); err != nil {
			return err
		}
		fmt.Println("counted")
		if err := s.Batches(ctx, walk); err != nil {
			return err
		}
		_, err := s.Insert(ctx, "counters", []string{"name", "n"}, slices.Values([][]any{{"b", 1}}))
		return err
	}}
}
