package entity

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqlgraph"
)

type statementKey struct{}

// statement is what one statement has found out about the rows it may see.
type statement struct {
	mu      sync.Mutex
	private map[*Rows]privacy
	err     error // of a predicate that could not say so itself
}

type privacy struct {
	conditions []Condition
	err        error
}

// bind begins a statement. What the statement looks at beside its own rows, and
// what is loaded along, is seen as the view of the others.
func bind(ctx context.Context) (context.Context, *statement) {
	st := &statement{private: map[*Rows]privacy{}}
	others := viewOf(ctx).others
	return context.WithValue(withViews(ctx, others, others), statementKey{}, st), st
}

// Statement begins a statement that is built by hand, and not by a generated
// client: predicates in it get the context, and failure tells what went wrong
// in them. Each privacy filter is asked once.
func Statement(ctx context.Context) (bound context.Context, failure func() error) {
	bound, st := bind(ctx)
	return bound, st.failure
}

func statementOf(ctx context.Context) *statement {
	st, _ := ctx.Value(statementKey{}).(*statement)
	return st
}

func (s *statement) once(r *Rows, ask func() ([]Condition, error)) ([]Condition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.private[r]
	if !ok {
		known.conditions, known.err = ask()
		s.private[r] = known
	}
	return known.conditions, known.err
}

func (s *statement) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

func (s *statement) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// query is what the interceptor needs of a generated query.
type query interface {
	WhereP(ps ...func(*sql.Selector))
	// Bind gives the predicates that the query has the context.
	Bind(ctx context.Context)
	// Runs reports whether the context is that of the query itself, and not of
	// one that starts from its rows.
	Runs(ctx context.Context) bool
	// Partial reports whether it leaves columns of its rows out.
	Partial() bool
}

// Bound is the predicate that gives those behind it the context. Ent itself
// loses it in queries that start from an edge, and in updates of one row. The
// generated code uses it.
func Bound(ctx context.Context) func(*sql.Selector) {
	return func(s *sql.Selector) {
		if statementOf(s.Context()) == nil { //nolint:contextcheck // the selector's own, if it has one
			s.WithContext(ctx)
		}
	}
}

// Interceptor hides from each query of the entity what may not be seen. The
// generated client installs it.
func Interceptor(e *Entity) ent.Interceptor { return interceptor{e} }

type interceptor struct{ entity *Entity }

// Traverse implements ent.Traverser. It also runs for a query whose rows
// another one starts from.
func (i interceptor) Traverse(ctx context.Context, q ent.Query) error {
	target, ok := q.(query)
	if !ok {
		return fmt.Errorf("entity: the client of %s was generated without its row filters; run the generator again", i.entity.Name)
	}
	view := viewOf(ctx).others
	if target.Runs(ctx) {
		view = viewOf(ctx).own
	}
	bound, _ := bind(ctx)
	seen, err := i.entity.Rows.decide(bound, view)
	if err != nil {
		return err
	}
	target.Bind(bound)
	if seen != nil {
		target.WhereP(func(s *sql.Selector) { s.Where(seen(s)) })
	}
	return nil
}

// Intercept implements ent.Interceptor.
func (i interceptor) Intercept(next ent.Querier) ent.Querier {
	return ent.QuerierFunc(func(ctx context.Context, q ent.Query) (ent.Value, error) {
		bound, st := bind(ctx)
		if target, ok := q.(query); ok {
			target.Bind(bound)
		}
		v, err := next.Query(bound, q)
		if failure := st.failure(); failure != nil {
			return nil, failure
		}
		if target, ok := q.(query); ok && err == nil && target.Partial() {
			markPartial(v)
		}
		return v, err
	})
}

// markPartial tells rows that they are not whole; what else a query returns stays
// as it is.
func markPartial(v ent.Value) {
	rows := reflect.ValueOf(v)
	if rows.Kind() != reflect.Slice {
		return
	}
	for i := range rows.Len() {
		row, ok := reflect.TypeAssert[interface{ MarkPartial() }](rows.Index(i))
		if !ok {
			return
		}
		row.MarkPartial()
	}
}

// Has is the predicate that there is a row at the edge that may be seen and
// that preds hold for. The generated HasX and HasXWith are made of it.
func Has[P ~func(*sql.Selector)](s *sql.Selector, step *sqlgraph.Step, rows *Rows, preds ...P) {
	seen, err := rows.Seen(s.Context())
	if err != nil {
		refuse(s, err)
		return
	}
	if seen == nil && len(preds) == 0 {
		sqlgraph.HasNeighbors(s, step)
		return
	}
	sqlgraph.HasNeighborsWith(s, step, func(at *sql.Selector) {
		if seen != nil {
			at.Where(seen(at))
		}
		for _, p := range preds {
			p(at)
		}
		// Ent loses what goes wrong further down.
		if err := at.Err(); err != nil {
			s.AddError(err)
		}
	})
}

// refuse makes the statement fail. The selector keeps the text of errors only.
func refuse(s *sql.Selector, err error) {
	if st := statementOf(s.Context()); st != nil {
		st.fail(err)
	}
	s.AddError(err)
	s.Where(sql.False())
}

// Checked tells what is wrong with the predicates of a mutation, before it
// runs. The generated code calls it.
func Checked[P ~func(*sql.Selector)](ctx context.Context, dialect, table string, preds []P) error {
	s := sql.Dialect(dialect).Select().From(sql.Dialect(dialect).Table(table)).WithContext(ctx)
	for _, p := range preds {
		p(s)
	}
	if st := statementOf(ctx); st != nil && st.failure() != nil {
		return st.failure()
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("entity: wrong predicate on %s: %w", table, err)
	}
	return nil
}
