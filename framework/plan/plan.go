package plan

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Plan is how a database runs a statement.
type Plan struct {
	Dialect string  `json:"dialect"` // as Ent calls it
	Cost    float64 `json:"cost"`
	Unit    Unit    `json:"unit"`
	Ran     bool    `json:"ran,omitempty"` // the numbers of rows are measured
	Root    *Node   `json:"root"`
	Raw     string  `json:"-"` // what the database said
}

// Unit is what a cost counts.
type Unit string

// The units.
const (
	Planner Unit = "planner" // what the planner says
	Visits  Unit = "rows"    // rows that are visited, estimated
)

// Kind is what a node of a plan does.
type Kind string

// The kinds.
const (
	TableScan   Kind = "scan"                  // reads a table from beginning to end
	IndexScan   Kind = "index scan"            // reads an index from beginning to end
	IndexSearch Kind = "search"                // looks rows up in an index, or in the table by its key
	AutoIndex   Kind = "auto index"            // builds an index for this statement alone
	RowsScan    Kind = "rows"                  // reads what is no table: a subquery, a list, a function
	NestedLoop  Kind = "nested loop"           // for each row of the first child, the others
	HashJoin    Kind = "hash join"             // reads all children once
	MergeJoin   Kind = "merge join"            // reads all children once, in order
	Sort        Kind = "sort"                  // puts rows in order
	Group       Kind = "group"                 // collects rows in a temporary table or a hash
	Distinct    Kind = "distinct"              // leaves double rows out, the same way
	Aggregate   Kind = "aggregate"             // counts and sums as the rows come
	Subquery    Kind = "subquery"              // runs its children once
	PerRow      Kind = "subquery for each row" // runs its children for each row of the block around
	Union       Kind = "union"                 // one after the other
	Other       Kind = "step"                  // anything else
)

// Node is a step of a plan. What the database does not tell is empty; a number
// that it does not tell is 0.
type Node struct {
	Kind      Kind    `json:"kind"`
	Operation string  `json:"operation"`       // in the words of the database
	Table     string  `json:"table,omitempty"` // the table that is read
	Alias     string  `json:"alias,omitempty"` // what the statement calls it, if otherwise
	Index     string  `json:"index,omitempty"`
	Covering  bool    `json:"covering,omitempty"`  // the index has all that is asked: the table is not read
	Condition string  `json:"condition,omitempty"` // what is looked up in the index
	Filter    string  `json:"filter,omitempty"`    // what is tested row by row
	For       string  `json:"for,omitempty"`       // of a sort or a group: "ORDER BY"
	Rows      float64 `json:"rows,omitempty"`      // that it gives, each time it runs
	Examined  float64 `json:"examined,omitempty"`  // that it reads, each time it runs
	TableRows float64 `json:"tableRows,omitempty"` // in the table, about
	AtLeast   bool    `json:"atLeast,omitempty"`   // TableRows may be more
	Cost      float64 `json:"cost,omitempty"`      // with its children
	Children  []*Node `json:"children,omitempty"`

	counted  bool    // TableRows is known, also if it is 0
	produced float64 // MySQL: rows of the join up to and with this table
}

// All yields the nodes from the root down, each with the one above it.
func (p *Plan) All() iter.Seq2[*Node, *Node] {
	return func(yield func(node, above *Node) bool) { walk(p.Root, nil, yield) }
}

func walk(n, above *Node, yield func(node, above *Node) bool) bool {
	if !yield(n, above) {
		return false
	}
	for _, child := range n.Children {
		if !walk(child, n, yield) {
			return false
		}
	}
	return true
}

// Indexes are the indexes that the plan uses, sorted.
func (p *Plan) Indexes() (names []string) {
	for n := range p.All() {
		if n.Index != "" && n.Kind != AutoIndex {
			names = append(names, n.Index)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Rows is how many rows the plan gives; 0 if the database does not tell.
func (p *Plan) Rows() float64 { return p.Root.Rows }

// String draws the tree.
func (p *Plan) String() string {
	var b strings.Builder
	top := []*Node{p.Root}
	if p.Root.Kind == Other && p.Root.Operation == "" {
		top = p.Root.Children
	}
	for _, n := range top {
		n.draw(&b, "", "")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (n *Node) draw(b *strings.Builder, first, rest string) {
	b.WriteString(first + n.String() + "\n")
	for i, child := range n.Children {
		if i < len(n.Children)-1 {
			child.draw(b, rest+"├─ ", rest+"│  ")
		} else {
			child.draw(b, rest+"└─ ", rest+"   ")
		}
	}
}

// String is the node in one line.
func (n *Node) String() string {
	what := string(n.Kind)
	if n.Kind == Other || n.Kind == RowsScan {
		what = strings.ToLower(n.Operation)
	}
	if n.Table != "" {
		what += " of " + n.Table
		if n.Alias != "" {
			what += " as " + n.Alias
		}
	}
	if n.For != "" {
		what += " for " + n.For
	}
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if n.Index != "" {
		note("by %s", n.Index)
	}
	if n.Covering {
		note("table not read")
	}
	if n.Condition != "" {
		note("where %s", n.Condition)
	}
	if n.Filter != "" {
		note("filter %s", n.Filter)
	}
	switch {
	case n.Kind == TableScan && n.TableRows > 0 && n.AtLeast:
		note("%s rows or more", number(n.TableRows))
	case n.Kind == TableScan && n.TableRows > 0:
		note("%s rows", number(n.TableRows))
	case n.Rows > 0:
		note("%s rows", number(n.Rows))
	}
	if n.Cost > 0 {
		note("cost %s", number(n.Cost))
	}
	if len(notes) == 0 {
		return what
	}
	return what + ": " + strings.Join(notes, ", ")
}

func number(f float64) string {
	if f >= 10 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)[:min(4, len(strconv.FormatFloat(f, 'f', -1, 64)))]
}
