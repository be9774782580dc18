package sqltext

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
)

// Kind is the kind of a token.
type Kind uint8

// The kinds.
const (
	Word   Kind = iota // a keyword or a name
	Name               // a quoted name; Text is what is in the quotes
	Text               // a literal
	Number             // 12, 1.5
	Param              // ? or $1
	Symbol             // an operator, a parenthesis, a comma
)

// Token is a piece of a statement. Spaces and comments are none.
type Token struct {
	Kind  Kind
	Text  string
	Param int // of a Param: which argument, from 0
	At    int // byte where it begins
	End   int // byte behind it
}

// Is reports whether the token is the keyword or the symbol, given in capitals.
func (t Token) Is(text string) bool {
	return (t.Kind == Word || t.Kind == Symbol) && strings.EqualFold(t.Text, text)
}

func (t Token) named() bool { return t.Kind == Word || t.Kind == Name }

// ErrSeveral means that the text has more than one statement.
var ErrSeveral = errors.New("the SQL has several statements")

// ErrEmpty means that the text has none.
var ErrEmpty = errors.New("the SQL is empty")

// Lex cuts the text of one statement into tokens. A semicolon may end it.
func Lex(dialectName, text string) ([]Token, error) {
	l := lexer{dialect: dialectName, text: text}
	for {
		t, ok, err := l.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if l.ended && !t.Is(";") {
			return nil, ErrSeveral
		}
		if t.Is(";") {
			l.ended = true
			continue
		}
		l.tokens = append(l.tokens, t)
	}
	if len(l.tokens) == 0 {
		return nil, ErrEmpty
	}
	return l.tokens, nil
}

type lexer struct {
	dialect string
	text    string
	at      int
	marks   int // question marks so far
	ended   bool
	tokens  []Token
}

func (l *lexer) next() (Token, bool, error) {
	if err := l.skip(); err != nil {
		return Token{}, false, err
	}
	if l.at >= len(l.text) {
		return Token{}, false, nil
	}
	start := l.at
	t, err := l.token()
	t.At, t.End = start, l.at
	return t, true, err
}

func (l *lexer) token() (Token, error) {
	rest := l.text[l.at:]
	switch c := rest[0]; {
	case c == '\'':
		return l.quoted('\'', Text, l.dialect == dialect.MySQL)
	case c == '"' && l.dialect == dialect.MySQL:
		return l.quoted('"', Text, true)
	case c == '"':
		return l.quoted('"', Name, false)
	case c == '`':
		return l.quoted('`', Name, false)
	case c == '[' && l.dialect == dialect.SQLite:
		return l.bracketed()
	case isDigit(c):
		n := 1
		for n < len(rest) && (isWord(rest[n]) || rest[n] == '.') {
			n++
		}
		return l.cut(Number, n), nil
	case isWord(c):
		return l.word(rest)
	case c == '$':
		return l.dollar(rest)
	case c == '?':
		return l.mark(rest)
	}
	for _, symbol := range []string{"<=>", "->>", "<=", ">=", "<>", "!=", "||", "::", "->"} {
		if strings.HasPrefix(rest, symbol) {
			return l.cut(Symbol, len(symbol)), nil
		}
	}
	return l.cut(Symbol, 1), nil
}

func (l *lexer) cut(k Kind, n int) Token {
	t := Token{Kind: k, Text: l.text[l.at : l.at+n]}
	l.at += n
	return t
}

// word reads a name, or a literal that has a prefix: E'…', X'…', N'…'.
func (l *lexer) word(rest string) (Token, error) {
	n := 1
	for n < len(rest) && (isWord(rest[n]) || rest[n] == '$') {
		n++
	}
	if n == 1 && len(rest) > 1 && rest[1] == '\'' && strings.ContainsRune("eExXnNbB", rune(rest[0])) {
		l.at++
		return l.quoted('\'', Text, l.dialect == dialect.MySQL || rest[0] == 'e' || rest[0] == 'E')
	}
	return l.cut(Word, n), nil
}

func (l *lexer) quoted(q byte, k Kind, backslash bool) (Token, error) {
	var b strings.Builder
	for i := l.at + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\\' && backslash && i+1 < len(l.text):
			i++
			b.WriteByte(l.text[i])
		case c == q && i+1 < len(l.text) && l.text[i+1] == q:
			i++
			b.WriteByte(q)
		case c == q:
			l.at = i + 1
			return Token{Kind: k, Text: b.String()}, nil
		default:
			b.WriteByte(c)
		}
	}
	return Token{}, l.open()
}

func (l *lexer) bracketed() (Token, error) {
	n := strings.IndexByte(l.text[l.at:], ']')
	if n < 0 {
		return Token{}, l.open()
	}
	t := l.cut(Name, n+1)
	t.Text = t.Text[1:n]
	return t, nil
}

// dollar reads $1, and PostgreSQL's text in dollar quotes.
func (l *lexer) dollar(rest string) (Token, error) {
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if number, err := strconv.Atoi(rest[1:n]); err == nil && number > 0 {
		t := l.cut(Param, n)
		t.Param = number - 1
		return t, nil
	}
	if l.dialect == dialect.Postgres && n < len(rest) && rest[n] == '$' {
		tag := rest[:n+1]
		end := strings.Index(rest[n+1:], tag)
		if end < 0 {
			return Token{}, l.open()
		}
		return l.cut(Text, len(tag)+end+len(tag)), nil
	}
	return l.cut(Symbol, 1), nil
}

// mark reads ? and SQLite's ?1.
func (l *lexer) mark(rest string) (Token, error) {
	n := 1
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	t := l.cut(Param, n)
	if number, err := strconv.Atoi(rest[1:n]); err == nil && number > 0 {
		t.Param = number - 1
		return t, nil
	}
	t.Param = l.marks
	l.marks++
	return t, nil
}

// skip goes over spaces and comments. MySQL runs what is in some comments.
func (l *lexer) skip() error {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case rest[0] == 0:
			return errors.New("the SQL has a zero byte")
		case rest[0] == ' ' || rest[0] >= '\t' && rest[0] <= '\r':
			l.at++
		case l.lineComment(rest):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest) - 1
			}
			l.at += n + 1
		case strings.HasPrefix(rest, "/*"):
			if l.dialect == dialect.MySQL && (strings.HasPrefix(rest, "/*!") || strings.HasPrefix(rest, "/*M!")) {
				return errors.New("the SQL has a comment that MySQL would run (/*! … */)")
			}
			if err := l.block(rest); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) lineComment(rest string) bool {
	if l.dialect != dialect.MySQL {
		return strings.HasPrefix(rest, "--")
	}
	return rest[0] == '#' || strings.HasPrefix(rest, "--") && (len(rest) == 2 || rest[2] <= ' ')
}

// block goes over a comment, which PostgreSQL nests.
func (l *lexer) block(rest string) error {
	depth := 1
	for i := 2; i < len(rest)-1; i++ {
		switch {
		case rest[i] == '*' && rest[i+1] == '/':
			i++
			if depth--; depth == 0 {
				l.at += i + 1
				return nil
			}
		case l.dialect == dialect.Postgres && rest[i] == '/' && rest[i+1] == '*':
			i++
			depth++
		}
	}
	return l.open()
}

func (l *lexer) open() error {
	return fmt.Errorf("the SQL has a quote or a comment at byte %d that is not closed", l.at)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c >= 0x80
}
