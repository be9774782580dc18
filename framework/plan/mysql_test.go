package plan_test

import (
	"testing"

	"entgo.io/ent/dialect"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/plan"
)

// What MySQL 8 answers, which names the parts otherwise than MariaDB.
//
// Covers: J09, J10, J12, J31.
func TestReadsMySQL(t *testing.T) {
	t.Parallel()
	p, err := plan.Parse(dialect.MySQL, []byte(`{"query_block": {"select_id": 1, "cost_info": {"query_cost": "4042.95"},
		"ordering_operation": {"using_filesort": true, "cost_info": {"sort_cost": "500.00"},
		"grouping_operation": {"using_temporary_table": true, "using_filesort": false,
		"nested_loop": [
			{"table": {"table_name": "u", "access_type": "ALL", "possible_keys": ["PRIMARY"], "rows_examined_per_scan": 2000,
				"rows_produced_per_join": 200, "filtered": "10.00", "cost_info": {"read_cost": "180.00", "eval_cost": "20.00", "prefix_cost": "203.00", "data_read_per_join": "70K"},
				"used_columns": ["id", "name", "status"], "attached_condition": "(u.status = 'a')"}},
			{"table": {"table_name": "p", "access_type": "ref", "possible_keys": ["author_id"], "key": "author_id", "used_key_parts": ["author_id"],
				"key_length": "9", "ref": ["shop.u.id"], "rows_examined_per_scan": 9, "rows_produced_per_join": 1800, "filtered": "100.00", "using_index": true,
				"cost_info": {"read_cost": "90.00", "eval_cost": "180.00", "prefix_cost": "542.95"}, "used_columns": ["author_id"],
				"attached_subqueries": [{"dependent": true, "cacheable": false, "query_block": {"select_id": 2, "cost_info": {"query_cost": "21.00"},
					"table": {"table_name": "tags", "access_type": "ALL", "rows_examined_per_scan": 5000, "rows_produced_per_join": 5000, "filtered": "100.00"}}}]}}
		]}}}}`))
	require.NoError(t, err)
	require.Equal(t, plan.Planner, p.Unit)
	require.InDelta(t, 4042.95, p.Cost, 0)
	require.Equal(t, plan.Sort, p.Root.Kind)
	group := p.Root.Children[0]
	require.Equal(t, plan.Group, group.Kind)
	loop := group.Children[0]
	require.Equal(t, plan.NestedLoop, loop.Kind)
	require.Equal(t, plan.TableScan, loop.Children[0].Kind)
	require.InDelta(t, 200, loop.Children[0].Rows, 0)
	require.Equal(t, plan.IndexSearch, loop.Children[1].Kind)
	require.True(t, loop.Children[1].Covering)
	require.Equal(t, plan.PerRow, loop.Children[1].Children[0].Kind)
	var rules []plan.Rule
	for _, f := range p.Findings(plan.Thresholds{}) {
		rules = append(rules, f.Rule)
	}
	require.Contains(t, rules, plan.FullScan)
	require.Contains(t, rules, plan.Temporary)
	require.Contains(t, rules, plan.BareLoop)
}

// An order that an index gives is no sort.
//
// Covers: J09, J12.
func TestReadsMySQLWithoutSort(t *testing.T) {
	t.Parallel()
	p, err := plan.Parse(dialect.MySQL, []byte(`{"query_block": {"select_id": 1, "cost_info": {"query_cost": "1.10"},
		"ordering_operation": {"using_filesort": false, "table": {"table_name": "posts", "access_type": "index", "key": "published_at",
		"used_key_parts": ["published_at"], "rows_examined_per_scan": 20, "rows_produced_per_join": 20, "filtered": "100.00"}}}}`))
	require.NoError(t, err)
	require.Equal(t, plan.IndexScan, p.Root.Kind)
	require.Empty(t, p.Findings(plan.Thresholds{}))
}

// The form of explain_json_format_version=2.
//
// Covers: J12.
func TestReadsMySQLVersion2(t *testing.T) {
	t.Parallel()
	p, err := plan.Parse(dialect.MySQL, []byte(`{"query": "/* select#1 */ select 1", "query_type": "select", "operation": "Nested loop inner join", "access_type": "join",
		"join_type": "inner join", "join_algorithm": "nested_loop", "estimated_rows": 76470, "estimated_total_cost": 49828, "inputs": [
		{"operation": "Filter: (orders.quantity > 1000)", "access_type": "filter", "condition": "(orders.quantity > 1000)", "estimated_rows": 76470, "estimated_total_cost": 23063,
			"inputs": [{"operation": "Table scan on orders", "access_type": "table", "table_name": "orders", "alias": "orders", "estimated_rows": 229430, "estimated_total_cost": 23063}]},
		{"operation": "Single-row index lookup on i using PRIMARY", "access_type": "index", "index_access_type": "index_lookup", "table_name": "items", "alias": "i",
			"index_name": "PRIMARY", "covering": false, "lookup_condition": "item_id=orders.item_id", "estimated_rows": 1, "estimated_total_cost": 0.25}]}`))
	require.NoError(t, err)
	require.InDelta(t, 49828, p.Cost, 0)
	require.Equal(t, plan.NestedLoop, p.Root.Kind)
	require.Equal(t, plan.TableScan, p.Root.Children[0].Kind)
	require.Equal(t, "(orders.quantity > 1000)", p.Root.Children[0].Filter)
	require.Equal(t, "items", p.Root.Children[1].Table)
	require.Equal(t, "PRIMARY", p.Root.Children[1].Index)
	_, err = plan.Parse(dialect.MySQL, []byte(`{"something": 1}`))
	require.ErrorIs(t, err, plan.ErrUnknown)
	_, err = plan.Parse(dialect.Postgres, []byte(`[]`))
	require.ErrorIs(t, err, plan.ErrUnknown)
}
