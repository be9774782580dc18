package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
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
	var plan []byte
	switch t := v.(type) {
	case string:
		plan = []byte(t)
	case []byte:
		plan = t
	default:
		return 0, false, fmt.Errorf("relay: cannot read a plan of type %T", v)
	}
	n, ok := planned(plan)
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

// queryPlan is what the planners say of rows. PostgreSQL has them at the root,
// MySQL and MariaDB at each table of a join.
type queryPlan struct {
	Root *struct {
		Rows float64 `json:"Plan Rows"`
	} `json:"Plan"`
	Block *struct {
		Table *planTable `json:"table"`
		Loop  []struct {
			Table *planTable `json:"table"`
		} `json:"nested_loop"`
	} `json:"query_block"`
}

type planTable struct {
	Produced *float64 `json:"rows_produced_per_join"` // MySQL: up to and with this table
	Rows     *float64 `json:"rows"`                   // MariaDB: for each row so far
	Filtered percent  `json:"filtered"`
}

// percent is a number that MySQL writes as text.
type percent float64

func (p *percent) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("relay: cannot read a percentage: %w", err)
	}
	*p = percent(n)
	return nil
}

// planned finds the number of rows in a plan. A plan of another shape has none.
func planned(data []byte) (int, bool) {
	var p queryPlan
	if len(data) > 0 && data[0] == '[' {
		var list []queryPlan
		if json.Unmarshal(data, &list) != nil || len(list) == 0 {
			return 0, false
		}
		p = list[0]
	} else if json.Unmarshal(data, &p) != nil {
		return 0, false
	}
	switch {
	case p.Root != nil:
		return whole(p.Root.Rows), true
	case p.Block == nil:
		return 0, false
	}
	tables := []*planTable{p.Block.Table}
	for _, step := range p.Block.Loop {
		tables = append(tables, step.Table)
	}
	n, found := 1.0, false
	for _, t := range tables {
		switch {
		case t == nil:
		case t.Produced != nil:
			n, found = *t.Produced, true
		case t.Rows != nil:
			n, found = n**t.Rows*float64(t.Filtered)/100, true
		}
	}
	return whole(n), found
}

func whole(n float64) int { return int(math.Min(math.Max(math.Round(n), 0), 1<<53)) }
