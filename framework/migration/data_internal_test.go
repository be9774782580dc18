package migration

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/config"
)

// Placeholders are replaced outside of quotes and comments only, as each
// dialect understands them.
func TestRewrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialect config.Dialect
		text    string
		want    string
	}{
		{config.Postgres, "a = ? AND b = ?", "a = $4 AND b = $5"},
		{config.MySQL, "a = ? AND b = ?", "a = ? AND b = ?"},
		{config.Postgres, "a = '?' AND b = \"?\" -- ?\n AND /* ? /* ? */ ? */ c ?? 'x' AND d = ?::text AND e = ?", "a = '?' AND b = \"?\" -- ?\n AND /* ? /* ? */ ? */ c ? 'x' AND d = $4::text AND e = $5"},
		{config.Postgres, `a = E'\'?' AND b = '\' AND c = ? AND d = $x$ ? $x$ AND e = ?`, `a = E'\'?' AND b = '\' AND c = $4 AND d = $x$ ? $x$ AND e = $5`},
		{config.MySQL, "a = 'it\\'s ?' AND b = ? # ?\n AND 5--?", "a = 'it\\'s ?' AND b = ? # ?\n AND 5--?"},
		{config.SQLite, "a = 'it''s ?' AND `?` = ? AND [?] = ? AND b = '\\'", "a = 'it''s ?' AND `?` = ? AND [?] = ? AND b = '\\'"},
	} {
		got, args, err := rewrite(c.dialect, c.text, []any{1, 2}, 4)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got)
		require.Equal(t, []any{1, 2}, args)
	}
	named := []any{sql.Named("a", 1), sql.Named("bc", 2)}
	got, args, err := rewrite(config.Postgres, "x = :bc AND y = :a::text AND z = ':a' AND w = :bc AND v ?? 'k'", named, 1)
	require.NoError(t, err)
	require.Equal(t, "x = $1 AND y = $2::text AND z = ':a' AND w = $3 AND v ? 'k'", got)
	require.Equal(t, []any{2, 1, 2}, args)

	for text, args := range map[string][]any{
		"a = ?": nil, "a = 1": {1}, "a = $1": {1}, "a = :b": {sql.Named("a", 1)}, "a = :a AND b = ?": {sql.Named("a", 1)},
		"a = :a AND b = :b": {sql.Named("a", 1), 2}, "a = :a": {sql.Named("a", 1), sql.Named("a", 2)},
	} {
		_, _, err := rewrite(config.Postgres, text, args, 1)
		require.ErrorContains(t, err, "cannot bind the arguments", text)
	}
}

func TestRewriteKeepsAllElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom([]config.Dialect{config.SQLite, config.Postgres, config.MySQL}).Draw(t, "dialect")
		text := rapid.StringMatching("[a-z'\"`\\\\$*/#\n\\[\\]: -]{0,40}").Draw(t, "text")
		if got, _, err := rewrite(d, text, nil, 1); err == nil {
			require.Equal(t, text, got)
		}
	})
}

func TestCheckData(t *testing.T) {
	t.Parallel()
	for text, refused := range map[string]bool{
		"UPDATE a SET b = 'drop'": false, "-- drop\nUPDATE a SET b = 1": false, "INSERT INTO a VALUES (1)": false, "created": false, "": false,
		"DROP TABLE a": true, " /* x */ -- y\n ;create table a (id int)": true, "COMMIT": true, "truncate a": true,
	} {
		require.Equal(t, refused, checkData(config.MySQL, text) != nil, text)
	}
}

// A key comes back from the marker as it went in, whatever it holds.
func TestKeysKeepTheirValue(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		int64(math.MinInt64), int64(math.MaxInt64), uint64(math.MaxUint64), "", "i:1", "a\"b\\c\n日本", "\xff\xfe", []byte{0, 255}, []byte{},
	} {
		key, err := newKeyValue(value)
		require.NoError(t, err)
		text, err := json.Marshal([]keyValue{key})
		require.NoError(t, err)
		var back []keyValue
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, value, back[0].value)
	}
	for _, value := range []any{nil, 1.5, true} {
		_, err := newKeyValue(value)
		require.Error(t, err)
	}
	require.NotEqual(t, keyID([]keyValue{{"a, b"}, {"c"}}), keyID([]keyValue{{"a"}, {"b, c"}}))
}

// What is kept of an error has no values of the row.
func TestErrorTextHasNoValues(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		&mysql.MySQLError{Number: 1366, Message: "Incorrect integer value: 's3cr3t' for column"},
		&mysql.MySQLError{Number: 1062, Message: "Duplicate entry 's3cr3t' for key 'uq_users_email'"},
		&pgconn.PgError{Code: "22P02", Message: "invalid input syntax for type integer: \"s3cr3t\""},
	} {
		text := errorText(fmt.Errorf("cannot set age: %w", err))
		require.NotContains(t, text, "s3cr3t")
	}
	require.Equal(t, "cannot set age: MySQL refused it with error 1366",
		errorText(fmt.Errorf("cannot set age: %w", &mysql.MySQLError{Number: 1366, Message: "x"})))
	require.Equal(t, "no e-mail", errorText(errors.New("no e-mail")))
}
