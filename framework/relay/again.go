package relay

import "entgo.io/ent/dialect/sql"

// again returns another selector of the same rows, to be made a subquery. The
// two share their predicates: Ent's Clone loses the operators >, >=, < and <=
// of them, and the ESCAPE of LIKE, which write into what they were cloned from.
func again(s *sql.Selector) *sql.Selector {
	other := *s
	return &other
}
