package query_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"entgo.io/ent/dialect"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/query"
)

func ExampleFingerprintOf() {
	f := query.FingerprintOf(dialect.Postgres, `
		SELECT "p"."id" FROM "posts" AS "p" -- newest
		JOIN users u ON u.id = p.user_id
		WHERE u.email = 'ada@example.org' AND p.id IN ($1, $2, $3) LIMIT 20`)
	fmt.Println(f.Text)
	fmt.Println(f.Operation, f.Tables)
	// Output:
	// SELECT "p"."id" FROM "posts" AS "p" JOIN users u ON u.id = p.user_id WHERE u.email = ? AND p.id IN (?) LIMIT ?
	// SELECT [posts users]
}

// Runs of one statement have one fingerprint, and it holds no value.
// Covers: J22, J41.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialect, sql, want string
		tables             []string
	}{
		{dialect.SQLite, "SELECT * FROM `users` WHERE `users`.`id` = ?", "SELECT * FROM `users` WHERE `users`.`id` = ?", []string{"users"}},
		{dialect.SQLite, `select * from users where name = "alice"`, "SELECT * FROM users WHERE name = ?", []string{"users"}},
		{dialect.SQLite, "SELECT X'00ff', 1.5e-3, .5, -7 FROM t;", "SELECT ?, ?, ?, -? FROM t", []string{"t"}},
		{dialect.SQLite, "SELECT a+1e-5,b-2 FROM [my table]", "SELECT a+?, b-? FROM [my table]", []string{"my table"}},
		{dialect.MySQL, "SELECT * FROM t WHERE a=\"x\\\"y\" # why\n AND b IN (1,2,NULL)", "SELECT * FROM t WHERE a = ? AND b IN (?)", []string{"t"}},
		{dialect.MySQL, "INSERT INTO `t` (`a`,`b`) VALUES (?, ?), (?, ?),(?,?) ON DUPLICATE KEY UPDATE `a` = VALUES(`a`)", "INSERT INTO `t` (`a`, `b`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `a` = VALUES(`a`)", []string{"t"}},
		{dialect.Postgres, `INSERT INTO "t" ("a") VALUES ($1) ON CONFLICT ("a") DO UPDATE SET "a" = "excluded"."a"`, `INSERT INTO "t" ("a") VALUES (?) ON CONFLICT ("a") DO UPDATE SET "a" = "excluded"."a"`, []string{"t"}},
		{dialect.Postgres, "WITH x AS (SELECT * FROM a) DELETE FROM public.b USING x WHERE b.id IN ((1, 2), (3, 4))", "WITH x AS (SELECT * FROM a) DELETE FROM public.b USING x WHERE b.id IN (?)", []string{"a", "b"}},
		{dialect.Postgres, `SELECT extract(year FROM at), E'it\'s', $q$x$q$ FROM a, "b c" z WHERE a.x IS DISTINCT FROM b.y FOR UPDATE`, `SELECT extract(year FROM at), ?, ? FROM a, "b c" z WHERE a.x IS DISTINCT FROM b.y FOR UPDATE`, []string{"a", "b c"}},
		{dialect.Postgres, "SELECT * FROM generate_series(1, 10) g, LATERAL (SELECT 1 FROM t) x", "SELECT * FROM generate_series(?, ?) g, LATERAL (SELECT ? FROM t) x", []string{"t"}},
		{dialect.Postgres, "SELECT 'open", "(unreadable statement)", nil},
		{dialect.SQLite, "BEGIN", "BEGIN", nil},
	} {
		got := query.FingerprintOf(c.dialect, c.sql)
		require.Equal(t, c.want, got.Text, c.sql)
		require.Equal(t, c.tables, got.Tables, c.sql)
	}
	require.Equal(t, "DELETE", query.FingerprintOf(dialect.Postgres, "WITH x AS (SELECT 1) DELETE FROM b").Operation)
}

// Whatever a value is, it is not in the fingerprint, which stays the same.
// Covers: J22.
func TestFingerprintsHoldNoValue(t *testing.T) {
	t.Parallel()
	quote := func(dialectName, text string) string {
		if dialectName == dialect.MySQL {
			text = strings.ReplaceAll(text, `\`, `\\`)
		}
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom([]string{dialect.SQLite, dialect.Postgres, dialect.MySQL}).Draw(t, "dialect")
		var list []string
		for range rapid.IntRange(1, 5).Draw(t, "n") {
			v := rapid.OneOf(
				rapid.Map(rapid.StringMatching(`[^\x00]{0,12}`), func(s string) string { return quote(d, s) }),
				rapid.Map(rapid.Float64Range(0, 1e9), func(f float64) string { return fmt.Sprint(f) }),
				rapid.Map(rapid.Uint32(), func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }),
			).Draw(t, "value")
			list = append(list, v)
		}
		got := query.FingerprintOf(d, "SELECT a FROM t WHERE b = "+list[0]+" AND c IN ("+strings.Join(list, ",")+") ORDER BY a")
		require.Equal(t, "SELECT a FROM t WHERE b = ? AND c IN (?) ORDER BY a", got.Text)
		require.Equal(t, []string{"t"}, got.Tables)
	})
}
