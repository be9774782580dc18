package migration

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/framefox-go/framefox/framework/config"
)

// A change of a table waits for the transactions that use it, and whoever comes
// after it waits for the change, readers too: one forgotten transaction would
// stop the application. So the wait is bounded, unless the URL of the database
// or the server says how long it may be.
const (
	lockWaitPostgres = "10s"
	lockWaitMySQL    = "10" // seconds, for a table; rows have a limit of their own
)

// limitLockWait sets the limit on the connection, which is not used again by
// others.
func (s *session) limitLockWait(ctx context.Context) error {
	setting := map[config.Dialect]string{config.Postgres: "lock_timeout", config.MySQL: "lock_wait_timeout"}[s.dialect]
	for name := range s.db.URL().Params {
		if strings.EqualFold(name, setting) {
			return nil
		}
	}
	switch s.dialect {
	case config.Postgres:
		return s.changeLockWait(ctx, "0", lockWaitPostgres)
	case config.MySQL:
		return s.setLockWait(ctx, "SET SESSION lock_wait_timeout = LEAST(@@SESSION.lock_wait_timeout, "+lockWaitMySQL+")")
	default:
		return nil
	}
}

// changeLockWait changes the limit on PostgreSQL if it is the one expected.
func (s *session) changeLockWait(ctx context.Context, from, to string) error {
	return s.setLockWait(ctx, "SELECT set_config('lock_timeout', $1, false) WHERE current_setting('lock_timeout') = $2", to, from)
}

func (s *session) setLockWait(ctx context.Context, query string, args ...any) error {
	if _, err := s.conn.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("migration: cannot limit how long to wait for locks: %w", err)
	}
	return nil
}

var concurrent = regexp.MustCompile(`(?i)\bCONCURRENTLY\b`)

// patiently calls run without the limit if a statement of PostgreSQL waits for
// other transactions without holding anybody up.
func (s *session) patiently(ctx context.Context, statement string, run func() error) error {
	if !concurrent.MatchString(statement) {
		return run()
	}
	if err := s.changeLockWait(ctx, lockWaitPostgres, "0"); err != nil {
		return err
	}
	err := run()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	if backErr := s.changeLockWait(ctx, "0", lockWaitPostgres); err == nil {
		err = backErr
	}
	return err
}

// lockAdvice says what to do about a statement that has waited too long for a
// lock, "" if that is not what happened.
func lockAdvice(err error) string {
	var (
		ofMySQL    *mysql.MySQLError
		ofPostgres interface{ SQLState() string }
		example    string
	)
	switch {
	case errors.As(err, &ofPostgres) && ofPostgres.SQLState() == "55P03":
		example = "lock_timeout=1min"
	case errors.As(err, &ofMySQL) && ofMySQL.Number == 1205:
		example = "lock_wait_timeout=60"
	default:
		return ""
	}
	return "another session has locked what it needs, and all who come later, readers too, would wait behind this statement: " +
		"try again once that session's transaction has ended, or wait longer with " + example + " in the database URL"
}
