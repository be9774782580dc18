package monitor

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/query"
)

// ErrNoServerStatistics means that the database keeps no statistics of
// statements: only PostgreSQL with pg_stat_statements does.
var ErrNoServerStatistics = errors.New("monitor: the database keeps no statistics of statements; on PostgreSQL, " +
	"add pg_stat_statements to shared_preload_libraries and run CREATE EXTENSION pg_stat_statements")

// ServerStatement are the figures that the database itself keeps of a statement,
// whoever runs it.
type ServerStatement struct {
	Statement string  `json:"statement"` // a fingerprint
	Count     int64   `json:"count"`
	Rows      int64   `json:"rows"`
	Total     Seconds `json:"totalSeconds"`
	Mean      Seconds `json:"meanSeconds"`
	Max       Seconds `json:"maxSeconds"`
	HitRatio  float64 `json:"bufferHitRatio"` // of blocks that were read, those found in memory; 0 to 1
}

// ServerStatements reads the top statements by total time from
// pg_stat_statements, those of the current database. Without that the error is
// [ErrNoServerStatistics].
func ServerStatements(ctx context.Context, db *database.DB, top int) ([]ServerStatement, error) {
	if db.Dialect() != config.Postgres {
		return nil, ErrNoServerStatistics
	}
	type place struct {
		Schema string
		Old    bool // before PostgreSQL 13, where the times had other names
	}
	at, err := query.All[place](ctx, db, `
		SELECT quote_ident(n.nspname) AS schema, current_setting('server_version_num')::int < 130000 AS old
		FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
		WHERE e.extname = 'pg_stat_statements'
		AND (current_setting('shared_preload_libraries', true) LIKE '%pg_stat_statements%')`)
	if err != nil {
		return nil, fmt.Errorf("monitor: cannot look for pg_stat_statements: %w", err)
	}
	if len(at) == 0 {
		return nil, ErrNoServerStatistics
	}
	exec := "exec_"
	if at[0].Old {
		exec = ""
	}
	type row struct {
		Statement        string
		Calls, Rows      int64
		Total, Mean, Max float64 // milliseconds
		Hit, Read        int64
	}
	// The schema is quoted by the database itself.
	rows, err := query.All[row](ctx, db, fmt.Sprintf(`
		SELECT s.query AS statement, s.calls, s.rows, s.total_%[1]stime AS total, s.mean_%[1]stime AS mean, s.max_%[1]stime AS max,
			s.shared_blks_hit AS hit, s.shared_blks_read AS read
		FROM %[2]s.pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
		WHERE d.datname = current_database() AND s.query IS NOT NULL
		ORDER BY s.total_%[1]stime DESC LIMIT ?`, exec, at[0].Schema), top)
	if err != nil {
		return nil, fmt.Errorf("monitor: cannot read pg_stat_statements: %w", err)
	}
	list := make([]ServerStatement, len(rows))
	for i, r := range rows {
		list[i] = ServerStatement{
			Statement: query.FingerprintOf(db.Driver().Dialect(), r.Statement).Text,
			Count:     r.Calls, Rows: r.Rows,
			Total: Seconds(r.Total / 1000), Mean: Seconds(r.Mean / 1000), Max: Seconds(r.Max / 1000),
		}
		if r.Hit+r.Read > 0 {
			list[i].HitRatio = float64(r.Hit) / float64(r.Hit+r.Read)
		}
	}
	return list, nil
}
