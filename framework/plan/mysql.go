package plan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// object is a part of the plan. MySQL and MariaDB name parts by what they do;
// which stand within which differs between them and between versions.
type object map[string]any

func readMySQL(data []byte) (*Node, error) {
	var top object
	if err := json.Unmarshal(repaired(data), &top); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	if plan := top.part("query_plan"); plan != nil {
		return plan.version2(), nil
	}
	if _, ok := top["inputs"]; ok {
		return top.version2(), nil
	}
	block := top.part("query_block")
	if block == nil {
		return nil, fmt.Errorf("%w: there is no query_block", ErrUnknown)
	}
	root := together(&Node{Kind: Other}, block.nodes())
	if root.Cost == 0 {
		root.Cost = block.cost()
	}
	return root, nil
}

// repaired takes out backslashes that JSON does not know: MariaDB writes a quote
// within a text as \' there.
func repaired(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] == '\\' && i+1 < len(data) {
			if strings.IndexByte(`"\/bfnrtu`, data[i+1]) >= 0 {
				out = append(out, data[i])
			}
			i++
		}
		out = append(out, data[i])
	}
	return out
}

// together puts the nodes below one, if they are not one already.
func together(n *Node, nodes []*Node) *Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	n.Children = nodes
	return n
}

// cost is that of a block: MySQL since 5.7, MariaDB since 11.
func (o object) cost() float64 {
	if info := o.part("cost_info"); info != nil {
		return info.number("query_cost")
	}
	return o.number("cost")
}

// nodes are the steps of a part.
func (o object) nodes() (list []*Node) {
	for _, wrap := range []struct {
		key, purpose string
		kind         Kind
	}{
		{"ordering_operation", "ORDER BY", Sort},
		{"grouping_operation", "GROUP BY", Group},
		{"duplicates_removal", "DISTINCT", Distinct},
		{"filesort", "ORDER BY", Sort},
		{"read_sorted_file", "", Other},
		{"temporary_table", "GROUP BY", Group},
		{"windowing", "", Other},
		{"window_functions_computation", "", Other},
		{"sorts", "", Other},
		{"buffer_result", "", Other},
		{"block-nl-join", "", Other},
		{"range-checked-for-each-record", "", Other},
	} {
		if inner := o.part(wrap.key); inner != nil {
			list = append(list, inner.wrapped(wrap.key, wrap.kind, wrap.purpose)...)
		}
	}
	if loop := o.parts("nested_loop"); len(loop) > 0 {
		var children []*Node
		for _, step := range loop {
			children = append(children, step.nodes()...)
		}
		list = append(list, joined(children))
	}
	if table := o.part("table"); table != nil {
		list = append(list, table.table())
	}
	if union := o.part("union_result"); union != nil {
		n := &Node{Kind: Union, Operation: "union_result"}
		for _, q := range union.parts("query_specifications") {
			n.Children = append(n.Children, q.part("query_block").nodes()...)
		}
		list = append(list, n)
	}
	return append(list, o.subqueries()...)
}

func joined(children []*Node) *Node {
	n := &Node{Kind: NestedLoop, Operation: "nested_loop", Children: children}
	if len(children) == 1 {
		return children[0]
	}
	n.Rows = 1
	for _, child := range children {
		n.Rows *= child.Rows
	}
	if last := children[len(children)-1]; last.produced > 0 {
		n.Rows = last.produced
	}
	if slices.ContainsFunc(children[1:], func(c *Node) bool { return strings.Contains(c.Operation, "hash") }) {
		n.Kind = HashJoin
	}
	return n
}

// wrapped reads a step around others. MySQL writes it also where it has nothing
// to do, because an index gives the order.
func (o object) wrapped(key string, kind Kind, purpose string) []*Node {
	inner := o.nodes()
	filesort, sorts := o["using_filesort"].(bool)
	temporary, _ := o["using_temporary_table"].(bool)
	switch {
	case key == "block-nl-join":
		for _, n := range inner {
			n.Operation += ", block nested loop"
			if strings.Contains(o.text("join_type"), "H") {
				n.Operation += ", hash"
			}
			if n.Filter == "" {
				n.Filter = o.text("attached_condition")
			}
		}
		return inner
	case kind == Other:
		return inner
	case strings.HasSuffix(key, "_operation") && kind == Sort && !filesort,
		strings.HasSuffix(key, "_operation") && sorts && !filesort && !temporary,
		key == "duplicates_removal" && !temporary && !filesort:
		return inner
	}
	n := &Node{Kind: kind, Operation: key, For: purpose}
	n.Children = inner
	return []*Node{n}
}

// subqueries are those that stand beside the tables.
func (o object) subqueries() (list []*Node) {
	for _, key := range []string{"subqueries", "attached_subqueries", "select_list_subqueries", "order_by_subqueries", "group_by_subqueries", "having_subqueries"} {
		for _, q := range o.parts(key) {
			if cache := q.part("expression_cache"); cache != nil {
				q = cache
			}
			n := &Node{Kind: Subquery, Operation: key}
			if dependent, _ := q["dependent"].(bool); dependent || q.part("query_block").correlated() {
				n.Kind = PerRow
			}
			n.Children = q.part("query_block").nodes()
			list = append(list, n)
		}
	}
	return list
}

var mysqlAlias = regexp.MustCompile("([A-Za-z_][A-Za-z0-9_]*)`?\\.`?[A-Za-z_]")

// correlated guesses for MariaDB, which does not say: something in the block is
// looked up by a value of a table that is not in it.
func (o object) correlated() bool {
	tables, refs := map[string]bool{}, []string{}
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if name, ok := v["table_name"].(string); ok {
				tables[name] = true
			}
			if list, ok := v["ref"].([]any); ok {
				for _, r := range list {
					parts := strings.Split(textOf(r), ".")
					if len(parts) > 2 {
						refs = append(refs, parts[len(parts)-2])
					}
				}
			}
			for _, key := range []string{"attached_condition", "index_condition"} {
				condition, _ := v[key].(string)
				for _, m := range mysqlAlias.FindAllStringSubmatch(condition, -1) {
					refs = append(refs, m[1])
				}
			}
			for _, inner := range v {
				visit(inner)
			}
		case []any:
			for _, inner := range v {
				visit(inner)
			}
		}
	}
	visit(map[string]any(o))
	return slices.ContainsFunc(refs, func(r string) bool { return !tables[r] })
}

// table reads how a table is read.
func (o object) table() *Node {
	n := &Node{
		Table: o.text("table_name"), Operation: o.text("access_type"), Index: o.text("key"),
		Filter: o.text("attached_condition"), Examined: o.number("rows"),
	}
	n.Covering, _ = o["using_index"].(bool)
	if n.Examined == 0 {
		n.Examined = o.number("rows_examined_per_scan")
	}
	if measured := o.number("r_rows"); measured > 0 {
		n.Examined = measured
	}
	n.Rows = n.Examined
	if filtered, ok := o["filtered"]; ok {
		n.Rows = n.Examined * toNumber(filtered) / 100
	}
	if n.produced = o.number("rows_produced_per_join"); n.Examined == 0 {
		n.Rows = n.produced
	}
	if info := o.part("cost_info"); info != nil {
		n.Cost = info.number("prefix_cost")
	}
	if buffer := o.text("using_join_buffer"); buffer != "" {
		n.Operation += ", " + buffer
	}
	parts := o.list("used_key_parts")
	n.Kind = map[string]Kind{"ALL": TableScan, "index": IndexScan, "": RowsScan}[o.text("access_type")]
	switch {
	case n.Kind == RowsScan:
		n.Operation = o.text("message")
		n.Table = ""
	case strings.HasPrefix(n.Table, "<"):
		n.Kind, n.Index = RowsScan, ""
		n.Operation, n.Table = n.Table, ""
	case n.Kind == IndexScan && n.Index == "PRIMARY" && !n.Covering: // that is the table
		n.Kind, n.Index = TableScan, ""
	case n.Kind == "":
		n.Kind = IndexSearch
		n.Condition = strings.Join(parts, ", ")
	}
	if inner := o.part("materialized_from_subquery"); inner != nil {
		n.Children = inner.part("query_block").nodes()
	}
	if inner := o.part("materialized"); inner != nil {
		n.Children = inner.part("query_block").nodes()
	}
	n.Children = append(n.Children, o.subqueries()...)
	return n
}

// version2 reads the form that MySQL has since 8.3 with
// explain_json_format_version=2.
func (o object) version2() *Node {
	n := &Node{
		Operation: o.text("operation"), Table: o.text("table_name"), Alias: o.text("alias"), Index: o.text("index_name"),
		Filter: o.text("condition"), Rows: o.number("estimated_rows"), Cost: o.number("estimated_total_cost"), Kind: Other,
	}
	n.Covering, _ = o["covering"].(bool)
	if n.Alias == n.Table {
		n.Alias = ""
	}
	switch access := o.text("access_type"); access {
	case "table":
		n.Kind, n.Examined = TableScan, n.Rows
	case "index":
		n.Kind = IndexSearch
		if o.text("index_access_type") == "index_scan" {
			n.Kind = IndexScan
		}
		n.Condition = strings.Join(o.list("lookup_condition"), ", ")
	case "join":
		n.Kind = NestedLoop
		if o.text("join_algorithm") == "hash" {
			n.Kind = HashJoin
		}
	case "sort":
		n.Kind, n.For = Sort, "ORDER BY"
	case "aggregate", "temp_table_aggregate":
		n.Kind = Aggregate
		if access == "temp_table_aggregate" {
			n.Kind, n.For = Group, "GROUP BY"
		}
	case "append", "union":
		n.Kind = Union
	case "materialize":
		n.Kind = Subquery
	case "rows_fetched_before_execution":
		n.Kind = RowsScan
	}
	for _, input := range o.parts("inputs") {
		n.Children = append(n.Children, input.version2())
	}
	if n.Kind == Other && len(n.Children) == 1 && n.Table == "" { // a filter, a limit
		child := n.Children[0]
		if child.Filter == "" {
			child.Filter = n.Filter
		}
		child.Cost = max(child.Cost, n.Cost)
		return child
	}
	return n
}

func (o object) part(key string) object {
	inner, _ := o[key].(map[string]any)
	return inner
}

func (o object) parts(key string) (list []object) {
	items, _ := o[key].([]any)
	for _, item := range items {
		if inner, ok := item.(map[string]any); ok {
			list = append(list, inner)
		}
	}
	return list
}

func (o object) list(key string) (list []string) {
	items, _ := o[key].([]any)
	for _, item := range items {
		list = append(list, textOf(item))
	}
	return list
}

func (o object) text(key string) string {
	text, _ := o[key].(string)
	return text
}

func (o object) number(key string) float64 { return toNumber(o[key]) }

// toNumber reads a number, which MySQL often writes as text.
func toNumber(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case string:
		n, err := strconv.ParseFloat(v, 64)
		if err == nil {
			return n
		}
	}
	return 0
}
