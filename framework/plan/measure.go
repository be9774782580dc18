package plan

import (
	"context"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"

	"github.com/framefox-go/framefox/framework/internal/sqltext"
)

// countedRows is up to how many rows a table is counted where the database keeps
// no number of them.
const countedRows = 10_000

// measure adds to the plan what the database does not put there: the names of
// tables behind aliases, how many rows they have, and what it costs.
func (p *Plan) measure(ctx context.Context, driver dialect.Driver, s *sqltext.Statement, args []any) error {
	p.name(s)
	t := &tables{driver: driver, rows: map[string]size{}}
	if driver.Dialect() == dialect.SQLite {
		if err := t.statistics(ctx); err != nil {
			return err
		}
	}
	for n := range p.All() {
		if n.Table == "" || n.Kind == RowsScan {
			continue
		}
		if err := t.measure(ctx, n, s); err != nil {
			return err
		}
	}
	if p.Unit == Visits {
		p.Cost = p.Root.estimate(rowsWanted(s, args))
	}
	return nil
}

// name finds the tables behind aliases. What is a subquery is no table.
func (p *Plan) name(s *sqltext.Statement) {
	for n := range p.All() {
		for _, b := range s.Blocks {
			t, ok := b.Find(n.Table)
			if !ok || n.Table == "" {
				continue
			}
			if t.Name == "" {
				n.Kind, n.Operation = RowsScan, n.Table
				n.Table = ""
				break
			}
			if !strings.EqualFold(t.Name, n.Table) {
				n.Table, n.Alias = t.Name, n.Table
			}
			break
		}
	}
}

// rowsWanted is the LIMIT of the statement if it may end early by it; 0 if not.
func rowsWanted(s *sqltext.Statement, args []any) *wanted {
	if s.Main == nil || s.Main.Limit == nil {
		return nil
	}
	n := float64(s.Main.Limit.Rows)
	if at := s.Main.Limit.Param; n < 0 && at < len(args) {
		n, _ = strconv.ParseFloat(textOf(args[at]), 64)
	}
	if n <= 0 {
		return nil
	}
	return &wanted{rows: n, all: s.Main.Grouped}
}

type size struct {
	rows    float64
	atLeast bool
	known   bool
	indexes map[string][]float64 // SQLite: rows, then rows for each value of one column, of two …
}

// tables knows how many rows tables have.
type tables struct {
	driver dialect.Driver
	rows   map[string]size
}

func (t *tables) measure(ctx context.Context, n *Node, s *sqltext.Statement) error {
	known, err := t.size(ctx, n)
	if err != nil {
		return err
	}
	if !known.known {
		if t.driver.Dialect() == dialect.SQLite && n.Kind == TableScan { // a WITH
			n.Kind, n.Operation, n.Table = RowsScan, n.Table, ""
		}
		return nil
	}
	n.TableRows, n.AtLeast, n.counted = known.rows, known.atLeast, true
	switch {
	case t.driver.Dialect() == dialect.SQLite:
		n.guess(known, s)
	case n.Examined == 0 && (n.Kind == TableScan || n.Kind == IndexScan):
		n.Examined = known.rows
	}
	return nil
}

func (t *tables) size(ctx context.Context, n *Node) (size, error) {
	if s, ok := t.rows[n.Table]; ok && s.known {
		return s, nil
	}
	s, err := t.ask(ctx, n)
	s.indexes = t.rows[n.Table].indexes
	t.rows[n.Table] = s
	return s, err
}

func (t *tables) ask(ctx context.Context, n *Node) (size, error) {
	switch t.driver.Dialect() {
	case dialect.MySQL:
		if n.Kind == TableScan {
			return size{rows: max(n.Examined, n.Rows), known: true}, nil
		}
		a, err := ask(ctx, t.driver, "SELECT table_rows FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", []any{n.Table})
		return fromRow(a), err
	case dialect.Postgres:
		a, err := ask(ctx, t.driver, "SELECT reltuples FROM pg_class WHERE oid = to_regclass(quote_ident($1))", []any{n.Table})
		if s := fromRow(a); err != nil || s.known && s.rows >= 0 {
			return s, err
		}
	default:
		a, err := ask(ctx, t.driver, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)", []any{n.Table})
		if err != nil || fromRow(a).rows == 0 {
			return size{}, err
		}
	}
	a, err := ask(ctx, t.driver, "SELECT count(*) FROM (SELECT 1 FROM "+quote(n.Table)+" LIMIT "+strconv.Itoa(countedRows)+") AS counted", nil)
	s := fromRow(a)
	s.atLeast = s.rows >= countedRows
	return s, err
}

func fromRow(a answer) size {
	if len(a) == 0 || len(a[0]) == 0 || a[0][0] == nil {
		return size{}
	}
	n, err := strconv.ParseFloat(textOf(a[0][0]), 64)
	return size{rows: n, known: err == nil}
}

// statistics reads what ANALYZE of SQLite has collected, if it ever ran.
func (t *tables) statistics(ctx context.Context) error {
	a, err := ask(ctx, t.driver, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'", nil)
	if err != nil || fromRow(a).rows == 0 {
		return err
	}
	if a, err = ask(ctx, t.driver, "SELECT tbl, idx, stat FROM sqlite_stat1", nil); err != nil {
		return err
	}
	for _, row := range a {
		var numbers []float64
		for word := range strings.FieldsSeq(textOf(row[2])) {
			if n, err := strconv.ParseFloat(word, 64); err == nil {
				numbers = append(numbers, n)
			}
		}
		if len(numbers) == 0 {
			continue
		}
		s := t.rows[textOf(row[0])]
		if s.indexes == nil {
			s.indexes = map[string][]float64{}
		}
		s.rows, s.known = max(s.rows, numbers[0]), true // an index for some rows has fewer
		if row[1] != nil {
			s.indexes[textOf(row[1])] = numbers
		}
		t.rows[textOf(row[0])] = s
	}
	return nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
