package migration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// session is one run, on one connection and, unless it only reads, under the
// lock.
type session struct {
	*Migrator
	*contents
	conn   *sql.Conn
	revs   *revisions
	driver migrate.Driver
	sums   migrate.HashFile // of the folder; see hash
}

// withSession reads the folder, takes the lock and calls use.
func (m *Migrator) withSession(ctx context.Context, use func(*session) error) error {
	c, err := m.readDir()
	if err != nil {
		return err
	}
	return m.locked(ctx, c, use)
}

// peek reads the folder and calls use, which must not write: there is no lock.
func (m *Migrator) peek(ctx context.Context, use func(*session) error) error {
	c, err := m.readDir()
	if err != nil {
		return err
	}
	return m.connected(ctx, c, use)
}

// readDir reads the folder and checks the Go parts against it.
func (m *Migrator) readDir() (*contents, error) {
	c, err := m.dir.read()
	if err == nil && m.data != nil {
		err = m.data.check(c)
	}
	return c, err
}

// locked connects, takes the lock and calls use.
func (m *Migrator) locked(ctx context.Context, c *contents, use func(*session) error) error {
	return m.connected(ctx, c, func(s *session) (err error) {
		backend, err := m.backend(ctx, s.conn)
		if err != nil {
			return err
		}
		release, err := m.lock(ctx, s.conn)
		if err != nil {
			return err
		}
		defer func() {
			interrupted := ctx.Err() != nil
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
			defer cancel()
			if releaseErr := release(ctx); err == nil {
				err = releaseErr
			}
			m.discard(s.conn)
			if interrupted {
				m.terminate(ctx, backend)
			}
		}()
		if err := s.limitLockWait(ctx); err != nil {
			return err
		}
		return use(s)
	})
}

func (m *Migrator) connected(ctx context.Context, c *contents, use func(*session) error) (err error) {
	conn, err := m.db.SQL().Conn(ctx)
	if err != nil {
		return fmt.Errorf("migration: cannot connect: %w", err)
	}
	defer func() {
		if closeErr := conn.Close(); err == nil && closeErr != nil && !errors.Is(closeErr, sql.ErrConnDone) {
			err = fmt.Errorf("migration: cannot close the connection: %w", closeErr)
		}
	}()
	s := &session{Migrator: m, contents: c, conn: conn, revs: &revisions{dialect: m.dialect, db: conn}}
	if s.driver, err = openDriver(m.dialect, conn); err != nil {
		return err
	}
	return use(s)
}

// discard takes a connection to a server out of the pool: a migration may have
// left settings on it, which the application must not get.
func (m *Migrator) discard(conn *sql.Conn) {
	if m.dialect != config.SQLite {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // returns what it is given
	}
}

func (s *session) history(ctx context.Context) (*history, error) {
	revs, err := s.revs.ReadRevisions(ctx)
	if err != nil {
		return nil, err
	}
	return newHistory(s.contents, revs), nil
}

// hash is a file's checksum in atlas.sum.
func (s *session) hash(f migrate.File) (hash string, err error) {
	if s.sums == nil {
		if s.sums, err = s.mem.Checksum(); err != nil {
			return "", fmt.Errorf("migration: cannot read the checksums: %w", err)
		}
	}
	if hash, err = s.sums.SumByName(f.Name()); err != nil {
		return "", fmt.Errorf("migration: cannot find the checksum of %s: %w", f.Name(), err)
	}
	return hash, nil
}
