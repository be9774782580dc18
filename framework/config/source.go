package config

import (
	"errors"
	"fmt"
	"strings"
)

// databaseVariable is the variable that beats config/orm.yaml.
const databaseVariable = "DATABASE_URL"

// chooseURL finds the database URL and says where: DATABASE_URL, then
// database.url, then the detailed keys, then the application's default.
func (l *loader) chooseURL() (URL, string) {
	if raw, _ := l.env.lookup(databaseVariable); strings.TrimSpace(raw) != "" {
		v := l.env.variables[databaseVariable]
		return l.parseURL(raw, Error{Key: databaseVariable, File: v.file, Line: v.line}), l.env.source(databaseVariable)
	}
	written, isWritten := l.doc.values["database.url"]
	if isWritten && strings.TrimSpace(written.text) != "" && len(written.unset) == 0 {
		l.checkLiteral(written, literalPassword(l.masked(written)))
		at := Error{Key: written.key, File: ormFile, Line: written.line}
		return l.parseURL(written.text, at), "database.url in " + l.doc.source(written.key)
	}
	hasHole := isWritten && written.text != "" && len(written.unset) > 0
	switch {
	case l.doc.has(detailedKeys()...):
		if hasHole {
			l.notice(fmt.Sprintf("database.url is left out: %s is not set (%s:%d); the detailed keys are used", strings.Join(written.unset, ", "), ormFile, written.line))
		}
		l.detailed = true
		return l.detailedURL(), "detailed keys in " + ormFile
	case hasHole:
		// A default in its place would quietly be another database.
		l.doc.fail(written, strings.Join(written.unset, ", ")+" is not set", "set it, or "+databaseVariable+", or the detailed keys")
		return URL{}, ""
	case l.opts.DefaultURL != "":
		return l.parseURL(l.opts.DefaultURL, Error{Key: "default database URL"}), "default of the application"
	}
	// A file with mistakes may well mean to name one.
	if len(l.doc.problems) == 0 {
		l.problem(l.noDatabase())
	}
	return URL{}, ""
}

// parseURL parses a URL and reports its problem as one of the given place.
func (l *loader) parseURL(raw string, at Error) URL {
	u, err := ParseURL(raw, l.env.root)
	if err != nil {
		l.problem(located(err, at))
		return URL{}
	}
	l.doc.notices = append(l.doc.notices, u.Notices...)
	return u
}

// located moves an *Error to the place where the user finds the value.
func located(err error, at Error) error {
	problem, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	at.Reason, at.Hint, at.Err = problem.Reason, problem.Hint, problem.Err
	return &at
}

func (l *loader) noDatabase() error {
	looked := []string{"the environment", ".env", ".env." + l.env.name, ".env.local", ormFile}
	return &Error{
		Key:    databaseVariable,
		Reason: fmt.Sprintf("is not set, and no database.url or database.driver is given (looked at %s in %s)", strings.Join(looked, ", "), l.env.root),
		Hint:   "write DATABASE_URL=sqlite:///app.db into .env",
		Err:    ErrNoDatabase,
	}
}
