package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// readSQLite reads the rows of EXPLAIN QUERY PLAN: id, parent, unused, text.
func readSQLite(a answer) (*Node, error) {
	root := &Node{Kind: Other}
	byID := map[string]*Node{"0": root}
	for _, row := range a {
		if len(row) != 4 {
			return nil, fmt.Errorf("%w: %d columns", ErrUnknown, len(row))
		}
		parent, ok := byID[textOf(row[1])]
		if !ok {
			parent = root
		}
		n := sqliteNode(textOf(row[3]))
		byID[textOf(row[0])] = n
		parent.Children = append(parent.Children, n)
	}
	root.nest()
	if len(root.Children) == 1 {
		return root.Children[0], nil
	}
	return root, nil
}

// What SQLite says it does. Since 3.36 it leaves out the word TABLE, and says the
// alias alone.
var (
	sqliteAccess  = regexp.MustCompile(`^(SCAN|SEARCH) (?:TABLE )?(\S+)(?: AS (\S+))?(?: EXISTS)?(?: USING (.*?))?((?: (?:LEFT|RIGHT)-JOIN)?)$`)
	sqliteUsing   = regexp.MustCompile(`^(?:(AUTOMATIC )?(?:PARTIAL )?(COVERING )?INDEX|(INTEGER PRIMARY KEY)|(PRIMARY KEY))(?: ([^\s(]+))?(?: \((.*)\))?$`)
	sqliteTemp    = regexp.MustCompile(`^USE TEMP B-TREE FOR (.*)$`)
	sqliteVirtual = regexp.MustCompile(` VIRTUAL TABLE INDEX (.*)$`)
)

func sqliteNode(text string) *Node {
	n := &Node{Kind: Other, Operation: text}
	if m := sqliteTemp.FindStringSubmatch(text); m != nil {
		n.For = m[1]
		switch {
		case strings.Contains(n.For, "ORDER BY"):
			n.Kind = Sort
		case strings.Contains(strings.ToUpper(n.For), "DISTINCT"):
			n.Kind = Distinct
		default:
			n.Kind = Group
		}
		return n
	}
	switch {
	case strings.HasPrefix(text, "CORRELATED"):
		n.Kind = PerRow
	case strings.HasPrefix(text, "CO-ROUTINE"), strings.HasPrefix(text, "MATERIALIZE"), strings.Contains(text, "SUBQUERY"):
		n.Kind = Subquery
	case strings.HasPrefix(text, "COMPOUND"), strings.HasPrefix(text, "MERGE"), strings.HasPrefix(text, "UNION"),
		strings.HasPrefix(text, "INTERSECT"), strings.HasPrefix(text, "EXCEPT"), strings.HasPrefix(text, "MULTI-INDEX"):
		n.Kind = Union
	case strings.HasPrefix(text, "SCAN CONSTANT"), strings.HasPrefix(text, "SCAN ("), strings.HasSuffix(text, "CLAUSE"):
		n.Kind = RowsScan
	case sqliteVirtual.MatchString(text):
		n.Kind = RowsScan
	default:
		n.access()
	}
	return n
}

// access reads SCAN and SEARCH.
func (n *Node) access() {
	m := sqliteAccess.FindStringSubmatch(n.Operation)
	if m == nil {
		return
	}
	n.Table = strings.TrimPrefix(m[2], "main.")
	n.Alias = m[3]
	n.Kind = TableScan
	if m[4] == "" {
		return
	}
	using := sqliteUsing.FindStringSubmatch(m[4])
	if using == nil {
		n.Kind = IndexSearch
		return
	}
	n.Index, n.Condition, n.Covering = using[5], using[6], using[2] != ""
	switch {
	case using[1] != "":
		n.Kind, n.Index = AutoIndex, ""
	case m[1] == "SEARCH":
		n.Kind = IndexSearch
		if using[3] != "" || using[4] != "" {
			n.Index = "PRIMARY KEY"
		}
	default:
		n.Kind = IndexScan
	}
}

// reads reports whether the node reads rows that a loop goes over.
func (n *Node) reads() bool {
	switch n.Kind {
	case TableScan, IndexScan, IndexSearch, AutoIndex, RowsScan:
		return true
	default:
	}
	return n.Kind == Union && strings.HasPrefix(n.Operation, "MULTI-INDEX")
}

// nest makes the order of reading visible: what SQLite lists beside one another
// is read in nested loops, and sorted behind them.
func (n *Node) nest() {
	for _, child := range n.Children {
		child.nest()
	}
	if n.Kind == Union {
		return
	}
	var loops, wrap, rest []*Node
	for _, child := range n.Children {
		switch {
		case child.reads():
			loops = append(loops, child)
		case child.Kind == Sort || child.Kind == Group || child.Kind == Distinct:
			wrap = append(wrap, child)
		default:
			rest = append(rest, child)
		}
	}
	if len(loops) > 1 {
		loops = []*Node{{Kind: NestedLoop, Operation: "nested loop", Children: loops}}
	}
	inner := slices.Concat(loops, rest)
	for _, w := range wrap {
		w.Children = inner
		inner = []*Node{w}
	}
	n.Children = inner
}
