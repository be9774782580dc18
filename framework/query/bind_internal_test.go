package query

import (
	"strings"
	"testing"

	"entgo.io/ent/dialect"
	"github.com/stretchr/testify/require"
)

func dialects() []string { return []string{dialect.SQLite, dialect.Postgres, dialect.MySQL} }

// Covers: E39, D10.
func TestParametersAreFoundOutsideOfQuotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dialects, text, postgres string }{
		{"all", `SELECT ?, '?', 'it''s ?', ?`, `SELECT $1, '?', 'it''s ?', $2`},
		{"all", `SELECT "a?b" -- ? '` + "\n" + `, ? /* ? ' */`, `SELECT "a?b" -- ? '` + "\n" + `, $1 /* ? ' */`},
		{"all", `SELECT ?;  -- end`, `SELECT $1`},
		{"postgres", `SELECT $$ ? ' $$, $t$ $$ ? $t$, ?`, `SELECT $$ ? ' $$, $t$ $$ ? $t$, $1`},
		{"postgres", `SELECT E'\'?', e'a' ` + "\n" + ` '\'?', ?`, `SELECT E'\'?', e'a' ` + "\n" + ` '\'?', $1`},
		{"postgres", `SELECT '\', ?`, `SELECT '\', $1`},
		{"postgres", `SELECT a ?? ?, a ??| ?, a ??& ? FROM t`, `SELECT a ? $1, a ?| $2, a ?& $3 FROM t`},
		{"postgres", `SELECT a[1:2], b[i:j], ?::text, /* /* ? */ ? */ x$1, f(c => ?)`, `SELECT a[1:2], b[i:j], $1::text, /* /* ? */ ? */ x$1, f(c => $2)`},
		{"mysql", "SELECT `a?`, 'it\\'s ?', \"\\\"?\", 5--1, # ?\n ? -- ?", ""},
		{"mysql", "SELECT @a := ?", ""},
		{"sqlite", "SELECT [a?'], `b?`, '\\', ?", ""},
	} {
		for _, d := range dialects() {
			if c.dialects != "all" && !strings.HasPrefix(d, c.dialects) {
				continue
			}
			args := make([]any, strings.Count(c.postgres, "$")-strings.Count(c.postgres, "$$")-strings.Count(c.postgres, "$t$")-strings.Count(c.postgres, "x$"))
			for i := range args {
				args[i] = i
			}
			want := c.postgres
			if d != dialect.Postgres {
				want = strings.TrimSuffix(c.text, ";  -- end")
				args = []any{1}
				if c.dialects == "all" && strings.HasPrefix(c.text, "SELECT ?,") {
					args = []any{1, 2}
				}
			}
			if c.dialects == "postgres" && strings.Contains(c.text, "$$") {
				args = []any{1}
			}
			text, bound, err := limits{}.bind(d, c.text, args)
			require.NoError(t, err, "%s: %s", d, c.text)
			require.Equal(t, want, text, d)
			require.Equal(t, args, bound)
		}
	}
}

// Covers: D10, E39.
func TestTextThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dialects, text, message string }{
		{"all", "SELECT 1; DELETE FROM t", "several statements"},
		{"all", "SELECT 1;;\n; x", "several statements"},
		{"all", "", "is empty"},
		{"all", " -- nothing\n ;", "is empty"},
		{"all", "SELECT 'a", "not closed"},
		{"all", "SELECT /* a", "not closed"},
		{"all", "SELECT \x00", "zero byte"},
		{"all", "SELECT ?1", "written ? or :name"},
		{"all", "SELECT $1", "written ? or :name"},
		{"all", "SELECT :a", "query.Named"},
		{"all", "SELECT ?", "1 parameters, and there are 0"},
		{"all", "COMMIT", "use Transact"},
		{"all", "/* x */ begin", "use Transact"},
		{"postgres", "SELECT $t$ $$", "not closed"},
		{"postgres", "SELECT /* /* */", "not closed"},
		{"mysql", "SELECT /*! 1; DROP TABLE t */", "MySQL would run"},
		{"mysql", "SELECT /*M!100 1 */", "MySQL would run"},
		{"mysql", "SELECT a ?? b", "does not have"},
		{"sqlite", "SELECT [a", "not closed"},
	} {
		for _, d := range dialects() {
			if c.dialects == "all" || strings.HasPrefix(d, c.dialects) {
				_, _, err := limits{}.bind(d, c.text, nil)
				require.ErrorContains(t, err, c.message, "%s: %s", d, c.text)
			}
		}
	}
	_, _, err := limits{}.bind(dialect.SQLite, "SELECT 1", []any{1})
	require.ErrorContains(t, err, "0 parameters, and there are 1 arguments")
	_, _, err = limits{}.bind(dialect.SQLite, "SELECT 1; SELECT 2", nil)
	require.ErrorIs(t, err, ErrManyStatements)
}

// Covers: D10.
func TestParametersWithNames(t *testing.T) {
	t.Parallel()
	text, args, err := limits{}.bind(dialect.Postgres, "SELECT ':a', :a::text, :b_2, :a", []any{Named{"a": 1, "b_2": "x"}})
	require.NoError(t, err)
	require.Equal(t, "SELECT ':a', $1::text, $2, $3", text)
	require.Equal(t, []any{1, "x", 1}, args)

	var unknown *UnknownNameError
	_, _, err = limits{}.bind(dialect.SQLite, "SELECT :a, :c", []any{Named{"a": 1, "b": 2}})
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, UnknownNameError{"parameter", "c", []string{"a", "b"}}, *unknown)
	_, _, err = limits{}.bind(dialect.SQLite, "SELECT :a", []any{Named{"a": 1, "b": 2}})
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "b", unknown.Name)
	_, _, err = limits{}.bind(dialect.SQLite, "SELECT :a, ?", []any{Named{"a": 1}})
	require.ErrorContains(t, err, "beside parameters with names")
}

// Covers: E06.
func TestListsAreExpanded(t *testing.T) {
	t.Parallel()
	text, args, err := limits{}.bind(dialect.Postgres, "SELECT ? WHERE a IN (?) AND b not in ( ? )", []any{0, []int{1, 2}, []string{"x"}})
	require.NoError(t, err)
	require.Equal(t, "SELECT $1 WHERE a IN ($2, $3) AND b not in ( $4 )", text)
	require.Equal(t, []any{0, 1, 2, "x"}, args)

	text, args, err = limits{}.bind(dialect.Postgres, "SELECT 1 WHERE a IN (?) AND b NOT IN (?) AND c = ?", []any{[]int{}, []int(nil), 3})
	require.NoError(t, err)
	require.Equal(t, "SELECT 1 WHERE a = ANY ('{}') AND b <> ALL ('{}') AND c = $1", text)
	require.Equal(t, []any{3}, args)

	many := make([]int, 40_000)
	text, args, err = limits{}.bind(dialect.SQLite, "SELECT 1 WHERE a NOT IN (?)", []any{many})
	require.NoError(t, err)
	require.Equal(t, "SELECT 1 WHERE a NOT IN (SELECT value FROM json_each(?))", text)
	require.Len(t, args, 1)
	_, _, err = limits{}.bind(dialect.SQLite, "SELECT 1 WHERE a IN (?, ?)", []any{many, 1})
	require.ErrorIs(t, err, ErrTooManyParameters)

	_, _, err = limits{}.bind(dialect.MySQL, "SELECT ?", []any{[]int{1}})
	require.ErrorContains(t, err, "argument 1 is a []int, which is for IN (?) only")
	_, _, err = limits{}.bind(dialect.MySQL, "SELECT 1 WHERE a IN (1, ?)", []any{[]int{}})
	require.ErrorContains(t, err, "empty list beside other values")
	_, _, err = limits{}.bind(dialect.MySQL, "SELECT 1 WHERE a IN (?)", []any{[]any{[]int{1}}})
	require.ErrorContains(t, err, "list of lists")
	_, args, err = limits{}.bind(dialect.MySQL, "SELECT ?", []any{[]byte("a")})
	require.NoError(t, err)
	require.Equal(t, []any{[]byte("a")}, args)
}

// Whatever the text is, its tokens are the text, and a rewritten text has as
// many parameters as there are arguments.
func FuzzBind(f *testing.F) {
	for _, seed := range []string{
		"SELECT ?, '?' -- ?", "SELECT $$?$$, E'\\'?', a ?? ?", "/* /* */ ? */", "a IN (?) and :b", "[?] `?` \"?\"", "x'?'; y", "E'a'\n'b?'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range dialects() {
			tokens, err := lex(d, text)
			if err != nil {
				continue
			}
			var whole strings.Builder
			var args []any
			for _, token := range tokens {
				require.NotEmpty(t, token.text)
				whole.WriteString(token.text)
				if token.kind == position {
					args = append(args, 1)
				}
			}
			require.Equal(t, text, whole.String())
			rewritten, bound, err := limits{}.bind(d, text, args)
			if err != nil {
				continue
			}
			require.Len(t, bound, len(args))
			if d == dialect.Postgres {
				continue
			}
			again, err := lex(d, rewritten)
			require.NoError(t, err)
			n := 0
			for _, token := range again {
				require.NotEqual(t, semicolon, token.kind)
				if token.kind == position {
					n++
				}
			}
			require.Equal(t, len(args), n)
		}
	})
}
