package sqltext_test

import (
	"strings"
	"testing"

	"entgo.io/ent/dialect"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/framefox-go/framefox/framework/internal/sqltext"
)

func read(t *testing.T, dialectName, text string) *sqltext.Statement {
	t.Helper()
	s, err := sqltext.Read(dialectName, text)
	require.NoError(t, err)
	return s
}

func TestReadsWhatEntWrites(t *testing.T) {
	t.Parallel()
	s := read(t, dialect.Postgres, `SELECT "posts"."id", "posts"."title" FROM "posts" WHERE "posts"."status" = $1 AND
		("posts"."published_at", "posts"."id") < ($2, $3) AND "posts"."deleted_at" IS NULL AND "posts"."pinned"
		AND "posts"."author_id" IN (SELECT "users"."id" FROM "users" WHERE "users"."email" = $4)
		ORDER BY "posts"."published_at" DESC, "posts"."id" DESC LIMIT 20`)
	require.Empty(t, s.Unread)
	require.False(t, s.Writes)
	require.Equal(t, 4, s.Params)
	require.Len(t, s.Blocks, 2)
	posts := s.Blocks[0]
	col := func(name string) sqltext.Column { return sqltext.Column{Table: "posts", Name: name} }
	require.Equal(t, []sqltext.Condition{
		{Column: col("status"), Op: sqltext.Equal, Params: []int{0}},
		{Column: col("published_at"), Op: sqltext.Range, Params: []int{1}},
		{Column: col("id"), Op: sqltext.Range, Params: []int{2}},
		{Column: col("deleted_at"), Op: sqltext.IsNull},
		{Column: col("pinned"), Op: sqltext.Equal},
		{Column: col("author_id"), Op: sqltext.Equal},
	}, posts.Where)
	require.Equal(t, []sqltext.Term{{col("published_at"), true}, {col("id"), true}}, posts.Order)
	require.Equal(t, 20, posts.Limit.Rows)
	require.Equal(t, posts, s.Blocks[1].Around)
	require.Equal(t, []sqltext.Table{{Name: "users", Alias: "users"}}, s.Blocks[1].Tables)
}

func TestReadsJoinsAndGroups(t *testing.T) {
	t.Parallel()
	s := read(t, dialect.MySQL, "WITH x AS (SELECT 1) SELECT u.name, COUNT(*) FROM users AS u LEFT JOIN `posts` p ON p.author_id = u.id AND p.status = \"live\" "+
		"WHERE u.age BETWEEN ? AND ? AND u.name LIKE 'a%' AND ? < u.score GROUP BY u.name HAVING COUNT(*) > 3 ORDER BY 2 LIMIT ?, ?")
	b := s.Blocks[1]
	require.Equal(t, []sqltext.Table{{Name: "users", Alias: "u"}, {Name: "posts", Alias: "p"}}, b.Tables)
	require.Equal(t, sqltext.Join, b.Where[0].Op)
	require.Equal(t, sqltext.Column{Table: "u", Name: "id"}, b.Where[0].Other)
	require.Equal(t, []int{0, 1}, b.Where[2].Params)
	require.Equal(t, sqltext.Range, b.Where[3].Op)
	require.Equal(t, sqltext.Column{Table: "u", Name: "score"}, b.Where[4].Column)
	require.Equal(t, []sqltext.Column{{Table: "u", Name: "name"}}, b.Group)
	require.Equal(t, 4, b.Limit.Param)
	require.Equal(t, []string{"2"}, s.Unread)
}

func TestSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	s := read(t, dialect.SQLite, "SELECT id FROM users WHERE name = 'secret' OR lower(email) = ?")
	require.Equal(t, []string{"name = '…' OR lower ( email ) = ?"}, s.Unread)
	require.Empty(t, s.Blocks[0].Where)
}

func TestTellsWrites(t *testing.T) {
	t.Parallel()
	for text, writes := range map[string]bool{
		"UPDATE users SET a = 1 WHERE id = 2":                              true,
		"WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone": true,
		"WITH x AS (SELECT 1) DELETE FROM users":                           true,
		"SELECT * INTO copy FROM users":                                    true,
		"SELECT replace(name, 'a', 'b'), \"update\" FROM users":            false,
		"SELECT * FROM users FOR UPDATE":                                   false,
		"SELECT (1) + insert('abc', 1, 2, 'x')":                            false,
	} {
		require.Equal(t, writes, read(t, dialect.Postgres, text).Writes, text)
	}
}

func TestOneStatement(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"SELECT 1; DELETE FROM users", "SELECT ';'; SELECT 2", "SELECT 1 -- ;\n; SELECT 2"} {
		_, err := sqltext.Read(dialect.SQLite, text)
		require.ErrorIs(t, err, sqltext.ErrSeveral, text)
	}
	for _, text := range []string{"SELECT 1;", "SELECT ';' -- ; x", "SELECT 1 /* ; */ ; -- done"} {
		_, err := sqltext.Read(dialect.SQLite, text)
		require.NoError(t, err, text)
	}
	_, err := sqltext.Read(dialect.SQLite, " -- nothing")
	require.ErrorIs(t, err, sqltext.ErrEmpty)
	_, err = sqltext.Read(dialect.MySQL, "SELECT 1 /*! ; DROP TABLE users */")
	require.ErrorContains(t, err, "MySQL would run")
}

// Whatever the text, it is read or refused.
func TestReadsAnything(t *testing.T) {
	t.Parallel()
	words := rapid.SampledFrom([]string{
		"SELECT", "FROM", "WHERE", "a", "b.c", "\"x\"", "(", ")", ",", "=", "<", "IN", "AND", "OR", "NOT", "IS", "NULL", "BETWEEN", "EXISTS",
		"JOIN", "ON", "ORDER BY", "GROUP BY", "LIMIT", "?", "$2", "'t'", "1", "WITH", "AS", "UNION", "UPDATE", "SET", "DELETE", "*", "CASE", "END", ".", "LIKE", "USING", ";",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(words, 1, 25).Draw(t, "words"), " ")
		s, err := sqltext.Read(dialect.Postgres, text)
		if err == nil && s == nil {
			t.Fatal("neither read nor refused")
		}
	})
}

func TestNumbersParameters(t *testing.T) {
	t.Parallel()
	number := func(text string, args int) string {
		tokens, err := sqltext.Lex(dialect.Postgres, text)
		require.NoError(t, err)
		return sqltext.Numbered(dialect.Postgres, text, tokens, args)
	}
	require.Equal(t, "a = $1 AND b = '?' AND c = $2", number("a = ? AND b = '?' AND c = ?", 2))
	require.Equal(t, "a = $1 AND b ? 'x'", number("a = $1 AND b ? 'x'", 1))
	require.Equal(t, "b ? 'x'", number("b ? 'x'", 0))
}
