package relay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Function is what a Measure computes. NULLs take no part in any of them.
type Function string

// The functions. Each is the name of a field of the API's aggregates.
const (
	CountDistinct Function = "countDistinct" // how many different values
	Sum           Function = "sum"           // of numbers; exact for whole numbers, however large
	Avg           Function = "avg"           // of numbers; the quotient of the exact sum
	Min           Function = "min"           // of numbers, times, dates and short text
	Max           Function = "max"
)

// Functions lists the functions in the order of the API.
func Functions() []Function { return []Function{CountDistinct, Sum, Avg, Min, Max} }

// Measure is one number of each group: the sum of viewCount.
type Measure struct {
	Function Function
	Field    string // name in the API: "viewCount"
}

// AggregateSpec says what to compute of a set of rows. All names are those of
// the API. The zero value counts the rows.
type AggregateSpec struct {
	Measures []Measure
	// By names what the rows are grouped by: "CATEGORY", "CREATED_AT_MONTH";
	// see Groupings. Without it all rows are one group, also where there are none.
	By []string
	// OrderBy orders the groups: by a name of By, by "COUNT", or by a measure,
	// "SUM_VIEW_COUNT", which need not be among Measures. The key completes it.
	// NULL is the smallest value.
	OrderBy  []*Order
	First    *int // groups for each set of rows; default Settings.DefaultPage, at most Settings.MaxPage
	MinCount int  // leave out groups of fewer rows
}

// AggregateResult is what was computed of one group.
type AggregateResult struct {
	// Key is the values of By, in its order: nil for NULL, else a bool, int64,
	// string or uuid.UUID, a foreign key in its Go type, and a time.Time at
	// midnight UTC for dates and what was cut to a day or longer.
	Key   []any
	Count int // rows
	// Values are those of Measures, in their order. CountDistinct is an int, the
	// sum of whole numbers a *big.Int, of others a float64; Avg is a float64; Min
	// and Max are an int64, float64, string or time.Time. All but CountDistinct
	// are nil where there is no value.
	Values []any
}

// Aggregate computes over the rows of an entity that satisfy the filter and
// that queries of the source see, in one statement:
//
//	months, err := relay.Aggregate(ctx, src, "Post", relay.Where{"status": "published"}, relay.AggregateSpec{
//		By:       []string{"PUBLISHED_AT_MONTH"},
//		Measures: []relay.Measure{{relay.Sum, "viewCount"}},
//	})
//
// No row counts twice, whatever the filter asks of its edges. Without By there
// is exactly one result. What is wrong with the filter or the specification is
// an *ArgumentError.
func Aggregate(ctx context.Context, src Source, name string, where Where, spec AggregateSpec) ([]AggregateResult, error) {
	e, ok := src.Entities()[name]
	if !ok {
		return nil, fmt.Errorf("relay: no entity %q", name)
	}
	rows := rowset{src: src, entity: e}
	if len(where) > 0 {
		var err error
		if rows.where, err = newScope(src, e).compile(where, "where"); err != nil {
			return nil, err
		}
	}
	plan, err := newAggregation(src, e, spec)
	if err != nil {
		return nil, err
	}
	byParent, err := plan.load(ctx, rows)
	if err != nil {
		return nil, err
	}
	return byParent[nil], nil
}

// rowset is the rows that a connection leads to, of whatever page: all of an
// entity, or those at an edge of some owners.
type rowset struct {
	src    Source
	entity *entity.Entity // of the rows
	where  predicate      // may be nil
	match  func(*sql.Selector)
	owner  *entity.Entity // nil at the root
	edge   *entity.Edge   // nil at the root
	keys   []any          // of the owners
}

// filter restricts a statement to the rows of some owners, and returns the
// column of the owner's key.
func (r rowset) filter(s *sql.Selector, keys []any) string {
	parent := ""
	if r.edge != nil {
		parent = reach(s, r.entity, r.edge)
		s.Where(entity.In(parent, keys...))
	}
	if r.match != nil {
		r.match(s)
	}
	if r.where != nil {
		s.Where(r.where(&builder{ctx: s.Context(), dialect: sql.Dialect(s.Dialect())}, s))
	}
	return parent
}

// aggregation is a checked AggregateSpec.
type aggregation struct {
	registry entity.Registry
	entity   *entity.Entity
	by       []Grouping
	measures []measure
	order    []groupTerm
	limit    int // of groups; 0 without by
	minCount int
}

// measure is a checked Measure.
type measure struct {
	Function
	field *entity.Field
}

// groupTerm is one term of the order of groups: a part of the key, a measure,
// or the number of rows.
type groupTerm struct {
	key     int // index in by, -1 for none
	measure *measure
	desc    bool
}

func newAggregation(src Source, e *entity.Entity, spec AggregateSpec) (*aggregation, error) {
	a := &aggregation{registry: src.Entities(), entity: e, minCount: spec.MinCount}
	for _, m := range spec.Measures {
		path := string(m.Function) + "." + m.Field
		i := slices.IndexFunc(e.Fields, func(f *entity.Field) bool { return f.GraphQL == m.Field && m.Function.Takes(e, f) })
		if i < 0 {
			return nil, bad(path, "is not computed for %s", e.GraphQL)
		}
		a.measures = append(a.measures, measure{m.Function, e.Fields[i]})
	}
	groupings := Groupings(a.registry, e)
	for i, name := range spec.By {
		path := fmt.Sprintf("by[%d]", i)
		at := slices.IndexFunc(groupings, func(g Grouping) bool { return g.Name == name })
		if at < 0 {
			return nil, bad(path, "is nothing that %s is grouped by", e.GraphQL)
		}
		if slices.Contains(spec.By[:i], name) {
			return nil, bad(path, "names %s a second time", name)
		}
		a.by = append(a.by, groupings[at])
	}
	if err := a.setLimit(src.Settings(), spec.First); err != nil {
		return nil, err
	}
	return a, a.setOrder(spec.OrderBy)
}

func (a *aggregation) setLimit(limits Settings, first *int) error {
	if len(a.by) == 0 {
		return nil
	}
	a.limit = limits.DefaultPage
	if first != nil {
		a.limit = *first
	}
	switch {
	case a.limit < 0:
		return bad("first", "must not be negative")
	case a.limit > limits.MaxPage:
		return bad("first", "must be at most %d; narrow the filter, or leave out small groups", limits.MaxPage)
	}
	return nil
}

// setOrder checks the order and completes it with the key, so that it is total.
func (a *aggregation) setOrder(orderBy []*Order) error {
	seen := map[string]bool{}
	for i, o := range orderBy {
		path := fmt.Sprintf("orderBy[%d]", i)
		if o == nil {
			return bad(path, "must not be null")
		}
		name := string(o.Field)
		term, ok := a.term(name)
		if !ok {
			return bad(path, "must be COUNT, an aggregate such as SUM_VIEWS, or one of what the rows are grouped by; %s is none of them", shorten(name))
		}
		if o.Direction != Ascending && o.Direction != Descending {
			return bad(path, "must have the direction ASC or DESC")
		}
		if seen[name] {
			return bad(path, "names %s a second time", shorten(name))
		}
		seen[name] = true
		term.desc = o.Direction == Descending
		a.order = append(a.order, term)
	}
	for i, g := range a.by {
		if !seen[g.Name] {
			a.order = append(a.order, groupTerm{key: i})
		}
	}
	return nil
}

// term finds what groups are ordered by under that name. An aggregate comes
// before a part of the key of the same name, which completes the order anyhow.
func (a *aggregation) term(name string) (groupTerm, bool) {
	if name == CountOrder {
		return groupTerm{key: -1}, true
	}
	for _, f := range a.entity.Fields {
		for _, fn := range Functions() {
			if fn.Orders() && fn.Takes(a.entity, f) && fn.OrderName(f) == name {
				return groupTerm{key: -1, measure: &measure{fn, f}}, true
			}
		}
	}
	i := slices.IndexFunc(a.by, func(g Grouping) bool { return g.Name == name })
	return groupTerm{key: i}, i >= 0
}

// CountOrder is the name by which groups are ordered by their number of rows.
const CountOrder = "COUNT"

// Orders reports whether groups can be ordered by the function.
func (fn Function) Orders() bool { return fn != CountDistinct }

// OrderName is the name by which groups are ordered by the function:
// SUM_VIEW_COUNT.
func (fn Function) OrderName(f *entity.Field) string {
	return strings.ToUpper(string(fn) + "_" + f.Name)
}

// Takes reports whether the API computes the function of the field. It never
// does of what clients cannot read and filter by, nor of keys, but for
// CountDistinct of foreign ones.
func (fn Function) Takes(e *entity.Entity, f *entity.Field) bool {
	if !aggregated(e, f) {
		return false
	}
	number := f.Kind == entity.Int || f.Kind == entity.BigInt || f.Kind == entity.Float
	switch fn {
	case CountDistinct:
		return true
	case Sum, Avg:
		return number && f.Target == ""
	case Min, Max:
		ordered := number || f.Kind == entity.Time || f.Kind == entity.Date || f.Kind == entity.String
		return ordered && f.Target == ""
	}
	return false
}

// aggregated leaves out the id and the version, of which nothing is worth
// knowing, and what may not be ordered by, such as long text.
func aggregated(e *entity.Entity, f *entity.Field) bool {
	version := e.Version != nil && e.Version.Name == f.Name
	return f.Read && f.Filter && f.Order && !f.Sensitive && f != e.ID() && !version
}
