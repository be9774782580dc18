package relay

import (
	"context"
	"fmt"
	"math"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	queryplan "github.com/framefox-go/framefox/framework/plan"
)

// estimateRows asks the planner how many rows the window has. The statement is
// the one that would count them. It reports false where the database has no
// answer, and where a row filter may hide rows: the statistics of the planner
// know them all, and would tell.
func estimateRows(ctx context.Context, src Source, name string, w *window) (int, bool, error) {
	if w.hides {
		return 0, false, nil
	}
	var explained string
	rows, err := src.Select(ctx, Query{
		Entity: name,
		Where:  func(s *sql.Selector) { w.filter(s) },
		Finish: func(s *sql.Selector) { explained = explain(s) },
	})
	if err != nil {
		return 0, false, fmt.Errorf("relay: cannot estimate the number of %s: %w", name, err)
	}
	if len(rows) == 0 {
		return 0, false, nil
	}
	v, err := rows[0].Value(explained)
	if err != nil {
		return 0, false, fmt.Errorf("relay: cannot read a plan: %w", err)
	}
	var text []byte
	switch t := v.(type) {
	case string:
		text = []byte(t)
	case []byte:
		text = t
	default:
		return 0, false, fmt.Errorf("relay: cannot read a plan of type %T", v)
	}
	n, ok := planned(text)
	return n, ok, nil
}

// explain makes a statement return its plan, and names the column that holds it.
func explain(s *sql.Selector) string {
	s.SelectExpr(sql.Raw("1"))
	switch s.Dialect() {
	case dialect.Postgres:
		s.Prefix(sql.Raw("EXPLAIN (FORMAT JSON)"))
		return "QUERY PLAN"
	case dialect.MySQL:
		s.Prefix(sql.Raw("EXPLAIN FORMAT=JSON"))
		return "EXPLAIN"
	default: // SQLite knows no numbers of rows but those of the last ANALYZE
		s.Limit(0)
		return ""
	}
}

// planned finds the number of rows in a plan. A plan of another shape has none.
func planned(data []byte) (int, bool) {
	of := dialect.MySQL
	if len(data) > 0 && data[0] == '[' {
		of = dialect.Postgres
	}
	p, err := queryplan.Parse(of, data)
	if err != nil || p.Rows() == 0 {
		return 0, false
	}
	return whole(p.Rows()), true
}

func whole(n float64) int { return int(math.Min(math.Max(math.Round(n), 0), 1<<53)) }
