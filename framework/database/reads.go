package database

import (
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// reads reports whether a text reads and does nothing else, neither to rows nor
// to the connection, as SET does. It errs on the side of no, but does not see
// into functions.
func reads(d config.Dialect, query string) bool {
	if d != config.SQLite && strings.IndexByte(query, '\\') >= 0 && !(scanner{d, true}).reads(query) {
		return false
	}
	return scanner{dialect: d}.reads(query)
}

// scanner goes through the words of a text.
type scanner struct {
	dialect config.Dialect
	escapes bool // a backslash hides the next character of a text in quotes, which is a matter of settings
}

func (s scanner) reads(text string) bool {
	c := clause{dialect: s.dialect}
	for i := 0; i < len(text); {
		if n := s.skip(text[i:]); n > 0 {
			i += n
			c.symbol(' ')
			continue
		}
		switch {
		case text[i] == ';':
			if !c.reads() {
				return false
			}
			c = clause{dialect: s.dialect}
		case isLetter(text[i]):
			end := i + 1
			for end < len(text) && (isLetter(text[end]) || text[end] == '$') {
				end++
			}
			c.word(text[i:end])
			i = end
			continue
		case s.dialect == config.MySQL && (strings.HasPrefix(text[i:], "/*") || strings.HasPrefix(text[i:], ":=")):
			return false // a comment that runs, a variable that is set
		default:
			c.symbol(text[i])
		}
		i++
	}
	return c.reads()
}

// skip returns the length of the comment or the quoted text that text begins with.
func (s scanner) skip(text string) int {
	if s.dialect == config.SQLite {
		return skip(text)
	}
	mysql := s.dialect == config.MySQL
	switch c := text[0]; {
	case strings.HasPrefix(text, "--") && (!mysql || len(text) == 2 || text[2] <= ' '), mysql && c == '#':
		end := "\n"
		if !mysql {
			end = "\r\n"
		}
		if i := strings.IndexAny(text, end); i >= 0 {
			return i
		}
		return len(text)
	case strings.HasPrefix(text, "/*"):
		if mysql && (strings.HasPrefix(text, "/*!") || strings.HasPrefix(text, "/*M!")) {
			return 0
		}
		return comment(text, !mysql)
	case c == '\'' || c == '"' || c == '`':
		return s.quoted(text)
	case c == '$' && !mysql:
		if tag := strings.IndexByte(text[1:], '$') + 2; tag > 1 && strings.IndexFunc(text[1:tag-1], notLetter) < 0 {
			if i := strings.Index(text[tag:], text[:tag]); i >= 0 {
				return i + 2*tag
			}
		}
	}
	return 0
}

// quoted returns the length of the quoted text that text begins with.
func (s scanner) quoted(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && s.escapes:
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return len(text)
}

// comment returns the length of the comment that text begins with.
func comment(text string, nests bool) int {
	depth := 1
	for i := 2; i+1 < len(text); i++ {
		switch {
		case text[i] == '*' && text[i+1] == '/':
			if depth--; depth == 0 {
				return i + 2
			}
			i++
		case nests && text[i] == '/' && text[i+1] == '*':
			depth++
			i++
		}
	}
	return len(text)
}

func notLetter(r rune) bool { return r < 0x80 && !isLetter(byte(r)) } //nolint:gosec // bounded

// clause is what the words of one statement tell.
type clause struct {
	dialect  config.Dialect
	first    string
	last     string // word; "" behind anything else
	pragma   string // its name
	sets     bool   // a pragma has a value
	analyzes bool
	changes  bool
}

func (c *clause) symbol(b byte) {
	if b == '=' || b == '(' {
		c.sets = true
	}
	if b > ' ' {
		c.last = ""
	}
}

func (c *clause) word(w string) {
	switch {
	case c.first == "", equalAny(w, "PRAGMA") && equalAny(c.first, "EXPLAIN"): // SQLite runs some even so
		c.first = w
	case equalAny(c.first, "PRAGMA"):
		if !c.sets {
			c.pragma = w // the last one, as a schema may come before it
		}
	case equalAny(w, "ANALYZE", "ANALYSE"):
		c.analyzes = true
	case equalAny(w, "UPDATE"):
		c.changes = c.changes || !equalAny(c.last, "FOR", "KEY") // of FOR [NO KEY] UPDATE
	case equalAny(w, "INSERT", "DELETE", "MERGE", "INTO", "EXECUTE", "CREATE", "REFRESH", "NEXTVAL", "SETVAL", "GET_LOCK"):
		c.changes = true
	case equalAny(w, "VALUE") && equalAny(c.last, "NEXT"): // of a sequence
		c.changes = true
	}
	c.last = w
}

func (c *clause) reads() bool {
	switch {
	case equalAny(c.first, "", "SHOW"):
		return true
	case equalAny(c.first, "SELECT", "VALUES", "TABLE", "WITH"):
		return !c.changes
	case equalAny(c.first, "EXPLAIN", "DESCRIBE", "DESC"):
		return c.dialect == config.SQLite || !c.analyzes || !c.changes
	case equalAny(c.first, "PRAGMA"):
		return c.asks()
	}
	return false
}

// asks reports whether a pragma leaves everything as it is.
func (c *clause) asks() bool {
	if equalAny(c.pragma, "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
		"foreign_key_list", "foreign_key_check", "integrity_check", "quick_check") {
		return true
	}
	return !c.sets && !equalAny(c.pragma, "optimize", "incremental_vacuum", "wal_checkpoint", "shrink_memory")
}
