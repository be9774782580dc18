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

// applySQLite runs a file with foreign keys off: the rebuild of a table drops
// the old one, and would else delete the rows that refer to it with ON DELETE
// CASCADE. What the rebuild may have broken is looked for before the commit.
func (u *upgrade) applySQLite(ctx context.Context, f migrate.File) (applied bool, err error) {
	restore, err := u.foreignKeysOff(ctx) // has no effect inside a transaction
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, restore()) }()
	err = u.within(ctx, func(revs *revisions) error {
		// Only now nobody else can write. Look again whether there is anything
		// to do: not everyone takes the lock file.
		if rev, err := revs.ReadRevision(ctx, f.Version()); err == nil && !partial(rev) {
			return nil
		} else if err != nil && !errors.Is(err, migrate.ErrRevisionNotExist) {
			return err
		}
		applied = true
		pointless, err := violations(ctx, revs.db)
		if err != nil {
			return err
		}
		present, err := triggers(ctx, revs.db)
		if err != nil {
			return err
		}
		if err := u.execute(ctx, f, revs); err != nil {
			return err
		}
		if err := checkTriggers(ctx, f, present, revs); err != nil {
			return err
		}
		return checkForeignKeys(ctx, f, pointless, revs)
	})
	return applied && err == nil, err
}

// foreignKeysOff returns what sets them as they were.
func (u *upgrade) foreignKeysOff(ctx context.Context) (restore func() error, err error) {
	var on bool
	if err := u.conn.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&on); err != nil {
		return nil, fmt.Errorf("migration: cannot read PRAGMA foreign_keys: %w", err)
	}
	if !on {
		return func() error { return nil }, nil
	}
	restore = func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		return u.revs.exec(ctx, "PRAGMA foreign_keys = on")
	}
	return restore, u.revs.exec(ctx, "PRAGMA foreign_keys = off")
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
func checkForeignKeys(ctx context.Context, f migrate.File, before map[string]int, revs *revisions) error {
	after, err := violations(ctx, revs.db)
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
	return &ForeignKeyError{File: f.Name(), Violations: list}
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
