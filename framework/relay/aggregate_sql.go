package relay

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// load computes the results for each owner, those without rows included; at
// the root the owner is nil. It runs one statement for as many owners as one
// can hold.
func (a *aggregation) load(ctx context.Context, rows rowset) (map[any][]AggregateResult, error) {
	if rows.edge == nil {
		byParent := map[any][]AggregateResult{}
		return byParent, a.loadChunk(ctx, rows, []any{nil}, byParent)
	}
	byParent := make(map[any][]AggregateResult, len(rows.keys))
	for chunk := range slices.Chunk(rows.keys, keysPerStatement) {
		if err := a.loadChunk(ctx, rows, chunk, byParent); err != nil {
			return nil, err
		}
	}
	return byParent, nil
}

func (a *aggregation) loadChunk(ctx context.Context, rows rowset, chunk []any, into map[any][]AggregateResult) error {
	st := &aggregateQuery{aggregation: a}
	read, err := rows.src.Select(ctx, Query{
		Entity: a.entity.Name,
		Where:  func(s *sql.Selector) { st.parent = rows.filter(s, chunk) },
		Finish: func(s *sql.Selector) { st.finish(s, len(chunk) > 1) }, //nolint:contextcheck // the selector carries it
	})
	if err != nil {
		return fmt.Errorf("relay: cannot aggregate %s: %w", a.entity.Name, err)
	}
	for _, row := range read {
		var key any
		if rows.edge != nil {
			if key, err = parentKey(rows.owner, row); err != nil {
				return err
			}
		}
		result, err := st.result(row)
		if err != nil {
			return err
		}
		into[key] = append(into[key], result)
	}
	for _, key := range chunk {
		if len(a.by) == 0 && len(into[key]) == 0 {
			into[key] = []AggregateResult{a.empty()}
		}
	}
	return nil
}

// aggregateQuery builds one statement of an aggregation in two steps. The inner
// query has what each row gives: its owner, its key, its values. The outer one
// groups that. So no expression is written twice, and nothing is joined that
// would make a row count more than once.
type aggregateQuery struct {
	*aggregation
	parent  string // column of the owner's key; "" at the root
	dialect string
	given   []selected // by the inner query, for each row
	made    []selected // by the outer query, for each group
	names   [][]string // of what each measure is computed of
}

// selected is an expression and its name in the statement.
type selected struct {
	expr sql.Querier
	text string // tells expressions apart
	name string
}

// floatScale keeps sums of floats from overflowing on the way: rows times the
// largest float is still one. A power of two loses no digit.
const floatScale = 1.0 / (1 << 40)

func (st *aggregateQuery) finish(s *sql.Selector, manyParents bool) {
	st.dialect, st.given, st.made, st.names = s.Dialect(), nil, nil, nil
	groups := make([]string, 0, len(st.by)+1)
	if st.parent != "" {
		groups = append(groups, parentColumn)
	}
	for i, g := range st.by {
		st.given = append(st.given, selected{expr: g.expression(s, st.registry), name: keyColumn(i)})
		groups = append(groups, keyColumn(i))
	}
	for _, m := range st.measures {
		st.names = append(st.names, st.needs(s, m))
	}
	terms := make([]sql.Querier, 0, len(st.order))
	if len(st.by) > 0 {
		for _, t := range st.order {
			terms = append(terms, st.orderTerms(s, t)...)
		}
	}
	*s = *st.outer(st.inner(s), groups, terms, manyParents)
}

func (st *aggregateQuery) inner(s *sql.Selector) *sql.Selector {
	in := again(s).Select()
	if st.parent != "" {
		in.AppendSelectAs(st.parent, parentColumn)
	} else if len(st.given) == 0 {
		in.AppendSelect(s.C(st.entity.ID().Column))
	}
	for _, v := range st.given {
		in.AppendSelectExprAs(v.expr, v.name)
	}
	return in
}

func (st *aggregateQuery) outer(in *sql.Selector, groups []string, terms []sql.Querier, manyParents bool) *sql.Selector {
	d := sql.Dialect(st.dialect)
	out := d.Select(groups...).From(in.As("framefox_rows")).GroupBy(groups...).WithContext(in.Context())
	out.AppendSelectExprAs(sql.Raw("COUNT(*)"), countColumn)
	for _, v := range st.made {
		out.AppendSelectExprAs(v.expr, v.name)
	}
	if st.minCount > 1 {
		out.Having(sql.P(func(b *sql.Builder) { b.WriteString("COUNT(*) >= ").Arg(st.minCount) }))
	}
	switch {
	case len(st.by) == 0:
		return out
	case !manyParents:
		return out.OrderExpr(terms...).Limit(st.limit)
	}
	const rank = "framefox_rank"
	ranked := d.Select("*").From(out.As("framefox_groups")).WithContext(in.Context()).
		AppendSelectExprAs(sql.RowNumber().PartitionBy(parentColumn).OrderExpr(terms...), rank)
	return d.Select("*").From(ranked.As("framefox_ranked")).
		Where(sql.LTE(rank, st.limit)).OrderBy(rank).WithContext(in.Context())
}

func keyColumn(i int) string { return "framefox_k" + strconv.Itoa(i) }

// give makes the inner query give a value of each row, once.
func (st *aggregateQuery) give(text string, expr sql.Querier) string {
	return add(&st.given, "framefox_v", text, expr)
}

// make makes the outer query compute an expression of each group, once.
func (st *aggregateQuery) make(text string) string {
	return add(&st.made, "framefox_a", text, sql.Raw(text))
}

func add(list *[]selected, prefix, text string, expr sql.Querier) string {
	for _, v := range *list {
		if v.text == text {
			return v.name
		}
	}
	v := selected{expr, text, prefix + strconv.Itoa(len(*list))}
	*list = append(*list, v)
	return v.name
}

// value is the name of a field in the inner query.
func (st *aggregateQuery) value(s *sql.Selector, f *entity.Field) string {
	text := exactly(st.dialect, f, s.C(f.Column))
	return st.give(text, sql.Raw(text))
}

// addend is the name of what is summed of a field.
func (st *aggregateQuery) addend(s *sql.Selector, f *entity.Field) string {
	if f.Kind != entity.Float {
		return st.value(s, f)
	}
	column := s.C(f.Column)
	return st.give(column+" scaled", sql.ExprFunc(func(b *sql.Builder) { b.WriteString(column + " * ").Arg(floatScale) }))
}

// needs adds what the measure is computed of, and returns the names of that.
func (st *aggregateQuery) needs(s *sql.Selector, m measure) []string {
	switch m.Function {
	case CountDistinct:
		return []string{st.make("COUNT(DISTINCT " + st.value(s, m.field) + ")")}
	case Min:
		return []string{st.make("MIN(" + st.value(s, m.field) + ")")}
	case Max:
		return []string{st.make("MAX(" + st.value(s, m.field) + ")")}
	case Sum, Avg:
	}
	v := st.addend(s, m.field)
	var names []string
	if m.Function == Avg {
		names = append(names, st.make("COUNT("+v+")"))
	}
	for _, part := range st.sumParts(v, m.field) {
		names = append(names, st.make(part))
	}
	return names
}

// sumParts are the expressions that together are the exact sum. SQLite would
// overflow, so it sums the upper and the lower 32 bits.
func (st *aggregateQuery) sumParts(v string, f *entity.Field) []string {
	switch {
	case f.Kind == entity.Float:
		return []string{"SUM(" + v + ")"}
	case st.dialect == dialect.SQLite:
		return []string{"SUM(" + v + " >> 32)", "SUM(" + v + " & 4294967295)"}
	case st.dialect == dialect.Postgres: // drivers would round a numeric
		return []string{"CAST(SUM(" + v + ") AS TEXT)"}
	}
	return []string{"SUM(" + v + ")"}
}

// orderTerms are the items of ORDER BY for one term. NULL is the smallest
// value on every dialect.
func (st *aggregateQuery) orderTerms(s *sql.Selector, t groupTerm) []sql.Querier {
	var names []string
	switch {
	case t.key >= 0:
		names = []string{keyColumn(t.key)}
	case t.measure == nil:
		names = []string{countColumn}
	default:
		for _, text := range st.sortable(s, *t.measure) {
			names = append(names, st.make(text))
		}
	}
	exprs := make([]sql.Querier, len(names))
	for i, name := range names {
		switch {
		case t.desc && st.dialect == dialect.Postgres:
			name += " DESC NULLS LAST"
		case t.desc:
			name += " DESC"
		case st.dialect == dialect.Postgres:
			name += " NULLS FIRST"
		}
		exprs[i] = sql.Expr(name)
	}
	return exprs
}

// sortable are expressions that order groups as the measure does.
func (st *aggregateQuery) sortable(s *sql.Selector, m measure) []string {
	if m.Function == Min || m.Function == Max {
		return []string{strings.ToUpper(string(m.Function)) + "(" + st.value(s, m.field) + ")"}
	}
	v := st.addend(s, m.field)
	sum, high, low := "SUM("+v+")", "SUM("+v+" >> 32)", "SUM("+v+" & 4294967295)"
	whole, lite := m.field.Kind != entity.Float, st.dialect == dialect.SQLite
	switch {
	case m.Function == Sum && whole && lite:
		return []string{high + " + (" + low + " >> 32)", low + " & 4294967295"}
	case m.Function == Sum:
		return []string{sum}
	case whole && lite:
		sum = "(" + high + " * 4294967296.0 + " + low + ")"
	case whole && st.dialect == dialect.Postgres:
		sum = "CAST(" + sum + " AS DOUBLE PRECISION)"
	case whole:
		sum = "(" + sum + " + 0e0)"
	}
	return []string{sum + " / COUNT(" + v + ")"}
}
