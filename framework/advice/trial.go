package advice

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/framefox-go/framefox/framework/backup"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/plan"
)

// cleanupTime bounds what must be done even though the context has ended.
const cleanupTime = 30 * time.Second

// ErrTooLarge means that the database is larger than Options.MaxBytes.
var ErrTooLarge = errors.New("advice: the database is larger than what may be copied; raise MaxBytes, or ask a smaller copy of it")

// scratch is a copy of the database.
type scratch struct {
	copied *database.DB
	undo   []func(context.Context) error // last first
}

func openScratch(ctx context.Context, from *database.DB, maxBytes int64) (_ *scratch, err error) {
	s := &scratch{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(ctx))
		}
	}()
	size, err := bytesOf(ctx, from)
	if err != nil {
		return nil, err
	}
	if size > maxBytes {
		return nil, ErrTooLarge
	}
	dir, err := os.MkdirTemp("", database.ScratchPrefix)
	if err != nil {
		return nil, fmt.Errorf("advice: cannot make a folder for the copy: %w", err)
	}
	s.undo = append(s.undo, func(context.Context) error { return os.RemoveAll(dir) })
	cfg := config.Database{URL: from.URL(), Pool: config.Pool{Size: 1}}
	if from.Dialect() == config.SQLite {
		cfg.URL.Database, cfg.URL.Memory = filepath.Join(dir, "scratch.db"), false
		cfg.URL.Params = nil
		if _, err := from.SQL().ExecContext(ctx, "VACUUM INTO ?", cfg.URL.Database); err != nil {
			return nil, fmt.Errorf("advice: cannot copy the database: %w", err)
		}
	} else if err := s.transfer(ctx, &cfg, dir); err != nil {
		return nil, err
	}
	if s.copied, err = database.Open(ctx, cfg); err != nil {
		return nil, err
	}
	s.undo = append(s.undo, func(context.Context) error { return s.copied.Close() })
	if from.Dialect() == config.Postgres { // an index alone answers only where pages are known to be visible
		if _, err := s.copied.SQL().ExecContext(ctx, "VACUUM"); err != nil {
			return nil, fmt.Errorf("advice: cannot prepare the copy: %w", err)
		}
	}
	return s, s.copied.Analyze(ctx)
}

// transfer copies the database of a server beside it.
func (s *scratch) transfer(ctx context.Context, cfg *config.Database, dir string) error {
	made, err := backup.Copy(ctx, *cfg, backup.CopyOptions{Dir: dir, Verify: backup.Read})
	if err != nil {
		return err
	}
	cfg.URL.Database = database.ScratchName()
	target := *cfg
	s.undo = append(s.undo, func(ctx context.Context) error {
		_, err := database.Drop(ctx, target)
		return err
	})
	_, err = backup.Restore(ctx, target, made.Path, backup.RestoreOptions{Dir: dir, NoOwner: cfg.URL.Dialect == config.Postgres})
	return err
}

func bytesOf(ctx context.Context, db *database.DB) (n int64, err error) {
	query := map[config.Dialect]string{
		config.SQLite:   "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
		config.Postgres: "SELECT pg_database_size(current_database())",
		config.MySQL:    "SELECT COALESCE(SUM(data_length), 0) FROM information_schema.tables WHERE table_schema = DATABASE()",
	}[db.Dialect()]
	if err := db.SQL().QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("advice: cannot tell how large the database is: %w", err)
	}
	return n, nil
}

func (s *scratch) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	var errs []error
	for _, undo := range slices.Backward(s.undo) {
		errs = append(errs, undo(ctx))
	}
	s.undo = nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("advice: cannot remove the copy: %w", err)
	}
	return nil
}

// build makes the index, under a name of the trial's own.
func (s *scratch) build(ctx context.Context, name string, i Index) error {
	text := i.statement(s.copied.Dialect(), name)
	if _, err := s.copied.SQL().ExecContext(ctx, text); err != nil {
		return fmt.Errorf("advice: cannot build %s: %w", i.Name(), err)
	}
	if s.copied.Dialect() == config.SQLite {
		for _, text := range []string{"ANALYZE " + name, "ANALYZE sqlite_schema"} { // the second has the planner read it
			if _, err := s.copied.SQL().ExecContext(ctx, text); err != nil {
				return fmt.Errorf("advice: cannot analyze %s: %w", i.Name(), err)
			}
		}
	}
	return nil
}

func (s *scratch) drop(ctx context.Context, name string, i Index) error {
	text := "DROP INDEX " + name
	if s.copied.Dialect() == config.MySQL {
		text += " ON `" + i.Table + "`"
	}
	if _, err := s.copied.SQL().ExecContext(ctx, text); err != nil {
		return fmt.Errorf("advice: cannot drop %s: %w", i.Name(), err)
	}
	return nil
}

func (s *scratch) explain(ctx context.Context, q plan.Query) (*plan.Plan, error) {
	return plan.Explain(ctx, s.copied, q)
}
