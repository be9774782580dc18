package migration

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// keyValue is a value of a key: an int64, uint64, string or []byte. As JSON it
// is a text with its type, since the marker must give back exactly what it took.
type keyValue struct{ value any }

// newKeyValue refuses what cannot be kept and compared exactly.
func newKeyValue(value any) (keyValue, error) {
	switch value.(type) {
	case int64, uint64, string, []byte:
		return keyValue{value}, nil
	case nil:
		return keyValue{}, errors.New("it is NULL")
	default:
		return keyValue{}, fmt.Errorf("a %T cannot be kept exactly", value)
	}
}

// MarshalJSON implements [json.Marshaler].
func (k keyValue) MarshalJSON() ([]byte, error) {
	text := ""
	switch v := k.value.(type) {
	case int64:
		text = "i:" + strconv.FormatInt(v, 10)
	case uint64:
		text = "u:" + strconv.FormatUint(v, 10)
	case []byte:
		text = "b:" + hex.EncodeToString(v)
	case string:
		if text = "t:" + v; !utf8.ValidString(v) { // JSON would replace the bytes
			text = "x:" + hex.EncodeToString([]byte(v))
		}
	}
	return json.Marshal(text)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (k *keyValue) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	kind, value, _ := strings.Cut(text, ":")
	var (
		raw []byte
		err error
	)
	switch kind {
	case "i":
		k.value, err = strconv.ParseInt(value, 10, 64)
	case "u":
		k.value, err = strconv.ParseUint(value, 10, 64)
	case "t":
		k.value = value
	case "b":
		k.value, err = hex.DecodeString(value)
	case "x":
		raw, err = hex.DecodeString(value)
		k.value = string(raw)
	default:
		err = fmt.Errorf("unknown kind %q of a key", kind)
	}
	return err
}

// keyID is a key as the key of a map.
func keyID(key []keyValue) string {
	text, _ := json.Marshal(key) // of texts, which cannot fail
	return string(text)
}

// keyText is a key for people.
func keyText(key []keyValue) string {
	list := make([]string, len(key))
	for i, k := range key {
		if raw, ok := k.value.([]byte); ok {
			list[i] = hex.EncodeToString(raw)
			continue
		}
		list[i] = fmt.Sprint(k.value)
	}
	return strings.Join(list, ", ")
}

// keyOf is the key of a row, which was read first.
func keyOf(row Row, columns int) ([]keyValue, error) {
	key := make([]keyValue, columns)
	for i := range key {
		k, err := newKeyValue(row.values[i])
		if err != nil {
			return nil, fmt.Errorf("migration: cannot use column %s as a key: %w", row.columns[i], err)
		}
		key[i] = k
	}
	return key, nil
}

// checkTable makes sure that the table and its columns are there and that the
// key has one row for each value: else a row with the same key as the last one
// of a batch would be left out.
func (w *walk) checkTable(ctx context.Context) error {
	driver, err := openDriver(w.step.dialect, w.step.conn)
	if err != nil {
		return err
	}
	found, err := driver.InspectSchema(ctx, "", &atlas.InspectOptions{Mode: atlas.InspectTables, Tables: []string{w.Table}})
	if err != nil {
		return fmt.Errorf("migration: cannot read table %s: %w", w.Table, err)
	}
	table, ok := found.Table(w.Table)
	if !ok {
		return fmt.Errorf("migration: cannot walk through %s: there is no such table", w.Table)
	}
	for _, name := range w.read {
		if _, ok := table.Column(name); !ok {
			return fmt.Errorf("migration: cannot walk through %s: it has no column %s", w.Table, name)
		}
	}
	for _, name := range w.key {
		c, _ := table.Column(name)
		switch c.Type.Type.(type) {
		case *atlas.BoolType, *atlas.DecimalType, *atlas.FloatType, *atlas.TimeType, *atlas.JSONType:
			return fmt.Errorf("migration: cannot walk through %s by %s: a key of type %s cannot be kept exactly; use integers, text, UUIDs or bytes", w.Table, name, c.Type.Raw)
		}
	}
	if !uniqueKey(table, w.key) {
		return fmt.Errorf("migration: cannot walk through %s by %s: it must be the primary key or columns that are unique and NOT NULL",
			w.Table, strings.Join(w.key, ", "))
	}
	return nil
}

// uniqueKey reports whether no two rows have the same key.
func uniqueKey(table *atlas.Table, key []string) bool {
	within := func(idx *atlas.Index) bool {
		return idx != nil && len(idx.Parts) > 0 && !slices.ContainsFunc(idx.Parts, func(p *atlas.IndexPart) bool {
			return p.C == nil || !slices.Contains(key, p.C.Name)
		})
	}
	return notNull(table, key) && (within(table.PrimaryKey) || slices.ContainsFunc(table.Indexes, func(idx *atlas.Index) bool {
		return idx.Unique && !isPartial(idx) && within(idx)
	}))
}

// isPartial reports whether an index leaves rows out.
func isPartial(idx *atlas.Index) bool {
	return slices.ContainsFunc(idx.Attrs, func(a atlas.Attr) bool {
		switch a.(type) {
		case *postgres.IndexPredicate, *sqlite.IndexPredicate:
			return true
		default:
			return false
		}
	})
}

// notNull reports whether no column of the key can be NULL. Those of a primary
// key cannot, although SQLite may list them so.
func notNull(table *atlas.Table, key []string) bool {
	return !slices.ContainsFunc(key, func(name string) bool {
		c, _ := table.Column(name)
		return c.Type.Null && (table.PrimaryKey == nil || !slices.ContainsFunc(table.PrimaryKey.Parts, func(p *atlas.IndexPart) bool { return p.C == c }))
	})
}
