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
	Count  int    // how many there are; 100 says that there may be more
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
	if b.Edge != "" {
		text += fmt.Sprintf(" (%s.%s)", b.Of, b.Edge)
	}
	if b.Dead > 0 {
		text += fmt.Sprintf(", of which %d deleted and not purged", b.Dead)
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
			if b.Count > 0 {
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
		for _, row := range rows {
			if !r.doomed.has(e, row.key) && b.Count < maxBlockers {
				b.add(row)
			}
		}
	}
	return b, nil
}
