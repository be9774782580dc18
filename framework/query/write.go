package query

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
)

// Set is what [Builder.Update] sets, by column. nil is NULL; [Increment] adds.
type Set map[string]any

// Increment is a value of a [Set] that adds to a number in the database.
type Increment int64

// Everything says that an update or a delete takes all rows, which one without a
// condition is refused to.
func (b *Builder[E]) Everything() *Builder[E] {
	return b.with(func(s *spec) { s.everything = true })
}

// Update changes the rows, by the generated client: rules, hooks, versions and
// updated_at are its. It returns how many rows it changed. Without a condition
// and a limit it wants [Builder.Everything].
func (b *Builder[E]) Update(ctx context.Context, set Set) (int, error) {
	if len(set) == 0 {
		return 0, errors.New("query: the update sets nothing")
	}
	return b.change(ctx, ent.OpUpdate, set)
}

// Delete deletes the rows as the generated client does: where the schema has soft
// delete it marks them, and what hangs on them goes along. With a context of
// entity.WithPurge it removes them for good. Without a condition and a limit it
// wants [Builder.Everything].
func (b *Builder[E]) Delete(ctx context.Context) (int, error) {
	return b.change(ctx, ent.OpDelete, nil)
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
		if overflows(v, reflect.Zero(f.GoType)) {
			return fmt.Errorf("query: %v does not fit into %s", v.Interface(), f.Name)
		}
		v = v.Convert(f.GoType)
	}
	if adds {
		return m.AddField(f.Name, v.Interface())
	}
	return m.SetField(f.Name, v.Interface())
}

// overflows reports whether a number does not fit into the type of another.
func overflows(v, to reflect.Value) bool {
	switch {
	case v.CanInt() && to.CanInt():
		return to.OverflowInt(v.Int())
	case v.CanInt() && to.CanUint():
		return v.Int() < 0 || to.OverflowUint(uint64(v.Int())) //nolint:gosec // it is not negative
	case v.CanUint() && to.CanInt():
		return v.Uint() > math.MaxInt64 || to.OverflowInt(int64(v.Uint())) //nolint:gosec // it is within int64
	case v.CanUint() && to.CanUint():
		return to.OverflowUint(v.Uint())
	case v.CanFloat() && to.CanFloat():
		return to.OverflowFloat(v.Float())
	}
	return false
}

func (b *Builder[E]) change(ctx context.Context, op ent.Op, set Set) (int, error) {
	client, err := b.client()
	if err != nil {
		return 0, err
	}
	s := b.spec
	if len(s.groups) > 0 || len(s.unions) > 0 || len(s.selects) > 0 || s.distinct || s.alias != "" {
		return 0, errors.New("query: an update or a delete has conditions, joins, order and limit, nothing else")
	}
	if len(s.where.all) == 0 && s.limit == nil && !s.everything {
		return 0, ErrNoCondition
	}
	driver := client.Driver()
	if _, err := s.statement(ctx, driver.Dialect()); err != nil {
		return 0, err
	}
	m, save := client.QueryChange(s.entity.Name, op)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(set)) {
		errs = append(errs, s.set(m, name, set[name]))
	}
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	m.WhereP(func(to *sql.Selector) {
		if err := s.narrow(to); err != nil {
			to.AddError(err)
		}
	})
	var n int
	err = limitsOf(b.src).run(ctx, driver, func(ctx context.Context) error {
		if sums := s.sums(set); len(sums) > 0 && driver.Dialect() == dialect.SQLite {
			return database.Transact(ctx, driver, func(ctx context.Context) error {
				if err := s.check(ctx, driver, sums); err != nil {
					return err
				}
				n, err = save(ctx)
				return err
			})
		}
		n, err = save(ctx)
		return err
	})
	return n, err
}

// sums are what the set adds to whole numbers.
func (s *spec) sums(set Set) map[*entity.Field]Increment {
	sums := map[*entity.Field]Increment{}
	for name, value := range set {
		by, ok := value.(Increment)
		f := fieldOf(s.entity, name)
		if !ok || f == nil || f.GoType == nil {
			continue
		}
		if zero := reflect.Zero(f.GoType); zero.CanInt() || zero.CanUint() {
			sums[f] = by
		}
	}
	return sums
}

// check refuses sums that the field has no room for. SQLite would store them: one
// beyond 64 bits as a floating point number.
func (s *spec) check(ctx context.Context, driver dialect.Driver, sums map[*entity.Field]Increment) error {
	for f, by := range sums {
		least, most := bounds(f.GoType)
		d := sql.Dialect(driver.Dialect())
		t := d.Table(s.entity.Table)
		to := d.Select().From(t).WithContext(ctx).AppendSelectExpr(sql.Expr("COUNT(*)"))
		if err := s.narrow(to); err != nil {
			return err
		}
		seen, err := s.entity.Rows.Seen(ctx)
		if err != nil {
			return err
		}
		if seen != nil {
			to.Where(seen(t))
		}
		to.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("COALESCE(" + to.C(f.Column) + ", 0) + ").Arg(int64(by)).WriteString(" NOT BETWEEN ").Arg(least).WriteString(" AND ").Arg(most)
		}))
		text, args := to.Query()
		n := 0
		if err := stream(ctx, driver, limits{}, text, args, func(v int, _ error) bool { n = v; return true }); err != nil {
			return err
		}
		if n > 0 {
			return &entity.ConflictError{Entity: s.entity.Name, Fields: []string{f.Name}, Code: entity.OutOfRange}
		}
	}
	return nil
}

// bounds are the least and the greatest whole number that the type and the
// database hold.
func bounds(t reflect.Type) (least, most int64) {
	bits := t.Bits()
	if reflect.Zero(t).CanUint() {
		if bits == 64 {
			return 0, math.MaxInt64
		}
		return 0, 1<<bits - 1
	}
	return -1 << (bits - 1), 1<<(bits-1) - 1
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
