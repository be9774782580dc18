package relay

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/stretchr/testify/require"
)

// statement compiles a filter of books to SQL.
func statement(t testing.TB, d string, where Where) (string, []any, error) {
	t.Helper()
	src := schemaOnly{}
	p, err := newScope(src, src.Entities()["Book"]).compile(where, "where")
	if err != nil {
		return "", nil, err
	}
	s := sql.Dialect(d).Select("id").From(sql.Dialect(d).Table("books")).WithContext(t.Context())
	s.Where(p(&builder{ctx: s.Context(), dialect: sql.Dialect(d)}, s))
	text, args := s.Query()
	require.NoError(t, s.Err())
	return text, args, nil
}

// Values are arguments, never text of the statement, and one filter always
// gives one statement.
//
// Covers: T09.
func TestFiltersAreParameterised(t *testing.T) {
	t.Parallel()
	where := Where{
		"title": "'; --", "titleContains": "100%", "pagesIn": []any{int64(1), json.Number("2")},
		"or":           []any{map[string]any{"lent": true}, map[string]any{"weightGT": 1.5}},
		"hasShelfWith": []any{map[string]any{"name": "'"}}, "hasReaders": false,
	}
	for _, d := range []string{dialect.SQLite, dialect.Postgres, dialect.MySQL} {
		text, args, err := statement(t, d, where)
		require.NoError(t, err)
		require.NotContains(t, text, "--")
		require.Contains(t, args, any("'; --"))
		for range 20 {
			again, _, err := statement(t, d, where)
			require.NoError(t, err)
			require.Equal(t, text, again)
		}
	}
}

// Covers: T09, T10.
func TestFiltersAreBounded(t *testing.T) {
	t.Parallel()
	deep := Where{"lent": true}
	for range 9 {
		deep = Where{"not": map[string]any(deep)}
	}
	_, _, err := statement(t, dialect.SQLite, deep)
	require.ErrorContains(t, err, "deeper than 8 levels")
	for key, v := range map[string]any{
		"titel": "x", "title": nil, "or": []any{}, "not": map[string]any{}, "stateIn": []any{"lost"}, "lentIn": []any{true},
		"pages": json.Number("2147483648"), "pagesGT": 0.5, "weight": "x", "isbn": "x", "hasShelf": 1, "day": "2026-02-30",
		"shelfIDIn": []any{"x"}, "titleIsNil": "yes", "": 1, "hasShelfWith": "x", "has": true,
	} {
		_, _, err := statement(t, dialect.SQLite, Where{key: v})
		var bad *ArgumentError
		require.ErrorAs(t, err, &bad, "%s: %v", key, v)
		require.Contains(t, bad.Path, "where."+key)
	}
}

func FuzzWhere(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"title":"x"}`, `{"or":[{"pagesIn":[1,2.5,"3"]},{"not":{"hasShelfWith":[{"name":null}]}}]}`, `{"shelfID":"U2hlbGY6MQ"}`,
		`{"weightGT":1e400}`, `{"at":"2026-01-01T00:00:00Z","dayIn":["2026-01-01"]}`, `{"hasReadersWith":{"hasBooks":true}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var where map[string]any
		if d.Decode(&where) != nil || len(where) == 0 {
			return
		}
		for _, name := range []string{dialect.SQLite, dialect.Postgres, dialect.MySQL} {
			_, _, err := statement(t, name, where)
			var bad *ArgumentError
			require.True(t, err == nil || errors.As(err, &bad), "%v", err)
		}
	})
}
