package relay

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// RowLimit is a gqlgen extension that refuses an operation whose pages, were
// all of them full, would hold too many rows: what first, last and ids ask
// for, times the same of every list around it. Nothing is read before.
type RowLimit struct {
	Max         int // rows of one operation; default 10,000, negative for no limit
	DefaultPage int // rows of a list that names no number; default 20, as in Settings
}

var (
	_ graphql.HandlerExtension        = RowLimit{}
	_ graphql.OperationContextMutator = RowLimit{}
)

// ExtensionName implements graphql.HandlerExtension.
func (RowLimit) ExtensionName() string { return "RowLimit" }

// Validate implements graphql.HandlerExtension.
func (RowLimit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (l RowLimit) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if l.Max == 0 {
		l.Max = 10_000
	}
	if l.DefaultPage == 0 {
		l.DefaultPage = defaultPage
	}
	n := l.rows(op.Operation.SelectionSet, 1, 1, op.Variables)
	if l.Max < 0 || n <= float64(l.Max) {
		return nil
	}
	return &gqlerror.Error{
		Message: fmt.Sprintf("the request is refused: it could return %.0f rows, and %d are allowed; "+
			"ask for smaller pages (first, last) or fewer nested lists", n, l.Max),
		Extensions: map[string]any{"code": "TOO_MANY_ROWS", "limit": l.Max},
	}
}

// rows counts what a selection loads for a number of parents; in a connection,
// which has aggregates once and not for each row, also for a number of owners.
// A float grows beyond any integer without turning over.
func (l RowLimit) rows(set ast.SelectionSet, parents, owners float64, variables map[string]any) float64 {
	sum := 0.0
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			sum += l.rows(s.SelectionSet, parents, owners, variables)
		case *ast.FragmentSpread:
			sum += l.rows(s.Definition.SelectionSet, parents, owners, variables)
		case *ast.Field:
			if len(s.SelectionSet) == 0 || strings.HasPrefix(s.Name, "__") {
				continue
			}
			if of := s.ObjectDefinition.Name; s.Name == "edges" && strings.HasSuffix(of, "Connection") ||
				s.Name == "node" && strings.HasSuffix(of, "Edge") || s.Name == "pageInfo" {
				sum += l.rows(s.SelectionSet, parents, owners, variables) // the connection counts them
				continue
			}
			if strings.HasSuffix(s.ObjectDefinition.Name, "Connection") && (s.Name == aggregateField || s.Name == groupsField) {
				sum += owners * max(l.page(s, variables), 1) // what is in them are no rows
				continue
			}
			// An empty page costs a statement too.
			n := parents * l.page(s, variables)
			sum += max(n, parents) + l.rows(s.SelectionSet, n, parents, variables)
		}
	}
	return min(sum, math.MaxInt64)
}

// page is the most rows that a field gives for one parent.
func (l RowLimit) page(f *ast.Field, variables map[string]any) float64 {
	connection := f.Definition.Arguments.ForName("first") != nil
	if strings.HasSuffix(f.Definition.Type.Name(), "Connection") && !readsRows(f.SelectionSet) {
		return 1 // a count, or aggregates
	}
	if !connection && f.Definition.Type.Elem == nil {
		return 1
	}
	args := f.ArgumentMap(variables)
	if ids, ok := args["ids"].([]any); ok {
		return float64(len(ids))
	}
	for _, name := range []string{"first", "last"} {
		if n, err := parseInt(args[name]); err == nil {
			return float64(max(n, 0))
		}
	}
	return float64(l.DefaultPage)
}

// readsRows reports whether the selection of a connection needs its page.
func readsRows(set ast.SelectionSet) bool {
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		switch s := s.(type) {
		case *ast.InlineFragment:
			return readsRows(s.SelectionSet)
		case *ast.FragmentSpread:
			return readsRows(s.Definition.SelectionSet)
		case *ast.Field:
			return s.Name == "edges" || s.Name == "pageInfo"
		}
		return false
	})
}
