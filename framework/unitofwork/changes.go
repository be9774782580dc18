package unitofwork

import (
	"context"
	"reflect"
	"slices"

	"github.com/framefox-go/framefox/framework/entity"
)

// Redacted stands for the values of fields that must not be shown.
const Redacted = "[redacted]"

// Change is what became of a field: nil is NULL.
type Change struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// Changes are changed fields by name.
type Changes map[string]Change

// Record is what a flush did with one entity. The changes of an insert come from
// nil; a delete has none.
type Record struct {
	Op      Op
	Entity  string // name of the entity
	Key     any
	Object  any // the pointer
	Changes Changes
}

// Changes tells what of the entity is pending: what a flush would write of its
// fields, before rules and hooks. It is empty for what has not changed and for
// what the manager does not hold. JSON and lists are compared in depth. Secrets
// are [Redacted]. With the names of edges from many to many, those are in it too,
// as lists of keys.
func (m *Manager) Changes(entity any, edges ...string) (Changes, error) {
	done, err := m.use()
	if err != nil {
		return nil, err
	}
	defer done()
	if _, err := m.tableOf(entity); err != nil {
		return nil, err
	}
	it := m.items[entity]
	if it == nil || it.status == removed || it.status == detached {
		return Changes{}, nil
	}
	changes, err := it.t.diff(it)
	if err != nil {
		return nil, err
	}
	for j, e := range it.t.edges {
		if !slices.Contains(edges, e.Name) {
			continue
		}
		if c, changed := m.edgeChange(it, j); changed {
			changes[e.Name] = c
		}
	}
	return changes, nil
}

// diff compares an entity with its snapshot, a new one with nothing.
func (t *table) diff(it *item) (Changes, error) {
	changes := Changes{}
	for i := range t.fields {
		f := &t.fields[i]
		if i == t.version || slices.Contains(t.key, i) {
			continue
		}
		var from any
		to := f.value(it.row)
		if it.snap == nil {
			if to == nil || !f.Required && !it.whole && it.row.FieldByIndex(f.at).IsZero() {
				continue
			}
		} else {
			differs, err := it.snap.differs(t, i, it.row)
			if err != nil {
				return nil, err
			}
			if !differs {
				continue
			}
			from = it.snap.values[i]
		}
		changes[f.Name] = shown(f.Field, from, to)
	}
	return changes, nil
}

func shown(f *entity.Field, from, to any) Change {
	if !f.Sensitive && f.Seal == nil {
		return Change{clone(from), clone(to)}
	}
	hide := func(v any) any {
		if v == nil {
			return nil
		}
		return Redacted
	}
	return Change{hide(from), hide(to)}
}

func (m *Manager) edgeChange(it *item, j int) (Change, bool) {
	now := map[any]int{}
	var to []any
	each(it.row.FieldByIndex(it.t.edges[j].at), func(p any) {
		now[p] = 0
		to = append(to, m.keyAt(p))
	})
	var before map[any]int
	if it.snap != nil {
		before = it.snap.many[j]
	}
	from := make([]any, 0, len(before))
	changed := len(now) != len(before)
	for p := range before {
		if _, ok := now[p]; !ok {
			changed = true
		}
		from = append(from, m.keyAt(p))
	}
	return Change{from, to}, changed
}

func (m *Manager) keyAt(ptr any) any {
	row := reflect.ValueOf(ptr).Elem()
	return m.byType[row.Type()].keyOf(row)
}

// Audit writes a log entry for each entity that a flush has written, in the same
// transaction: entry returns it, or nil for none. What entry itself returns is
// not audited.
//
//	em := ent.NewEntityManager(client, unitofwork.Audit(func(ctx context.Context, r unitofwork.Record) any {
//		return &ent.UserLog{Action: string(r.Op) + " " + r.Entity, Details: details(r.Changes)}
//	}))
func Audit(entry func(ctx context.Context, r Record) any) Option {
	return OnFlush(func(ctx context.Context, done []Record) ([]any, error) {
		var entries []any
		for _, r := range done {
			if e := entry(ctx, r); e != nil {
				entries = append(entries, e)
			}
		}
		return entries, nil
	})
}
