package config

import (
	"fmt"
	"regexp"
	"strings"
)

// supported lists the dialects for messages.
const supported = "supported: sqlite, postgres (postgresql), mysql (mariadb)"

// The drivers of PostgreSQL, as URL.Driver names them.
const (
	driverPGX = "pgx"
	driverPQ  = "pq"
)

var schemePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}(\+[a-z0-9_]{1,32})?$`)

// dialectNames are the words for a dialect in a scheme or in database.driver,
// for suggestions.
func dialectNames() []string {
	return []string{"sqlite", "sqlite3", "postgres", "postgresql", "mysql", "mariadb"}
}

// dialectOf reads one word for a dialect.
func dialectOf(word string) (Dialect, error) {
	switch word {
	case "sqlite", "sqlite3":
		return SQLite, nil
	case "postgres", "postgresql":
		return Postgres, nil
	case "mysql", "mariadb":
		return MySQL, nil
	case "mssql", "sqlserver", "oracle", "oci":
		return "", &Error{
			Reason: word + " is not supported: neither ent nor the community edition of Atlas has such a dialect",
			Hint:   supported,
			Err:    ErrUnsupportedDialect,
		}
	default:
		hint := supported
		if near := nearest(word, dialectNames()); near != "" {
			hint = "did you mean " + near + "? " + supported
		}
		return "", &Error{
			Reason: fmt.Sprintf("unknown database dialect %q", word),
			Hint:   hint,
			Err:    ErrUnsupportedDialect,
		}
	}
}

// parseScheme reads "postgresql" or "postgresql+psycopg2". A suffix names the
// driver of another language, so that old URLs keep working; the two drivers
// that exist here are obeyed, the others noticed and left out.
func parseScheme(scheme string) (u URL, err error) {
	scheme = strings.ToLower(scheme)
	if !schemePattern.MatchString(scheme) {
		return URL{}, &Error{
			Reason: "the part before :// names no database dialect",
			Hint:   supported,
			Err:    ErrUnsupportedDialect,
		}
	}
	base, suffix, _ := strings.Cut(scheme, "+")
	u.Dialect, err = dialectOf(base)
	switch {
	case err != nil:
		return URL{}, err
	case suffix == "":
	case u.Dialect == Postgres && (suffix == driverPGX || suffix == driverPQ):
		u.Driver = suffix
	default:
		u.Notices = append(u.Notices, fmt.Sprintf("the driver suffix +%s of the database URL is ignored: the %s driver is built in", suffix, u.Dialect))
	}
	return u, nil
}
