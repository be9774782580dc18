package migration

import "github.com/framefox-go/framefox/framework/config"

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
		"SELECT table_name, '', CONCAT_WS('|', table_type, engine, table_collation, create_options, table_comment) FROM information_schema.tables " +
			"WHERE table_schema = DATABASE() AND table_name <> '" + RevisionsTable + "'",
		"SELECT table_name, '', CONCAT_WS('|', column_name, ordinal_position, IFNULL(column_default, 'no default'), is_nullable, column_type, " +
			"collation_name, extra, column_comment, generation_expression) FROM information_schema.columns " +
			"WHERE table_schema = DATABASE() AND table_name <> '" + RevisionsTable + "'",
		"SELECT table_name, '', CONCAT_WS('|', index_name, seq_in_index, IFNULL(column_name, 'expression'), non_unique, sub_part, collation, index_type, index_comment) " +
			"FROM information_schema.statistics WHERE table_schema = DATABASE()",
		"SELECT table_name, '', CONCAT_WS('|', constraint_name, constraint_type) FROM information_schema.table_constraints WHERE table_schema = DATABASE()",
		"SELECT table_name, '', CONCAT_WS('|', constraint_name, column_name, referenced_table_name, referenced_column_name) " +
			"FROM information_schema.key_column_usage WHERE table_schema = DATABASE()",
		"SELECT table_name, '', CONCAT_WS('|', constraint_name, update_rule, delete_rule) FROM information_schema.referential_constraints " +
			"WHERE constraint_schema = DATABASE()",
		"SELECT constraint_name, '', check_clause FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()",
		"SELECT table_name, '', view_definition FROM information_schema.views WHERE table_schema = DATABASE()",
		"SELECT trigger_name, event_object_table, CONCAT_WS('|', action_timing, event_manipulation, action_statement) FROM information_schema.triggers " +
			"WHERE trigger_schema = DATABASE()",
		"SELECT routine_name, '', CONCAT_WS('|', routine_type, routine_definition) FROM information_schema.routines WHERE routine_schema = DATABASE()",
		"SELECT event_name, '', event_definition FROM information_schema.events WHERE event_schema = DATABASE()",
		"SELECT table_name, '', CONCAT_WS('|', partition_name, partition_method, partition_expression, partition_description) " +
			"FROM information_schema.partitions WHERE table_schema = DATABASE() AND partition_name IS NOT NULL",
	}
}
