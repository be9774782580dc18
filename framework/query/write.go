package query

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Set is what [Builder.Update] sets, by column. nil is NULL; [Increment] adds.
type Set map[string]any

// Increment is a value of a [Set] that adds to a number in the database.
type Increment int64

// Update changes the rows, by the generated client: rules, hooks, versions and
// updated_at are its. It returns how many rows it changed.
func (b *Builder[E]) Update(ctx context.Context, set Set) (int, error) {
	if len(set) == 0 {
		return 0, errors.New("query: the update sets nothing")
	}
	return b.change(ctx, ent.OpUpdate, func(m entity.Mutation) error {
		var errs []error
		for _, name := range slices.Sorted(maps.Keys(set)) {
			errs = append(errs, b.spec.set(m, name, set[name]))
		}
		return errors.Join(errs...)
	})
}

// Delete deletes the rows as the generated client does: where the schema has soft
// delete it marks them, and what hangs on them goes along. With a context of
// entity.WithPurge it removes them for good.
func (b *Builder[E]) Delete(ctx context.Context) (int, error) {
	return b.change(ctx, ent.OpDelete, func(entity.Mutation) error { return nil })
}

func (s *spec) set(m entity.Mutation, name string, value any) error {
	f := fieldOf(s.entity, name)
	if f == nil {
		return &UnknownNameError{"column of " + s.entity.Name, name, fieldNames(s.entity)}
	}
	if f.Immutable || f == s.entity.ID() || s.entity.Version != nil && f.Name == s.entity.Version.Name {
		return fmt.Errorf("query: %s of %s cannot be set", f.Name, s.entity.Name)
	}
	if isNil(value) {
		if !f.Nullable {
			return fmt.Errorf("query: %s of %s cannot be NULL", f.Name, s.entity.Name)
		}
		return m.ClearField(f.Name)
	}
	by, adds := value.(Increment)
	if adds {
		value = int64(by)
	} else if err := fits(f, value); err != nil {
		return err
	}
	v := reflect.Indirect(reflect.ValueOf(value))
	if f.GoType != nil && v.CanConvert(f.GoType) && (v.Kind() == f.GoType.Kind() || v.CanInt() || v.CanUint()) {
		converted := v.Convert(f.GoType)
		if v.CanInt() && converted.CanInt() && converted.Int() != v.Int() {
			return fmt.Errorf("query: %d does not fit into %s", v.Int(), f.Name)
		}
		v = converted
	}
	if adds {
		return m.AddField(f.Name, v.Interface())
	}
	return m.SetField(f.Name, v.Interface())
}

func (b *Builder[E]) change(ctx context.Context, op ent.Op, fill func(entity.Mutation) error) (int, error) {
	client, err := b.client()
	if err != nil {
		return 0, err
	}
	s := b.spec
	if len(s.groups) > 0 || len(s.unions) > 0 || len(s.selects) > 0 || s.distinct || s.alias != "" {
		return 0, errors.New("query: an update or a delete has conditions, joins, order and limit, nothing else")
	}
	driver := client.Driver()
	if _, err := s.statement(ctx, driver.Dialect()); err != nil {
		return 0, err
	}
	m, save := client.QueryChange(s.entity.Name, op)
	if err := fill(m); err != nil {
		return 0, err
	}
	m.WhereP(func(to *sql.Selector) {
		if err := s.narrow(to); err != nil {
			to.AddError(err)
		}
	})
	var n int
	err = limitsOf(b.src).run(ctx, driver, func(ctx context.Context) error {
		n, err = save(ctx)
		return err
	})
	return n, err
}

// narrow adds the conditions to the statement of a mutation. With joins or a limit
// the rows are those of a subquery; MySQL wants another one around it, to read the
// table that it changes.
func (s *spec) narrow(to *sql.Selector) error {
	at := &scope{ctx: to.Context(), dialect: to.Dialect()}
	if len(s.joins) == 0 && s.limit == nil && s.offset == nil && len(s.with) == 0 {
		at.tables = []*table{{key: s.entity.Table, entity: s.entity, view: to.Table()}}
		if len(s.where.all) == 0 {
			return nil
		}
		w, err := s.where.expr(at)
		if err != nil {
			return err
		}
		to.Where(sql.P(w))
		return nil
	}
	seen, err := s.entity.Rows.Seen(at.ctx)
	if err != nil {
		return err
	}
	inner := s.clone()
	id := s.entity.ID()
	inner.selects = []selection{{id.Column, Col(id.Name)}}
	rows, err := inner.build(at, seen)
	if err != nil {
		return err
	}
	d := sql.Dialect(to.Dialect())
	to.Where(sql.In(to.C(id.Column), d.Select(quote(to.Dialect(), id.Column)).From(rows.As("chosen"))))
	return nil
}
