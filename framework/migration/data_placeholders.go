package migration

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// rewrite turns the placeholders of a query into those of the dialect. They are
// either ?, one for each argument, or :name, if the arguments are made with
// sql.Named. ?? stands for a question mark. first is the number of the first
// argument, for queries that are put together.
func rewrite(d config.Dialect, text string, args []any, first int) (string, []any, error) {
	r := &rewriting{dialect: d, args: args, first: first}
	for _, arg := range args {
		if named, ok := arg.(sql.NamedArg); ok {
			if r.named == nil {
				r.named = map[string]any{}
			}
			r.named[named.Name] = named.Value
		}
	}
	if r.named != nil && len(r.named) != len(args) {
		return "", nil, errors.New("migration: cannot bind the arguments of a query: name all of them, each once, or none")
	}
	for i := 0; i < len(text); {
		n := quoted(d, text[i:], i > 0 && wordByte(text[i-1]))
		if n > 0 {
			r.out.WriteString(text[i : i+n])
		} else {
			var err error
			if n, err = r.next(text, i); err != nil {
				return "", nil, err
			}
		}
		i += n
	}
	if r.named == nil && len(r.bound) != len(args) {
		return "", nil, fmt.Errorf("migration: cannot bind the arguments of a query: it has %d placeholders and %d arguments", len(r.bound), len(args))
	}
	return r.out.String(), r.bound, nil
}

type rewriting struct {
	dialect config.Dialect
	args    []any
	named   map[string]any // nil if they are not
	first   int
	out     strings.Builder
	bound   []any
}

// next copies or replaces what is at i, outside of quotes, and returns its
// length.
func (r *rewriting) next(text string, i int) (int, error) {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "??"):
		r.out.WriteByte('?')
		return 2, nil
	case strings.HasPrefix(rest, "::"): // a cast of PostgreSQL
		r.out.WriteString("::")
		return 2, nil
	case rest[0] == '?' && r.named == nil:
		if len(r.bound) == len(r.args) {
			return 0, fmt.Errorf("migration: cannot bind the arguments of a query: it has more than %d placeholders; a question mark is written ??", len(r.args))
		}
		r.bind(r.args[len(r.bound)])
		return 1, nil
	case rest[0] == '?':
		return 0, errors.New("migration: cannot bind the arguments of a query: it has ? beside named arguments; a question mark is written ??")
	case rest[0] == '$' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9' && (i == 0 || !wordByte(text[i-1])):
		return 0, fmt.Errorf("migration: cannot bind the arguments of a query: write ? instead of %.2s, on every dialect", rest)
	case rest[0] == ':' && r.named != nil && len(rest) > 1 && wordByte(rest[1]):
		end := 1
		for end < len(rest) && wordByte(rest[end]) {
			end++
		}
		value, ok := r.named[rest[1:end]]
		if !ok {
			return 0, fmt.Errorf("migration: cannot bind the arguments of a query: there is none for %s", rest[:end])
		}
		r.bind(value)
		return end, nil
	default:
		r.out.WriteByte(rest[0])
		return 1, nil
	}
}

func (r *rewriting) bind(value any) {
	r.bound = append(r.bound, value)
	if r.dialect == config.Postgres {
		r.out.WriteString("$" + strconv.Itoa(r.first+len(r.bound)-1))
		return
	}
	r.out.WriteByte('?')
}

var dollarQuote = regexp.MustCompile(`^\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$`)

// quoted returns the length of the text in quotes, or of the comment, that
// begins here, 0 if none does. inWord says that a letter or digit is before it.
func quoted(d config.Dialect, text string, inWord bool) int {
	mysqlText := d == config.MySQL
	switch c := text[0]; {
	case c == '\'':
		return closing(text, c, mysqlText)
	case (c == 'e' || c == 'E') && d == config.Postgres && !inWord && strings.HasPrefix(text[1:], "'"):
		return 1 + closing(text[1:], '\'', true)
	case c == '"':
		return closing(text, c, mysqlText)
	case c == '`' && d != config.Postgres:
		return closing(text, c, false)
	case c == '[' && d == config.SQLite:
		return closing(text, ']', false)
	case strings.HasPrefix(text, "--") && (!mysqlText || len(text) == 2 || text[2] <= ' '), c == '#' && mysqlText:
		return upTo(text, "\n")
	case strings.HasPrefix(text, "/*"):
		return blockComment(text, d == config.Postgres)
	case c == '$' && d == config.Postgres && !inWord:
		if tag := dollarQuote.FindString(text); tag != "" {
			return len(tag) + upTo(text[len(tag):], tag)
		}
	}
	return 0
}

// closing is the length of a quoted text. A doubled quote reads as two texts,
// which comes to the same.
func closing(text string, quote byte, backslash bool) int {
	for i := 1; i < len(text); i++ {
		switch {
		case backslash && text[i] == '\\':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

func upTo(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i + len(end)
	}
	return len(text)
}

func blockComment(text string, nested bool) int {
	depth := 0
	for i := 0; i < len(text)-1; i++ {
		switch {
		case text[i] == '/' && text[i+1] == '*' && (nested || depth == 0):
			depth++
			i++
		case text[i] == '*' && text[i+1] == '/':
			if depth--; depth == 0 {
				return i + 2
			}
			i++
		}
	}
	return len(text)
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// foreign matches the first word of statements that end the transaction of a
// batch, on one dialect at least, and with it the promise that it is done once.
var foreign = regexp.MustCompile(`(?i)^(create|alter|drop|truncate|rename|grant|revoke|begin|start|commit|rollback|savepoint|release|lock|unlock|vacuum|analyze|optimize)\b`)

// checkData refuses statements that do not belong into a data migration.
func checkData(d config.Dialect, text string) error {
	for rest := text; rest != ""; {
		if n := quoted(d, rest, false); n > 0 && rest[0] != '\'' && rest[0] != '"' {
			rest = rest[n:]
			continue
		}
		if rest[0] <= ' ' || rest[0] == ';' {
			rest = rest[1:]
			continue
		}
		if word := foreign.FindString(rest); word != "" {
			return fmt.Errorf("migration: cannot run %s in a data migration: the schema is changed by the SQL file, transactions are made by the step", strings.ToUpper(word))
		}
		return nil
	}
	return nil
}
