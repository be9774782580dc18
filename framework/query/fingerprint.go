package query

import (
	"slices"
	"strings"

	"entgo.io/ent/dialect"
)

// Fingerprint is what the runs of a statement have in common, whatever values
// they are given. It holds no value.
type Fingerprint struct {
	Text      string   // SELECT * FROM users WHERE id IN (?)
	Operation string   // SELECT, INSERT, COMMIT, …, in capitals; that behind WITH
	Tables    []string // that it names, without their schema, each once, in order
}

// unreadable is the text of what is no SQL.
const unreadable = "(unreadable statement)"

// FingerprintOf reads a statement as it is sent to a database; dialectName is
// that of ent. Values become ?, lists of values and rows one of them, comments
// and surplus spaces go. What cannot be read as SQL gives a text that tells
// nothing of it.
func FingerprintOf(dialectName, text string) Fingerprint {
	tokens, err := lexSent(dialectName, text)
	if err != nil {
		return Fingerprint{Text: unreadable, Operation: "OTHER"}
	}
	pieces := piecesOf(dialectName, tokens)
	return Fingerprint{
		Text: spaced(collapse(pieces)), Operation: operationOf(pieces), Tables: tablesOf(pieces),
	}
}

// piece is a token of a fingerprint.
type piece struct {
	text  string
	kind  pieceKind
	apart bool // there was a space before it
}

type pieceKind uint8

const (
	mark       pieceKind = iota // any other character
	value                       // ?
	keyword                     // a word; in capitals if it is a keyword
	identifier                  // in quotes
)

// piecesOf takes comments, spaces and values out of tokens.
func piecesOf(dialectName string, tokens []token) []piece {
	var pieces []piece
	apart := false
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		p := piece{text: t.text, apart: apart}
		apart = false
		switch t.kind {
		case opaque:
			apart = true
			continue
		case quoted:
			p.kind = value
			if isIdentifier(dialectName, tokens, i) {
				p.kind = identifier
			}
		case position, name:
			p.kind = value
		case word:
			switch {
			case isDigit(t.text[0]):
				i += numeral(tokens[i:]) - 1
				p.kind = value
			case i+1 < len(tokens) && strings.HasPrefix(tokens[i+1].text, "'") && len(t.text) <= 2:
				continue // X'…' and its like
			default:
				p.kind, p.text = keyword, capital(t.text)
			}
		case symbol:
			if t.text == "." && i+1 < len(tokens) && isNumber(tokens[i+1]) && (i == 0 || tokens[i-1].kind != word && tokens[i-1].kind != quoted) {
				i += numeral(tokens[i+1:])
				p.kind = value
			}
		case escaped, semicolon:
		}
		if p.kind == value {
			p.text = "?"
		}
		pieces = append(pieces, p)
	}
	for len(pieces) > 0 && pieces[len(pieces)-1].text == ";" {
		pieces = pieces[:len(pieces)-1]
	}
	return pieces
}

func isNumber(t token) bool { return t.kind == word && isDigit(t.text[0]) }

// numeral counts the tokens of a number: 1.5e-3 has five.
func numeral(tokens []token) int {
	n := 1
	for n < len(tokens) {
		last := tokens[n-1].text
		switch {
		case tokens[n].text == "." && isNumber(tokens[n-1]):
			n++
		case isNumber(tokens[n]) && last == ".":
			n++
		case isNumber(tokens[n]) && (last == "-" || last == "+"):
			n++
		case (tokens[n].text == "-" || tokens[n].text == "+") && n+1 < len(tokens) && isNumber(tokens[n+1]) &&
			!strings.HasPrefix(strings.ToLower(tokens[0].text), "0x") && strings.HasSuffix(strings.ToLower(last), "e"):
			n++
		default:
			return n
		}
	}
	return n
}

// isIdentifier tells a name in quotes from a text. SQLite takes "x" for a text
// where there is no such column, so that only its place shows a name there.
func isIdentifier(dialectName string, tokens []token, i int) bool {
	switch c := tokens[i].text[0]; {
	case c == '`' || c == '[':
		return true
	case c != '"' || dialectName == dialect.MySQL:
		return false
	case dialectName == dialect.Postgres:
		return true
	}
	if i > 0 && tokens[i-1].text == "." || i+1 < len(tokens) && tokens[i+1].text == "." {
		return true
	}
	for i--; i >= 0; i-- {
		if tokens[i].kind != opaque {
			return slices.Contains([]string{"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "AS", "SAVEPOINT"}, strings.ToUpper(tokens[i].text))
		}
	}
	return false
}

// capital writes the commonest keywords in capitals: names keep their case, which
// matters to some databases.
func capital(text string) string {
	if len(text) > 9 {
		return text
	}
	upper := strings.ToUpper(text)
	switch upper {
	case "SELECT", "FROM", "WHERE", "AND", "OR", "IN", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "DELETE", "JOIN", "LEFT",
		"INNER", "ON", "GROUP", "ORDER", "BY", "LIMIT", "OFFSET", "AS", "NOT", "NULL", "IS", "LIKE", "HAVING", "DISTINCT",
		"UNION", "ALL", "WITH", "EXISTS", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END", "ASC", "DESC", "FOR", "USING":
		return upper
	}
	return text
}

// collapse makes one value of a list behind IN, and one row of many.
func collapse(pieces []piece) []piece {
	var out []piece
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		out = append(out, p)
		if p.kind != keyword || i+1 >= len(pieces) || pieces[i+1].text != "(" {
			continue
		}
		switch strings.ToUpper(p.text) {
		case "IN":
			end := closing(pieces, i+1)
			if onlyValues(pieces[i+1 : end]) {
				out = append(out, piece{text: "(", apart: true}, piece{text: "?", kind: value}, piece{text: ")"})
				i = end - 1
			}
		case "VALUES":
			end := closing(pieces, i+1)
			row := pieces[i+1 : end]
			out = append(out, row...)
			for end+1 < len(pieces) && pieces[end].text == "," && pieces[end+1].text == "(" {
				next := closing(pieces, end+1)
				if !sameText(row, pieces[end+1:next]) {
					break
				}
				end = next
			}
			i = end - 1
		}
	}
	return out
}

// closing is the index behind the bracket that closes the one at open.
func closing(pieces []piece, open int) int {
	depth := 0
	for i := open; i < len(pieces); i++ {
		switch pieces[i].text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(pieces)
}

func onlyValues(pieces []piece) bool {
	for _, p := range pieces {
		if p.kind != value && p.text != "(" && p.text != ")" && p.text != "," && p.text != "-" && !strings.EqualFold(p.text, "NULL") {
			return false
		}
	}
	return slices.ContainsFunc(pieces, func(p piece) bool { return p.kind == value })
}

func sameText(a, b []piece) bool {
	return slices.EqualFunc(a, b, func(a, b piece) bool { return a.text == b.text })
}

// spaced writes pieces in one spacing.
func spaced(pieces []piece) string {
	var b strings.Builder
	for i, p := range pieces {
		if i > 0 {
			last := pieces[i-1]
			switch {
			case last.text == "(" || last.text == "." || p.text == ")" || p.text == "." || p.text == ",":
			case last.text == "," || p.apart,
				last.kind != mark && p.kind != mark,
				operator(p) != operator(last) && p.text != "(" || operator(last) && p.text == "(":
				b.WriteByte(' ')
			}
		}
		b.WriteString(p.text)
	}
	return b.String()
}

func operator(p piece) bool {
	return p.kind == mark && slices.Contains([]string{"=", "<", ">", "!"}, p.text)
}

// operationOf is the verb of a statement, behind the expressions of WITH.
func operationOf(pieces []piece) string {
	depth, with := 0, false
	for i, p := range pieces {
		switch {
		case p.text == "(":
			depth++
		case p.text == ")":
			depth--
		case p.kind != keyword || with && depth > 0:
		case !with && strings.EqualFold(p.text, "WITH"):
			with = true
		case !with:
			return strings.ToUpper(p.text)
		case i > 0 && slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"}, strings.ToUpper(p.text)):
			return strings.ToUpper(p.text)
		}
	}
	return "OTHER"
}
