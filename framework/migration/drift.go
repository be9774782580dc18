package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// DriftConfig says what to compare. All fields are required.
type DriftConfig struct {
	DB  *database.DB // is only read
	Dir *Dir

	// Server is where a scratch database is made and dropped again, as for
	// [Plan].
	Server config.Database
}

// Drift lists in what a database is not as the migrations that it has applied
// make it: what was changed by hand, tables, columns, indexes, foreign keys,
// checks, views, triggers and functions. A database that has applied a migration
// half-way, or one that is not in the folder, cannot be compared.
func Drift(ctx context.Context, cfg DriftConfig) (list []Difference, err error) {
	if cfg.DB == nil || cfg.Dir == nil {
		return nil, errors.New("migration: DriftConfig.DB and DriftConfig.Dir are required")
	}
	c, err := cfg.Dir.read()
	if err != nil {
		return nil, err
	}
	live, h, err := readLive(ctx, cfg.DB, c)
	if err != nil {
		return nil, err
	}
	if err := h.comparable(); err != nil {
		return nil, err
	}
	s, err := openScratch(ctx, live.like(cfg.Server))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	return s.drift(ctx, h, live)
}

// drift replays on s, which is empty, what a database has applied.
func (s *scratch) drift(ctx context.Context, h *history, live *snapshot) ([]Difference, error) {
	if err := s.replay(ctx, h.applied()...); err != nil {
		return nil, fmt.Errorf("migration: cannot replay the folder on a scratch database: %w", err)
	}
	want, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return differences(s.driver, want, live)
}

// readLive reads a database in use, on one connection.
func readLive(ctx context.Context, db *database.DB, c *contents) (found *snapshot, h *history, err error) {
	err = withConn(ctx, db, func(conn *sql.Conn, driver migrate.Driver) error {
		if found, err = takeSnapshot(ctx, db.Dialect(), driver, conn); err != nil {
			return err
		}
		revs, err := (&revisions{dialect: db.Dialect(), db: conn}).ReadRevisions(ctx)
		h = newHistory(c, revs)
		return err
	})
	return found, h, err
}

// withConn lends a connection, with Atlas on it.
func withConn(ctx context.Context, db *database.DB, use func(*sql.Conn, migrate.Driver) error) (err error) {
	conn, err := db.SQL().Conn(ctx)
	if err != nil {
		return fmt.Errorf("migration: cannot connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	driver, err := openDriver(db.Dialect(), conn)
	if err != nil {
		return err
	}
	return use(conn, driver)
}

// applied are the files that lead to where the database is.
func (h *history) applied() (list []migrate.File) {
	if len(h.revs) == 0 {
		return nil
	}
	for i, f := range h.all.files {
		switch state := h.state(f); {
		case isCheckpoint(f) && i > 0:
		case state == Applied, state == Covered, isCheckpoint(f):
			list = append(list, f)
		}
	}
	return list
}

// comparable says why it is not known what the database should look like.
func (h *history) comparable() error {
	if unknown := h.unknown(); len(unknown) > 0 {
		return &UnknownRevisionError{Versions: unknown}
	}
	for _, rev := range h.revs {
		if undoing(rev) {
			return &HalfUndoneError{Version: rev.Version, State: rev.Error}
		}
		if partial(rev) {
			return &HalfAppliedError{Version: rev.Version, Applied: rev.Applied, Total: rev.Total}
		}
	}
	return nil
}
