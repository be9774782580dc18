package bulk

import (
	"context"
	"encoding/json"
	"fmt"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

const (
	sqliteParameters = 32_766 // the most that one statement takes
	serverParameters = 65_535
	statementBytes   = 8 << 20 // what a statement may weigh where nothing lower is said
	valueBytes       = 32      // what a number or a time weighs
)

// parameters is how many parameters a statement of the dialect takes.
func parameters(dialectName string) int {
	if dialectName == dialect.SQLite {
		return sqliteParameters
	}
	return serverParameters
}

// serverLimits is what a MySQL or MariaDB session says of itself.
type serverLimits struct {
	step   int64 // between two ids that it makes
	packet int   // the longest statement in bytes
}

// limits asks the session for its limits, once for a batch.
func (b *batch) limits(ctx context.Context) (*serverLimits, error) {
	if b.server != nil {
		return b.server, nil
	}
	server := &serverLimits{step: 1, packet: statementBytes}
	if b.driver.Dialect() == dialect.MySQL {
		err := query(ctx, b.driver, "SELECT @@SESSION.auto_increment_increment, @@max_allowed_packet", nil, func(rows *sql.Rows) error {
			return rows.Scan(&server.step, &server.packet)
		})
		if err != nil {
			return nil, fmt.Errorf("bulk: cannot read the limits of the server: %w", err)
		}
		// The values are in the text of the statement, each byte perhaps escaped.
		server.packet = min(server.packet/2, statementBytes)
	}
	b.server = server
	return server, nil
}

// weigh estimates what a value adds to a statement.
func weigh(v any) int {
	switch t := v.(type) {
	case string:
		return len(t) + valueBytes
	case []byte:
		return len(t) + valueBytes
	case json.RawMessage:
		return len(t) + valueBytes
	}
	return valueBytes
}

// query runs a SELECT and hands each row to scan.
func query(ctx context.Context, tx dialect.ExecQuerier, text string, args []any, scan func(*sql.Rows) error) error {
	if args == nil {
		args = []any{}
	}
	rows := &sql.Rows{}
	if err := tx.Query(ctx, text, args, rows); err != nil {
		return err
	}
	for rows.Next() {
		if err := scan(rows); err != nil {
			_ = rows.Close() // the error of the row is what counts
			return err
		}
	}
	if err := rows.Err(); err != nil {
		_ = rows.Close()
		return err
	}
	return rows.Close()
}
