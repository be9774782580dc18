package sqltext

import (
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
)

// Numbered writes the parameters ? of PostgreSQL as $1, if there are as many as
// arguments and none is written so already. Else ? is an operator.
func Numbered(dialectName, text string, tokens []Token, args int) string {
	if dialectName != dialect.Postgres || args == 0 {
		return text
	}
	var marks []Token
	for _, t := range tokens {
		switch {
		case t.Kind != Param:
		case strings.HasPrefix(text[t.At:], "$"):
			return text
		default:
			marks = append(marks, t)
		}
	}
	if len(marks) != args {
		return text
	}
	var b strings.Builder
	from := 0
	for i, t := range marks {
		b.WriteString(text[from:t.At] + "$" + strconv.Itoa(i+1))
		from = t.End
	}
	return b.String() + text[from:]
}

// Params is how many arguments the statement takes.
func Params(tokens []Token) int {
	n := 0
	for _, t := range tokens {
		if t.Kind == Param {
			n = max(n, t.Param+1)
		}
	}
	return n
}
