package migration

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"sort"
	"strings"

	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// dependent is something beside the tables that a database holds and Atlas does
// not know: a view, a trigger, a function.
type dependent struct {
	kind       string // "view", "trigger", "function", …
	name       string
	table      string // that a trigger is on
	definition string // comparable: without quotes, schema and spacing
}

// key names it among all others.
func (o dependent) key() string { return o.kind + " " + o.table + " " + o.name }

// catalogDependents reads them from the catalogs of the database that db is connected
// to, in the order of their keys. What belongs to an extension is left out.
func catalogDependents(ctx context.Context, d config.Dialect, db querier) (list []dependent, err error) {
	for _, query := range catalogQueries(d) {
		err := each(ctx, db, "read the catalogs", query, func(rows *sql.Rows) error {
			var (
				o                 dependent
				table, definition sql.NullString
			)
			err := rows.Scan(&o.kind, &o.name, &table, &definition)
			o.table, o.definition = table.String, plain(definition.String)
			list = append(list, o)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if d == config.SQLite {
		parts, err := clauses(ctx, db)
		if err != nil {
			return nil, err
		}
		list = append(list, parts...)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].key() < list[j].key() })
	return list, nil
}

// catalogQueries each select kind, name, table and definition.
func catalogQueries(d config.Dialect) []string {
	switch d {
	case config.SQLite:
		return []string{
			"SELECT type, name, CASE type WHEN 'trigger' THEN tbl_name END, sql FROM sqlite_master WHERE type IN ('view', 'trigger')",
			sqliteVirtual,
		}
	case config.Postgres:
		return postgresCatalog()
	default:
		return mysqlCatalog()
	}
}

// kindVirtual is the kind of a table that a module of SQLite keeps, such as an
// index of words. Atlas takes it, and the tables in which the module stores it,
// for tables of the ordinary sort, which it cannot create or drop.
const (
	kindVirtual   = "virtual table"
	kindTrigger   = "trigger"
	sqliteVirtual = "SELECT '" + kindVirtual + "', name, NULL, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
)

// What PostgreSQL says about a table or a constraint and Atlas does not know.
const (
	kindRowSecurity    = "row level security"
	kindForcedSecurity = "forced row level security"
	kindUnvalidated    = "unvalidated constraint"
)

// forgetVirtual takes such tables out of a schema.
func forgetVirtual(ctx context.Context, d config.Dialect, db querier, found *atlas.Schema) error {
	if d != config.SQLite {
		return nil
	}
	const query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')"
	virtual := map[string]bool{}
	err := each(ctx, db, "list virtual tables", query, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		virtual[name] = true
		return err
	})
	found.Tables = slices.DeleteFunc(found.Tables, func(t *atlas.Table) bool { return virtual[t.Name] })
	return err
}

// postgresCatalog looks at the current schema only, as Atlas does.
func postgresCatalog() []string {
	const (
		here = " AND n.nspname = current_schema()"
		own  = " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = x.oid AND d.deptype = 'e')"
	)
	return []string{
		`SELECT CASE x.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, x.relname, NULL, pg_get_viewdef(x.oid)
			FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace WHERE x.relkind IN ('v', 'm')` + here + own,
		`SELECT 'trigger', t.tgname, x.relname, pg_get_triggerdef(t.oid, true) || ' ' || t.tgenabled::text
			FROM pg_trigger t JOIN pg_class x ON x.oid = t.tgrelid JOIN pg_namespace n ON n.oid = x.relnamespace
			WHERE NOT t.tgisinternal` + here + own,
		`SELECT CASE x.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
			x.proname || '(' || pg_get_function_identity_arguments(x.oid) || ')', NULL,
			CASE WHEN x.prokind IN ('f', 'p') THEN replace(pg_get_functiondef(x.oid), quote_ident(n.nspname) || '.', '') END
			FROM pg_proc x JOIN pg_namespace n ON n.oid = x.pronamespace WHERE TRUE` + here + own,
		`SELECT 'sequence', x.relname, NULL, format_type(s.seqtypid, NULL) || ' ' || s.seqstart || ' ' || s.seqincrement || ' ' || s.seqmin || ' ' || s.seqmax || ' ' || s.seqcycle
			FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace JOIN pg_sequence s ON s.seqrelid = x.oid
			WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = x.oid AND d.deptype IN ('a', 'i'))` + here + own,
		`SELECT 'enum', x.typname, NULL, (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = x.oid)
			FROM pg_type x JOIN pg_namespace n ON n.oid = x.typnamespace WHERE x.typtype = 'e'` + here + own,
		`SELECT 'domain', x.typname, NULL, format_type(x.typbasetype, x.typtypmod) || CASE WHEN x.typnotnull THEN ' NOT NULL ' ELSE ' ' END || coalesce(x.typdefault, '') ||
			coalesce((SELECT string_agg(pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname) FROM pg_constraint c WHERE c.contypid = x.oid), '')
			FROM pg_type x JOIN pg_namespace n ON n.oid = x.typnamespace WHERE x.typtype = 'd'` + here + own,
		`SELECT 'type', x.typname, NULL, (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = x.typrelid AND a.attnum > 0)
			FROM pg_type x JOIN pg_class c ON c.oid = x.typrelid JOIN pg_namespace n ON n.oid = x.typnamespace WHERE x.typtype = 'c' AND c.relkind = 'c'` + here + own,
		`SELECT 'index', x.relname, NULL, replace(pg_get_indexdef(x.oid), ' ' || quote_ident(n.nspname) || '.', ' ')
			FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = x.relnamespace WHERE t.relkind = 'm'` + here + own,
		`SELECT 'rule', x.rulename, t.relname, pg_get_ruledef(x.oid, true) || ' ' || x.ev_enabled::text
			FROM pg_rewrite x JOIN pg_class t ON t.oid = x.ev_class JOIN pg_namespace n ON n.oid = t.relnamespace WHERE x.rulename <> '_RETURN'` + here + own,
		`SELECT 'policy', p.policyname, p.tablename, concat_ws(' ', p.permissive, p.roles::text, p.cmd, p.qual, 'CHECK', p.with_check) FROM pg_policies p WHERE p.schemaname = current_schema()`,
		`SELECT k.kind, '', x.relname, '' FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace,
			LATERAL (VALUES ('` + kindRowSecurity + `', x.relrowsecurity), ('` + kindForcedSecurity + `', x.relforcerowsecurity)) AS k (kind, active) WHERE k.active` + here + own,
		`SELECT '` + kindDeferral + `', x.conname, t.relname, CASE WHEN x.condeferred THEN 'INITIALLY DEFERRED' ELSE 'DEFERRABLE' END
			FROM pg_constraint x JOIN pg_class t ON t.oid = x.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE x.condeferrable AND x.contype <> 't'` + here + own,
		`SELECT '` + kindUnvalidated + `', x.conname, t.relname, ''
			FROM pg_constraint x JOIN pg_class t ON t.oid = x.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE NOT x.convalidated` + here + own,
	}
}

// mysqlCatalog leaves out who defined what, which differs between servers.
func mysqlCatalog() []string {
	return []string{
		"SELECT 'view', TABLE_NAME, NULL, REPLACE(VIEW_DEFINITION, CONCAT('`', DATABASE(), '`.'), '') FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()",
		"SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ', EVENT_OBJECT_TABLE, ' ', ACTION_STATEMENT) " +
			"FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()",
		"SELECT LOWER(r.ROUTINE_TYPE), r.ROUTINE_NAME, NULL, CONCAT_WS(' ', r.DTD_IDENTIFIER, " +
			"(SELECT GROUP_CONCAT(p.PARAMETER_MODE, ' ', p.PARAMETER_NAME, ' ', p.DTD_IDENTIFIER ORDER BY p.ORDINAL_POSITION) FROM information_schema.PARAMETERS p " +
			"WHERE p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME AND p.ROUTINE_TYPE = r.ROUTINE_TYPE AND p.ORDINAL_POSITION > 0), " +
			"r.IS_DETERMINISTIC, r.SQL_DATA_ACCESS, r.SECURITY_TYPE, r.ROUTINE_DEFINITION) FROM information_schema.ROUTINES r WHERE r.ROUTINE_SCHEMA = DATABASE()",
		"SELECT 'event', EVENT_NAME, NULL, CONCAT_WS(' ', EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, EVENT_DEFINITION) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()",
		"SELECT 'sequence', TABLE_NAME, NULL, NULL FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'",
	}
}

var (
	textOrName = regexp.MustCompile("'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\\s+")
	wordlike   = regexp.MustCompile(`^\w+$`)
)

// plain takes the quotes off names and makes each spacing one space, outside of
// text. SQLite adds quotes when it renames what a view or trigger mentions.
func plain(definition string) string {
	return strings.TrimSpace(textOrName.ReplaceAllStringFunc(definition, func(part string) string {
		switch part[0] {
		case '\'':
			return part
		case '"', '`':
			if name := part[1 : len(part)-1]; wordlike.MatchString(name) {
				return name
			}
			return part
		default:
			return " "
		}
	}))
}
