package database

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/framefox-go/framefox/framework/config"
)

// ScratchPrefix begins the names of what the framework makes for a while and
// removes again: databases on a server, and temporary folders.
const ScratchPrefix = "framefox_scratch_"

// scratchTime is how the name of a scratch database says when it was made, in UTC.
const scratchTime = "20060102150405"

// ScratchName returns a new name for a scratch database. It says when that was
// made, so that [Leftovers] finds it if its process is killed.
func ScratchName() string {
	var suffix [8]byte
	_, _ = rand.Read(suffix[:]) // never fails
	return ScratchPrefix + time.Now().UTC().Format(scratchTime) + "_" + hex.EncodeToString(suffix[:])
}

// scratchBefore reports whether ScratchName made the name, before a time.
func scratchBefore(name string, before time.Time) bool {
	parts := regexp.MustCompile(`^` + ScratchPrefix + `(\d{14})_[0-9a-f]{16}$`).FindStringSubmatch(name)
	if parts == nil {
		return false
	}
	made, err := time.Parse(scratchTime, parts[1])
	return err == nil && made.Before(before)
}

// Leftovers lists the scratch databases on the server of cfg that were made before
// a time and that nobody is connected to. Where the user may not look, as on
// SQLite, there are none.
func Leftovers(ctx context.Context, cfg config.Database, before time.Time) (names []string, err error) {
	err = withLeftovers(ctx, cfg, before, func(_ *DB, name string) error {
		names = append(names, name)
		return nil
	})
	return names, err
}

// DropLeftovers drops what [Leftovers] lists and returns what it has dropped. What
// the user may not drop stays, and what somebody has connected to meanwhile.
func DropLeftovers(ctx context.Context, cfg config.Database, before time.Time) (names []string, err error) {
	quote := quoteDouble
	if cfg.URL.Dialect == config.MySQL {
		quote = quoteBack
	}
	err = withLeftovers(ctx, cfg, before, func(server *DB, name string) error {
		_, err := server.sql.ExecContext(ctx, "DROP DATABASE "+quote(name))
		switch code := serverCode(err); {
		case forbidden(code), code == "55006", code == "3D000", code == "1008": // in use; gone
			return nil
		case err != nil:
			return fmt.Errorf("cannot drop %s: %w", name, err)
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

func withLeftovers(ctx context.Context, cfg config.Database, before time.Time, use func(*DB, string) error) error {
	if cfg.URL.Dialect == config.SQLite {
		return nil
	}
	query := `SELECT datname FROM pg_database d WHERE pg_has_role(datdba, 'USAGE') AND NOT EXISTS (
		SELECT FROM pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type = 'client backend') ORDER BY datname`
	if cfg.URL.Dialect == config.MySQL {
		query = `SELECT schema_name FROM information_schema.schemata s WHERE NOT EXISTS (
			SELECT 1 FROM information_schema.processlist p WHERE BINARY p.db = BINARY s.schema_name) ORDER BY schema_name`
	}
	err := withServer(ctx, cfg, func(server *DB) error {
		names, err := server.column(ctx, query)
		if err != nil {
			return err
		}
		names = slices.DeleteFunc(names, func(name string) bool {
			return name == cfg.URL.Database || !scratchBefore(name, before)
		})
		for _, name := range names {
			if err := use(server, name); err != nil {
				return err
			}
		}
		return nil
	})
	if forbidden(serverCode(err)) {
		return nil
	}
	return err
}

// forbidden reports whether a server's error says that the user may not do this.
func forbidden(code string) bool {
	return slices.Contains([]string{"42501", "28000", "1044", "1142", "1227"}, code)
}

// column reads the one column of a query's rows.
func (db *DB) column(ctx context.Context, query string) (values []string, err error) {
	rows, err := db.sql.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says more
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}
