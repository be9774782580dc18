package relay

import (
	"errors"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/search"
)

// compileSearch turns a text into the predicate that a row holds its words. A
// text without a word is refused: it would mean no row to some and all to others.
func (s *scope) compileSearch(v any, path string) (predicate, error) {
	text, ok := v.(string)
	if !ok {
		return nil, bad(path, "must be text")
	}
	if err := checkText(text); err != nil {
		return nil, bad(path, "%s", err.Error())
	}
	if err := search.Check(text); err != nil {
		if invalid, ok := errors.AsType[*search.QueryError](err); ok {
			return nil, bad(path, "%s", invalid.Reason)
		}
		return nil, err
	}
	index := s.entity.Search
	return func(_ *builder, t table) *sql.Predicate {
		p, _ := index.Matches(t.C, text) // checked above
		return p
	}, nil
}
