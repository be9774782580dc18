package database

import "strings"

// writes reports whether SQLite text holds a statement that takes the write lock
// of the database. It errs on the side of yes.
func writes(query string) bool {
	rest := query
	for {
		word, after := nextWord(rest)
		switch {
		case word == "" && after == "":
			return false
		case word == "":
			rest = after[1:] // behind the semicolon of an empty statement
			continue
		case equalAny(word, "SELECT", "VALUES", "EXPLAIN", "PRAGMA", "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH"):
		case strings.EqualFold(word, "WITH"):
			if withWrites(after) {
				return true
			}
		default:
			return true
		}
		semicolon := findSemicolon(after)
		if semicolon < 0 {
			return false
		}
		rest = after[semicolon+1:]
	}
}

// withWrites reports whether the statement after the common table expressions
// writes.
func withWrites(rest string) bool {
	for {
		word, after := nextWord(rest)
		switch {
		case word == "" || equalAny(word, "SELECT", "VALUES"):
			return false
		case equalAny(word, "INSERT", "UPDATE", "DELETE", "REPLACE"):
			return true
		}
		rest = after
	}
}

// endsTransaction reports whether SQLite text holds a statement that begins or
// ends a transaction.
func endsTransaction(query string) bool {
	for rest := query; ; {
		word, after := nextWord(rest)
		switch {
		case equalAny(word, "BEGIN", "COMMIT", "END"):
			return true
		case equalAny(word, "ROLLBACK"):
			next, more := nextWord(after)
			if equalAny(next, "TRANSACTION") {
				next, _ = nextWord(more)
			}
			if !equalAny(next, "TO") { // a savepoint
				return true
			}
		}
		semicolon := findSemicolon(after)
		if word == "" && after == "" || semicolon < 0 {
			return false
		}
		rest = after[semicolon+1:]
	}
}

// nextWord returns the next unquoted word of the statement outside of parentheses
// and what follows it. At the end of the statement the word is "", and rest begins
// with the semicolon if there is one.
func nextWord(text string) (word, rest string) {
	depth := 0
	for i := 0; i < len(text); {
		if n := skip(text[i:]); n > 0 {
			i += n
			continue
		}
		switch c := text[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ';':
			return "", text[i:]
		case isLetter(c):
			end := i + 1
			for end < len(text) && isLetter(text[end]) {
				end++
			}
			if depth <= 0 {
				return text[i:end], text[end:]
			}
			i = end
			continue
		}
		i++
	}
	return "", ""
}

// findSemicolon returns the index of the next semicolon outside of quotes and
// comments, -1 if there is none.
func findSemicolon(text string) int {
	if strings.IndexByte(text, ';') < 0 {
		return -1
	}
	for i := 0; i < len(text); {
		if n := skip(text[i:]); n > 0 {
			i += n
			continue
		}
		if text[i] == ';' {
			return i
		}
		i++
	}
	return -1
}

// skip returns the length of the comment or the quoted text that text begins with.
func skip(text string) int {
	var end string
	switch {
	case strings.HasPrefix(text, "--"):
		end = "\n"
	case strings.HasPrefix(text, "/*"):
		if i := strings.Index(text[2:], "*/"); i >= 0 {
			return i + 4
		}
		return len(text)
	case text[0] == '\'' || text[0] == '"' || text[0] == '`':
		end = text[:1]
	case text[0] == '[':
		end = "]"
	default:
		return 0
	}
	if i := strings.Index(text[1:], end); i >= 0 {
		return i + 2
	}
	return len(text)
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

func equalAny(word string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(word, w) {
			return true
		}
	}
	return false
}
