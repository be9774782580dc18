package relay

import (
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
)

// Walk is a total order of an entity's rows, and a place in it, for code that
// reads rows of its own: package repository does. What it does to a statement
// belongs into a modifier, after all predicates.
type Walk struct{ w *window }

// NewWalk checks an order, which the id completes. The name tells cursors of
// one list from those of another; after, if not nil, is where to go on.
func NewWalk(src Source, e *entity.Entity, name string, orderBy []*Order, after *Cursor) (*Walk, error) {
	w, err := newScope(src, e).newWindow(name, Args{OrderBy: orderBy, After: after})
	if err != nil {
		return nil, err
	}
	return &Walk{w}, nil
}

// Order orders a statement, leaves out what is not after the cursor and as many
// rows as the offset says, and limits the rest.
func (k *Walk) Order(s *sql.Selector, limit, offset int) {
	k.w.read(s, k.w.begin(s), limit, offset)
}

// Number orders a statement, cuts a page out of it and selects, beside each row,
// how many rows there are without that: Total reads it. Counting stops at one
// more than most; 0 counts all.
func (k *Walk) Number(s *sql.Selector, offset, limit, most int) {
	k.w.number(s, offset, limit, true, most)
}

// Total is the number that Number selected.
func (k *Walk) Total(row Valuer) (int, error) { return counted(row) }

// After goes on behind the row.
func (k *Walk) After(row Valuer) error {
	values := make([]any, len(k.w.terms))
	for i, t := range k.w.terms {
		v, err := t.value(row, i)
		if err != nil {
			return err
		}
		if values[i], err = entity.Plain(v); err != nil {
			return fmt.Errorf("relay: cannot go on behind a row: %w", err)
		}
	}
	k.w.after = values
	return nil
}

// Cursor names the place of a row, for a Walk to go on behind it.
func (k *Walk) Cursor(row Valuer) (Cursor, error) { return k.w.cursors.encode(row) }
