package scaffold

import (
	"strings"
	"unicode"

	"github.com/go-openapi/inflect"
)

// The functions of this file turn one form of a name into another exactly as
// Ent's generator does, so that tables, columns, Go and GraphQL names agree.
// They work on ASCII.

// initialisms are the words that Ent writes in capitals.
func initialisms() []string {
	return strings.Fields(`ACL API ASCII AWS CPU CSS DNS EOF GB GUID HCL HTML HTTP HTTPS ID IP JSON KB LHS MAC
		MB QPS RAM RHS RPC SLA SMTP SQL SSH SSO TCP TLS TTL UDP UI UID URI URL UTF8 UUID VM XML XMPP XSRF XSS`)
}

// inflector knows the plurals.
func inflector() *inflect.Ruleset {
	rules := inflect.NewDefaultRuleset()
	for _, word := range initialisms() {
		rules.AddAcronym(word)
	}
	return rules
}

// plural is the plural of a name in any form; "news" stays what it is.
func plural(name string) string { return inflector().Pluralize(name) }

// singular is the singular of a name in any form.
func singular(name string) string { return inflector().Singularize(name) }

// pascal turns user_id into UserID.
func pascal(name string) string {
	known := map[string]bool{}
	for _, word := range initialisms() {
		known[word] = true
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' })
	for i, word := range words {
		if upper := strings.ToUpper(word); known[upper] {
			words[i] = upper
		} else {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

// snake turns UserID into user_id.
func snake(name string) string {
	var (
		b    strings.Builder
		last int // where the last word began
	)
	at := func(i int) rune { return rune(name[i]) }
	for i := range len(name) {
		if i > 0 && i < len(name)-1 && unicode.IsUpper(at(i)) {
			if unicode.IsLower(at(i-1)) || last != i-1 && unicode.IsLower(at(i+1)) && unicode.IsLetter(at(i-1)) {
				last = i
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(at(i)))
	}
	return b.String()
}

// words turns BlogPost into "blog post".
func words(name string) string { return strings.ReplaceAll(snake(name), "_", " ") }
