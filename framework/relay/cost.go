package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Cost is a gqlgen extension that refuses an operation that costs too much,
// before anything is read. It adds up, from the document, its variables and
// the schema:
//
//   - the rows that pages and lists could hold, were all of them full: what
//     first, last, perPage or ids ask for, times the same of every list around;
//     a page that names no number has Settings.DefaultPage rows
//   - the predicates of each filter, and the terms of each order, once for each
//     statement that they are part of; what looks through an edge counts five
//   - ten, and one for each row around, for what summarises a whole list:
//     totalCount, aggregates, groups
//   - the objects and ids that the input of a mutation holds
//
// A field of the application's own counts by the same rules. The fields of one
// row cost nothing.
//
//	Extensions: []gqlgen.HandlerExtension{&relay.Cost{Settings: client.GraphSource().Settings()}}
type Cost struct {
	// Settings say what a page is, what the most is that an operation may cost
	// (MaxCost), and whether answers tell theirs (ShowCost).
	Settings Settings

	schema *ast.Schema
}

var (
	_ graphql.HandlerExtension        = (*Cost)(nil)
	_ graphql.OperationContextMutator = (*Cost)(nil)
	_ graphql.ResponseInterceptor     = (*Cost)(nil)
)

// CostError is an operation that was refused because of its cost.
type CostError struct {
	Cost, Limit int
	Field       string // the most expensive one: "users.edges.node.posts"
	FieldCost   int
}

func (e *CostError) Error() string {
	text := fmt.Sprintf("the request is refused: it costs %d, and %d are allowed", e.Cost, e.Limit)
	if e.Field != "" {
		text += fmt.Sprintf("; %s alone costs %d: ask for smaller pages (first, last), fewer lists within lists or a simpler filter", e.Field, e.FieldCost)
	}
	return text
}

// ErrorCode is the code that API clients see.
func (e *CostError) ErrorCode() string { return "QUERY_TOO_EXPENSIVE" }

// ErrorExtensions are the details that API clients see.
func (e *CostError) ErrorExtensions() map[string]any {
	return map[string]any{"cost": e.Cost, "limit": e.Limit, "field": e.Field}
}

// ExtensionName implements graphql.HandlerExtension.
func (*Cost) ExtensionName() string { return "FramefoxCost" }

// Validate implements graphql.HandlerExtension; the handler calls it with its
// schema before it serves.
func (c *Cost) Validate(schema graphql.ExecutableSchema) error {
	if schema == nil || schema.Schema() == nil {
		return errors.New("relay: cannot count costs without a schema")
	}
	c.schema = schema.Schema()
	return nil
}

const costKey = "framefox.cost"

// CostOf tells what the operation under way costs, for logs and metrics.
func CostOf(op *graphql.OperationContext) (cost int, ok bool) {
	cost, ok = op.Stats.GetExtension(costKey).(int)
	return cost, ok
}

// MutateOperationContext implements graphql.OperationContextMutator.
func (c *Cost) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	limit := c.Settings.maxCost()
	b := &bill{schema: c.schema, variables: op.Variables, defaultPage: float64(c.Settings.defaultPage())}
	b.selections(op.Operation.SelectionSet, surroundings{parents: 1})
	total := int(min(b.total, maxBill))
	op.Stats.SetExtension(costKey, total)
	if limit < 0 || total <= limit {
		return nil
	}
	err := &CostError{Cost: total, Limit: limit, Field: clipPath(b.field), FieldCost: int(min(b.most, maxBill))}
	return &gqlerror.Error{Err: err, Message: err.Error()}
}

// InterceptResponse implements graphql.ResponseInterceptor: it tells the cost
// where the settings want that.
func (c *Cost) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if c.Settings.ShowCost && graphql.HasOperationContext(ctx) {
		if total, ok := CostOf(graphql.GetOperationContext(ctx)); ok {
			graphql.RegisterExtension(ctx, "cost", map[string]int{"cost": total, "limit": c.Settings.maxCost()})
		}
	}
	return next(ctx)
}

// Bounds of the count itself.
const (
	maxBill   = 1 << 40
	maxVisits = 20_000 // fragments that spread fragments grow exponentially
)

// bill is what one operation adds up to. Floats grow beyond any integer
// without turning over.
type bill struct {
	schema      *ast.Schema
	variables   map[string]any
	defaultPage float64

	total, most float64
	field       string // the most expensive one
	visits      int
}

// surroundings say where a selection stands.
type surroundings struct {
	path    string
	parents float64 // rows that it is read for
	page    bool    // it is on a page of rows, which were counted
	rows    float64 // of that page, for all parents
	clauses float64 // what the filter of that page costs a statement
}

func (b *bill) charge(path string, cost float64) {
	b.total = min(b.total+cost, 2*maxBill)
	if cost > b.most {
		b.field, b.most = path, cost
	}
}

func (b *bill) selections(set ast.SelectionSet, at surroundings) {
	for _, s := range set {
		if b.visits++; b.visits > maxVisits {
			b.total = 2 * maxBill
			return
		}
		switch s := s.(type) {
		case *ast.InlineFragment:
			if b.included(s.Directives) {
				b.selections(s.SelectionSet, at)
			}
		case *ast.FragmentSpread:
			if b.included(s.Directives) && s.Definition != nil {
				b.selections(s.Definition.SelectionSet, at)
			}
		case *ast.Field:
			if b.included(s.Directives) && !strings.HasPrefix(s.Name, "__") && s.Definition != nil {
				b.visit(s, at)
			}
		}
	}
}

// included evaluates @skip and @include.
func (b *bill) included(list ast.DirectiveList) bool {
	holds := func(name string) (yes, given bool) {
		d := list.ForName(name)
		if d == nil || d.Definition == nil {
			return false, false
		}
		yes, given = d.ArgumentMap(b.variables)["if"].(bool)
		return yes, given
	}
	if skip, given := holds("skip"); given && skip {
		return false
	}
	include, given := holds("include")
	return !given || include
}

func (b *bill) visit(f *ast.Field, at surroundings) {
	inner := surroundings{path: strings.TrimPrefix(at.path+"."+f.Name, "."), parents: at.parents}
	switch {
	case at.page:
		b.onPage(f, at, inner)
	case f.Name == "node" && f.ObjectDefinition != nil && strings.HasSuffix(f.ObjectDefinition.Name, "Edge"):
		b.selections(f.SelectionSet, inner)
	default:
		b.ordinary(f, inner)
	}
}

// ordinary counts a field of a row or of the root: an edge, a list, a page.
func (b *bill) ordinary(f *ast.Field, at surroundings) {
	args := f.ArgumentMap(b.variables)
	clauses := b.arguments(f, args)
	if len(f.SelectionSet) == 0 && clauses == 0 {
		return // a value of a row, be it a list
	}
	size, paged := b.size(f, args)
	if paged && f.Definition.Type.Elem == nil && !readsRows(f.SelectionSet) {
		size = min(size, 1) // it is asked for its counts and aggregates only
	}
	rows := at.parents * size
	// A page without rows costs a statement too.
	b.charge(at.path, max(rows, at.parents)+clauses)
	if paged && f.Definition.Type.Elem == nil {
		at.page, at.rows, at.clauses = true, rows, clauses
	} else {
		at.parents = rows
	}
	b.selections(f.SelectionSet, at)
}

// onPage counts a field of a page: its rows are paid for, what summarises the
// list is a statement of its own.
func (b *bill) onPage(f *ast.Field, page, at surroundings) {
	args := f.ArgumentMap(b.variables)
	size, paged := b.size(f, args)
	list := f.Definition.Type.Elem != nil
	switch {
	case f.Definition.Type.Name() == "PageInfo":
		return
	case list && !paged:
		at.parents = page.rows
	default:
		b.charge(at.path, 10+page.parents*size+page.clauses+b.arguments(f, args))
		if isAggregate(f.Definition.Type.Name()) {
			return // one statement, whatever it computes
		}
		at.parents = page.parents * size
	}
	b.selections(f.SelectionSet, at)
}

// readsRows reports whether the selection below a page needs its rows.
func readsRows(set ast.SelectionSet) bool {
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		switch s := s.(type) {
		case *ast.InlineFragment:
			return readsRows(s.SelectionSet)
		case *ast.FragmentSpread:
			return s.Definition == nil || readsRows(s.Definition.SelectionSet)
		case *ast.Field:
			if strings.HasPrefix(s.Name, "__") || s.Definition == nil {
				return false
			}
			name := s.Definition.Type.Name()
			return name != "Total" && s.Name != "totalCount" && !isAggregate(name)
		}
		return true
	})
}

// isAggregate reports whether a type of the schema is what aggregates or groups
// of a connection give.
func isAggregate(name string) bool {
	return strings.HasSuffix(name, "Aggregate") || strings.HasSuffix(name, "AggregateGroup")
}

// size is the most rows that a field gives for one parent, and whether they
// are a page that arguments bound.
func (b *bill) size(f *ast.Field, args map[string]any) (rows float64, paged bool) {
	given := false
	for _, name := range []string{"first", "last", "perPage", "limit"} {
		paged = paged || f.Definition.Arguments.ForName(name) != nil
		if n, err := parseInt(args[name]); err == nil {
			rows, given = max(rows, float64(n)), true
		}
	}
	switch {
	case given:
		return rows, true
	case paged:
		return b.defaultPage, true
	}
	if f.Definition.Type.Elem == nil {
		return 1, false
	}
	if ids := f.Definition.Arguments.ForName("ids"); ids != nil {
		return float64(len(items(args["ids"]))), false
	}
	return b.defaultPage, false
}

// clipPath keeps the path of a deep field readable.
func clipPath(path string) string {
	if steps := strings.Split(path, "."); len(steps) > 12 {
		return strings.Join(steps[:6], ".") + "…" + strings.Join(steps[len(steps)-6:], ".")
	}
	return path
}
