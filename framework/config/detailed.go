package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// detailedKeys are the keys that say which database to use, in place of a URL.
func detailedKeys() []string {
	keys := []string{"driver", "host", "port", "username", "password", "database"}
	for i, key := range keys {
		keys[i] = sectionDatabase + "." + key
	}
	return keys
}

// has reports whether any of the keys is given.
func (d *document) has(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return d.values[key].text != "" })
}

// detailedURL assembles the URL from database.driver, host and so on. No text is
// put together, so no value needs encoding.
func (l *loader) detailedURL() URL {
	u := draft{l.driver()}
	if u.Dialect == "" {
		return URL{}
	}
	u.Params = l.params()
	name, _ := l.doc.text("database.database")
	if u.Dialect == SQLite {
		l.ignoreServerKeys()
		if err := u.setFile(orDefault(name, "app.db"), l.env.root); err != nil {
			l.problem(l.at(err, "database.database"))
		}
		return u.URL
	}
	u.Database = name
	u.User, _ = l.doc.text("database.username")
	password, _ := l.doc.text("database.password")
	u.Password = Secret(password)
	if password != "" {
		l.checkLiteral(l.doc.values["database.password"], l.masked(l.doc.values["database.password"]) != "")
	}
	u.Host, _ = l.doc.text("database.host")
	u.Port, _ = l.doc.integer("database.port", 1, 65535)
	u.fillServer()
	if err := checkHost(u.Host); err != nil {
		l.problem(l.at(err, "database.host"))
	}
	if u.Database == "" {
		l.problem(&Error{Key: "database.database", File: ormFile, Reason: "is missing", Hint: "name the database on the server"})
	} else if err := checkName(u.Database, u.Dialect); err != nil {
		l.problem(l.at(err, "database.database"))
	}
	return u.URL
}

// checkUnused finds mistakes in detailed keys that a URL overrules, so that they
// do not wait for the day when the URL is gone.
func (l *loader) checkUnused() {
	if l.doc.has("database.driver") {
		l.driver()
	}
	if l.doc.has("database.port") {
		l.doc.integer("database.port", 1, 65535)
	}
}

// at locates the problem of a detailed key.
func (l *loader) at(err error, key string) error {
	return located(err, Error{Key: key, File: ormFile, Line: l.doc.values[key].line})
}

// driver reads database.driver: a dialect, or one of PostgreSQL's two drivers.
// Without it the dialect is SQLite, unless there is a server to reach.
func (l *loader) driver() URL {
	key := "database.driver"
	word, ok := l.doc.text(key)
	if !ok {
		if l.doc.has("database.host", "database.port", "database.username", "database.password") {
			l.problem(&Error{Key: key, File: ormFile, Reason: "is missing beside the keys of a server", Hint: "write driver: postgresql, or mysql"})
			return URL{}
		}
		return URL{Dialect: SQLite}
	}
	word = strings.ToLower(strings.TrimSpace(word))
	if word == driverPGX || word == driverPQ {
		return URL{Dialect: Postgres, Driver: word}
	}
	dialect, err := dialectOf(word)
	if err != nil {
		l.problem(l.at(err, key))
	}
	return URL{Dialect: dialect}
}

// ignoreServerKeys tells which keys have no meaning for a file.
func (l *loader) ignoreServerKeys() {
	for _, key := range []string{"host", "port", "username", "password"} {
		if key = sectionDatabase + "." + key; l.doc.has(key) {
			l.notice(fmt.Sprintf("%s is ignored: SQLite has no server (%s:%d)", key, ormFile, l.doc.values[key].line))
		}
	}
}

func (l *loader) params() url.Values {
	params := url.Values{}
	for _, name := range l.doc.params {
		if value, ok := l.doc.text(sectionParams + "." + name); ok {
			params.Set(name, value)
		}
	}
	return params
}
