package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/framework/testkit"
)

// items makes a table with a column of each kind.
func items(t *testing.T, db *database.DB) {
	t.Helper()
	types := map[config.Dialect]string{
		config.SQLite:   `ok boolean, at timestamp, day date, price text, ratio real, doc json, raw blob, key uuid`,
		config.Postgres: `ok boolean, at timestamptz, day date, price numeric(30,10), ratio double precision, doc jsonb, raw bytea, key uuid`,
		config.MySQL:    "ok boolean, at datetime(6), day date, price decimal(30,10), ratio double, doc json, raw blob, `key` char(36)",
	}
	exec(t, db, `CREATE TABLE items (id bigint PRIMARY KEY, name varchar(100), `+types[db.Dialect()]+`)`)
}

func exec(t *testing.T, src query.Source, text string, args ...any) int64 {
	t.Helper()
	n, err := query.Exec(t.Context(), src, text, args...)
	require.NoError(t, err)
	return n
}

// named quotes the one column whose name is a keyword on MySQL.
func named(db *database.DB, text string) string {
	if db.Dialect() == config.MySQL {
		return strings.ReplaceAll(text, "key", "`key`")
	}
	return text
}

type base struct{ ID int64 }

type item struct {
	base
	Title  *string `sql:"name"`
	OK     bool
	At     time.Time
	Day    *time.Time `json:"day,omitempty"`
	Price  string
	Ratio  float32
	Doc    map[string]any
	Raw    []byte
	Key    uuid.UUID
	Hidden int `sql:"-"`
}

var moment = time.Date(2024, 2, 29, 23, 59, 58, 123456000, time.UTC)

// Covers: D10, E37, E38, E81, F08, F09.
func TestRowsBecomeValues(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		items(t, db)
		key := uuid.MustParse("018f4e2a-0000-7000-8000-0123456789ab")
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		insert := named(db, `INSERT INTO items (id, name, ok, at, day, price, ratio, doc, raw, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		east := time.FixedZone("", 3600*5)
		n := exec(t, db, insert, 1, "a?'b", true, moment.In(east), day, "12345678901234567890.0123456789", 0.5, json.RawMessage(`{"a": [1]}`), []byte{0, 255}, key)
		require.EqualValues(t, 1, n)
		exec(t, db, insert, 2, nil, false, moment, nil, "1.5", 1, nil, nil, key)

		text := named(db, `SELECT id, name, ok, at, day, price, ratio, doc, raw, key FROM items ORDER BY id`)
		rows, err := query.All[item](t.Context(), db, text)
		require.NoError(t, err)
		title := "a?'b"
		require.Equal(t, item{
			base{1}, &title, true, moment, &day, "12345678901234567890.0123456789", 0.5, map[string]any{"a": []any{1.0}}, []byte{0, 255}, key, 0,
		}, rows[0])
		require.Equal(t, time.UTC, rows[0].At.Location())
		require.Nil(t, rows[1].Title)
		require.Nil(t, rows[1].Doc)
		require.Nil(t, rows[1].Day)
		require.False(t, rows[1].OK)

		pointers, err := query.All[*item](t.Context(), db, text)
		require.NoError(t, err)
		require.Equal(t, []item{*pointers[0], *pointers[1]}, rows)

		maps, err := query.All[map[string]any](t.Context(), db, `SELECT id, name, at, raw, price FROM items ORDER BY id`)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"id": int64(1), "name": title, "at": moment, "raw": []byte{0, 255}, "price": "12345678901234567890.0123456789"}, maps[0])
		require.Nil(t, maps[1]["name"])

		scalar(t, db, int64(3), `SELECT SUM(id) FROM items`)
		scalar(t, db, uint8(2), `SELECT COUNT(*) FROM items WHERE name IS NULL OR id = ?`, 1)
		scalar(t, db, "a?'b", `SELECT name FROM items WHERE id = :id`, query.Named{"id": 1})
		scalar(t, db, moment, `SELECT MAX(at) FROM items`)
		scalar(t, db, key, named(db, `SELECT key FROM items WHERE id = 1`))
		scalar(t, db, true, `SELECT ok FROM items WHERE id = 1`)
		scalar(t, db, (*string)(nil), `SELECT name FROM items WHERE id = 2`)
		scalar(t, db, []any{1.0}, `SELECT '[1]'`)
		scalar[any](t, db, int64(2), `SELECT id FROM items WHERE id = 2`)
		exact, err := query.One[*big.Rat](t.Context(), db, `SELECT price FROM items WHERE id = 1`)
		require.NoError(t, err)
		require.Equal(t, "12345678901234567890.0123456789", exact.FloatString(10))

		_, err = query.One[int](t.Context(), db, `SELECT id FROM items WHERE id = 9`)
		require.ErrorIs(t, err, entity.ErrNotFound)
		_, err = query.One[int](t.Context(), db, `SELECT id FROM items`)
		require.ErrorIs(t, err, query.ErrNotSingular)
		none, err := query.All[int](t.Context(), db, `SELECT id FROM items WHERE id = 9`)
		require.NoError(t, err)
		require.Equal(t, []int{}, none)
	})
}

func scalar[T any](t *testing.T, db *database.DB, want T, text string, args ...any) {
	t.Helper()
	got, err := query.One[T](t.Context(), db, text, args...)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// Covers: D10.
func TestRowsThatDoNotFit(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		type pair struct {
			A int8
			B string `sql:"b,optional"`
		}
		_, err := query.All[pair](t.Context(), db, `SELECT 1 AS a, 'x' AS b UNION ALL SELECT NULL, 'x'`)
		var column *query.ColumnError
		require.ErrorAs(t, err, &column)
		require.Equal(t, "a", column.Column)
		require.ErrorContains(t, err, "NULL")
		require.ErrorContains(t, err, "pointer")
		_, err = query.All[pair](t.Context(), db, `SELECT 300 AS a`)
		require.ErrorAs(t, err, &column)
		require.Equal(t, 1, column.Row)
		_, err = query.All[pair](t.Context(), db, `SELECT 'secret' AS a`)
		require.ErrorAs(t, err, &column)
		require.NotContains(t, err.Error(), "secret")
		_, err = query.All[bool](t.Context(), db, `SELECT 2`)
		require.ErrorAs(t, err, &column)

		var unknown *query.UnknownNameError
		_, err = query.All[pair](t.Context(), db, `SELECT 1 AS a, 2 AS c`)
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, query.UnknownNameError{Kind: "field of the column", Name: "c", Known: []string{"a", "b"}}, *unknown)
		_, err = query.All[pair](t.Context(), db, `SELECT 'x' AS b`)
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, query.UnknownNameError{Kind: "column", Name: "a", Known: []string{"b"}}, *unknown)

		_, err = query.All[map[string]any](t.Context(), db, `SELECT 1 AS a, 2 AS a`)
		require.ErrorContains(t, err, `two columns "a"`)
		_, err = query.All[pair](t.Context(), db, `SELECT 1 AS a, 2 AS a`)
		require.ErrorContains(t, err, `two columns "a"`)
		_, err = query.All[int](t.Context(), db, `SELECT 1 AS a, 2 AS b`)
		require.ErrorContains(t, err, "takes one column")
		_, err = query.All[chan int](t.Context(), db, `SELECT 1 AS a`)
		require.ErrorContains(t, err, "no column fits")
		_, err = query.All[struct {
			A int
			B int `sql:"a"`
		}](t.Context(), db, `SELECT 1 AS a`)
		require.ErrorContains(t, err, `are the column "a"`)
		_, err = query.Exec(t.Context(), db, `SELECT 1; SELECT 2`)
		require.ErrorIs(t, err, query.ErrManyStatements)
	})
}

// Covers: E06, D10.
func TestLists(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		items(t, db)
		for id := range 4 {
			exec(t, db, `INSERT INTO items (id, name) VALUES (?, ?)`, id, fmt.Sprintf("n%d", id))
		}
		exec(t, db, `INSERT INTO items (id) VALUES (4)`)
		ids := func(text string, args ...any) []int {
			got, err := query.All[int](t.Context(), db, text, args...)
			require.NoError(t, err)
			return got
		}
		require.Equal(t, []int{1, 3}, ids(`SELECT id FROM items WHERE id IN (?) ORDER BY id`, []int{1, 3, 7}))
		require.Equal(t, []int{0, 2}, ids(`SELECT id FROM items WHERE name NOT IN (:names) ORDER BY id`, query.Named{"names": []string{"n1", "n3"}}))
		require.Empty(t, ids(`SELECT id FROM items WHERE id IN (?)`, []int64{}))
		require.Len(t, ids(`SELECT id FROM items WHERE name NOT IN (?)`, []string{}), 5)
		names := make([]string, 70_000)
		for i := range names {
			names[i] = fmt.Sprintf("n%d", i+2)
		}
		require.Equal(t, []int{2, 3}, ids(`SELECT id FROM items WHERE name IN (?) ORDER BY id`, names))
		require.Equal(t, []int{0, 1}, ids(`SELECT id FROM items WHERE name NOT IN (?) AND id >= ? ORDER BY id`, names, 0))
	})
}

// What stands in quotes and comments is no parameter, on the databases
// themselves.
//
// Covers: E39.
func TestQuotesAsTheDatabaseReadsThem(t *testing.T) {
	t.Parallel()
	testkit.EachDialect(t, func(t *testing.T, db *database.DB) {
		rapid.Check(t, func(r *rapid.T) {
			text := rapid.StringOfN(rapid.SampledFrom([]rune(`ab?:;'"$-/*#é`)), 0, 12, -1)
			var (
				sql  strings.Builder
				args []any
				want []string
			)
			sql.WriteString("SELECT 0 AS c")
			for i := range rapid.IntRange(1, 6).Draw(r, "columns") {
				v := text.Draw(r, "value")
				want = append(want, v)
				sql.WriteString(rapid.SampledFrom([]string{",", " /* ? ' ; */ ,", "\n-- ? ' :x ;\n,"}).Draw(r, "gap"))
				literal := rapid.SampledFrom([]string{"?", "quote", "dollar"}).Draw(r, "kind")
				switch {
				case literal == "dollar" && db.Dialect() == config.Postgres && !strings.Contains(v, "$"):
					sql.WriteString("$q$" + v + "$q$")
				case literal == "?":
					sql.WriteString("CAST(? AS CHAR(20))")
					args = append(args, v)
				default:
					sql.WriteString("'" + strings.ReplaceAll(v, "'", "''") + "'")
				}
				fmt.Fprintf(&sql, " AS c%d", i)
			}
			row, err := query.One[map[string]any](t.Context(), db, sql.String(), args...)
			require.NoError(r, err, sql.String())
			for i, v := range want {
				require.Equal(r, v, strings.TrimRight(row[fmt.Sprintf("c%d", i)].(string), " "), sql.String())
			}
		})
	})
}

// Covers: D10, E83, S24.
func TestStreams(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n`
		sum := 0
		for i, err := range query.Each[int](t.Context(), db, numbers, 900) {
			require.NoError(t, err)
			sum += i
		}
		require.Equal(t, 900*901/2, sum)

		for range 20 { // more than there are connections: the rows are closed
			for i, err := range query.Each[int](t.Context(), db, numbers, 900) {
				require.NoError(t, err)
				if i == 2 {
					break
				}
			}
			_, err := query.All[int8](t.Context(), db, numbers, 900)
			require.Error(t, err)
			require.Panics(t, func() {
				for _, err := range query.Each[int](t.Context(), db, numbers, 900) {
					require.NoError(t, err)
					panic("stop")
				}
			})
		}

		capped := query.With(db, query.MaxRows(10))
		rows, err := query.All[int](t.Context(), capped, numbers, 10)
		require.NoError(t, err)
		require.Len(t, rows, 10)
		_, err = query.All[int](t.Context(), capped, numbers, 11)
		require.ErrorIs(t, err, query.ErrTooManyRows)

		slow := query.With(capped, query.Timeout(50*time.Millisecond))
		long := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT COUNT(*) FROM n a, n b, n c, n d`
		if db.Dialect() == config.MySQL { // which goes on with what nobody waits for
			long = `SELECT SLEEP(3)`
		}
		_, err = query.All[int](t.Context(), slow, long)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "longer than 50ms")
	}, testkit.WithPool(config.Pool{Size: 2}))
}

// Covers: E85.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		items(t, db)
		report := query.With(db, query.ReadOnly())
		scalarFrom(t, report, 0, `SELECT COUNT(*) FROM items`)
		_, err := query.Exec(t.Context(), report, `INSERT INTO items (id) VALUES (1)`)
		require.Error(t, err)
		if db.Dialect() != config.MySQL { // which cannot return the rows that it writes
			_, err = query.All[int](t.Context(), report, `INSERT INTO items (id) VALUES (1) RETURNING id`)
			require.Error(t, err)
		}
		scalarFrom(t, db, 0, `SELECT COUNT(*) FROM items`)

		require.NoError(t, db.Transact(t.Context(), func(ctx context.Context) error {
			_, err := query.One[int](ctx, report, `SELECT COUNT(*) FROM items`)
			return err
		}, database.ToRead()))
		err = db.Transact(t.Context(), func(ctx context.Context) error {
			_, err := query.One[int](ctx, report, `SELECT COUNT(*) FROM items`)
			return err
		})
		require.ErrorIs(t, err, query.ErrWrites)
	})
}

func scalarFrom[T any](t *testing.T, src query.Source, want T, text string) {
	t.Helper()
	got, err := query.One[T](t.Context(), src, text)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// Covers: D10, D12, F08, F09.
func TestSQLJoinsTheTransaction(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		items(t, db)
		failure := errors.New("no")
		err := db.Transact(t.Context(), func(ctx context.Context) error {
			n, err := query.Exec(ctx, db, `INSERT INTO items (id) VALUES (?)`, 1)
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			one, err := query.One[int](ctx, db, `SELECT COUNT(*) FROM items`)
			require.NoError(t, err)
			require.Equal(t, 1, one)
			return failure
		})
		require.ErrorIs(t, err, failure)
		scalarFrom(t, db, 0, `SELECT COUNT(*) FROM items`)
	})
}

// Covers: D10.
func TestOperatorsOfPostgreSQL(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, testkit.Postgres)
	scalarFrom(t, db, true, `SELECT '{"a": 1}'::jsonb ?? 'a'`)
	got, err := query.One[bool](t.Context(), db, `SELECT '{"a": 1}'::jsonb ??| ?`, []string{"x", "a"})
	require.NoError(t, err)
	require.True(t, got)
}
