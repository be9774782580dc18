package query

import (
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
)

// reading refuses what a transaction that only reads does not: statements that
// end it (all of MySQL's on tables), and those whose effect on the connection a
// ROLLBACK leaves as it is. The database refuses the rest.
func reading(dialectName string, tokens []token) error {
	var words []string
	for i, t := range tokens {
		if dialectName == dialect.MySQL && t.text == ":=" {
			return fmt.Errorf("%w: it assigns a variable", ErrNotReading)
		}
		if t.kind == opaque || t.kind == symbol && t.text == "(" && len(words) == 0 {
			continue
		}
		text := strings.ToUpper(t.text)
		if t.kind == quoted {
			text = strings.ToUpper(strings.Trim(t.text, "\"`"))
		}
		switch {
		case t.kind == word && text == "INTO":
			return fmt.Errorf("%w: it has INTO", ErrNotReading)
		case locksSession(text) && called(tokens[i+1:]):
			return fmt.Errorf("%w: it calls %s", ErrNotReading, text)
		case dialectName == dialect.Postgres && text == "U" && i+1 < len(tokens) && tokens[i+1].text == "&":
			return fmt.Errorf("%w: it spells a name in Unicode escapes", ErrNotReading)
		}
		words = append(words, text)
	}
	if len(words) > 0 && words[0] == "EXPLAIN" {
		words = explained(words[1:])
	}
	if len(words) == 0 || !slices.Contains([]string{"SELECT", "WITH", "VALUES", "TABLE", "SHOW"}, words[0]) {
		return ErrNotReading
	}
	return nil
}

// explained are the words of the statement that EXPLAIN is about. SQLite carries
// out a PRAGMA even when it is only explained.
func explained(words []string) []string {
	if len(words) > 0 && words[0] == "(" { // options of PostgreSQL
		if end := slices.Index(words, ")"); end >= 0 {
			words = words[end+1:]
		}
	}
	for len(words) > 0 {
		switch words[0] {
		case "ANALYZE", "VERBOSE", "QUERY", "PLAN", "EXTENDED", "PARTITIONS":
			words = words[1:]
		case "FORMAT":
			words = words[min(3, len(words)):]
		default:
			return words
		}
	}
	return nil
}

// locksSession tells of the functions whose locks outlive the transaction.
func locksSession(name string) bool {
	switch name {
	case "GET_LOCK", "PG_ADVISORY_LOCK", "PG_ADVISORY_LOCK_SHARED", "PG_TRY_ADVISORY_LOCK", "PG_TRY_ADVISORY_LOCK_SHARED":
		return true
	}
	return false
}

// called reports whether an opening parenthesis is what follows.
func called(rest []token) bool {
	i := slices.IndexFunc(rest, func(t token) bool { return t.kind != opaque })
	return i >= 0 && rest[i].text == "("
}
