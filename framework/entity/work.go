package entity

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// chunk is the number of keys that one statement carries: well below what any
// dialect binds.
const chunk = 5000

// work is a piece of work on several tables, in one transaction.
type work struct {
	ctx     context.Context //nolint:containedctx // lives as long as the transaction
	tx      dialect.Tx
	dialect string
	at      time.Time // the instant that it stamps rows with
}

// row is what the work reads of one: its key, and when it was deleted.
type row struct {
	key  any
	dead sql.NullTime // never valid where the entity has no soft delete
}

// inTx runs fn in the transaction of the driver, or in one of its own where the
// driver is none.
func inTx(ctx context.Context, driver dialect.Driver, fn func(*work) error) (err error) {
	tx, err := driver.Tx(ctx)
	if err != nil {
		return fmt.Errorf("entity: cannot begin a transaction: %w", err)
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback() // what led here is what counts
		}
	}()
	w := &work{ctx: ctx, tx: tx, dialect: driver.Dialect(), at: time.Now().UTC().Truncate(time.Microsecond)}
	if err := fn(w); err != nil {
		return err
	}
	done = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("entity: cannot commit: %w", err)
	}
	return nil
}

// rows reads the rows of the entity that the condition leaves, by key, and
// locks them until the transaction ends. A limit of 0 is none; with a limit
// nothing is locked.
func (w *work) rows(e *Entity, limit int, where func(*sql.Selector)) ([]row, error) {
	t := sql.Table(e.Table)
	s := sql.Dialect(w.dialect).Select(t.C(e.ID().Column)).From(t).WithContext(w.ctx).OrderBy(t.C(e.ID().Column))
	if e.SoftDelete != nil {
		s.AppendSelect(t.C(e.SoftDelete.Column))
	}
	where(s)
	if limit > 0 {
		s.Limit(limit)
	} else if w.dialect != dialect.SQLite { // which has one writer at a time
		s.ForUpdate()
	}
	query, args := s.Query()
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("entity: cannot select rows of %s: %w", e.Name, err)
	}
	var found []row
	err := w.query(query, args, func(scan func(...any) error) error {
		key, dead := newKey(e), sql.NullTime{}
		into := []any{key.Interface()}
		if e.SoftDelete != nil {
			into = append(into, &dead)
		}
		if err := scan(into...); err != nil {
			return err
		}
		found = append(found, row{key.Elem().Interface(), dead})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("entity: cannot read rows of %s: %w", e.Name, err)
	}
	return found, nil
}

// newKey is a pointer to a key of the entity, to be scanned into.
func newKey(e *Entity) reflect.Value { return reflect.New(e.ID().GoType) }

// rowsIn is rows of those whose column has one of the values, chunk by chunk.
func (w *work) rowsIn(e *Entity, column string, values []any, where func(*sql.Selector)) ([]row, error) {
	var found []row
	for part := range slices.Chunk(values, chunk) {
		rows, err := w.rows(e, 0, func(s *sql.Selector) {
			s.Where(sql.In(s.C(column), part...))
			if where != nil {
				where(s)
			}
		})
		if err != nil {
			return nil, err
		}
		found = append(found, rows...)
	}
	return found, nil
}

func (w *work) query(query string, args []any, each func(scan func(...any) error) error) (err error) {
	rows := &sql.Rows{}
	if err := w.tx.Query(w.ctx, query, args, rows); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// change updates the rows of the entity whose column has one of the values,
// chunk by chunk.
func (w *work) change(e *Entity, column string, values []any, set func(*sql.UpdateBuilder)) error {
	for part := range slices.Chunk(values, chunk) {
		u := sql.Dialect(w.dialect).Update(e.Table)
		set(u)
		query, args := u.Where(sql.In(column, part...)).Query()
		if err := w.tx.Exec(w.ctx, query, args, nil); err != nil {
			return fmt.Errorf("entity: cannot change rows of %s: %w", e.Name, err)
		}
	}
	return nil
}

// touch adds to an update what each update of the entity does: the version
// rises and updated_at is set.
func (w *work) touch(e *Entity, u *sql.UpdateBuilder) {
	if e.Version != nil {
		u.Add(e.Version.Column, 1)
	}
	for _, f := range e.Fields {
		if f.Touched && f.Kind == Time {
			u.Set(f.Column, w.at)
		}
	}
}

// keySet is keys of one entity, in the order in which they were found.
type keySet struct {
	list []any
	has  map[any]bool
}

// add adds a key and reports whether it is new.
func (s *keySet) add(key any) bool {
	if s.has == nil {
		s.has = map[any]bool{}
	}
	if s.has[key] {
		return false
	}
	s.has[key] = true
	s.list = append(s.list, key)
	return true
}

// rowSet is rows of several entities, in the order in which they were found.
type rowSet struct {
	order []*Entity
	keys  map[*Entity]*keySet
}

func (s *rowSet) of(e *Entity) *keySet {
	if s.keys == nil {
		s.keys = map[*Entity]*keySet{}
	}
	if s.keys[e] == nil {
		s.keys[e] = &keySet{}
		s.order = append(s.order, e)
	}
	return s.keys[e]
}

func (s *rowSet) has(e *Entity, key any) bool { return s.keys[e] != nil && s.keys[e].has[key] }

// level is the rows that were found in one step from those found before.
type level struct {
	order []*Entity
	keys  map[*Entity][]any
}

func (l *level) add(e *Entity, key any) {
	if l.keys == nil {
		l.keys = map[*Entity][]any{}
	}
	if _, ok := l.keys[e]; !ok {
		l.order = append(l.order, e)
	}
	l.keys[e] = append(l.keys[e], key)
}
