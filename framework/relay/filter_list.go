package relay

import "entgo.io/ent/dialect/sql"

// listOperators are those of a list of texts that is stored as JSON.
func listOperators() []Operator {
	list := func(fn func(list value, items []any) condition) func(string, []any) *sql.Predicate {
		return func(c string, v []any) *sql.Predicate { return decided(c, fn(value{column: c}, v)) }
	}
	return []Operator{
		{"Has", TakesValue, list(func(l value, v []any) condition { return l.has(v...) })},
		{"HasSome", TakesSome, list(func(l value, v []any) condition { return l.has(v...) })},
		{"HasEvery", TakesSome, list(func(l value, v []any) condition { return l.contains(v) })},
		{"IsEmpty", TakesFlag, list(func(l value, v []any) condition {
			empty := l.equals([]any{})
			if v[0] == true {
				return empty
			}
			return func(b *sql.Builder) {
				b.WriteString("NOT ")
				empty(b)
			}
		})},
	}
}
