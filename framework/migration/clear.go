package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// Clear drops all that is in the database, under the migration lock: tables
// with their rows, views, and what else the engine keeps in a database. The
// database itself stays, so that no right to create one is needed. On
// PostgreSQL it is the current schema that is cleared, and what belongs to an
// extension stays. It returns what was dropped: "table users", "view authors".
//
// On SQLite and PostgreSQL all is dropped or nothing. On MySQL an interrupted
// Clear has forgotten the history first, so that nobody takes what is left for
// a migrated database; run it again.
func (m *Migrator) Clear(ctx context.Context) (dropped []string, err error) {
	err = m.locked(ctx, &contents{}, func(s *session) (err error) {
		switch s.dialect {
		case config.SQLite:
			dropped, err = s.clearSQLite(ctx)
		case config.Postgres:
			err = s.transaction(ctx, "clearing the database", func(revs *revisions) error {
				dropped, err = revs.drop(ctx, clearPostgres)
				return err
			})
		default:
			if err = s.revs.exec(ctx, "SET FOREIGN_KEY_CHECKS = 0"); err == nil {
				dropped, err = s.revs.drop(ctx, clearMySQL)
			}
		}
		return err
	})
	return dropped, err
}

// drop drops what a query lists: kind, name, and the name in SQL.
func (r *revisions) drop(ctx context.Context, query string) (dropped []string, err error) {
	var statements []string
	err = each(ctx, r.db, "list what is in the database", query, func(rows *sql.Rows) error {
		var kind, name, quoted string
		err := rows.Scan(&kind, &name, &quoted)
		statements = append(statements, fmt.Sprintf("DROP %s IF EXISTS %s", kind, quoted))
		dropped = append(dropped, strings.ToLower(kind)+" "+name)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, statement := range statements {
		if r.dialect == config.Postgres {
			statement += " CASCADE"
		}
		if _, err := r.db.ExecContext(ctx, statement); err != nil {
			return dropped[:i], fmt.Errorf("migration: cannot drop %s: %w", dropped[i], err)
		}
	}
	return dropped, nil
}

// clearSQLite drops virtual tables before the others, some of which are theirs
// and go with them.
func (s *session) clearSQLite(ctx context.Context) (dropped []string, err error) {
	restore, err := foreignKeysOff(ctx, s.conn)
	if err != nil {
		return nil, err
	}
	err = s.transaction(ctx, "clearing the database", func(revs *revisions) error {
		for _, condition := range []string{
			"type IN ('view', 'trigger')", "type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'", "type = 'table'",
		} {
			list, err := revs.drop(ctx, fmt.Sprintf(clearSQLite, condition))
			if err != nil {
				return err
			}
			dropped = append(dropped, list...)
		}
		return nil
	})
	if err != nil {
		dropped = nil
	}
	return dropped, errors.Join(err, restore())
}

const clearSQLite = "SELECT upper(type), name, '`' || replace(name, '`', '``') || '`' FROM sqlite_master " +
	"WHERE %s AND name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' ORDER BY rowid DESC"

const clearMySQL = "SELECT kind, name, CONCAT('`', REPLACE(name, '`', '``'), '`') FROM (" +
	"SELECT 0 AS step, 'EVENT' AS kind, event_name AS name FROM information_schema.events WHERE event_schema = DATABASE() " +
	"UNION ALL SELECT CASE WHEN table_name = '" + RevisionsTable + "' THEN 1 WHEN table_type = 'VIEW' THEN 2 ELSE 3 END, " +
	"CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END, table_name " +
	"FROM information_schema.tables WHERE table_schema = DATABASE() " +
	"UNION ALL SELECT 4, routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()" +
	") AS found ORDER BY step, name"

const clearPostgres = `SELECT kind, name, quoted FROM (
	SELECT CASE relkind WHEN 'v' THEN 1 WHEN 'm' THEN 2 WHEN 'S' THEN 4 ELSE 3 END AS step,
		CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind,
		relname::text AS name, format('%I.%I', current_schema(), relname) AS quoted
	FROM pg_catalog.pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT relispartition
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i', 'a') AND (relkind = 'S' OR d.deptype = 'e'))
	UNION ALL
	SELECT 5, 'ROUTINE', proname::text, format('%I.%I(%s)', current_schema(), proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
	FROM pg_catalog.pg_proc p WHERE pronamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
	UNION ALL
	SELECT 6, CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, typname::text, format('%I.%I', current_schema(), typname)
	FROM pg_catalog.pg_type t WHERE typnamespace = current_schema()::regnamespace
		AND (typtype IN ('d', 'e', 'r') OR typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
) AS found ORDER BY step, name`
