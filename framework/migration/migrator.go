package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// Migrator applies a folder of migrations to a database. It may be used by
// several goroutines.
type Migrator struct {
	db          *database.DB
	dir         *Dir
	dialect     config.Dialect
	lockTimeout time.Duration
}

// Option adjusts a [Migrator].
type Option func(*Migrator)

// LockTimeout sets how long Upgrade waits for another migrator to finish: one
// minute if not set, not at all if negative.
func LockTimeout(d time.Duration) Option { return func(m *Migrator) { m.lockTimeout = d } }

// Open returns a Migrator for a database and the folder of its dialect. It
// does not touch either.
func Open(db *database.DB, dir *Dir, opts ...Option) (*Migrator, error) {
	if db == nil || dir == nil {
		return nil, errors.New("migration: a database and a folder are required")
	}
	m := &Migrator{db: db, dir: dir, dialect: db.Dialect()}
	for _, opt := range opts {
		opt(m)
	}
	return m, nil
}

// UpgradeOptions say what to apply. The zero value applies all that is pending.
type UpgradeOptions struct {
	To       string     // last version to apply; "" is the newest
	Progress func(Step) // called before each file; may be nil
	Applied  func(Step) // called after each file that was applied; may be nil
}

// Step is one file that Upgrade applies.
type Step struct {
	Migration
	From       string // version of the database before it; "" if none
	Number     int    // of this step, counted from 1
	Of         int    // steps in all
	Resumed    int    // statements that an earlier run has already applied
	Statements int    // statements in the file
}

// Upgraded is what Upgrade has done.
type Upgraded struct {
	Steps   []Step
	Current string // version of the database now; "" if none
}

// Upgrade applies the pending migrations in order and stops at the first that
// fails. Migrators of one database exclude each other, so that each file is
// applied once, however many start at the same time; those that come later
// find nothing left to do. What was applied before a failure stays applied and
// is listed in the result, also beside an error.
//
// A file runs in a transaction unless it begins with the line
// "-- atlas:txmode none", which PostgreSQL needs for CREATE INDEX CONCURRENTLY.
// A statement that fails is returned as a *[StatementError].
func (m *Migrator) Upgrade(ctx context.Context, opts UpgradeOptions) (result Upgraded, err error) {
	c, err := m.dir.read()
	if err != nil {
		return Upgraded{}, err
	}
	conn, err := m.db.SQL().Conn(ctx)
	if err != nil {
		return Upgraded{}, fmt.Errorf("migration: cannot connect: %w", err)
	}
	defer func() {
		if closeErr := conn.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("migration: cannot close the connection: %w", closeErr)
		}
	}()
	release, err := m.lock(ctx, conn)
	if err != nil {
		return Upgraded{}, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		if releaseErr := release(ctx); err == nil {
			err = releaseErr
		}
	}()
	u := &upgrade{
		Migrator: m, contents: c, conn: conn,
		revs: &revisions{dialect: m.dialect, db: conn},
	}
	if u.driver, err = openDriver(m.dialect, conn); err != nil {
		return Upgraded{}, err
	}
	err = u.run(ctx, opts)
	return u.result, err
}

// upgrade is one run, under the lock and on one connection.
type upgrade struct {
	*Migrator
	*contents
	conn   *sql.Conn
	revs   *revisions
	driver migrate.Driver
	result Upgraded
}

func (u *upgrade) run(ctx context.Context, opts UpgradeOptions) error {
	h, err := u.history(ctx)
	if err != nil {
		return err
	}
	u.result.Current = h.current()
	pending, err := h.pending()
	if err != nil {
		return err
	}
	if pending, err = h.upTo(pending, opts.To); err != nil || len(pending) == 0 {
		return err
	}
	if err := u.revs.prepare(ctx); err != nil {
		return err
	}
	for i, f := range pending {
		step, err := u.step(h, f)
		if err != nil {
			return err
		}
		step.Number, step.Of = i+1, len(pending)
		if opts.Progress != nil {
			opts.Progress(step)
		}
		applied, err := u.apply(ctx, f)
		if err != nil {
			return err
		}
		u.result.Current = f.Version()
		if !applied {
			continue
		}
		u.result.Steps = append(u.result.Steps, step)
		if opts.Applied != nil {
			opts.Applied(step)
		}
	}
	return nil
}

func (u *upgrade) history(ctx context.Context) (*history, error) {
	revs, err := u.revs.ReadRevisions(ctx)
	if err != nil {
		return nil, err
	}
	return newHistory(u.contents, revs), nil
}

// step describes what is about to be done, and refuses to resume a file that
// has become shorter, on which Atlas panics.
func (u *upgrade) step(h *history, f migrate.File) (Step, error) {
	stmts, err := statements(u.driver, f)
	if err != nil {
		return Step{}, err
	}
	step := Step{Migration: describe(f), From: u.result.Current, Statements: len(stmts)}
	rev := h.revision(f.Version())
	if rev == nil {
		return step, nil
	}
	step.Resumed = rev.Applied
	if rev.Applied > len(stmts) || rev.Applied > len(rev.PartialHashes) {
		return Step{}, &FileChangedError{File: f.Name(), Applied: rev.Applied, Reason: fmt.Sprintf("it has only %d statements now", len(stmts))}
	}
	return step, nil
}
