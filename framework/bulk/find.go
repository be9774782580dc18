package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/rule"
)

// keyValue is the key of one row.
type keyValue struct {
	values []any
	text   string // equal for equal keys
}

// existing is a row that has a key.
type existing[N any] struct {
	row  N
	dead bool
	at   time.Time // when it was deleted
}

// keys reads the keys of the mutations, as they will be stored. Each row has to
// set its key, and no two may have the same.
func (u *Upsert[N]) keys(ctx context.Context) ([]keyValue, error) {
	keys := make([]keyValue, len(u.Mutations))
	seen := make(map[string]int, len(u.Mutations))
	for i, m := range u.Mutations {
		for _, name := range u.Key.Fields {
			f, ok := u.Entity.Field(name)
			if !ok {
				return nil, fmt.Errorf("bulk: %s has no field %s", u.Entity.Name, name)
			}
			v, given := m.Field(name)
			if f == u.Entity.ID() {
				v, given = mutationID(m)
			}
			if u.Entity.Tenant != nil && name == u.Entity.Tenant.Name && !given { // a hook will set it
				v, given = entity.TenantFrom(ctx)
			}
			if !given || v == nil {
				return nil, &entity.RowError{Index: i, Err: &entity.ValidationError{Entity: u.Entity.Name, Violations: []entity.Violation{{
					Field: name, Code: rule.CodeRequired, Message: "is required: rows are found by it",
				}}}}
			}
			clean, _, _ := f.Clean(v) // faults are for the hooks to report
			keys[i].values = append(keys[i].values, clean)
		}
		keys[i].text = keyText(keys[i].values)
		if earlier, again := seen[keys[i].text]; again {
			return nil, u.duplicate(i, earlier)
		}
		seen[keys[i].text] = i
	}
	return keys, nil
}

// mutationID is the id that a create sets. ent.Mutation has no method for it,
// since its type is that of the entity.
func mutationID(m any) (any, bool) {
	method := reflect.ValueOf(m).MethodByName("ID")
	if !method.IsValid() || method.Type().NumIn() != 0 || method.Type().NumOut() != 2 {
		return nil, false
	}
	out := method.Call(nil)
	return out[0].Interface(), out[1].Bool()
}

func keyText(values []any) string {
	var b strings.Builder
	for _, v := range values {
		switch t := v.(type) {
		case time.Time:
			fmt.Fprintf(&b, "%d|", t.UTC().UnixMicro())
		default:
			fmt.Fprintf(&b, "%q|", fmt.Sprint(t))
		}
	}
	return b.String()
}

const (
	singleKeys  = 5000 // keys of one field that are looked for at once
	severalKeys = 200  // keys of several fields; SQLite nests each OR
)

// find returns the rows that have the keys, by the text of the key. A living row
// goes before tombstones, and the latest tombstone before others.
func (u *Upsert[N]) find(ctx context.Context, keys []keyValue) (map[string]*existing[N], error) {
	found := make(map[string]*existing[N], len(keys))
	columns := make([]string, len(u.Key.Fields))
	for i, name := range u.Key.Fields {
		f, _ := u.Entity.Field(name)
		columns[i] = f.Column
	}
	size := singleKeys
	if len(columns) > 1 {
		size = severalKeys
	}
	for some := range slices.Chunk(keys, size) {
		rows, err := u.Find(ctx, func(s *sql.Selector) { s.Where(matching(s, columns, some)) })
		if err != nil {
			return nil, fmt.Errorf("bulk: cannot look for %s: %w", u.Entity.Name, err)
		}
		for _, row := range rows {
			values := make([]any, len(u.Key.Fields))
			for i, name := range u.Key.Fields {
				values[i] = u.Value(row, name)
			}
			text := keyText(values)
			e := &existing[N]{row: row}
			if u.Entity.SoftDelete != nil {
				e.at, e.dead = u.Value(row, u.Entity.SoftDelete.Name).(time.Time)
			}
			if other := found[text]; other == nil || other.dead && (!e.dead || e.at.After(other.at)) {
				found[text] = e
			}
		}
	}
	return found, nil
}

// matching is the predicate that a row has one of the keys.
func matching(s *sql.Selector, columns []string, keys []keyValue) *sql.Predicate {
	if len(columns) == 1 {
		values := make([]any, len(keys))
		for i, key := range keys {
			values[i] = key.values[0]
		}
		return entity.In(s.C(columns[0]), values...)
	}
	either := make([]*sql.Predicate, len(keys))
	for i, key := range keys {
		all := make([]*sql.Predicate, len(columns))
		for j, column := range columns {
			all[j] = sql.EQ(s.C(column), key.values[j])
		}
		either[i] = sql.And(all...)
	}
	return sql.Or(either...)
}

// sameValue reports whether the row has the value already. Of a sealed one
// nobody can tell.
func sameValue(f *entity.Field, has, wants any) bool {
	if f.Seal != nil || has == nil {
		return false
	}
	clean, _, faults := f.Clean(wants)
	if len(faults) > 0 {
		return false
	}
	switch v := clean.(type) {
	case time.Time:
		at, ok := has.(time.Time)
		return ok && at.Equal(v)
	case []byte:
		data, ok := has.([]byte)
		return ok && bytes.Equal(data, v)
	}
	if f.Kind == entity.JSON || f.Kind == entity.Strings {
		a, errA := json.Marshal(has)
		b, errB := json.Marshal(clean)
		return errA == nil && errB == nil && bytes.Equal(a, b)
	}
	return reflect.DeepEqual(has, clean)
}
