package database

import (
	"context"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// Analyze has the database look at its tables anew, so that it plans queries for
// what is in them. Call it after loading much data.
func (db *DB) Analyze(ctx context.Context) error {
	statements := []string{"ANALYZE"}
	if db.url.Dialect == config.MySQL {
		tables, err := db.tables(ctx)
		if err != nil {
			return err
		}
		statements = nil
		for _, table := range tables {
			statements = append(statements, "ANALYZE TABLE `"+strings.ReplaceAll(table, "`", "``")+"`")
		}
	}
	for _, statement := range statements {
		if _, err := db.sql.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("database: cannot analyze: %w", err)
		}
	}
	return nil
}

// tables lists the tables of a MySQL database.
func (db *DB) tables(ctx context.Context) (names []string, err error) {
	names, err = db.column(ctx,
		"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'")
	if err != nil {
		return nil, fmt.Errorf("database: cannot list the tables: %w", err)
	}
	return names, nil
}
