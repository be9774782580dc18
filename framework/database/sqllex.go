package database

import (
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// sqlToken is a word, a quoted name or a single character of SQL. Literals,
// comments and spaces are left out.
type sqlToken struct {
	text   string
	word   bool // a keyword, or a name without quotes
	quoted bool // a name in quotes
}

// is reports whether it is one of the words or characters, which no quoted name
// is.
func (t sqlToken) is(words ...string) bool {
	return !t.quoted && len(words) > 0 && equalAny(t.text, words...)
}

func (t sqlToken) named() bool { return t.word || t.quoted }

// lexSQL cuts SQL into tokens. ok is false where a quote is not closed.
func lexSQL(d config.Dialect, text string) (tokens []sqlToken, ok bool) {
	for i := 0; i < len(text); {
		rest := text[i:]
		switch c := rest[0]; {
		case c <= ' ':
			i++
		case c == '\'':
			n := closing(rest, d == config.MySQL || escapes(text, i))
			if n < 0 {
				return nil, false
			}
			i += n
		case c == '"', c == '`', c == '[' && d == config.SQLite:
			n := closing(rest, false)
			if c == '[' {
				n = strings.IndexByte(rest, ']') + 1
			}
			if n <= 0 {
				return nil, false
			}
			tokens = append(tokens, sqlToken{text: strings.ReplaceAll(rest[1:n-1], string(c)+string(c), string(c)), quoted: true})
			i += n
		case strings.HasPrefix(rest, "--"), c == '#' && d == config.MySQL:
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				return tokens, true
			}
			i += n + 1
		case strings.HasPrefix(rest, "/*!") && d == config.MySQL, strings.HasPrefix(rest, "/*M!") && d == config.MySQL:
			i += strings.IndexByte(rest, '!') + 1 // MySQL runs what is in it
			for i < len(text) && text[i] >= '0' && text[i] <= '9' {
				i++
			}
		case strings.HasPrefix(rest, "/*"):
			n := commentLen(rest, d == config.Postgres)
			if n < 0 {
				return nil, false
			}
			i += n
		case c == '$' && d == config.Postgres:
			i += dollar(rest)
		case isLetter(c):
			n := 1
			for n < len(rest) && (isLetter(rest[n]) || rest[n] == '$') {
				n++
			}
			tokens = append(tokens, sqlToken{text: rest[:n], word: true})
			i += n
		default:
			tokens = append(tokens, sqlToken{text: rest[:1]})
			i++
		}
	}
	return tokens, true
}

// escapes reports whether a literal of PostgreSQL begins with E.
func escapes(text string, quote int) bool {
	return quote > 0 && (text[quote-1] == 'E' || text[quote-1] == 'e') && (quote == 1 || !isLetter(text[quote-2]))
}

// closing returns the length of the quoted text that rest begins with, -1 if it
// has no end.
func closing(rest string, backslash bool) int {
	q := rest[0]
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && backslash:
			i++
		case rest[i] == q && i+1 < len(rest) && rest[i+1] == q:
			i++
		case rest[i] == q:
			return i + 1
		}
	}
	return -1
}

// commentLen returns the length of the comment that rest begins with, -1 if it has
// no end.
func commentLen(rest string, nests bool) int {
	depth := 1
	for i := 2; i+1 < len(rest); i++ {
		switch {
		case rest[i] == '*' && rest[i+1] == '/':
			i++
			if depth--; depth == 0 || !nests {
				return i + 1
			}
		case nests && rest[i] == '/' && rest[i+1] == '*':
			i++
			depth++
		}
	}
	return -1
}

// dollar returns the length of the literal in dollar quotes, or of a sign that
// begins none.
func dollar(rest string) int {
	n := 1
	for n < len(rest) && isLetter(rest[n]) {
		n++
	}
	if n == len(rest) || rest[n] != '$' || rest[1] >= '0' && rest[1] <= '9' {
		return n
	}
	tag := rest[:n+1]
	end := strings.Index(rest[n+1:], tag)
	if end < 0 {
		return len(rest)
	}
	return end + 2*len(tag)
}

// Mentions are the names in SQL text.
type Mentions struct {
	Names     []string // all of them, in lower case: tables, columns, keywords
	Relations []string // those that rows are read from; common table expressions are none
	Unclear   bool     // a quote is not closed
}

// MentionsOf lists the names in SQL text. A table that the text reads is among
// the Names, and among the Relations unless it is written in a way that is rare.
func MentionsOf(d config.Dialect, query string) (m Mentions) {
	tokens, ok := lexSQL(d, query)
	if !ok {
		return Mentions{Unclear: true}
	}
	var calls []string // the words before the parentheses around
	var expressions []string
	from := map[int]bool{} // depths at which a list of relations is open
	expect := false        // a relation may come next
	for i, t := range tokens {
		if t.named() {
			m.Names = append(m.Names, strings.ToLower(t.text))
		}
		switch {
		case t.is("("):
			call := ""
			if i > 0 && tokens[i-1].word {
				call = strings.ToLower(tokens[i-1].text)
			}
			calls = append(calls, call)
		case t.is(")"):
			delete(from, len(calls))
			calls = calls[:max(len(calls)-1, 0)]
			expect = false
		case t.is("FROM", "JOIN", "USING") && !fromOfFunction(tokens, i, calls):
			expect = true
			from[len(calls)] = true
		case t.is(",") && from[len(calls)]:
			expect = true
		case t.is("WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "SELECT", "WINDOW", "RETURNING", "SET", "VALUES", "ON"):
			delete(from, len(calls))
			expect = false
		case t.is("LATERAL", "ONLY"):
		case t.named() && i+2 < len(tokens) && tokens[i+1].is("AS") && tokens[i+2].is("(", "MATERIALIZED", "NOT"),
			t.named() && i > 0 && tokens[i-1].is("WITH", "RECURSIVE", ",") && i+1 < len(tokens) && tokens[i+1].is("(") && !expect:
			expressions = append(expressions, strings.ToLower(t.text))
		case expect && t.named():
			if i+1 < len(tokens) && tokens[i+1].is(".") {
				continue // a schema
			}
			expect = false
			if i+1 < len(tokens) && tokens[i+1].is("(") && pureSource(t.text) {
				continue
			}
			m.Relations = append(m.Relations, strings.ToLower(t.text))
		}
	}
	m.Relations = slices.DeleteFunc(m.Relations, func(name string) bool { return slices.Contains(expressions, name) })
	slices.Sort(m.Relations)
	m.Relations = slices.Compact(m.Relations)
	slices.Sort(m.Names)
	m.Names = slices.Compact(m.Names)
	return m
}

// fromOfFunction reports whether FROM is a part of a function or an operator, or
// USING names columns.
func fromOfFunction(tokens []sqlToken, i int, calls []string) bool {
	if tokens[i].is("USING") {
		return i+1 < len(tokens) && tokens[i+1].is("(")
	}
	if i > 0 && tokens[i-1].is("DISTINCT") {
		return true
	}
	return len(calls) > 0 && equalAny(calls[len(calls)-1], "extract", "trim", "substring", "overlay", "position")
}

// pureSource reports whether the function gives rows that depend on its
// arguments alone.
func pureSource(name string) bool {
	return equalAny(name, "json_each", "json_tree", "json_table", "generate_series", "unnest",
		"jsonb_array_elements", "jsonb_array_elements_text", "json_array_elements", "jsonb_each", "jsonb_each_text",
		"jsonb_to_recordset", "json_to_recordset", "string_to_table", "regexp_split_to_table")
}
