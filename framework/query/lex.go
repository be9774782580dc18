package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect"
)

// kind is the kind of a piece of SQL text.
type kind uint8

const (
	opaque    kind = iota // a space, a comment
	quoted                // a literal or a quoted identifier
	word                  // a keyword, a name or a number
	symbol                // any other character
	position              // ?
	name                  // :name
	escaped               // ??, an operator of PostgreSQL
	semicolon             // ;
)

// token is a piece of SQL text.
type token struct {
	kind kind
	text string
}

// lex cuts SQL text into tokens, which put together are the text again. What is
// a quote and a comment differs between the dialects.
func lex(dialectName, text string) ([]token, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return nil, errors.New("query: the SQL has a zero byte")
	}
	return (&lexer{dialect: dialectName, text: text}).all()
}

// lexSent cuts text as it is sent to the database, where parameters may be $1 or
// ?1 and MySQL's comments may be commands.
func lexSent(dialectName, text string) ([]token, error) {
	return (&lexer{dialect: dialectName, text: text, sent: true}).all()
}

func (l *lexer) all() ([]token, error) {
	for l.at < len(l.text) {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		l.at += len(t.text)
		l.tokens = append(l.tokens, t)
	}
	return l.tokens, nil
}

type lexer struct {
	dialect string
	text    string
	sent    bool // to the database: it is read, and not judged
	at      int
	around  []byte // the parentheses and brackets that are open
	tokens  []token
}

func (l *lexer) next() (token, error) {
	rest := l.text[l.at:]
	switch c := rest[0]; {
	case isSpace(c):
		return l.cut(opaque, spaces(rest)), nil
	case c == '\'', c == '"', c == '`' && l.dialect != dialect.Postgres:
		return l.quote(c, l.dialect == dialect.MySQL && c != '`')
	case c == '[' && l.dialect == dialect.SQLite:
		return l.until("]", quoted)
	case strings.HasPrefix(rest, "/*"):
		return l.block()
	case l.lineComment():
		n := strings.IndexAny(rest, l.lineEnds())
		if n < 0 {
			n = len(rest) - 1
		}
		return l.cut(opaque, n+1), nil
	case c == '$':
		return l.dollar()
	case isWord(c):
		return l.word()
	case c == '?':
		return l.mark()
	case c == ':':
		return l.colon()
	case c == ';':
		return l.cut(semicolon, 1), nil
	case c == '[', c == '(':
		l.around = append(l.around, c)
	case (c == ']' || c == ')') && len(l.around) > 0:
		l.around = l.around[:len(l.around)-1]
	}
	return l.cut(symbol, 1), nil
}

// lineEnds are the characters that end a comment.
func (l *lexer) lineEnds() string {
	if l.dialect == dialect.Postgres {
		return "\r\n"
	}
	return "\n"
}

// slices reports whether a colon parts the bounds of a slice: within PostgreSQL's
// brackets, behind what may be a bound.
func (l *lexer) slices() bool {
	if len(l.around) == 0 || l.around[len(l.around)-1] != '[' {
		return false
	}
	for _, t := range slices.Backward(l.tokens) {
		switch t.kind {
		case opaque:
			continue
		case word, quoted, position, name:
			return true
		default:
			return t.text == ")" || t.text == "]"
		}
	}
	return false
}

func (l *lexer) cut(k kind, n int) token { return token{k, l.text[l.at : l.at+n]} }

// quote reads what is in quotes; a quote in it is doubled or, with backslash,
// behind one.
func (l *lexer) quote(q byte, backslash bool) (token, error) {
	rest := l.text[l.at:]
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && backslash:
			i++
		case rest[i] == q && i+1 < len(rest) && rest[i+1] == q:
			i++
		case rest[i] == q:
			return l.cut(quoted, i+1), nil
		}
	}
	return token{}, l.open(rest[:1])
}

func (l *lexer) until(end string, k kind) (token, error) {
	rest := l.text[l.at:]
	n := strings.Index(rest[1:], end)
	if n < 0 {
		return token{}, l.open(rest[:1])
	}
	return l.cut(k, 1+n+len(end)), nil
}

func (l *lexer) open(what string) error {
	return fmt.Errorf("query: the SQL has a %s at byte %d that is not closed", what, l.at)
}

// block reads a comment. PostgreSQL nests them; MySQL runs what is in some.
func (l *lexer) block() (token, error) {
	rest := l.text[l.at:]
	if l.dialect == dialect.MySQL && !l.sent && (strings.HasPrefix(rest, "/*!") || strings.HasPrefix(rest, "/*M!")) {
		return token{}, errors.New("query: the SQL has a comment that MySQL would run (/*! … */); write it as SQL")
	}
	depth := 1
	for i := 2; i < len(rest)-1; i++ {
		switch {
		case rest[i] == '*' && rest[i+1] == '/':
			i++
			if depth--; depth == 0 {
				return l.cut(opaque, i+1), nil
			}
		case l.dialect == dialect.Postgres && rest[i] == '/' && rest[i+1] == '*':
			i++
			depth++
		}
	}
	return token{}, l.open("/*")
}

// lineComment tells whether a comment begins that ends with the line. MySQL wants
// a space behind its dashes: 5--1 is a sum.
func (l *lexer) lineComment() bool {
	rest := l.text[l.at:]
	if l.dialect != dialect.MySQL {
		return strings.HasPrefix(rest, "--")
	}
	return rest[0] == '#' || strings.HasPrefix(rest, "--") && (len(rest) == 2 || rest[2] <= ' ' || rest[2] == 0x7f)
}

// dollar reads a text in dollar quotes.
func (l *lexer) dollar() (token, error) {
	rest := l.text[l.at:]
	if len(rest) > 1 && isDigit(rest[1]) {
		if l.sent {
			return l.cut(position, 1+digits(rest[1:])), nil
		}
		return token{}, fmt.Errorf("query: the SQL has a $%c at byte %d; parameters are written ? or :name on every dialect", rest[1], l.at)
	}
	if l.dialect != dialect.Postgres {
		return l.cut(symbol, 1), nil
	}
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == len(rest) || rest[n] != '$' {
		return l.cut(symbol, 1), nil
	}
	tag := rest[:n+1]
	end := strings.Index(rest[len(tag):], tag)
	if end < 0 {
		return token{}, l.open(tag)
	}
	return l.cut(quoted, len(tag)+end+len(tag)), nil
}

// word reads a name or a number. A literal of PostgreSQL may have a prefix, of
// which E gives the backslash a meaning.
func (l *lexer) word() (token, error) {
	rest := l.text[l.at:]
	n := 1
	for n < len(rest) && (isWord(rest[n]) || rest[n] == '$' && l.dialect != dialect.SQLite) {
		n++
	}
	if l.dialect == dialect.Postgres && strings.EqualFold(rest[:n], "e") && n < len(rest) && rest[n] == '\'' {
		return l.escapes()
	}
	return l.cut(word, n), nil
}

// escapes reads E'…', which goes on in a further literal on the next line.
func (l *lexer) escapes() (token, error) {
	start := l.at
	defer func() { l.at = start }()
	l.at++
	for {
		t, err := l.quote('\'', true)
		if err != nil {
			return token{}, err
		}
		l.at += len(t.text)
		gap := spaces(l.text[l.at:])
		next := l.at + gap
		if next == len(l.text) || !strings.ContainsAny(l.text[l.at:next], "\r\n") {
			break
		}
		if strings.HasPrefix(l.text[next:], "--") {
			if l.sent {
				break
			}
			return token{}, errors.New("query: the SQL has a comment behind E'…'; put it elsewhere")
		}
		if l.text[next] != '\'' {
			break
		}
		l.at = next
	}
	return token{quoted, l.text[start:l.at]}, nil
}

func (l *lexer) mark() (token, error) {
	rest := l.text[l.at:]
	switch {
	case l.sent:
		return l.cut(position, 1+digits(rest[1:])), nil
	case strings.HasPrefix(rest, "??"):
		if l.dialect != dialect.Postgres {
			return token{}, fmt.Errorf("query: the SQL has ?? at byte %d, which stands for an operator that %s does not have", l.at, l.dialect)
		}
		return l.cut(escaped, 2), nil
	case len(rest) > 1 && isDigit(rest[1]):
		return token{}, fmt.Errorf("query: the SQL has a ?%c at byte %d; parameters are written ? or :name on every dialect", rest[1], l.at)
	}
	return l.cut(position, 1), nil
}

// colon reads a parameter's name; a cast (::), an assignment (:=) and a slice of
// an array are none.
func (l *lexer) colon() (token, error) {
	rest := l.text[l.at:]
	if strings.HasPrefix(rest, "::") || strings.HasPrefix(rest, ":=") {
		return l.cut(symbol, 2), nil
	}
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == 1 || isDigit(rest[1]) || l.slices() {
		return l.cut(symbol, 1), nil
	}
	return l.cut(name, n), nil
}

func spaces(text string) int {
	n := 0
	for n < len(text) && isSpace(text[n]) {
		n++
	}
	return n
}

func digits(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c >= 0x80
}
