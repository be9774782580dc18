package repository

import (
	"context"

	"entgo.io/ent/dialect/sql"
)

// CreateMany makes n rows in few statements and one transaction; set fills the
// builder of each, by its number from 0. The rows come back in that order. The
// error of a row is an *entity.RowError, and nothing is left of the others.
func (r *Repository[T, K, P, Q, C, U]) CreateMany(ctx context.Context, n int, set func(i int, row C)) ([]*T, error) {
	builders := make([]C, n)
	for i := range builders {
		builders[i] = r.model.Client.Create()
		set(i, builders[i])
	}
	return r.model.CreateMany(ctx, builders)
}

// UpdateMany changes the rows with the keys, each in its own way, in few
// statements and one transaction, and returns them in the order of the keys. The
// error of a row, also that it is not there, is an *entity.RowError, and all stay
// as they were.
func (r *Repository[T, K, P, Q, C, U]) UpdateMany(ctx context.Context, ids []K, set func(id K, row U)) ([]*T, error) {
	builders := make([]U, len(ids))
	for i, id := range ids {
		builders[i] = r.model.Client.UpdateOneID(id)
		set(id, builders[i])
		r.narrow(r.model.Change(builders[i]))
	}
	return r.model.UpdateMany(ctx, builders)
}

// UpdateBy gives all rows that match the criteria the values, in one statement,
// and counts them. Neither may be empty, unless the repository is narrowed: all
// rows are never meant by leaving something out.
func (r *Repository[T, K, P, Q, C, U]) UpdateBy(ctx context.Context, criteria Criteria, values Values) (int, error) {
	mass := r.model.UpdateAll()
	if err := values.fill(r.model.Entity, mass.Mutation); err != nil {
		return 0, err
	}
	if len(values) == 0 {
		return 0, bad("values", "must not be empty")
	}
	return r.mass(ctx, mass, criteria)
}

// DeleteBy deletes all rows that match the criteria, or marks them as deleted,
// and counts them. The criteria may be empty only where the repository is
// narrowed.
func (r *Repository[T, K, P, Q, C, U]) DeleteBy(ctx context.Context, criteria Criteria) (int, error) {
	return r.mass(ctx, r.model.DeleteAll(), criteria)
}

func (r *Repository[T, K, P, Q, C, U]) mass(ctx context.Context, mass Mass, criteria Criteria) (int, error) {
	if len(criteria) == 0 && len(r.where) == 0 {
		return 0, bad("criteria", "must not be empty: narrow the repository with Where to mean many rows")
	}
	predicates, _, err := criteria.compile(r.model.Entity)
	if err != nil {
		return 0, err
	}
	mass.Mutation.WhereP(func(s *sql.Selector) {
		for _, p := range predicates {
			p(s)
		}
	})
	r.narrow(mass.Mutation)
	return mass.Run(ctx)
}
