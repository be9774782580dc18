package plan

import (
	"encoding/json"
	"fmt"
	"strings"
)

// postgresNode is a node as PostgreSQL writes it.
type postgresNode struct {
	Type      string   `json:"Node Type"`
	Parent    string   `json:"Parent Relationship"`
	Name      string   `json:"Subplan Name"`
	Strategy  string   `json:"Strategy"`
	Relation  string   `json:"Relation Name"`
	Alias     string   `json:"Alias"`
	CTE       string   `json:"CTE Name"`
	Index     string   `json:"Index Name"`
	Condition string   `json:"Index Cond"`
	Recheck   string   `json:"Recheck Cond"`
	Filter    string   `json:"Filter"`
	JoinOn    string   `json:"Join Filter"`
	HashCond  string   `json:"Hash Cond"`
	MergeCond string   `json:"Merge Cond"`
	SortKey   []string `json:"Sort Key"`
	GroupKey  []string `json:"Group Key"`
	Rows      float64  `json:"Plan Rows"`
	Actual    *float64 `json:"Actual Rows"`
	Removed   float64  `json:"Rows Removed by Filter"`
	Cost      float64  `json:"Total Cost"`

	Plans []postgresNode `json:"Plans"`
}

func readPostgres(data []byte) (*Node, error) {
	var list []struct {
		Plan *postgresNode `json:"Plan"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	if len(list) == 0 || list[0].Plan == nil {
		return nil, fmt.Errorf("%w: there is no Plan", ErrUnknown)
	}
	return list[0].Plan.node(), nil
}

func (p *postgresNode) node() *Node {
	n := &Node{
		Kind: p.kind(), Operation: p.Type, Table: p.Relation, Index: p.Index,
		Condition: p.condition(), Filter: p.Filter, Rows: p.Rows, Cost: p.Cost,
		Covering: strings.HasPrefix(p.Type, "Index Only"),
	}
	if p.Alias != p.Relation {
		n.Alias = p.Alias
	}
	if p.Actual != nil {
		n.Rows, n.Examined = *p.Actual, *p.Actual+p.Removed
	}
	if n.Filter == "" {
		n.Filter = p.JoinOn
	}
	for _, child := range p.Plans {
		c := child.node()
		switch child.Parent {
		case "SubPlan":
			c = &Node{Kind: PerRow, Operation: child.Name, Rows: c.Rows, Children: []*Node{c}}
			if strings.HasPrefix(child.Name, "CTE") {
				c.Kind = Subquery
			}
		case "InitPlan":
			c = &Node{Kind: Subquery, Operation: child.Name, Rows: c.Rows, Children: []*Node{c}}
		}
		n.Children = append(n.Children, c)
	}
	if p.Type == "Bitmap Heap Scan" {
		n.lift()
	}
	return n
}

// lift takes index and condition from the bitmap below, if that is of one index.
func (n *Node) lift() {
	if len(n.Children) == 1 && n.Children[0].Index != "" {
		n.Index, n.Condition = n.Children[0].Index, n.Children[0].Condition
		n.Children = nil
	}
}

func (p *postgresNode) condition() string {
	for _, c := range []string{p.Condition, p.HashCond, p.MergeCond} {
		if c != "" {
			return c
		}
	}
	if len(p.SortKey) > 0 {
		return ""
	}
	return p.Recheck
}

func (p *postgresNode) kind() Kind {
	switch p.Type {
	case "Seq Scan", "Sample Scan":
		return TableScan
	case "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Bitmap Index Scan", "Tid Scan", "Tid Range Scan":
		if p.Condition == "" && strings.HasPrefix(p.Type, "Index") {
			return IndexScan
		}
		return IndexSearch
	case "Nested Loop":
		return NestedLoop
	case "Hash Join":
		return HashJoin
	case "Merge Join":
		return MergeJoin
	case "Sort", "Incremental Sort":
		return Sort
	case "Aggregate", "Group":
		if p.Strategy == "Hashed" || p.Strategy == "Mixed" {
			return Group
		}
		return Aggregate
	case "Append", "Merge Append", "SetOp", "Recursive Union", "HashSetOp":
		return Union
	case "Subquery Scan", "Materialize", "Memoize":
		return Subquery
	case "CTE Scan", "Function Scan", "Values Scan", "Table Function Scan", "WorkTable Scan", "Result":
		return RowsScan
	}
	return Other
}
