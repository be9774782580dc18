package monitor

import (
	"context"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
)

// DatabaseStats are facts that the database itself knows.
type DatabaseStats struct {
	Dialect        string       `json:"dialect"`
	Version        string       `json:"version"`
	Bytes          int64        `json:"bytes"`
	Connections    int          `json:"connections,omitempty"`    // to this database, of all programs; 0 for SQLite
	MaxConnections int          `json:"maxConnections,omitempty"` // of the server
	Tables         []TableStats `json:"tables"`                   // the largest first
}

// TableStats are the facts of one table.
type TableStats struct {
	Name       string `json:"name"`
	Rows       int64  `json:"rows"`                                   // counted on SQLite; elsewhere the server's estimate
	Bytes      int64  `json:"bytes,omitempty"`                        // without indexes; 0 for SQLite
	IndexBytes int64  `json:"indexBytes,omitempty" sql:"index_bytes"` // 0 for SQLite
}

// StatsOf asks a database for its size, its tables and its connections.
func StatsOf(ctx context.Context, db *database.DB) (DatabaseStats, error) {
	stats, err := DatabaseStats{}, error(nil)
	switch db.Dialect() {
	case config.SQLite:
		stats, err = sqliteStats(ctx, db)
	case config.Postgres:
		stats, err = serverStats(ctx, db, `
			SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
				(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
				current_setting('max_connections')::int AS max_connections`, `
			SELECT c.relname AS name, greatest(c.reltuples::bigint, s.n_live_tup, 0) AS rows,
				pg_table_size(c.oid) AS bytes, pg_indexes_size(c.oid) AS index_bytes
			FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
			ORDER BY pg_total_relation_size(c.oid) DESC, c.relname`)
	case config.MySQL:
		stats, err = serverStats(ctx, db, `
			SELECT VERSION() AS version,
				CAST((SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables WHERE table_schema = DATABASE()) AS SIGNED) AS bytes,
				(SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()) AS connections,
				@@max_connections AS max_connections`, `
			SELECT table_name AS name, CAST(COALESCE(table_rows, 0) AS SIGNED) AS `+"`rows`"+`,
				CAST(COALESCE(data_length, 0) AS SIGNED) AS bytes, CAST(COALESCE(index_length, 0) AS SIGNED) AS index_bytes
			FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
			ORDER BY data_length + index_length DESC, table_name`)
	}
	if err != nil {
		return stats, fmt.Errorf("monitor: cannot read the statistics of the database: %w", err)
	}
	stats.Dialect = string(db.Dialect())
	return stats, nil
}

func serverStats(ctx context.Context, db *database.DB, facts, tables string) (DatabaseStats, error) {
	type server struct {
		Version                     string
		Bytes                       int64
		Connections, MaxConnections int
	}
	s, err := query.One[server](ctx, db, facts)
	if err != nil {
		return DatabaseStats{}, err
	}
	stats := DatabaseStats{Version: s.Version, Bytes: s.Bytes, Connections: s.Connections, MaxConnections: s.MaxConnections}
	stats.Tables, err = query.All[TableStats](ctx, db, tables)
	return stats, err
}

func sqliteStats(ctx context.Context, db *database.DB) (DatabaseStats, error) {
	stats := DatabaseStats{Tables: []TableStats{}}
	var err error
	if stats.Version, err = query.One[string](ctx, db, "SELECT sqlite_version() AS version"); err != nil {
		return stats, err
	}
	if stats.Bytes, err = query.One[int64](ctx, db, "SELECT p.page_count * s.page_size AS bytes FROM pragma_page_count p, pragma_page_size s"); err != nil {
		return stats, err
	}
	names, err := query.All[string](ctx, db, `
		SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	if err != nil || len(names) == 0 {
		return stats, err
	}
	counts := make([]string, len(names))
	args := make([]any, len(names))
	for i, name := range names {
		counts[i] = "SELECT ? AS name, COUNT(*) AS rows FROM `" + strings.ReplaceAll(name, "`", "``") + "`"
		args[i] = name
	}
	type table struct {
		Name string
		Rows int64
	}
	for len(counts) > 0 { // SQLite joins 500 selects at most
		n := min(len(counts), 400)
		rows, err := query.All[table](ctx, db, strings.Join(counts[:n], " UNION ALL "), args[:n]...)
		if err != nil {
			return stats, err
		}
		for _, r := range rows {
			stats.Tables = append(stats.Tables, TableStats{Name: r.Name, Rows: r.Rows})
		}
		counts, args = counts[n:], args[n:]
	}
	return stats, nil
}
