package config

import (
	"errors"
	"regexp"
	"strings"
)

var variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)

// The two ways in which a placeholder can be malformed. The text around it may be
// secret and is not repeated.
var (
	errUnclosed = errors.New("has ${ without its }")
	errVariable = errors.New("has a placeholder that is not ${NAME}, ${NAME:-default} or ${NAME-default}")
)

// expansion is a value after its placeholders were replaced.
type expansion struct {
	text  string
	vars  []string // the variables that were asked for
	unset []string // those among them with neither a value nor a default
}

// expand replaces, in one pass over text,
//
//	${NAME}           by the variable, or nothing
//	${NAME:-default}  by default where the variable is unset or empty
//	${NAME-default}   by default where it is unset
//	$$                by $
//
// A default may hold placeholders itself. What a variable holds is never
// expanded again, and a $ before anything else stands for itself.
func expand(text string, lookup func(string) (string, bool)) (expansion, error) {
	var out expansion
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		b.WriteString(before)
		switch {
		case !found:
			out.text = b.String()
			return out, nil
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			text = after[1:]
		case !strings.HasPrefix(after, "{"):
			b.WriteByte('$')
			text = after
		default:
			end := closing(after)
			if end < 0 {
				return expansion{}, errUnclosed
			}
			value, err := out.placeholder(after[1:end], lookup)
			if err != nil {
				return expansion{}, err
			}
			b.WriteString(value)
			text = after[end+1:]
		}
	}
}

// placeholder evaluates what stands between ${ and }.
func (e *expansion) placeholder(inside string, lookup func(string) (string, bool)) (string, error) {
	name := variablePattern.FindString(inside)
	fallback, orEmpty := strings.CutPrefix(inside[len(name):], ":-")
	orUnset := false
	if !orEmpty {
		fallback, orUnset = strings.CutPrefix(fallback, "-")
	}
	if name == "" || (!orEmpty && !orUnset && fallback != "") {
		return "", errVariable
	}
	e.vars = append(e.vars, name)
	value, set := lookup(name)
	switch {
	case set && (value != "" || !orEmpty):
		return value, nil
	case orEmpty || orUnset:
		inner, err := expand(fallback, lookup)
		if err != nil {
			return "", err
		}
		e.vars = append(e.vars, inner.vars...)
		e.unset = append(e.unset, inner.unset...)
		return inner.text, nil
	}
	e.unset = append(e.unset, name)
	return "", nil
}

// closing finds the } that closes the { at the beginning of text, or -1.
func closing(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '{' && (i == 0 || text[i-1] == '$'):
			depth++
		case text[i] == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
