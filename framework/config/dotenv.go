package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var assignmentPattern = regexp.MustCompile(`^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=`)

// parseDotenv reads KEY=VALUE lines. Blank lines and lines that begin with # are
// skipped, "export " before a key is allowed, and " #" ends an unquoted value.
// 'single quotes' hold text as it is and "double quotes" know \n, \t, \r, \", \\
// and \$; both may span lines. Values are never interpolated, so that a password
// with a $ in it stays what it is.
//
// It is hand-written because godotenv v1.5.1 repeats the offending text in its
// errors, which may be a password, names no line, and replaces $NAME in unquoted
// values by nothing.
func parseDotenv(file, source string) (map[string]variable, []error) {
	variables := map[string]variable{}
	var problems []error
	fail := func(key string, line int, reason, hint string) {
		problems = append(problems, &Error{Key: key, File: file, Line: line, Reason: reason, Hint: hint})
	}
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\ufeff"), "\r\n", "\n")
	for line := 1; source != ""; {
		text, rest, _ := strings.Cut(source, "\n")
		text = strings.TrimLeft(text, " \t")
		if text == "" || text[0] == '#' {
			source, line = rest, line+1
			continue
		}
		match := assignmentPattern.FindStringSubmatch(text)
		if match == nil {
			fail("", line, "the line is not KEY=VALUE", "begin a comment with #, and put a value of several lines in quotes")
			source, line = rest, line+1
			continue
		}
		key, begin := match[1], line
		after := source[strings.Index(source, match[0])+len(match[0]):]
		value, tail, err := dotenvValue(after)
		if err != nil {
			fail(key, line, err.Error(), "")
			return variables, problems
		}
		line += strings.Count(source[:len(source)-len(tail)], "\n")
		source = tail
		if earlier, twice := variables[key]; twice {
			fail(key, begin, fmt.Sprintf("is set twice in one file, first in line %d", earlier.line), "keep one and comment the other out with #")
			continue
		}
		variables[key] = variable{value: value, file: file, line: begin}
	}
	return variables, problems
}

// dotenvValue reads one value and the rest of its line, and returns what follows.
func dotenvValue(text string) (value, tail string, err error) {
	trimmed := strings.TrimLeft(text, " \t")
	if trimmed == "" || (trimmed[0] != '"' && trimmed[0] != '\'') {
		value, tail, _ = strings.Cut(text, "\n")
		for _, comment := range []string{" #", "\t#"} {
			value, _, _ = strings.Cut(value, comment)
		}
		return strings.TrimSpace(value), tail, nil
	}
	text = trimmed
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			after, tail, _ := strings.Cut(text[i+1:], "\n")
			if after = strings.TrimSpace(after); after != "" && after[0] != '#' {
				return "", "", errors.New("has text after its closing quote")
			}
			return b.String(), tail, nil
		case c == '\\' && quote == '"' && i+1 < len(text):
			i++
			b.WriteString(unescape(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("has an opening quote without its closing quote")
}

// unescape is what a backslash and c mean inside double quotes.
func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '"', '\\', '$':
		return string(c)
	default:
		return `\` + string([]byte{c})
	}
}
