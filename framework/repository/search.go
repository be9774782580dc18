package repository

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/relay"
)

// MinSearch is how many characters a text to search for has at least.
const MinSearch = 2

// Search returns the rows of which a field contains the text, in upper or lower
// case. The text is taken as it is: % and _ in it are no wildcards. White space
// around it does not count, and what is left has at least [MinSearch] characters.
//
// The fields are those of [In], or else all text that the API shows. It also
// takes [OrderBy], [Limit], [Offset] and [With]; the limit is 100 unless it is
// given.
//
// The database looks at each row. Where that takes too long, have the words
// indexed: see package search.
func (r *Repository[T, K, P, Q, C, U]) Search(ctx context.Context, text string, opts ...Option) ([]*T, error) {
	o, err := read("Search", opts, "In", "OrderBy", "Limit", "Offset", "With")
	if err != nil {
		return nil, err
	}
	contains, err := Containing(r.model.Entity, text, o.in...)
	if err != nil {
		return nil, err
	}
	if o.limit == nil {
		o.limit = new(r.model.Source.Settings().MaxPage)
	}
	return r.Where(P(contains)).list(ctx, nil, o)
}

// maxSearch is the longest text, in bytes: SQLite takes no pattern over 50,000,
// and escaping may double it.
const maxSearch = 10_000

// Containing is the predicate that [Repository.Search] takes: one of the fields
// contains the text. It is a specification for rows of the entity.
func Containing(e *entity.Entity, text string, in ...string) (func(*sql.Selector), error) {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return nil, bad("text", "must be valid UTF-8 without NUL")
	case utf8.RuneCountInString(text) < MinSearch:
		return nil, bad("text", "must have at least %d characters", MinSearch)
	case len(text) > maxSearch:
		return nil, bad("text", "must not be longer than %d bytes", maxSearch)
	}
	fields, err := searched(e, in)
	if err != nil {
		return nil, err
	}
	return func(s *sql.Selector) {
		options := make([]*sql.Predicate, len(fields))
		for i, f := range fields {
			options[i] = fold(f).Apply(s.C(f.Column), text)
		}
		s.Where(sql.Or(options...))
	}, nil
}

func searched(e *entity.Entity, in []string) ([]*entity.Field, error) {
	var fields []*entity.Field
	for _, name := range in {
		f, err := e.FieldNamed(name)
		if err != nil {
			return nil, err
		}
		if fold(f) == nil || f.Sensitive {
			return nil, bad("In", "names %s.%s, which is no text to search", e.Name, name)
		}
		fields = append(fields, f)
	}
	if len(in) > 0 {
		return fields, nil
	}
	for _, f := range e.Fields {
		if f.Filter && fold(f) != nil {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return nil, bad("In", "has to name fields: no text of %s is shown", e.Name)
	}
	return fields, nil
}

// fold is the operator that a field contains a text, or nil.
func fold(f *entity.Field) *relay.Operator {
	ops := relay.Operators(f)
	if i := slices.IndexFunc(ops, func(op relay.Operator) bool { return op.Suffix == "ContainsFold" }); i >= 0 {
		return &ops[i]
	}
	return nil
}
