package database

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/framefox-go/framefox/framework/config"
)

// sqlText is what the text of one or several statements tells.
type sqlText struct {
	writes Changes
	begins bool   // a transaction, and leaves it open
	ends   string // COMMIT or ROLLBACK, of a transaction that may have been begun before
}

// textCache remembers what texts tell: those of generated code are few.
type textCache struct {
	dialect config.Dialect
	known   sync.Map // of string to sqlText
	size    atomic.Int64
}

// maxTexts bounds the memory of a textCache, and maxTextLen that of one text.
const (
	maxTexts   = 4096
	maxTextLen = 8192
)

func (c *textCache) of(query string) sqlText {
	if known, ok := c.known.Load(query); ok {
		return known.(sqlText)
	}
	text := readText(c.dialect, query)
	if len(query) > maxTextLen {
		return text
	}
	if c.size.Add(1) > maxTexts {
		c.known.Clear()
		c.size.Store(1)
	}
	c.known.Store(strings.Clone(query), text)
	return text
}

// ChangesOf tells what SQL text writes, as far as the text tells. A function that
// a SELECT calls is not looked into.
func ChangesOf(d config.Dialect, query string) Changes { return readText(d, query).writes }

func readText(d config.Dialect, query string) (t sqlText) {
	tokens, ok := lexSQL(d, query)
	if !ok {
		return sqlText{writes: Changes{All: true}}
	}
	for len(tokens) > 0 {
		end := slices.IndexFunc(tokens, func(t sqlToken) bool { return t.is(";") })
		if end < 0 {
			end = len(tokens)
		}
		t.statement(tokens[:end])
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return t
}

// statement adds what a single statement tells.
func (t *sqlText) statement(tokens []sqlToken) {
	for len(tokens) > 0 && tokens[0].is("(") {
		tokens = tokens[1:]
	}
	if len(tokens) == 0 {
		return
	}
	second := func(words ...string) bool { return len(tokens) > 1 && tokens[1].is(words...) }
	switch first := tokens[0]; {
	case first.is("BEGIN"), first.is("START") && second("TRANSACTION"):
		t.begins = true
	case first.is("COMMIT", "END"):
		t.begins, t.ends = false, "COMMIT"
	case first.is("ROLLBACK", "ABORT"):
		if !slices.ContainsFunc(tokens, func(t sqlToken) bool { return t.is("TO") }) {
			t.begins = false
			if t.ends == "" {
				t.ends = "ROLLBACK"
			}
		}
	case first.is("COPY") && len(tokens) > 1 && !second("("):
		if slices.ContainsFunc(tokens, func(t sqlToken) bool { return t.is("FROM") }) {
			t.writes.add(Changes{Tables: []string{nameAt(tokens, 1)}})
		}
	case first.is("SELECT"):
		if slices.ContainsFunc(tokens, func(t sqlToken) bool { return t.is("INTO") }) {
			t.writes.All = true
		}
	case first.is("WITH", "EXPLAIN", "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "ANALYZE", "DESCRIBE", "DESC"):
		t.changes(tokens)
	case first.is("VALUES", "TABLE", "SHOW", "PRAGMA", "SET", "RESET", "SAVEPOINT", "RELEASE", "VACUUM", "USE",
		"LOCK", "UNLOCK", "LISTEN", "UNLISTEN", "NOTIFY", "DISCARD", "CHECKPOINT", "FETCH", "MOVE", "DECLARE", "CLOSE", "ATTACH", "DETACH", "KILL", "DEALLOCATE"):
	default:
		t.writes.All = true
	}
}

// changes adds the targets of all that writes in the statement: PostgreSQL lets
// common table expressions write.
func (t *sqlText) changes(tokens []sqlToken) {
	for i, token := range tokens {
		if !token.word || i+1 == len(tokens) || tokens[i+1].is("(") && !token.is("TRUNCATE") {
			continue // a function, or the last word
		}
		switch rest := tokens[i+1:]; {
		case token.is("INSERT", "REPLACE", "MERGE"):
			into := slices.IndexFunc(rest, func(t sqlToken) bool { return t.is("INTO") })
			if token.is("REPLACE") && i > 0 && tokens[i-1].is("OR") {
				continue // of INSERT OR REPLACE
			}
			name := nameAt(rest, 0)
			if into >= 0 && into <= 3 { // MySQL may leave INTO out
				name = nameAt(rest, into+1)
			}
			t.writes.add(Changes{Tables: []string{name}})
			if !token.is("INSERT") || len(rest) > 1 && rest[0].is("OR") && rest[1].is("REPLACE") {
				t.writes.add(Changes{Deleted: []string{name}})
			}
		case token.is("UPDATE"):
			if i > 0 && tokens[i-1].is("FOR", "KEY", "DO", "ON", "THEN") || rest[0].is("SET") {
				continue // a lock, an upsert, an action of MERGE
			}
			t.writes.add(Changes{Tables: namesUntil(rest, "SET")})
		case token.is("DELETE"):
			if i > 0 && tokens[i-1].is("THEN", "ON") {
				continue
			}
			names := namesUntil(rest, "WHERE", "RETURNING", "ORDER", "LIMIT")
			t.writes.add(Changes{Tables: names, Deleted: names})
		case token.is("TRUNCATE"):
			if i > 0 {
				continue // a function of MySQL
			}
			names := namesUntil(rest)
			t.writes.add(Changes{Tables: names, Deleted: names})
		}
	}
}

// nameAt is the table whose name, with or without a schema, begins there.
func nameAt(tokens []sqlToken, at int) string {
	name := ""
	for at < len(tokens) {
		if !tokens[at].named() {
			break
		}
		name = strings.ToLower(tokens[at].text)
		if tokens[at].is("ONLY", "IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY") {
			at++
			continue
		}
		if at+1 == len(tokens) || !tokens[at+1].is(".") {
			break
		}
		at += 2
	}
	return name
}

// namesUntil lists the names before one of the words, aliases among them: too
// many tables do no harm.
func namesUntil(tokens []sqlToken, words ...string) (names []string) {
	for _, t := range tokens {
		switch {
		case t.is(words...):
			return names
		case t.named() && !t.is("FROM", "ONLY", "AS", "JOIN", "USING", "TABLE", "INNER", "LEFT", "OUTER", "IGNORE", "QUICK", "ON", "OR", "REPLACE", "ROLLBACK", "ABORT", "FAIL", "LOW_PRIORITY"):
			names = union(names, []string{strings.ToLower(t.text)})
		}
	}
	return names
}
