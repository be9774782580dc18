package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/internal/sqltext"
)

// Source is where a statement is explained: a *database.DB, or a generated client.
type Source interface {
	Driver() dialect.Driver
}

// Query is a statement to explain.
type Query struct {
	SQL  string
	Args []any // behind ?, on PostgreSQL behind $1 or ?

	// Writes allows INSERT, UPDATE and DELETE.
	Writes bool
	// Run has the statement run, in a transaction that is rolled back, so that the
	// numbers of rows are measured. SQLite and MySQL cannot: ErrNoRun.
	Run bool
}

var (
	// ErrNotReadOnly means that the statement writes, or that it is of a kind that
	// is never explained.
	ErrNotReadOnly = errors.New("plan: only a statement that reads is explained: a SELECT, WITH or VALUES")

	// ErrSeveral means that there is more than one statement in the text.
	ErrSeveral = errors.New("plan: one statement is explained at a time")

	// ErrNoRun means that the database cannot say what a run has read.
	ErrNoRun = errors.New("plan: this database does not measure a run; explain it without")

	// ErrUnknown means that the plan has a shape that is not known.
	ErrUnknown = errors.New("plan: the database answers in a form that is not known")
)

// Explain asks the database for the plan of a statement.
func Explain(ctx context.Context, src Source, q Query) (*Plan, error) {
	driver := src.Driver()
	text, statement, err := check(driver.Dialect(), q)
	if err != nil {
		return nil, err
	}
	keyword, err := keywords(ctx, driver, q.Run)
	if err != nil {
		return nil, err
	}
	p := &Plan{Dialect: driver.Dialect(), Ran: q.Run, Unit: Visits}
	err = apart(ctx, driver, q, func(ctx context.Context) error {
		answer, err := ask(ctx, driver, keyword+text, q.Args)
		if err != nil {
			return err
		}
		if err := p.read(answer); err != nil {
			return err
		}
		return p.measure(ctx, driver, statement, q.Args)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// check refuses what must not be explained.
func check(dialectName string, q Query) (string, *sqltext.Statement, error) {
	tokens, err := sqltext.Lex(dialectName, q.SQL)
	if errors.Is(err, sqltext.ErrSeveral) {
		return "", nil, ErrSeveral
	}
	if err != nil {
		return "", nil, fmt.Errorf("plan: %w", err)
	}
	s := sqltext.ReadTokens(tokens)
	allowed := []string{"SELECT", "WITH", "VALUES", "("}
	if q.Writes {
		allowed = append(allowed, "INSERT", "UPDATE", "DELETE", "REPLACE")
	}
	if first := strings.ToUpper(tokens[0].Text); !slices.Contains(allowed, first) {
		return "", nil, fmt.Errorf("%w, not %s", ErrNotReadOnly, first)
	}
	if s.Writes && !q.Writes {
		return "", nil, ErrNotReadOnly
	}
	text := q.SQL[:tokens[len(tokens)-1].End] // without a semicolon
	return sqltext.Numbered(dialectName, text, tokens, len(q.Args)), s, nil
}

// keywords begin the statement that returns the plan.
func keywords(ctx context.Context, driver dialect.Driver, run bool) (string, error) {
	switch driver.Dialect() {
	case dialect.Postgres:
		if run {
			return "EXPLAIN (ANALYZE, FORMAT JSON) ", nil
		}
		return "EXPLAIN (FORMAT JSON) ", nil
	case dialect.MySQL:
		if !run {
			return "EXPLAIN FORMAT=JSON ", nil
		}
		version, err := ask(ctx, driver, "SELECT VERSION()", nil)
		if err != nil {
			return "", err
		}
		if !strings.Contains(version.text(), "MariaDB") {
			return "", ErrNoRun
		}
		return "ANALYZE FORMAT=JSON ", nil
	default:
		if run {
			return "", ErrNoRun
		}
		return "EXPLAIN QUERY PLAN ", nil
	}
}

// errUndo rolls a transaction back.
var errUndo = errors.New("plan: undo")

// apart calls fn in a transaction that cannot change anything: one that only
// reads, or one that is rolled back.
func apart(ctx context.Context, driver dialect.Driver, q Query, fn func(context.Context) error) error {
	var options []database.TxOption
	switch {
	case q.Run && (q.Writes || driver.Dialect() == dialect.MySQL): // ANALYZE counts as a write there
	case database.TransactionOf(ctx) != nil && !q.Run:
		return fn(ctx)
	case !q.Writes:
		options = append(options, database.ToRead())
	}
	err := database.Transact(ctx, driver, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		return errUndo
	}, options...)
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}

// answer is what the database said, row by row.
type answer [][]any

func (a answer) text() string {
	lines := make([]string, 0, len(a))
	for _, row := range a {
		lines = append(lines, textOf(row[len(row)-1]))
	}
	return strings.Join(lines, "\n")
}

func textOf(v any) string {
	if data, ok := v.([]byte); ok {
		return string(data)
	}
	return fmt.Sprint(v)
}

func ask(ctx context.Context, driver dialect.ExecQuerier, text string, args []any) (a answer, err error) {
	var rows sql.Rows
	if args == nil {
		args = []any{}
	}
	if err := driver.Query(ctx, text, args, &rows); err != nil {
		return nil, fmt.Errorf("plan: the database cannot explain it: %w", err)
	}
	defer func() {
		if closed := rows.Close(); closed != nil && err == nil {
			err = fmt.Errorf("plan: cannot close the plan: %w", closed)
		}
	}()
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("plan: cannot read the plan: %w", err)
	}
	for rows.Next() {
		cells, dests := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			dests[i] = &cells[i]
		}
		if err := rows.Scan(dests...); err != nil {
			return nil, fmt.Errorf("plan: cannot read the plan: %w", err)
		}
		a = append(a, cells)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("plan: cannot read the plan: %w", err)
	}
	return a, nil
}

func (p *Plan) read(a answer) (err error) {
	p.Raw = a.text()
	switch p.Dialect {
	case dialect.SQLite:
		p.Root, err = readSQLite(a)
	default:
		err = p.parseJSON([]byte(p.Raw))
	}
	return err
}

// Parse reads what EXPLAIN (FORMAT JSON) of PostgreSQL, or EXPLAIN FORMAT=JSON of
// MySQL and MariaDB, has answered.
func Parse(dialectName string, data []byte) (*Plan, error) {
	p := &Plan{Dialect: dialectName, Raw: string(data), Unit: Visits}
	if err := p.parseJSON(data); err != nil {
		return nil, err
	}
	if p.Unit == Visits {
		p.Cost = p.Root.estimate(nil)
	}
	return p, nil
}

func (p *Plan) parseJSON(data []byte) error {
	var err error
	if p.Dialect == dialect.Postgres {
		p.Root, err = readPostgres(data)
	} else {
		p.Root, err = readMySQL(data)
	}
	if err == nil && p.Root.Cost > 0 {
		p.Cost, p.Unit = p.Root.Cost, Planner
	}
	return err
}
