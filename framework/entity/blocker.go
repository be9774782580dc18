package entity

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/policy"
)

// maxBlockers is how many rows in the way are counted.
const maxBlockers = 100

// Blocker is rows of one entity that are in the way of a delete or a restore.
type Blocker struct {
	Entity string // whose rows they are: "Note"
	Edge   string // that leads to them from Of: "notes"
	Of     string // the entity of the row that they are in the way of
	Count  int    // how many the caller may see; 100 says that there may be more
	Hidden bool   // there are others, which the caller may not see
	Dead   int    // how many of them are deleted, and in the way of a purge only
	Keys   []any  // ids of the first ones, at most 5
}

// String tells how many rows of what are in the way, and where.
func (b *Blocker) String() string {
	count := strconv.Itoa(b.Count)
	if b.Count >= maxBlockers {
		count += " or more"
	}
	text := count + " " + b.Entity
	if b.Count == 0 {
		text = b.Entity
	}
	if b.Edge != "" {
		text += fmt.Sprintf(" (%s.%s)", b.Of, b.Edge)
	}
	if b.Dead > 0 {
		text += fmt.Sprintf(", of which %d deleted and not purged", b.Dead)
	}
	switch {
	case b.Hidden && b.Count == 0:
		text += ", not to be seen by the caller"
	case b.Hidden:
		text += ", and others, not to be seen by the caller"
	}
	return text
}

// add takes a row in.
func (b *Blocker) add(r row) {
	b.Count++
	if r.dead.Valid {
		b.Dead++
	}
	if len(b.Keys) < 5 {
		b.Keys = append(b.Keys, r.key)
	}
}

func blockers(list []Blocker) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].String()
	}
	return strings.Join(texts, "; ")
}

// checkFree looks for rows that refer to one of the doomed rows over an edge
// that restricts, and are not doomed themselves. The doomed rows are locked:
// whoever is about to refer to one of them waits for this transaction, or was
// there before and is seen.
func (r *removal) checkFree() error {
	var found []Blocker
	for _, e := range r.doomed.order {
		for _, ref := range e.referredBy {
			if ref.rule(r.purge) != policy.Restrict {
				continue
			}
			b, err := r.blocker(ref, r.doomed.of(e).list)
			if err != nil {
				return err
			}
			if b.Count > 0 || b.Hidden {
				found = append(found, b)
			}
		}
	}
	if len(found) > 0 {
		return &ConflictError{Entity: r.root.Name, Code: Restricted, Blockers: found}
	}
	return nil
}

func (r *removal) blocker(ref *reference, keys []any) (Blocker, error) {
	e := ref.from
	b := Blocker{Entity: e.Name, Edge: ref.back, Of: ref.to.Name}
	limit := maxBlockers
	if set := r.doomed.keys[e]; set != nil {
		limit += len(set.list)
	}
	for part := range slices.Chunk(keys, chunk) {
		rows, err := r.rows(e, limit, func(s *sql.Selector) {
			s.Where(sql.In(s.C(ref.column), part...))
			if !r.purge && e.SoftDelete != nil {
				s.Where(sql.IsNull(s.C(e.SoftDelete.Column)))
			}
		})
		if err != nil {
			return b, err
		}
		rows = slices.DeleteFunc(rows, func(row row) bool { return r.doomed.has(e, row.key) })
		seen, err := r.seen(e, rows)
		if err != nil {
			return b, err
		}
		for _, row := range rows {
			switch {
			case !seen(row.key):
				b.Hidden = true
			case b.Count < maxBlockers:
				b.add(row)
			}
		}
	}
	return b, nil
}

// seen tells which of the rows the caller may see, deleted or not. Those of
// others are in the way all the same, but how many there are is not for everyone.
func (w *work) seen(e *Entity, rows []row) (func(key any) bool, error) {
	all := func(any) bool { return true }
	if len(rows) == 0 || !e.Rows.guarded() {
		return all, nil
	}
	c, err := e.Rows.Seen(WithTrashed(w.ctx))
	switch {
	case err != nil: // what cannot be decided is hidden
		return func(any) bool { return false }, nil
	case c == nil:
		return all, nil
	}
	var own keySet
	for part := range slices.Chunk(rows, chunk) {
		keys := make([]any, len(part))
		for i, row := range part {
			keys[i] = row.key
		}
		visible, err := w.rows(e, len(keys), func(s *sql.Selector) {
			s.Where(sql.And(sql.In(s.C(e.ID().Column), keys...), c(s)))
		})
		if err != nil {
			return nil, err
		}
		for _, row := range visible {
			own.add(row.key)
		}
	}
	return func(key any) bool { return own.has[key] }, nil
}
