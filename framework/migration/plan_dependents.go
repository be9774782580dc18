package migration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// dropDependents drops what the migration has added to views, triggers and
// functions, or has changed about them. What a table still needs is left, as
// with runAny.
func (u *undo) dropDependents(ctx context.Context) (left []*migrate.Change, err error) {
	now, err := catalogDependents(ctx, u.dialect, u.conn)
	if err != nil {
		return nil, err
	}
	var drops []*migrate.Change
	for _, o := range now {
		if !slices.Contains(u.before.dependents, o) && !o.clause() {
			drops = append(drops, &migrate.Change{
				Cmd:     u.dropDependent(o),
				Comment: fmt.Sprintf("drop %s %q", o.kind, o.name),
			})
			if o.kind == kindVirtual && !isCompanion(o, now) {
				u.note(Risk{
					Kind: Destructive, Code: "drop-table", Table: o.name,
					Reason: "table " + o.name + " and its rows are dropped", Advice: "back the database up before",
				})
			}
		}
	}
	return u.runAny(ctx, drops)
}

// createDependents creates again what the migration has dropped or changed, and
// makes sure that nothing is missing.
func (u *undo) createDependents(ctx context.Context) error {
	now, err := catalogDependents(ctx, u.dialect, u.conn)
	if err != nil {
		return err
	}
	var creations []*migrate.Change
	for _, o := range u.before.dependents {
		if slices.Contains(now, o) {
			continue
		}
		creation := u.before.creations[o.key()]
		if creation == "" {
			return fmt.Errorf("%s %q is not as it was before, and how to create it is not known: %w", o.kind, o.name, errNoStatement)
		}
		creations = append(creations, &migrate.Change{Cmd: creation, Comment: fmt.Sprintf("create %s %q again", o.kind, o.name)})
		switch {
		case isCompanion(o, u.before.dependents):
			creations = append(creations, &migrate.Change{Cmd: refill(o.name)}) // fails until the table is there, see runAny
		case o.kind == kindVirtual:
			u.note(Risk{
				Kind: Lossy, Code: "table-returns-empty", Table: o.name,
				Reason: "table " + o.name + " comes back without its rows", Advice: "restore them from a backup",
			})
		}
	}
	if _, err := u.runAny(ctx, creations); err != nil {
		return err
	}
	after, err := catalogDependents(ctx, u.dialect, u.conn)
	if err != nil {
		return err
	}
	for _, d := range dependentDifferences(u.before.dependents, after) {
		return fmt.Errorf("%s: %w", d, errNoStatement)
	}
	return nil
}

// runAny runs statements that may depend on each other, in an order in which
// they succeed. Those for which there is none are left, and the error says why.
func (u *undo) runAny(ctx context.Context, statements []*migrate.Change) (left []*migrate.Change, err error) {
	for len(statements) > 0 {
		var first error
		left = nil
		for _, c := range statements {
			err := u.run(ctx, c)
			var failed *StatementError
			if err != nil && (ctx.Err() != nil || !errors.As(err, &failed)) {
				return nil, err
			}
			if err != nil {
				left = append(left, c)
				first = errors.Join(first, err)
			}
		}
		if len(left) == len(statements) {
			return left, first
		}
		statements = left
	}
	return nil, nil
}

func (s *scratch) dropDependent(o dependent) string {
	name := s.quote(o.name)
	switch {
	case o.kind == kindRowSecurity:
		return "ALTER TABLE " + s.quote(o.table) + " DISABLE ROW LEVEL SECURITY"
	case o.kind == kindForcedSecurity:
		return "ALTER TABLE " + s.quote(o.table) + " NO FORCE ROW LEVEL SECURITY"
	case s.dialect == config.Postgres && o.table != "":
		return fmt.Sprintf("DROP %s %s ON %s", strings.ToUpper(o.kind), name, s.quote(o.table))
	case o.kind == "enum":
		return "DROP TYPE " + name
	case o.kind == kindVirtual:
		return "DROP TABLE " + name
	case s.dialect == config.Postgres && strings.Contains(o.name, "("): // a routine with its arguments
		plain, arguments, _ := strings.Cut(o.name, "(")
		name = s.quote(plain) + "(" + arguments
	}
	return "DROP " + strings.ToUpper(o.kind) + " " + name
}

// creations are the statements that create dependents, by their keys. Those
// that cannot be had are left out.
func (s *scratch) creations(ctx context.Context, list []dependent) (map[string]string, error) {
	found := make(map[string]string, len(list))
	if len(list) == 0 {
		return found, nil
	}
	for _, query := range s.creationQueries() {
		err := each(ctx, s.conn, "read the catalogs", query, func(rows *sql.Rows) error {
			var (
				o               dependent
				table, creation sql.NullString
			)
			err := rows.Scan(&o.kind, &o.name, &table, &creation)
			o.table = table.String
			found[o.key()] = strings.TrimRight(creation.String, "; \n")
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if s.dialect == config.MySQL {
		return found, s.routines(ctx, list, found)
	}
	return found, nil
}

// creationQueries each select kind, name, table and the statement. Names within
// it are not qualified, so that it runs in any database.
func (s *scratch) creationQueries() []string {
	switch s.dialect {
	case config.SQLite:
		return []string{
			"SELECT type, name, CASE type WHEN 'trigger' THEN tbl_name END, sql FROM sqlite_master WHERE type IN ('view', 'trigger')",
			sqliteVirtual,
		}
	case config.Postgres:
		const here = " AND n.nspname = current_schema()"
		return []string{
			`SELECT CASE x.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, x.relname, NULL,
				CASE x.relkind WHEN 'v' THEN 'CREATE OR REPLACE VIEW ' ELSE 'CREATE MATERIALIZED VIEW ' END || quote_ident(x.relname) || ' AS ' || pg_get_viewdef(x.oid)
				FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace WHERE x.relkind IN ('v', 'm')` + here,
			`SELECT 'trigger', t.tgname, x.relname, replace(pg_get_triggerdef(t.oid), ' ' || quote_ident(n.nspname) || '.', ' ')
				FROM pg_trigger t JOIN pg_class x ON x.oid = t.tgrelid JOIN pg_namespace n ON n.oid = x.relnamespace
				WHERE NOT t.tgisinternal AND t.tgenabled = 'O'` + here,
			`SELECT CASE x.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, x.proname || '(' || pg_get_function_identity_arguments(x.oid) || ')', NULL,
				replace(pg_get_functiondef(x.oid), quote_ident(n.nspname) || '.', '')
				FROM pg_proc x JOIN pg_namespace n ON n.oid = x.pronamespace WHERE x.prokind IN ('f', 'p')` + here,
			`SELECT 'enum', x.typname, NULL, 'CREATE TYPE ' || quote_ident(x.typname) || ' AS ENUM (' ||
				(SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = x.oid) || ')'
				FROM pg_type x JOIN pg_namespace n ON n.oid = x.typnamespace WHERE x.typtype = 'e'` + here,
			`SELECT 'index', x.relname, NULL, replace(pg_get_indexdef(x.oid), ' ' || quote_ident(n.nspname) || '.', ' ')
				FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = x.relnamespace WHERE t.relkind = 'm'` + here,
			`SELECT 'rule', x.rulename, t.relname, replace(pg_get_ruledef(x.oid), ' ' || quote_ident(n.nspname) || '.', ' ')
				FROM pg_rewrite x JOIN pg_class t ON t.oid = x.ev_class JOIN pg_namespace n ON n.oid = t.relnamespace WHERE x.rulename <> '_RETURN' AND x.ev_enabled = 'O'` + here,
			`SELECT 'policy', p.policyname, p.tablename, 'CREATE POLICY ' || quote_ident(p.policyname) || ' ON ' || quote_ident(p.tablename) || ' AS ' || p.permissive || ' FOR ' || p.cmd || ' TO ' ||
				(SELECT string_agg(CASE r WHEN 'public' THEN r ELSE quote_ident(r) END, ', ') FROM unnest(p.roles::text[]) AS r) || coalesce(' USING (' || p.qual || ')', '') || coalesce(' WITH CHECK (' || p.with_check || ')', '')
				FROM pg_policies p WHERE p.schemaname = current_schema()`,
			`SELECT k.kind, '', x.relname, 'ALTER TABLE ' || quote_ident(x.relname) || k.way FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace,
				LATERAL (VALUES ('` + kindRowSecurity + `', x.relrowsecurity, ' ENABLE ROW LEVEL SECURITY'), ('` + kindForcedSecurity + `', x.relforcerowsecurity, ' FORCE ROW LEVEL SECURITY')) AS k (kind, active, way) WHERE k.active` + here,
		}
	default:
		return []string{
			"SELECT 'view', TABLE_NAME, NULL, CONCAT('CREATE VIEW `', TABLE_NAME, '` AS ', REPLACE(VIEW_DEFINITION, CONCAT('`', DATABASE(), '`.'), '')) " +
				"FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()",
			"SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, CONCAT('CREATE TRIGGER `', TRIGGER_NAME, '` ', ACTION_TIMING, ' ', EVENT_MANIPULATION, " +
				"' ON `', EVENT_OBJECT_TABLE, '` FOR EACH ROW ', ACTION_STATEMENT) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()",
		}
	}
}

var definer = regexp.MustCompile(`^(CREATE) DEFINER=\S+ `)

// routines asks MySQL for its functions and procedures, one by one.
func (s *scratch) routines(ctx context.Context, list []dependent, found map[string]string) error {
	for _, o := range list {
		if o.kind != "function" && o.kind != "procedure" {
			continue
		}
		query := "SHOW CREATE " + strings.ToUpper(o.kind) + " " + s.quote(o.name)
		err := each(ctx, s.conn, "read the catalogs", query, func(rows *sql.Rows) error {
			var (
				rest     sql.RawBytes
				creation sql.NullString
			)
			err := rows.Scan(&rest, &rest, &creation, &rest, &rest, &rest)
			found[o.key()] = definer.ReplaceAllString(creation.String, "$1 ")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
