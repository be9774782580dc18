package database_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/testkit"
)

func valuesTable(t *testing.T, db *database.DB) {
	t.Helper()
	exec(t, db, pick(db,
		`CREATE TABLE vals (id integer PRIMARY KEY, i bigint, f real, b bool, s text, raw blob, at datetime, d date, u uuid, j json)`,
		`CREATE TABLE vals (id bigserial PRIMARY KEY, i bigint, f double precision, b boolean, s text, raw bytea, at timestamptz, d date, u uuid, j jsonb)`,
		`CREATE TABLE vals (id bigint AUTO_INCREMENT PRIMARY KEY, i bigint, f double, b bool, s text, raw blob, at datetime(6), d date, u char(36), j json)`))
}

// Covers: A08, A32, A33, A34, A42, B24, B30, T07.
func TestValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		valuesTable(t, db)
		paris, err := time.LoadLocation("Europe/Paris")
		require.NoError(t, err)
		at := time.Date(2024, 2, 29, 23, 59, 59, 123456789, paris)
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		id := uuid.New()
		for name, c := range map[string]struct {
			i int64
			f float64
			b bool
			s string
		}{
			"largest":  {math.MaxInt64, math.MaxFloat64, true, "Grüße, 世界 🦊 'quoted' \"twice\" \\ ? $1 :x"},
			"smallest": {math.MinInt64, math.SmallestNonzeroFloat64, false, ""},
			"ordinary": {-1, 0.1, true, "line\r\nbreak\ttab"},
		} {
			t.Run(name, func(t *testing.T) {
				raw := []byte{0, 1, 2, 0xff, '\'', '\\'}
				exec(t, db, `DELETE FROM vals`)
				exec(t, db, `INSERT INTO vals (i, f, b, s, raw, at, d, u, j) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
					c.i, c.f, c.b, c.s, raw, at, day, id, json.RawMessage(`{"a": [1, "ü"]}`))
				var got struct {
					i     int64
					f     float64
					b     bool
					s     string
					raw   []byte
					at, d time.Time
					u     uuid.UUID
					j     []byte
				}
				require.NoError(t, db.SQL().QueryRowContext(t.Context(), bind(db, `SELECT i, f, b, s, raw, at, d, u, j FROM vals WHERE b = ? AND u = ?`), c.b, id).
					Scan(&got.i, &got.f, &got.b, &got.s, &got.raw, &got.at, &got.d, &got.u, &got.j))
				require.Equal(t, c.i, got.i)
				require.Equal(t, c.f, got.f)
				require.Equal(t, c.b, got.b)
				require.Equal(t, c.s, got.s)
				require.Equal(t, raw, got.raw)
				require.Equal(t, id, got.u)
				require.JSONEq(t, `{"a": [1, "ü"]}`, string(got.j))
				require.Equal(t, time.Date(2024, 2, 29, 22, 59, 59, 123456000, time.UTC), got.at)
				require.Equal(t, day, got.d)
			})
		}
	})
}

// Covers: A42.
func TestNullsComeBackAsNulls(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		valuesTable(t, db)
		var noTime *time.Time
		var noText *string
		exec(t, db, `INSERT INTO vals (i, f, b, s, raw, at, d, u, j) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			sql.NullInt64{}, nil, sql.NullBool{}, noText, []byte(nil), noTime, sql.NullTime{}, uuid.NullUUID{}, json.RawMessage(nil))
		columns := make([]any, 9)
		pointers := make([]any, 9)
		for i := range columns {
			pointers[i] = &columns[i]
		}
		require.NoError(t, db.SQL().QueryRowContext(t.Context(), `SELECT i, f, b, s, raw, at, d, u, j FROM vals`).Scan(pointers...))
		for i, column := range columns {
			require.Nil(t, column, "column %d", i)
		}
	})
}

// A moment is the same text, whatever the zone of the process that wrote it, in
// whatever it is wrapped.
//
// Covers: T07, B30.
func TestTimesAreComparedAsMoments(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		exec(t, db, pick(db,
			`CREATE TABLE moments (id integer PRIMARY KEY, at datetime)`,
			`CREATE TABLE moments (id bigint PRIMARY KEY, at timestamp)`, // without a zone, the harder case
			`CREATE TABLE moments (id bigint PRIMARY KEY, at datetime(6))`))
		moment := time.Date(2024, 6, 1, 12, 0, 0, 999999999, time.UTC)
		east := moment.In(time.FixedZone("east", 9*3600))
		west := moment.In(time.FixedZone("west", -9*3600))
		exec(t, db, `INSERT INTO moments (id, at) VALUES (?, ?), (?, ?), (?, ?), (?, ?)`,
			1, east, 2, &west, 3, sql.NullTime{Time: east, Valid: true}, 4, moment.Add(time.Microsecond))
		require.Equal(t, 3, count(t, db, `SELECT COUNT(*) FROM moments WHERE at = ?`, west))
		require.Equal(t, 1, count(t, db, `SELECT COUNT(*) FROM moments WHERE at > ?`, east))
		statement, err := db.SQL().PrepareContext(t.Context(), bind(db, `SELECT COUNT(*) FROM moments WHERE at = ?`))
		require.NoError(t, err)
		defer func() { require.NoError(t, statement.Close()) }()
		var n int
		require.NoError(t, statement.QueryRowContext(t.Context(), west).Scan(&n))
		require.Equal(t, 3, n)
		require.Equal(t, 4, count(t, db, `SELECT COUNT(*) FROM moments WHERE `+pick(db,
			`strftime('%Y-%m-%d %H', at) = '2024-06-01 12'`, `to_char(at, 'YYYY-MM-DD HH24') = '2024-06-01 12'`,
			`date_format(at, '%Y-%m-%d %H') = '2024-06-01 12'`)), "the database's own functions must read it")
	})
}

func TestTextWithZeroByteIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		valuesTable(t, db)
		_, err := db.SQL().ExecContext(t.Context(), bind(db, `INSERT INTO vals (s) VALUES (?)`), "a\x00b")
		require.ErrorIs(t, err, database.ErrZeroByte)
		require.Zero(t, count(t, db, `SELECT COUNT(*) FROM vals`))
	})
}

// Covers: A42.
func TestRowsThatMatchAreCountedEvenIfUnchanged(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, db *database.DB) {
		valuesTable(t, db)
		exec(t, db, `INSERT INTO vals (i, s) VALUES (?, ?)`, 1, "same")
		result, err := db.SQL().ExecContext(t.Context(), bind(db, `UPDATE vals SET s = ? WHERE i = ?`), "same", 1)
		require.NoError(t, err)
		affected, err := result.RowsAffected()
		require.NoError(t, err)
		require.Equal(t, int64(1), affected)
		exec(t, db, `DELETE FROM vals`)
		require.Zero(t, count(t, db, `SELECT COUNT(*) FROM vals`))
	})
}
