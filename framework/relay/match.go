package relay

import "entgo.io/ent/dialect/sql"

// All joins specifications, which are ent's predicates, with what there is for
// Args.Match. Without any it is nil.
func All[P ~func(*sql.Selector)](match func(*sql.Selector), specs ...P) func(*sql.Selector) {
	if len(specs) == 0 {
		return match
	}
	return func(s *sql.Selector) {
		if match != nil {
			match(s)
		}
		for _, spec := range specs {
			spec(s)
		}
	}
}
