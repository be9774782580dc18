package config

import (
	"fmt"
	"strings"
)

// masked is the literal part of a value: what stands in the file itself, without
// what the environment supplied.
func (l *loader) masked(s scalar) string {
	literal, err := expand(s.raw, func(name string) (string, bool) {
		value, set := l.env.lookup(name)
		if value != "" {
			return "\x00", true
		}
		return "", set
	})
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(literal.text, "\x00", "")
}

// literalPassword reports whether a URL, masked, has a password left in it.
func literalPassword(masked string) bool {
	_, rest, _ := strings.Cut(masked, "://")
	authority, _, _ := strings.Cut(rest, "/")
	credentials, _, found := strings.Cut(authority, "@")
	_, password, _ := strings.Cut(credentials, ":")
	return found && password != ""
}

// checkLiteral refuses a secret that is written in config/orm.yaml in
// production, and warns elsewhere.
func (l *loader) checkLiteral(s scalar, isLiteral bool) {
	if !isLiteral {
		return
	}
	reason, hint := "holds a secret in the file itself", "take it from the environment, as in ${DATABASE_PASSWORD}"
	if isProduction(l.env.name) {
		l.doc.fail(s, reason, hint)
		return
	}
	l.warnings = append(l.warnings, fmt.Sprintf("%s %s (%s:%d): %s", s.key, reason, ormFile, s.line, hint))
}
