package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// runSQLite runs a file with foreign keys off: the rebuild of a table drops
// the old one, and would else delete the rows that refer to it with ON DELETE
// CASCADE. What the rebuild may have broken is looked for before the commit.
func (s *session) runSQLite(ctx context.Context, sc *script) (ran bool, err error) {
	restore, err := foreignKeysOff(ctx, s.conn) // has no effect inside a transaction
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, restore()) }()
	err = s.within(ctx, sc, func(revs *revisions) error {
		// Only now nobody else can write. Look again whether there is anything
		// to do: not everyone takes the lock file.
		if ran, err = sc.needed(ctx, revs); !ran || err != nil {
			return err
		}
		pointless, err := violations(ctx, revs.db)
		if err != nil {
			return err
		}
		present, err := triggers(ctx, revs.db)
		if err != nil {
			return err
		}
		if err := sc.all(ctx, revs); err != nil {
			return err
		}
		if err := checkTriggers(ctx, sc.file, present, revs); err != nil {
			return err
		}
		return checkForeignKeys(ctx, sc.file.Name(), pointless, revs.db)
	})
	return ran && err == nil, err
}

// needed reports whether the file is still to be run.
func (sc *script) needed(ctx context.Context, revs *revisions) (bool, error) {
	rev, err := revs.ReadRevision(ctx, sc.rev.Version)
	switch {
	case errors.Is(err, migrate.ErrRevisionNotExist):
		return !sc.undo, nil
	case err != nil:
		return false, err
	default:
		return sc.undo || partial(rev), nil
	}
}

// foreignKeysOff returns what sets them as they were.
func foreignKeysOff(ctx context.Context, conn *sql.Conn) (restore func() error, err error) {
	var on bool
	if err := conn.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&on); err != nil {
		return nil, fmt.Errorf("migration: cannot read PRAGMA foreign_keys: %w", err)
	}
	if !on {
		return func() error { return nil }, nil
	}
	set := func(ctx context.Context, to string) error {
		if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = "+to); err != nil {
			return fmt.Errorf("migration: cannot switch foreign keys %s: %w", to, err)
		}
		return nil
	}
	restore = func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		return set(ctx, "on")
	}
	return restore, set(ctx, "off")
}

// violations counts the rows that point to nothing, by "child → parent".
func violations(ctx context.Context, db querier) (map[string]int, error) {
	count := map[string]int{}
	err := each(ctx, db, "check foreign keys", "PRAGMA foreign_key_check", func(rows *sql.Rows) error {
		var (
			child, parent string
			row, key      sql.NullInt64
		)
		err := rows.Scan(&child, &row, &parent, &key)
		count[child+" → "+parent]++
		return err
	})
	return count, err
}

// checkForeignKeys refuses rows that the file has made point to nothing. Those
// that did so before are not its fault.
func checkForeignKeys(ctx context.Context, file string, before map[string]int, db querier) error {
	after, err := violations(ctx, db)
	if err != nil {
		return err
	}
	var list []string
	for pair, rows := range after {
		if more := rows - before[pair]; more > 0 {
			list = append(list, fmt.Sprintf("%s (%d rows)", pair, more))
		}
	}
	if len(list) == 0 {
		return nil
	}
	sort.Strings(list)
	return &ForeignKeyError{File: file, Violations: list}
}

// triggers maps the name of each trigger to its table.
func triggers(ctx context.Context, db querier) (map[string]string, error) {
	list := map[string]string{}
	err := each(ctx, db, "list triggers", "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'", func(rows *sql.Rows) error {
		var name, table string
		err := rows.Scan(&name, &table)
		list[name] = table
		return err
	})
	return list, err
}

// checkTriggers refuses a file after which a trigger is gone although its
// table is there and the file does not name it.
func checkTriggers(ctx context.Context, f migrate.File, before map[string]string, revs *revisions) error {
	if len(before) == 0 {
		return nil
	}
	after, err := triggers(ctx, revs.db)
	if err != nil {
		return err
	}
	tables, err := revs.tables(ctx)
	if err != nil {
		return err
	}
	exists := map[string]bool{}
	for _, t := range tables {
		exists[strings.ToLower(t)] = true
	}
	var lost []string
	for name, table := range before {
		if _, ok := after[name]; !ok && exists[strings.ToLower(table)] && !strings.Contains(string(f.Bytes()), name) {
			lost = append(lost, name)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	sort.Strings(lost)
	return &LostTriggerError{File: f.Name(), Triggers: lost}
}
