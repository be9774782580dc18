package plan

import (
	"fmt"
	"strings"
)

// Rule is what a finding is about.
type Rule string

// The rules.
const (
	FullScan  Rule = "full scan"             // a table is read from beginning to end
	Temporary Rule = "temporary table"       // rows are sorted or grouped without an index
	LargeLoop Rule = "large nested loop"     // many rows are visited in a loop
	BareLoop  Rule = "nested loop, no index" // a table is read whole for each row of another
)

// Finding is what is slow about one node of a plan.
type Finding struct {
	Rule   Rule    `json:"rule"`
	Table  string  `json:"table,omitempty"`
	Index  string  `json:"index,omitempty"`
	Rows   float64 `json:"rows,omitempty"` // that it is about
	Detail string  `json:"detail"`

	// Small says that so few rows are nothing to care about: there is no
	// recommendation then.
	Small bool  `json:"small,omitempty"`
	Node  *Node `json:"-"`
}

// texts are what is recommended, what the issue is called, and what is suggested.
func (r Rule) texts() (recommendation, issue, suggestion string) {
	switch r {
	case FullScan:
		return "Consider adding indexes for table scans", "Full table scan detected", "Consider adding an index on filtered columns"
	case Temporary:
		return "Query may benefit from composite indexes", "Temporary B-tree created for sorting/grouping", "Consider adding a composite index"
	case LargeLoop:
		return "Large nested loops may need optimization", "", ""
	default:
		return "", "Inefficient nested loop join", "Add indexes on join columns"
	}
}

// Thresholds say what is worth a recommendation. The zero value is the default.
type Thresholds struct {
	SmallTable float64 // rows below which a scan or a sort is small; default 1000
	LargeLoop  float64 // visits from which a nested loop is large; default 10,000
}

func (t Thresholds) withDefaults() Thresholds {
	if t.SmallTable == 0 {
		t.SmallTable = 1000
	}
	if t.LargeLoop == 0 {
		t.LargeLoop = 10_000
	}
	return t
}

// Findings looks at each node of a plan.
func (p *Plan) Findings(t Thresholds) (list []Finding) {
	t = t.withDefaults()
	for n := range p.All() {
		switch n.Kind {
		case TableScan:
			list = append(list, n.scanned(t))
		case Sort, Group, Distinct:
			list = append(list, n.sorted(t))
		case NestedLoop:
			list = append(list, n.looped(t)...)
		case PerRow:
			if inner := n.whole(); inner != nil {
				list = append(list, inner.unindexed(t, 0))
			}
		default:
		}
	}
	return list
}

func (n *Node) scanned(t Thresholds) Finding {
	f := Finding{Rule: FullScan, Node: n, Table: n.Table, Rows: n.TableRows}
	if f.Rows == 0 && !n.counted {
		f.Rows = max(n.Examined, n.Rows)
	}
	f.Small = f.Rows < t.SmallTable && !n.AtLeast && (n.counted || n.Examined > 0)
	f.Detail = "the whole table " + n.Table + " is read"
	if f.Rows > 0 {
		f.Detail += fmt.Sprintf(", %s rows", number(f.Rows))
	}
	if n.Filter != "" {
		f.Detail += ", to filter by " + n.Filter
	}
	return f
}

func (n *Node) sorted(t Thresholds) Finding {
	f := Finding{Rule: Temporary, Node: n, Rows: n.Rows}
	var names []string
	counted := false
	for _, child := range n.Children {
		f.Rows = max(f.Rows, child.given())
		if r, _ := child.visit(); r > f.Rows {
			f.Rows = r
		}
	}
	for below := range (&Plan{Root: n}).All() {
		if below.Table != "" {
			names = append(names, below.Table)
			counted = counted || below.counted
		}
	}
	f.Small = (f.Rows > 0 || counted) && f.Rows < t.SmallTable
	f.Detail = strings.TrimSuffix(string(n.Kind)+" for "+n.For, " for ")
	if len(names) > 0 {
		f.Table = names[0]
		f.Detail += " of rows from " + strings.Join(names, ", ")
	}
	return f
}

// looped looks at a nested loop: how much it visits, and whether an inner table is
// read whole.
func (n *Node) looped(t Thresholds) (list []Finding) {
	visits := 0.0
	for i, child := range n.Children {
		if i == 0 {
			visits = max(1, child.given())
			continue
		}
		if inner := child.whole(); inner != nil {
			list = append(list, inner.unindexed(t, visits))
		}
		visits *= max(1, child.given(), child.Examined)
	}
	if visits >= t.LargeLoop {
		list = append(list, Finding{
			Rule: LargeLoop, Node: n, Rows: visits,
			Detail: fmt.Sprintf("nested loops over %s visit about %s rows", strings.Join(n.read(), ", "), number(visits)),
		})
	}
	return list
}

func (n *Node) unindexed(t Thresholds, outer float64) Finding {
	f := Finding{Rule: BareLoop, Node: n, Table: n.Table, Rows: n.TableRows}
	if f.Rows == 0 {
		f.Rows = n.Examined
	}
	f.Small = f.Rows > 0 && f.Rows < t.SmallTable && !n.AtLeast && max(1, outer)*f.Rows < t.LargeLoop
	f.Detail = "for each row around, the table " + n.Table + " is read whole"
	if n.Kind == AutoIndex {
		f.Detail = "an index of " + n.Table + " is built for this statement alone (" + n.Condition + ")"
	}
	return f
}

// whole is the table that the node reads whole each time it runs; nil without one.
func (n *Node) whole() *Node {
	switch n.Kind {
	case TableScan, AutoIndex:
		return n
	case Subquery, PerRow, Aggregate, Group, Sort, Distinct, Other:
		for _, child := range n.Children {
			if inner := child.whole(); inner != nil {
				return inner
			}
		}
	default:
	}
	return nil
}

// read are the tables that the node and those below read.
func (n *Node) read() (names []string) {
	for below := range (&Plan{Root: n}).All() {
		if below.Table != "" {
			names = append(names, below.Table)
		}
	}
	return names
}
