package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/framefox-go/framefox/framework/entity"
)

// Create makes a row of what set gives the builder:
//
//	post, err := posts.Create(ctx, func(p *ent.PostCreate) { p.SetTitle("Foxes").SetSlug("foxes").SetAuthor(ada) })
//
// Rules, hooks and defaults hold. The error is an *entity.ValidationError that
// lists all that is wrong, or an *entity.ConflictError.
func (r *Repository[T, K, P, Q, C, U]) Create(ctx context.Context, set func(C)) (*T, error) {
	builder := r.model.Client.Create()
	set(builder)
	return builder.Save(ctx)
}

// CreateFrom makes a row of values that may come from a caller; see [Values].
func (r *Repository[T, K, P, Q, C, U]) CreateFrom(ctx context.Context, values Values) (*T, error) {
	builder := r.model.Client.Create()
	if err := values.fill(r.model.Entity, r.model.Creation(builder)); err != nil {
		return nil, err
	}
	return builder.Save(ctx)
}

// Update changes the row with the key as set says. Only what differs is written:
// where nothing does, nothing is, and changed is false. A row that is not there
// is an *entity.NotFoundError.
//
// It takes the option [ExpectVersion], which holds also where nothing differs.
func (r *Repository[T, K, P, Q, C, U]) Update(ctx context.Context, id K, set func(U), opts ...Option) (changed bool, err error) {
	builder := r.model.Client.UpdateOneID(id)
	set(builder)
	return r.update(ctx, id, builder, opts)
}

// UpdateFrom is Update with values that may come from a caller; see [Values].
func (r *Repository[T, K, P, Q, C, U]) UpdateFrom(ctx context.Context, id K, values Values, opts ...Option) (changed bool, err error) {
	builder := r.model.Client.UpdateOneID(id)
	if err := values.fill(r.model.Entity, r.model.Change(builder)); err != nil {
		return false, err
	}
	return r.update(ctx, id, builder, opts)
}

// UpdateOnlyBy is Update of the only row that matches the criteria, such as the
// fields of a unique key: several are an *entity.NotUniqueError.
func (r *Repository[T, K, P, Q, C, U]) UpdateOnlyBy(ctx context.Context, criteria Criteria, set func(U), opts ...Option) (changed bool, err error) {
	row, err := r.FindOnlyBy(ctx, criteria)
	if err != nil {
		return false, err
	}
	id, _ := r.model.Value(row, r.model.Entity.ID().Name).(K) // as it was read
	return r.Update(ctx, id, set, opts...)
}

func (r *Repository[T, K, P, Q, C, U]) update(ctx context.Context, id K, builder U, opts []Option) (bool, error) {
	o, err := read("Update", opts, "ExpectVersion")
	if err != nil {
		return false, err
	}
	if err := r.versioned(o); err != nil {
		return false, err
	}
	bare := *r
	bare.loads = nil
	row, err := bare.Find(ctx, id)
	if err != nil {
		return false, err
	}
	m := r.model.Change(builder)
	if err := r.dropSame(row, m); err != nil {
		return false, err
	}
	if !r.model.Entity.Changes(m) {
		return false, r.stale(row, id, o.version)
	}
	r.narrow(m)
	if o.version != nil {
		r.model.Expect(builder, *o.version)
	}
	if _, err := builder.Save(ctx); err != nil {
		if errors.Is(err, entity.ErrNotFound) { // it was there a moment ago
			err = r.missing(fmt.Sprint(id))
		}
		return false, err
	}
	return true, nil
}

// dropSame takes out of the mutation what the row has already.
func (r *Repository[T, K, P, Q, C, U]) dropSame(row *T, m entity.Mutation) error {
	var same []string
	for _, name := range m.Fields() {
		f, known := r.model.Entity.Field(name)
		value, _ := m.Field(name)
		if known && f.Same(r.model.Value(row, name), value) {
			same = append(same, name)
		}
	}
	for _, name := range m.ClearedFields() {
		if plain, err := entity.Plain(r.model.Value(row, name)); err == nil && plain == nil {
			same = append(same, name)
		}
	}
	for _, name := range same {
		if err := m.ResetField(name); err != nil {
			return r.fail("update", err)
		}
	}
	return nil
}

// stale is the error that the row has another version than expected, or nil.
func (r *Repository[T, K, P, Q, C, U]) stale(row *T, id K, expected *int64) error {
	if expected == nil {
		return nil
	}
	current, err := entity.VersionOf(r.model.Value(row, r.model.Entity.Version.Name))
	if err != nil || current == *expected {
		return err
	}
	return &entity.StaleError{Entity: r.model.Entity.Name, ID: fmt.Sprint(id), Expected: *expected, Current: current}
}

func (r *Repository[T, K, P, Q, C, U]) versioned(o *options) error {
	if o.version != nil && r.model.Expect == nil {
		return bad("ExpectVersion", "asks for a version, which %s does not have", r.model.Entity.Name)
	}
	return nil
}

// Delete removes the row with the key, or marks it as deleted where the entity
// has soft delete, with what its edges say. It reports whether there was one. A
// row that others still need is an *entity.ConflictError. It takes the option
// [ExpectVersion].
func (r *Repository[T, K, P, Q, C, U]) Delete(ctx context.Context, id K, opts ...Option) (deleted bool, err error) {
	o, err := read("Delete", opts, "ExpectVersion")
	if err != nil {
		return false, err
	}
	if err := r.versioned(o); err != nil {
		return false, err
	}
	mass := r.model.DeleteOne(id, o.version)
	r.narrow(mass.Mutation)
	n, err := mass.Run(ctx)
	if errors.Is(err, entity.ErrNotFound) {
		return false, nil
	}
	return n > 0, err
}
