package scaffold

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A field or relation is described by parts between colons:
//
//	title:string:unique:max=200
//	bio:text?
//	status:enum(draft,published)=draft
//	starts:time="2026-01-01T00:00:00Z"
//	posts:Post:o2m:inverse=author
//
// A value that holds a colon, a comma or a parenthesis goes into quotes, single
// or double, in which a backslash takes the next character as it is. A quote
// elsewhere is a character as any other.

// part is one piece of a spec.
type part struct {
	spec   string
	offset int
	text   string // with its quotes
}

// fail refuses a piece of the part; the empty piece is its end.
func (p part) fail(piece, format string, args ...any) error {
	offset := p.offset + len(p.text)
	if i := strings.Index(p.text, piece); piece != "" && i >= 0 {
		offset = p.offset + i
	}
	return &SpecError{Spec: p.spec, Part: piece, Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

// wrap is fail for an error of another kind.
func (p part) wrap(piece string, err error) error {
	failed := func() *SpecError {
		target := &SpecError{}
		_ = errors.As(p.fail(piece, "%s", strings.TrimPrefix(err.Error(), "scaffold: ")), &target)
		return target
	}()
	failed.Err = err
	return failed
}

// split cuts a spec at the colons outside of quotes and parentheses.
func split(spec string) ([]part, error) {
	whole := part{spec: spec, text: spec}
	if !utf8.ValidString(spec) {
		return nil, whole.fail("", "it is not valid UTF-8")
	}
	if i := strings.IndexFunc(spec, unicode.IsControl); i >= 0 {
		return nil, &SpecError{Spec: spec, Part: spec[i : i+1], Offset: i, Reason: "it holds a control character"}
	}
	var parts []part
	begin, depth := 0, 0
	for i := 0; i < len(spec); i++ {
		switch c := spec[i]; {
		case quoteAt(spec, i, depth):
			end := closing(spec, i)
			if end < 0 {
				return nil, &SpecError{Spec: spec, Part: spec[i:], Offset: i, Reason: "the quote is not closed"}
			}
			i = end
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ':' && depth == 0:
			parts = append(parts, part{spec, begin, spec[begin:i]})
			begin = i + 1
		default:
		}
	}
	if depth > 0 {
		return nil, whole.fail("", "a parenthesis is not closed")
	}
	return append(parts, part{spec, begin, spec[begin:]}), nil
}

// quoteAt reports whether a quoted value begins at i: after = or, in
// parentheses, at the beginning of an item.
func quoteAt(s string, i, depth int) bool {
	if s[i] != '"' && s[i] != '\'' || i == 0 {
		return false
	}
	before := s[i-1]
	return before == '=' || depth > 0 && (before == '(' || before == ',')
}

// closing finds the end of the quoted value that begins at i, or -1.
func closing(s string, i int) int {
	for end := i + 1; end < len(s); end++ {
		switch s[end] {
		case '\\':
			end++
		case s[i]:
			return end
		default:
		}
	}
	return -1
}

// unquote is the value of a text that may be quoted.
func unquote(p part, text string) (string, error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return text, nil
	}
	end := closing(text, 0)
	if end != len(text)-1 {
		return "", p.fail(text, "there is something behind the closing quote")
	}
	var b strings.Builder
	for i := 1; i < end; i++ {
		if text[i] == '\\' {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), nil
}

// quote writes a value so that unquote reads it.
func quote(value string) string {
	if value != "" && !strings.ContainsAny(value, `:,()"'\`) && value == strings.TrimSpace(value) {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// option is a modifier, as max=200.
type option struct {
	part
	name, value string
	hasValue    bool
}

func parseOption(p part) (option, error) {
	name, value, ok := strings.Cut(p.text, "=")
	if name == "" {
		return option{}, p.fail(p.text, "there is nothing between two colons, or before an equals sign")
	}
	value, err := unquote(p, value)
	return option{p, strings.ReplaceAll(strings.ToLower(name), "_", "-"), value, ok}, err
}

// items reads the list in the parentheses of "enum(a,b)".
func items(p part, list string) ([]string, error) {
	var found []string
	begin := 0
	for i := 0; i <= len(list); i++ {
		if i < len(list) && (list[i] == '"' || list[i] == '\'') && (i == 0 || list[i-1] == ',') {
			i = closing(list, i)
			if i < 0 {
				return nil, p.fail(list, "the quote is not closed")
			}
			continue
		}
		if i == len(list) || list[i] == ',' {
			item, err := unquote(p, strings.TrimSpace(list[begin:i]))
			if err != nil {
				return nil, err
			}
			found = append(found, item)
			begin = i + 1
		}
	}
	return found, nil
}
