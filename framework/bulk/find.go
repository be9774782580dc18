package bulk

import (
	"context"
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
func (u *upsert[C, N, B, U]) keys(ctx context.Context) ([]keyValue, error) {
	keys := make([]keyValue, len(u.mutations))
	seen := make(map[string]int, len(u.mutations))
	for i, m := range u.mutations {
		for _, name := range u.key.Fields {
			f, ok := u.table.Entity.Field(name)
			if !ok {
				return nil, fmt.Errorf("bulk: %s has no field %s", u.table.Entity.Name, name)
			}
			v, given := m.Field(name)
			if f == u.table.Entity.ID() {
				v, given = mutationID(m)
			}
			if u.table.Entity.Tenant != nil && name == u.table.Entity.Tenant.Name && !given { // a hook will set it
				var err error
				if v, given, err = u.table.Entity.TenantIn(ctx); err != nil {
					return nil, err
				}
			}
			if !given || v == nil {
				return nil, &entity.RowError{Index: i, Err: &entity.ValidationError{Entity: u.table.Entity.Name, Violations: []entity.Violation{{
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
//
// Where the key is unique among the living, its index knows no tombstones, so
// the living are asked for alone, and tombstones only where they count.
func (u *upsert[C, N, B, U]) find(ctx context.Context, keys []keyValue) (map[string]*existing[N], error) {
	found := make(map[string]*existing[N], len(keys))
	if !u.living() {
		return found, u.findMore(ctx, keys, found, nil)
	}
	dead := u.table.Entity.SoftDelete.Column
	err := u.findMore(ctx, keys, found, func(s *sql.Selector) { s.Where(sql.IsNull(s.C(dead))) })
	if err != nil || !u.table.Entity.Revive {
		return found, err
	}
	missing := slices.DeleteFunc(slices.Clone(keys), func(key keyValue) bool { return found[key.text] != nil })
	return found, u.findMore(ctx, missing, found, func(s *sql.Selector) { s.Where(sql.NotNull(s.C(dead))) })
}

// living reports whether the key is unique among the living only.
func (u *upsert[C, N, B, U]) living() bool {
	return u.table.Entity.SoftDelete != nil && slices.ContainsFunc(u.table.Entity.Keys, func(key *entity.Key) bool {
		return key.Living && key.Where == "" && slices.Equal(key.Fields, u.key.Fields)
	})
}

// findMore adds the rows that have the keys and satisfy the condition.
func (u *upsert[C, N, B, U]) findMore(ctx context.Context, keys []keyValue, found map[string]*existing[N], also func(*sql.Selector)) error {
	columns := make([]string, len(u.key.Fields))
	for i, name := range u.key.Fields {
		f, _ := u.table.Entity.Field(name)
		columns[i] = f.Column
	}
	size := singleKeys
	if len(columns) > 1 {
		size = severalKeys
	}
	for some := range slices.Chunk(keys, size) {
		// Tombstones too; in one order, lest two upserts lock each other out.
		rows, err := u.table.Find(entity.WithTrashed(ctx), u.config, func(s *sql.Selector) {
			s.Where(matching(s, columns, some)).OrderBy(s.C(u.table.Entity.ID().Column))
			if also != nil {
				also(s)
			}
			entity.LockForUpdate(s)
		})
		if err != nil {
			return fmt.Errorf("bulk: cannot look for %s: %w", u.table.Entity.Name, err)
		}
		for _, row := range rows {
			values := make([]any, len(u.key.Fields))
			for i, name := range u.key.Fields {
				values[i] = u.table.Value(row, name)
			}
			text := keyText(values)
			e := &existing[N]{row: row}
			if u.table.Entity.SoftDelete != nil {
				e.at, e.dead = u.table.Value(row, u.table.Entity.SoftDelete.Name).(time.Time)
			}
			if other := found[text]; other == nil || other.dead && (!e.dead || e.at.After(other.at)) {
				found[text] = e
			}
		}
	}
	return nil
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
