package plan

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/internal/sqltext"
)

// SQLite says how it reads, and no numbers. What it reads is estimated from its
// own statistics as its planner does: an index says how many rows a value has; a
// range without both ends is a quarter; a column without an index a tenth.

var sqliteTerm = regexp.MustCompile(`([^\s(]+?)(=|>|<|>=|<=)\?`)

// guess estimates how many rows the node reads and gives.
func (n *Node) guess(s size, statement *sqltext.Statement) {
	switch n.Kind {
	case TableScan, IndexScan:
		n.Examined = s.rows
		if in := s.indexes[n.Index]; len(in) > 0 {
			n.Examined = in[0]
		}
	case AutoIndex:
		n.Examined = math.Min(10, s.rows)
	case IndexSearch:
		n.Examined = n.found(s)
	default:
	}
	used := map[string]bool{}
	for _, m := range sqliteTerm.FindAllStringSubmatch(n.Condition, -1) {
		used[strings.ToLower(m[1])] = true
	}
	if used["rowid"] {
		used["id"] = true
	}
	n.Rows = math.Max(n.Examined*n.selectivity(statement, used), math.Min(1, n.Examined))
}

// found is how many rows the index has for what is looked up.
func (n *Node) found(s size) float64 {
	equals, ranges := 0, 0
	for _, m := range sqliteTerm.FindAllStringSubmatch(n.Condition, -1) {
		if m[2] == "=" {
			equals++
		} else {
			ranges++
		}
	}
	rows := s.rows
	statistics := s.indexes[n.Index]
	switch {
	case n.Index == "PRIMARY KEY" && equals > 0:
		rows = 1
	case equals > 0 && equals < len(statistics):
		rows = statistics[equals]
	case equals == 0 && len(statistics) > 0:
		rows = statistics[0]
	case equals > 0 && strings.HasPrefix(n.Index, "sqlite_autoindex_"):
		rows = 1
	case equals > 0:
		rows = math.Max(1, s.rows/math.Pow(10, float64(equals)))
	}
	return math.Max(rows*math.Pow(0.25, float64(ranges)), math.Min(1, s.rows))
}

// selectivity is which part of the rows passes the conditions that the index does
// not serve.
func (n *Node) selectivity(s *sqltext.Statement, used map[string]bool) float64 {
	alias := n.Alias
	if alias == "" {
		alias = n.Table
	}
	part := 1.0
	for _, b := range s.Blocks {
		if _, ok := b.Find(alias); !ok {
			continue
		}
		for _, c := range b.Where {
			mine := strings.EqualFold(c.Table, alias) || c.Table == "" && len(b.Tables) == 1
			if !mine || used[strings.ToLower(c.Name)] {
				continue
			}
			switch c.Op {
			case sqltext.Equal:
				part *= 0.1
			case sqltext.Range:
				part *= 0.25
			case sqltext.IsNull:
				part *= 0.9
			case sqltext.Join:
			}
		}
		break
	}
	return part
}

// wanted is how many rows the statement asks for.
type wanted struct {
	rows float64
	all  bool // it must see all rows before it gives the first
}

// estimate is how many rows the tree visits; what is not covered by an index
// visits the table besides.
func (n *Node) estimate(w *wanted) float64 {
	sorted := false
	if w != nil {
		sorted = n.sorts()
	}
	rows, cost := n.visit()
	if w != nil && !sorted && !w.all && rows > w.rows {
		cost *= w.rows / rows
	}
	return math.Ceil(cost)
}

// sorts reports whether all rows are read before the first is given.
func (n *Node) sorts() bool {
	switch n.Kind {
	case Sort, Group, Distinct:
		return true
	case Other:
		return slices.ContainsFunc(n.Children, (*Node).sorts)
	default:
		return false
	}
}

// visit estimates what one run of the node gives and costs.
func (n *Node) visit() (rows, cost float64) {
	inner, innerCost := n.children()
	switch n.Kind {
	case TableScan:
		return n.given(), n.Examined + innerCost
	case IndexScan, IndexSearch, AutoIndex:
		each := 2.0
		if n.Covering || n.Index == "PRIMARY KEY" || n.Index == "PRIMARY" {
			each = 1
		}
		return n.given(), 1 + n.Examined*each + innerCost
	case RowsScan:
		if len(n.Children) == 0 {
			return math.Max(1, n.given()), math.Max(1, n.Examined)
		}
		if n.given() > 0 {
			return n.given(), n.Examined
		}
		return inner, inner
	case Sort:
		return inner, innerCost + inner*math.Log2(inner+2)
	case Group, Distinct:
		return inner, innerCost + inner
	default:
		return inner, innerCost
	}
}

func (n *Node) given() float64 {
	if n.Rows > 0 {
		return n.Rows
	}
	return n.Examined
}

// children estimates the nodes below: loops multiply, the others add up, and what
// runs for each row does so behind them.
func (n *Node) children() (rows, cost float64) {
	for i, child := range n.Children {
		r, c := child.visit()
		if child.Kind == RowsScan && len(child.Children) > 0 { // made once, before the loop
			_, once := child.children()
			defer func() { cost += once }()
		}
		switch {
		case i == 0:
			rows, cost = r, c
		case n.Kind == NestedLoop && child.Kind == AutoIndex:
			cost += child.TableRows*math.Log2(child.TableRows+2) + rows*c
			rows *= r
		case n.Kind == NestedLoop:
			cost += rows * c
			rows *= r
		case child.Kind == PerRow:
			cost += rows * c
		case n.Kind == Union:
			rows, cost = rows+r, cost+c
		default:
			cost += c
		}
	}
	return rows, cost
}
