package repository

// Narrowed reports whether the repository has not all rows of its entity, or
// loads edges along: it came from Where or With.
func (r *Repository[T, K, P, Q, C, U]) Narrowed() bool { return len(r.where)+len(r.loads) > 0 }
