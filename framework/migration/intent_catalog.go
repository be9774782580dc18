package migration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// fingerprint is a hash of what the catalog says about the objects that a
// statement mentions. It holds nothing that changes by itself, such as counts
// of rows or times: a false "changed" would leave the statement out.
func (s *session) fingerprint(ctx context.Context, statement string) (string, error) {
	var found, tables []string
	for _, query := range intentQueries(s.dialect) {
		err := each(ctx, s.conn, "read the catalog", query, func(rows *sql.Rows) error {
			var name, other, text sql.NullString
			err := rows.Scan(&name, &other, &text)
			if mentionsName(statement, name.String) || mentionsName(statement, other.String) {
				found = append(found, fmt.Sprintf("%q %q %q", name.String, other.String, text.String))
				if text.String == "BASE TABLE" || text.String == "SYSTEM VERSIONED" {
					tables = append(tables, name.String)
				}
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for _, table := range tables {
		text, err := s.definition(ctx, table)
		if err != nil {
			return "", err
		}
		found = append(found, text)
	}
	slices.Sort(found)
	sum := sha256.Sum256([]byte(strings.Join(found, "\n")))
	return base64.RawStdEncoding.EncodeToString(sum[:16]), nil
}

var counter = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

// definition is how MySQL would create a table, but for its counter of ids.
func (s *session) definition(ctx context.Context, table string) (string, error) {
	if table == RevisionsTable {
		return "", nil
	}
	var name, text string
	if err := s.conn.QueryRowContext(ctx, "SHOW CREATE TABLE `"+strings.ReplaceAll(table, "`", "``")+"`").Scan(&name, &text); err != nil {
		return "", fmt.Errorf("migration: cannot read the catalog: %w", err)
	}
	return counter.ReplaceAllString(text, ""), nil
}

// intentQueries return the name of an object, of the table that it belongs to,
// and what defines it.
func intentQueries(d config.Dialect) []string {
	if d == config.Postgres {
		return []string{
			`SELECT i.relname, t.relname, concat_ws('|', pg_catalog.pg_get_indexdef(i.oid), x.indisvalid, x.indisready) FROM pg_catalog.pg_index x
				JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
				JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
			`SELECT t.typname, '', e.enumlabel FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid`,
			`SELECT c.relname, p.relname, 'inherits' FROM pg_catalog.pg_inherits h
				JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid JOIN pg_catalog.pg_class p ON p.oid = h.inhparent`,
			`SELECT datname, '', 'database' FROM pg_catalog.pg_database`,
		}
	}
	return []string{
		"SELECT table_name, '', table_type FROM information_schema.tables WHERE table_schema = DATABASE()",
		"SELECT table_name, '', view_definition FROM information_schema.views WHERE table_schema = DATABASE()",
		"SELECT trigger_name, event_object_table, CONCAT_WS('|', action_timing, event_manipulation, action_statement) FROM information_schema.triggers " +
			"WHERE trigger_schema = DATABASE()",
		"SELECT routine_name, '', CONCAT_WS('|', routine_type, routine_definition) FROM information_schema.routines WHERE routine_schema = DATABASE()",
		"SELECT event_name, '', event_definition FROM information_schema.events WHERE event_schema = DATABASE()",
	}
}
