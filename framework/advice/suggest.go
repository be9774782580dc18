package advice

import (
	"context"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/database"
)

// Type is why an index is suggested.
type Type string

// The types.
const (
	ForeignKey   Type = "foreign_key_index"
	UniqueLookup Type = "unique_lookup_index"
	DateRange    Type = "date_range_index"
	Composite    Type = "composite_index"
)

// Suggestion is an index that is usual for such columns. Nobody has looked
// whether the application needs it: [Advise] does.
type Suggestion struct {
	Type    Type     `json:"type"`
	Columns []string `json:"columns"`
	Reason  string   `json:"reason"`
	Index   Index    `json:"-"`
}

// Suggest goes by the schema of a table. What an index there serves already, also
// by its first columns, is not suggested. A table that does not exist is an
// *[UnknownTableError].
func Suggest(ctx context.Context, db *database.DB, table string) ([]Suggestion, error) {
	t, err := Inspect(ctx, db, table)
	if err != nil {
		return nil, err
	}
	return t.suggest(), nil
}

func (t *Table) suggest() []Suggestion {
	list := []Suggestion{}
	add := func(kind Type, reason string, columns ...string) {
		if t.serves(columns, "") {
			return
		}
		s := Suggestion{Type: kind, Columns: columns, Reason: reason, Index: Index{Table: t.Name}}
		for _, c := range columns {
			s.Index.Columns = append(s.Index.Columns, Part{Column: c})
		}
		list = append(list, s)
	}
	for _, key := range t.Keys {
		add(ForeignKey, "Foreign key column "+strings.Join(key, ", ")+" likely used in joins", key...)
	}
	for _, c := range t.Columns {
		if slices.Contains([]string{"email", "username", "slug"}, c.Name) {
			add(UniqueLookup, "Column "+c.Name+" likely used for unique lookups", c.Name)
		}
		if strings.HasSuffix(c.Name, "_at") && c.Time {
			add(DateRange, "Date column "+c.Name+" likely used in range queries", c.Name)
		}
	}
	if t.Name == "posts" && t.has("status", "published_at") {
		add(Composite, "Common pattern: filter by status and sort by published date", "status", "published_at")
	}
	if t.Name == "users" && t.has("is_active", "created_at") {
		add(Composite, "Common pattern: filter active users and sort by registration date", "is_active", "created_at")
	}
	return list
}

func (t *Table) has(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool {
		_, ok := t.column(name)
		return !ok
	})
}
