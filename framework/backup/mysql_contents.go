package backup

import (
	"context"
	"fmt"
	"strings"
)

// mysqlContents counts the rows of the tables.
func mysqlContents(ctx context.Context, db querier) (found contents, err error) {
	found.objects, err = objects(ctx, db, `
		SELECT 'index', CONCAT(table_name, '.', index_name) FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name
		UNION ALL SELECT 'constraint', CONCAT(table_name, '.', constraint_name) FROM information_schema.table_constraints WHERE table_schema = DATABASE()
		UNION ALL SELECT 'view', table_name FROM information_schema.views WHERE table_schema = DATABASE()
		UNION ALL SELECT 'trigger', trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()
		UNION ALL SELECT LOWER(routine_type), routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()
		UNION ALL SELECT 'event', event_name FROM information_schema.events WHERE event_schema = DATABASE()`)
	if err != nil {
		return contents{}, err
	}
	tables, err := texts(ctx, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')")
	if err != nil {
		return contents{}, fmt.Errorf("backup: cannot list the tables: %w", err)
	}
	found.rows = make(map[string]int64, len(tables))
	for _, table := range tables {
		if found.rows[table[0]], err = count(ctx, db, backticks(table[0])); err != nil {
			return contents{}, err
		}
	}
	return found, nil
}

func backticks(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
